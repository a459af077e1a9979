"""Catalogue of the built-in optimizers."""

from collections.abc import Iterator
from typing import Annotated

from artgan.plugin import Meta, Optimizer, Options, hookimpl


class AdamWOptions(Options, frozen=True, kw_only=True):
    """Options of the optimizer ``adamw``."""

    weight_decay: Annotated[
        float,
        Meta(ge=0, le=1, description="How fast weights fall towards 0, as a share of the rate"),
    ] = 0.01


@hookimpl
def artgan_optimizers() -> Iterator[Optimizer]:
    """Yield the built-in optimizers."""
    yield Optimizer(
        name="adam",
        summary="Steps of about the same size for all weights: the usual one.",
        build="artgan.plugins.optimizers.adam:build_adam",
    )
    yield Optimizer(
        name="adamw",
        summary="Adam whose weights fall towards 0 by a share of the rate.",
        build="artgan.plugins.optimizers.adam:build_adamw",
        options=AdamWOptions,
    )
