"""Catalogue of the built-in architectures."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from artgan.plugin import Architecture, Meta, Options, hookimpl

BaseChannels = Annotated[
    int, Meta(ge=4, le=512, description="Channels at full size; more is slower, finer")
]
MaxChannels = Annotated[
    int, Meta(ge=8, le=2048, description="Most channels of any layer, reached at small sizes")
]
LatentSize = Annotated[
    int, Meta(ge=1, le=4096, description="Random numbers that a picture is made from")
]
Noise = Annotated[
    bool, Meta(description="Add noise at every place, from which fine detail such as grain comes")
]
Labels = Annotated[
    bool, Meta(description="Use the pictures' labels, if they have any; they help a lot")
]
Tileable = Annotated[
    bool, Meta(description="Wrap around at the edges, so that pictures repeat without a seam")
]


def _of_default(description: str, **limits: Any) -> Meta:
    """Describe an option that counts only with the layers ``default``."""
    return Meta(description=description, extra={"only": "layers=default"}, **limits)


class DcganOptions(Options, frozen=True, kw_only=True):
    """Options of the architecture ``dcgan``."""

    layers: Annotated[
        Literal["default", "classic"],
        Meta(description="Default: artgan's own. Classic: the 5 x 5 networks of the MNIST lesson"),
    ] = "default"
    base_channels: Annotated[
        int, _of_default("Channels at half of full size; more is slower, finer", ge=4, le=512)
    ] = 64
    max_channels: Annotated[
        int, _of_default("Most channels of any layer, reached at small sizes", ge=8, le=2048)
    ] = 256
    fine_channels: Annotated[
        int,
        _of_default(
            "Channels of a layer at full size in both networks; 0 adds no such layer", ge=0, le=512
        ),
    ] = 0
    latent_size: LatentSize = 64
    upsampling: Annotated[
        Literal["transposed", "smooth", "nearest"],
        _of_default(
            "Transposed: learned, crisp, with checkerboards at first. Smooth: as quick, without "
            "them. Nearest: slower, each pixel its own"
        ),
    ] = "transposed"
    normalization: Annotated[
        Literal["batch", "group", "none"],
        _of_default("Of the generator's layers; group does not mix pictures of a batch"),
    ] = "batch"
    self_modulation: Annotated[
        bool, _of_default("The latents also scale and shift the features of each layer")
    ] = False
    labels: Labels = True
    spectral_norm: Annotated[
        bool, _of_default("Bound the slope of the discriminator; for losses without a penalty")
    ] = False
    dropout: Annotated[
        float, _of_default("Share of discriminator features left out at random", ge=0, lt=1)
    ] = 0.0
    tileable: Tileable = False


class R3ganOptions(Options, frozen=True, kw_only=True):
    """Options of the architecture ``r3gan``."""

    base_channels: BaseChannels = 32
    max_channels: MaxChannels = 256
    latent_size: LatentSize = 64
    label_size: Annotated[
        int, Meta(ge=1, le=4096, description="Numbers that a label becomes, beside the latents")
    ] = 64
    blocks: Annotated[int, Meta(ge=1, le=16, description="Residual blocks of each size")] = 2
    group_channels: Annotated[
        int, Meta(ge=1, le=2048, description="Channels in a group of the 3 x 3 convolutions")
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
        int, Meta(ge=1, le=1024, description="Global latents: numbers that are the same everywhere")
    ] = 16
    labels: Labels = True
    tileable: Tileable = False


class CoordinatesOptions(Options, frozen=True, kw_only=True):
    """Options of the architecture ``coordinates``."""

    channels: Annotated[
        int, Meta(ge=4, le=1024, description="Numbers of each place; more is slower, richer")
    ] = 128
    layers: Annotated[int, Meta(ge=1, le=32, description="Layers from place to colour")] = 4
    detail: Annotated[
        float,
        Meta(
            gt=0,
            le=64,
            description="Waves in the shorter side: 1 gives large soft shapes, 10 fine detail",
        ),
    ] = 3.0
    base_channels: BaseChannels = 64
    latent_size: LatentSize = 64
    labels: Labels = True
    tileable: Tileable = False


class Stylegan2Options(Options, frozen=True, kw_only=True):
    """Options of the architecture ``stylegan2``."""

    base_channels: BaseChannels = 32
    max_channels: MaxChannels = 256
    latent_size: LatentSize = 128
    style_size: Annotated[
        int, Meta(ge=4, le=2048, description="Numbers of the style code that every layer gets")
    ] = 128
    mapping_layers: Annotated[
        int, Meta(ge=1, le=16, description="Layers from latents to styles; few for few pictures")
    ] = 2
    noise: Noise = True
    mixing: Annotated[
        float,
        Meta(ge=0, le=1, description="Share of fakes whose coarse and fine layers mix two styles"),
    ] = 0.5
    labels: Labels = True
    tileable: Tileable = False


class FastganOptions(Options, frozen=True, kw_only=True):
    """Options of the architecture ``fastgan``."""

    base_channels: BaseChannels = 32
    max_channels: MaxChannels = 256
    latent_size: LatentSize = 256
    noise: Noise = True
    rebuilding: Annotated[
        float,
        Meta(
            ge=0,
            le=100,
            description="Weight of the discriminator's task to rebuild real pictures; 0 for none",
        ),
    ] = 1.0
    labels: Labels = True
    tileable: Tileable = False


def _declare(
    name: str,
    summary: str,
    options: type[Options],
    *,
    generator: str = "",
    discriminator: str = "",
    **facts: Any,
) -> Architecture:
    """Declare the architecture whose networks and recipe lie in the modules of its name."""
    module, title = f"artgan.plugins.architectures.{name}", name.capitalize()
    return Architecture(
        name=name,
        summary=summary,
        generator=f"{module}:{generator or f'{title}Generator'}",
        discriminator=f"{module}:{discriminator or f'{title}Discriminator'}",
        options=options,
        conditional=True,
        tileable=True,
        recipe=f"artgan.plugins.architectures._{name}_recipe:recipe",
        **facts,
    )


@hookimpl
def artgan_architectures() -> Iterator[Architecture]:
    """Yield the built-in architectures."""
    yield _declare(
        "dcgan",
        "Convolutional generator and discriminator; small, quick, at home on a laptop.",
        DcganOptions,
        added_options=("self_modulation",),
        generator="build_generator",
        discriminator="build_discriminator",
        fit="artgan.plugins.architectures._dcgan_recipe:fit",
        presets={"classic": "the lesson: 5 x 5 layers, Adam 1e-4, batch 256, cross-entropy"},
    )
    yield _declare(
        "r3gan",
        "Residual and grouped, without normalization: the modern baseline.",
        R3ganOptions,
    )
    yield _declare(
        "texture",
        "Learns a texture and fills a canvas of any size with it.",
        TextureOptions,
        spatial=True,
        fit="artgan.plugins.architectures._texture_recipe:fit",
    )
    yield _declare(
        "coordinates",
        "Draws each pixel from its place alone: pictures of any size, soft shapes.",
        CoordinatesOptions,
        discriminator="build_discriminator",
        any_size=True,
    )
    yield _declare(
        "stylegan2",
        "A style for every layer: smooth moves, mixing and truncation; slower steps.",
        Stylegan2Options,
        independent=False,
    )
    yield _declare(
        "fastgan",
        "Few pictures, many pixels: a discriminator that also learns to rebuild pictures.",
        FastganOptions,
        discriminator="build_discriminator",
        independent=False,
        fit="artgan.plugins.architectures._fastgan_recipe:fit",
    )
