"""Declares a small residual GAN and a relativistic loss, without loading torch.

The architecture's recipe names the loss of this package, so ``artgan run --arch
artgan-resnet-like/residual`` uses both.
"""

from collections.abc import Iterator
from typing import Annotated

from artgan.plugin import (
    Architecture,
    DataFacts,
    Loss,
    Meta,
    Options,
    Recipe,
    Sizes,
    hookimpl,
)

SIZES = Sizes(smallest=16, largest=256, coarsest=4)


class ResidualOptions(Options, frozen=True, kw_only=True):
    """Options of the architecture ``residual``."""

    base_channels: Annotated[
        int, Meta(ge=4, le=512, description="Channels at full size; more is slower, finer")
    ] = 32
    max_channels: Annotated[
        int, Meta(ge=4, le=2048, description="Most channels of any block, reached at small sizes")
    ] = 128
    latent_size: Annotated[int, Meta(ge=1, le=4096, description="Numbers that a seed becomes")] = 64


class AverageHingeOptions(Options, frozen=True, kw_only=True):
    """Options of the loss ``average-hinge``."""

    margin: Annotated[
        float, Meta(gt=0, le=100, description="Lead over the average that is enough for a picture")
    ] = 1.0


def recipe(facts: DataFacts) -> Recipe:
    """Recommend this package's loss with R1, whose weight is larger for larger pictures."""
    gamma = 0.5 if max(facts.height, facts.width) <= 32 else 2.0
    return Recipe(
        loss="artgan-resnet-like/average-hinge",
        regularizers={"r1": {"gamma": gamma, "every": 4}},
        reasons=["Residual blocks learn steadily with a relativistic hinge and a lazy R1."],
    )


@hookimpl
def artgan_architectures() -> Iterator[Architecture]:
    """Yield the architecture."""
    yield Architecture(
        name="residual",
        summary="Residual blocks on a skip path; no batch norm, labels if there are any.",
        generator="artgan_resnet_like.networks:Generator",
        discriminator="artgan_resnet_like.networks:Discriminator",
        options=ResidualOptions,
        sizes=SIZES,
        conditional=True,
        recipe=recipe,
    )


@hookimpl
def artgan_losses() -> Iterator[Loss]:
    """Yield the loss."""
    yield Loss(
        name="average-hinge",
        summary="Hinge on the lead of a picture over the average of the other kind.",
        build="artgan_resnet_like.losses:AverageHinge",
        options=AverageHingeOptions,
        compares_pairs=True,
        per_picture=False,
    )
