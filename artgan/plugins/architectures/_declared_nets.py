"""Declarations of ``r3gan`` and ``texture``."""

from collections.abc import Iterator
from typing import Annotated

from artgan.plugin import Architecture, Meta, Options, Sizes

BaseChannels = Annotated[
    int, Meta(ge=4, le=512, description="Channels at full size; more is slower, finer")
]
MaxChannels = Annotated[
    int, Meta(ge=8, le=2048, description="Most channels of any layer, reached at small sizes")
]
Labels = Annotated[
    bool, Meta(description="Use the pictures' labels, if they have any; a great help")
]
Tileable = Annotated[
    bool, Meta(description="Wrap around at the edges, so that pictures repeat without a seam")
]


class R3ganOptions(Options, frozen=True, kw_only=True):
    """Options of the architecture ``r3gan``."""

    base_channels: BaseChannels = 32
    max_channels: MaxChannels = 256
    latent_size: Annotated[int, Meta(ge=1, le=4096, description="Numbers that a seed becomes")] = 64
    label_size: Annotated[
        int, Meta(ge=1, le=4096, description="Numbers that a label becomes, beside the latents")
    ] = 64
    blocks: Annotated[int, Meta(ge=1, le=16, description="Residual blocks of each size")] = 2
    group_channels: Annotated[
        int, Meta(ge=1, le=2048, description="Channels that a 3 x 3 convolution sees together")
    ] = 16
    labels: Labels = True
    tileable: Tileable = False


class TextureOptions(Options, frozen=True, kw_only=True):
    """Options of the architecture ``texture``."""

    base_channels: BaseChannels = 32
    max_channels: MaxChannels = 256
    latent_size: Annotated[
        int, Meta(ge=1, le=1024, description="Local latents: numbers that are new in every cell")
    ] = 32
    global_size: Annotated[
        int,
        Meta(ge=1, le=1024, description="Global latents: numbers that are the same everywhere"),
    ] = 16
    labels: Labels = True
    tileable: Tileable = False


def declared() -> Iterator[Architecture]:
    """Yield the declarations."""
    yield Architecture(
        name="r3gan",
        summary="Residual and grouped, without normalization: the modern baseline.",
        generator="artgan.plugins.architectures.r3gan:build_generator",
        discriminator="artgan.plugins.architectures.r3gan:build_discriminator",
        options=R3ganOptions,
        sizes=Sizes(smallest=16, largest=512, coarsest=4),
        conditional=True,
        tileable=True,
        recipe="artgan.plugins.architectures._r3gan_recipe:recipe",
    )
    yield Architecture(
        name="texture",
        summary="Learns a texture and fills a canvas of any size with it.",
        generator="artgan.plugins.architectures.texture:build_generator",
        discriminator="artgan.plugins.architectures.texture:build_discriminator",
        options=TextureOptions,
        sizes=Sizes(smallest=16, largest=512, coarsest=4),
        conditional=True,
        tileable=True,
        spatial=True,
        recipe="artgan.plugins.architectures._texture_recipe:recipe",
        fit="artgan.plugins.architectures._texture_recipe:fit",
    )
