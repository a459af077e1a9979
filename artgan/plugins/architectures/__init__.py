"""Catalogue of the built-in architectures."""

from collections.abc import Iterator
from typing import Annotated, Literal

from artgan.plugin import Architecture, Meta, Options, Sizes, hookimpl
from artgan.plugins.architectures import _declared_gans, _declared_nets

OURS = {"only": "layers=default"}


class DcganOptions(Options, frozen=True, kw_only=True):
    """Options of the architecture ``dcgan``."""

    layers: Annotated[
        Literal["default", "classic"],
        Meta(description="Default: ours. Classic: the lesson's 5 x 5 networks, layer for layer"),
    ] = "default"
    base_channels: Annotated[
        int,
        Meta(
            ge=4,
            le=512,
            description="Channels at half of full size; more is slower, finer",
            extra=OURS,
        ),
    ] = 64
    max_channels: Annotated[
        int,
        Meta(
            ge=8,
            le=2048,
            description="Most channels of any layer, reached at small sizes",
            extra=OURS,
        ),
    ] = 256
    fine_channels: Annotated[
        int,
        Meta(
            ge=0,
            le=512,
            description="Of a layer at full size in both networks; 0: no such layer",
            extra=OURS,
        ),
    ] = 0
    latent_size: Annotated[int, Meta(ge=1, le=4096, description="Numbers that a seed becomes")] = 64
    upsampling: Annotated[
        Literal["transposed", "nearest"],
        Meta(
            description="Transposed: learned, crisp. Nearest: never leaves a checkerboard",
            extra=OURS,
        ),
    ] = "transposed"
    normalization: Annotated[
        Literal["batch", "group", "none"],
        Meta(
            description="Of the generator's layers; group does not mix pictures of a batch",
            extra=OURS,
        ),
    ] = "batch"
    labels: Annotated[
        bool, Meta(description="Use the pictures' labels, if they have any; a great help")
    ] = True
    spectral_norm: Annotated[
        bool,
        Meta(
            description="Bound the slope of the discriminator; for losses without a penalty",
            extra=OURS,
        ),
    ] = False
    dropout: Annotated[
        float,
        Meta(
            ge=0, lt=1, description="Share of discriminator features left out at random", extra=OURS
        ),
    ] = 0.0
    tileable: Annotated[
        bool, Meta(description="Wrap around at the edges, so that pictures repeat without a seam")
    ] = False


@hookimpl
def artgan_architectures() -> Iterator[Architecture]:
    """Yield the built-in architectures."""
    yield Architecture(
        name="dcgan",
        summary="Convolutional generator and discriminator; small, quick, at home on a laptop.",
        generator="artgan.plugins.architectures.dcgan:build_generator",
        discriminator="artgan.plugins.architectures.dcgan:build_discriminator",
        options=DcganOptions,
        sizes=Sizes(smallest=16, largest=512, coarsest=4),
        conditional=True,
        tileable=True,
        recipe="artgan.plugins.architectures._dcgan_recipe:recipe",
        fit="artgan.plugins.architectures._dcgan_recipe:fit",
        presets={"classic": "the lesson: 5 x 5 layers, Adam 1e-4, batch 256, cross-entropy"},
    )
    yield from _declared_nets.declared()
    yield from _declared_gans.declared()
