"""Catalogue of the built-in samplers: the steps between latents and pictures."""

from collections.abc import Iterator
from typing import Annotated

from artgan.plugin import Meta, Options, Sampler, hookimpl


class LangevinOptions(Options, frozen=True, kw_only=True):
    """Options of ``langevin``."""

    steps: Annotated[
        int, Meta(ge=1, le=10_000, description="Steps; each takes about three passes")
    ] = 20
    step: Annotated[float, Meta(gt=0, le=2, description="Length of a step")] = 0.1
    strength: Annotated[
        float, Meta(ge=0, le=100, description="How much the discriminator's logit counts")
    ] = 1.0
    noise: Annotated[
        float,
        Meta(
            ge=0,
            le=2,
            description="0 climbs from the seed's picture, 1 samples other pictures as the paper "
            "does",
        ),
    ] = 0.0


@hookimpl
def artgan_samplers() -> Iterator[Sampler]:
    """Yield the built-in samplers."""
    yield Sampler(
        name="one-pass",
        summary="The generator makes the picture of a point in one pass.",
        build="artgan.plugins.samplers.one_pass:OnePass",
    )
    yield Sampler(
        name="langevin",
        summary="Steps towards what the discriminator takes for real, then one pass.",
        build="artgan.plugins.samplers.langevin:Langevin",
        options=LangevinOptions,
    )
