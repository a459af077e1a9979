"""Declarations of ``stylegan2`` and ``fastgan``."""

from collections.abc import Iterator
from typing import Annotated

from artgan.plugin import Architecture, Meta, Options, Sizes


class Stylegan2Options(Options, frozen=True, kw_only=True):
    """Options of the architecture ``stylegan2``."""

    base_channels: Annotated[
        int, Meta(ge=4, le=512, description="Channels at full size; more is slower, finer")
    ] = 32
    max_channels: Annotated[
        int, Meta(ge=8, le=2048, description="Most channels of any layer, reached at small sizes")
    ] = 256
    latent_size: Annotated[int, Meta(ge=1, le=4096, description="Numbers that a seed becomes")] = (
        128
    )
    style_size: Annotated[
        int, Meta(ge=4, le=2048, description="Numbers of the style that every layer is given")
    ] = 128
    mapping_layers: Annotated[
        int, Meta(ge=1, le=16, description="Layers from latents to styles; few for few pictures")
    ] = 2
    noise: Annotated[
        bool, Meta(description="Let fine detail, such as grain, come from noise at every place")
    ] = True
    mixing: Annotated[
        float,
        Meta(ge=0, le=1, description="Share of fakes whose coarse and fine layers mix two styles"),
    ] = 0.5
    labels: Annotated[
        bool, Meta(description="Use the pictures' labels, if they have any; a great help")
    ] = True
    tileable: Annotated[
        bool, Meta(description="Wrap around at the edges, so that pictures repeat without a seam")
    ] = False


class FastganOptions(Options, frozen=True, kw_only=True):
    """Options of the architecture ``fastgan``."""

    base_channels: Annotated[
        int, Meta(ge=4, le=512, description="Channels at full size; more is slower, finer")
    ] = 32
    max_channels: Annotated[
        int, Meta(ge=8, le=2048, description="Most channels of any layer, reached at small sizes")
    ] = 256
    latent_size: Annotated[int, Meta(ge=1, le=4096, description="Numbers that a seed becomes")] = (
        256
    )
    noise: Annotated[
        bool, Meta(description="Let fine detail, such as grain, come from noise at every place")
    ] = True
    rebuilding: Annotated[
        float,
        Meta(
            ge=0,
            le=100,
            description="Weight of the discriminator's task to rebuild real pictures; 0 for none",
        ),
    ] = 1.0
    labels: Annotated[
        bool, Meta(description="Use the pictures' labels, if they have any; a great help")
    ] = True
    tileable: Annotated[
        bool, Meta(description="Wrap around at the edges, so that pictures repeat without a seam")
    ] = False


def declared() -> Iterator[Architecture]:
    """Yield the declarations."""
    yield Architecture(
        name="stylegan2",
        summary="A style for every layer: smooth moves, mixing and truncation; slower steps.",
        generator="artgan.plugins.architectures.stylegan2:build_generator",
        discriminator="artgan.plugins.architectures.stylegan2:build_discriminator",
        options=Stylegan2Options,
        sizes=Sizes(smallest=16, largest=512, coarsest=4),
        conditional=True,
        tileable=True,
        independent=False,
        recipe="artgan.plugins.architectures._stylegan2_recipe:recipe",
    )
    yield Architecture(
        name="fastgan",
        summary="Few pictures, many pixels: a discriminator that also learns to rebuild pictures.",
        generator="artgan.plugins.architectures.fastgan:build_generator",
        discriminator="artgan.plugins.architectures.fastgan:build_discriminator",
        options=FastganOptions,
        sizes=Sizes(smallest=16, largest=512, coarsest=4),
        conditional=True,
        tileable=True,
        independent=False,
        recipe="artgan.plugins.architectures._fastgan_recipe:recipe",
        fit="artgan.plugins.architectures._fastgan_recipe:fit",
    )
