"""Catalogue of the built-in latents: which latent a seed stands for, and how points are moved."""

from collections.abc import Iterator
from typing import Annotated

from artgan.plugin import Latents, Meta, Options, hookimpl


class RejectionOptions(Options, frozen=True, kw_only=True):
    """Options of ``rejection``."""

    keep: Annotated[
        float,
        Meta(
            gt=0,
            le=1,
            description="Share of the latents that are taken: 1 takes all, 0.1 the most real, "
            "which are more alike and take longer",
        ),
    ] = 0.25
    most: Annotated[
        int, Meta(ge=1, le=10_000, description="Latents tried for a seed; then the best of them")
    ] = 64


class ClippedOptions(Options, frozen=True, kw_only=True):
    """Options of ``clipped``."""

    limit: Annotated[
        float,
        Meta(
            ge=0.05,
            le=10,
            description="Largest value; 0.5 gives usual and like pictures, 2 nearly all",
        ),
    ] = 1.0


class TruncationOptions(Options, frozen=True, kw_only=True):
    """Options of ``truncation``."""

    amount: Annotated[
        float, Meta(ge=0, le=2, description="1 is as trained, 0 the mean picture")
    ] = 0.7


class DirectionOptions(Options, frozen=True, kw_only=True):
    """Options of ``direction``."""

    name: Annotated[str, Meta(description="Direction of the run; artgan directions finds them")] = (
        "0"
    )
    amount: Annotated[float, Meta(description="Standard deviations; below 0 the other way")] = 1.0


class MixingOptions(Options, frozen=True, kw_only=True):
    """Options of ``style-mixing``."""

    seed: Annotated[int, Meta(ge=0, le=2**63 - 1, description="Seed that is mixed in")] = 0
    layer: Annotated[
        int, Meta(ge=1, description="First layer of it; 1 leaves least of the own")
    ] = 1


@hookimpl
def artgan_latents() -> Iterator[Latents]:
    """Yield the built-in latents."""
    yield Latents(
        name="normal",
        summary="Standard normal numbers, as in training.",
        build="artgan.plugins.latents.normal:Normal",
        draws=True,
    )
    yield Latents(
        name="clipped",
        summary="Normal numbers none of which is far from 0: more usual pictures.",
        build="artgan.plugins.latents.clipped:Clipped",
        options=ClippedOptions,
        draws=True,
    )
    yield Latents(
        name="rejection",
        summary="Tries latents until the discriminator takes one for real.",
        build="artgan.plugins.latents.rejection:Rejection",
        options=RejectionOptions,
        draws=True,
    )
    yield Latents(
        name="style-mixing",
        summary="Finer layers of another seed; --mix.",
        build="artgan.plugins.latents.style_mixing:StyleMixing",
        options=MixingOptions,
    )
    yield Latents(
        name="truncation",
        summary="Goes towards the mean picture; --truncation.",
        build="artgan.plugins.latents.truncation:Truncation",
        options=TruncationOptions,
    )
    yield Latents(
        name="direction",
        summary="Moves along a direction of the run; --move.",
        build="artgan.plugins.latents.direction:Direction",
        options=DirectionOptions,
    )
