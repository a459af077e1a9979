"""Catalogue of the built-in losses."""

from collections.abc import Iterator
from typing import Annotated

from artgan.plugin import Loss, Meta, Options, hookimpl


class BceOptions(Options, frozen=True, kw_only=True):
    """Options of the loss ``bce``."""

    smoothing: Annotated[
        float,
        Meta(ge=0, lt=0.5, description="How far the target for real pictures lies below 1"),
    ] = 0.0


class HingeOptions(Options, frozen=True, kw_only=True):
    """Options of the loss ``hinge``."""

    margin: Annotated[
        float, Meta(gt=0, le=100, description="Logit from which a picture no longer counts")
    ] = 1.0
    looseness: Annotated[
        float,
        Meta(ge=0, le=1, description="Lowers each picture's margin by a random share, up to this"),
    ] = 0.0


@hookimpl
def artgan_losses() -> Iterator[Loss]:
    """Yield the built-in losses."""
    yield Loss(
        name="bce",
        summary="The classic: binary cross-entropy on logits, non-saturating.",
        build="artgan.plugins.losses.bce:Bce",
        options=BceOptions,
    )
    yield Loss(
        name="lsgan",
        summary="Least squares towards 1 for real and 0 for fake.",
        build="artgan.plugins.losses.lsgan:LeastSquares",
    )
    yield Loss(
        name="hinge",
        summary="Ignores pictures that are already told apart; quick and steady.",
        build="artgan.plugins.losses.hinge:Hinge",
        options=HingeOptions,
    )
    yield Loss(
        name="wasserstein",
        summary="Difference of mean scores; needs a gradient penalty.",
        build="artgan.plugins.losses.wasserstein:Wasserstein",
        needs_penalty=True,
    )
    yield Loss(
        name="rpgan",
        summary="Relativistic pairs: is this real picture more real than that fake?",
        build="artgan.plugins.losses.rpgan:RelativisticPairs",
        compares_pairs=True,
    )
