"""Catalogue of the built-in regularizers."""

from collections.abc import Iterator
from typing import Annotated, Literal

from artgan.plugin import Meta, Options, Regularizer, hookimpl

Every = Annotated[int, Meta(ge=1, le=1000, description="Steps from one penalty to the next")]


class ZeroCentredOptions(Options, frozen=True, kw_only=True):
    """Options of ``r1`` and ``r2``."""

    gamma: Annotated[
        float,
        Meta(ge=0, le=1e4, description="Strength; more for large pictures, less for big batches"),
    ] = 1.0
    every: Every = 1
    method: Annotated[
        Literal["exact", "difference"],
        Meta(
            description="Exact: second derivatives. Difference: by pictures with a little noise; "
            "quicker, and works where second derivatives do not"
        ),
    ] = "exact"


class GradientPenaltyOptions(Options, frozen=True, kw_only=True):
    """Options of ``gradient-penalty``."""

    weight: Annotated[float, Meta(ge=0, le=1e4, description="Strength")] = 10.0
    target: Annotated[
        float, Meta(ge=0, le=100, description="Slope that the critic should have")
    ] = 1.0
    every: Every = 1


class PathLengthOptions(Options, frozen=True, kw_only=True):
    """Options of ``path-length``."""

    weight: Annotated[
        float, Meta(ge=0, le=1e4, description="Strength; more makes moves between pictures evener")
    ] = 2.0
    decay: Annotated[
        float, Meta(gt=0, le=1, description="How fast the target length follows measured lengths")
    ] = 0.01
    every: Every = 8


class FeatureMatchingOptions(Options, frozen=True, kw_only=True):
    """Options of ``feature-matching``."""

    weight: Annotated[float, Meta(ge=0, le=1e4, description="Strength")] = 1.0


class LecamOptions(Options, frozen=True, kw_only=True):
    """Options of ``lecam``."""

    weight: Annotated[
        float, Meta(ge=0, le=100, description="Strength; more for fewer pictures")
    ] = 0.01
    decay: Annotated[
        float, Meta(ge=0, lt=1, description="What a step leaves of the means of the logits")
    ] = 0.99


@hookimpl
def artgan_regularizers() -> Iterator[Regularizer]:
    """Yield the built-in regularizers."""
    yield Regularizer(
        name="r1",
        summary="Flattens the discriminator at real pictures, so that training converges.",
        build="artgan.plugins.regularizers.zero_centred:R1",
        options=ZeroCentredOptions,
    )
    yield Regularizer(
        name="r2",
        summary="Flattens the discriminator at fakes; with r1 and rpgan training converges.",
        build="artgan.plugins.regularizers.zero_centred:R2",
        options=ZeroCentredOptions,
    )
    yield Regularizer(
        name="gradient-penalty",
        summary="Holds the slope between real and fake near 1, for the wasserstein loss.",
        build="artgan.plugins.regularizers.gradient_penalty:GradientPenalty",
        options=GradientPenaltyOptions,
    )
    yield Regularizer(
        name="path-length",
        summary="Makes pictures change evenly as their latents move: smoother films, slower steps.",
        build="artgan.plugins.regularizers.path_length:PathLength",
        options=PathLengthOptions,
        side="generator",
    )
    yield Regularizer(
        name="feature-matching",
        summary="Fakes resemble real pictures on average in what the discriminator looks at.",
        build="artgan.plugins.regularizers.feature_matching:FeatureMatching",
        options=FeatureMatchingOptions,
        side="generator",
        sees=("features",),
        compares_pairs=True,
        per_picture=False,
    )
    yield Regularizer(
        name="lecam",
        summary="Holds the discriminator back by its own running means, for few pictures.",
        build="artgan.plugins.regularizers.lecam:Lecam",
        options=LecamOptions,
        sees=("logits",),
    )
