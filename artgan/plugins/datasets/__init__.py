"""Catalogue of the built-in datasets."""

from collections.abc import Iterator
from typing import Annotated, Literal

from artgan.plugin import AlphaOption, Dataset, Meta, Options, hookimpl

FlipOption = Annotated[
    Literal["none", "x", "y", "both"],
    Meta(description="Mirror at random; not for letters and signatures"),
]
RotateOption = Annotated[
    float, Meta(ge=0, le=180, description="Turn at random by up to so many degrees")
]
CropOption = Annotated[
    float, Meta(ge=0, le=0.5, description="Cut off up to this share at random and enlarge")
]
BackgroundOption = Annotated[str, Meta(description="Colour behind clear pixels, as hex")]


class MnistOptions(Options, frozen=True, kw_only=True):
    """Options of the dataset ``mnist``."""

    full: Annotated[
        bool,
        Meta(description="All 60,000 digits, downloaded once and checked; else 10,000 that ship"),
    ] = False


class GervaisOptions(Options, frozen=True, kw_only=True):
    """Options of the dataset ``gervais``."""

    background: Annotated[str, Meta(description="Colour behind the figures, as hex")] = "000000"
    alpha: AlphaOption = "fill"
    keep_alpha: Annotated[bool, Meta(description="The same as alpha keep")] = False


class TexturesOptions(Options, frozen=True, kw_only=True):
    """Options of the dataset ``textures``."""

    kind: Annotated[
        Literal["all", "brick", "grass", "gravel"],
        Meta(description="Which texture; all three bring their names as labels"),
    ] = "all"
    count: Annotated[
        int, Meta(ge=8, le=100000, description="Pieces cut out of each texture, at random places")
    ] = 700
    share: Annotated[
        float, Meta(ge=0.05, le=1, description="Side of a piece as a share of the texture's")
    ] = 0.25


class PicturesOptions(Options, frozen=True, kw_only=True):
    """Options of the datasets ``folder`` and ``zip``."""

    fit: Annotated[
        Literal["cover", "contain", "stretch"],
        Meta(description="Cover crops the middle, contain adds borders, stretch distorts"),
    ] = "cover"
    background: BackgroundOption = "000000"
    alpha: AlphaOption = "auto"
    channels: Annotated[
        Literal["auto", "grey", "rgb", "rgba"],
        Meta(description="Auto: grey if every picture is; rgba has alpha whatever they have"),
    ] = "auto"
    resample: Annotated[
        Literal["auto", "lanczos", "nearest"],
        Meta(description="Auto: nearest for pixel art that fits by a whole factor, else lanczos"),
    ] = "auto"
    frames: Annotated[
        Literal["first", "all"],
        Meta(description="All: each frame of an animation, and each page, is a picture"),
    ] = "first"
    labels: Annotated[
        Literal["none", "folders"], Meta(description="Folders: each subfolder is a label")
    ] = "none"
    flip: FlipOption = "none"
    rotate: RotateOption = 0.0
    crop: CropOption = 0.0


class ShardsOptions(Options, frozen=True, kw_only=True):
    """Options of the dataset ``shards``."""

    window: Annotated[
        int,
        Meta(ge=1, description="Pictures that are shuffled among each other, in whole shards"),
    ] = 65_536
    cache_gib: Annotated[
        float, Meta(ge=0.001, description="GiB of the disk that shards from afar may take")
    ] = 32.0
    channels: Annotated[
        Literal["auto", "grey", "rgb", "rgba"],
        Meta(description="Auto: as packed; in other sets, what some of the pictures are"),
    ] = "auto"
    background: BackgroundOption = "000000"
    flip: FlipOption = "none"
    rotate: RotateOption = 0.0
    crop: CropOption = 0.0


@hookimpl
def artgan_datasets() -> Iterator[Dataset]:
    """Yield the built-in datasets."""
    yield Dataset(
        name="mnist",
        summary="Handwritten digits, 28 x 28, grey, with labels; 10,000 ship with artgan.",
        open="artgan.plugins.datasets.mnist:open_digits",
        options=MnistOptions,
        licence="CC BY-SA 3.0",
        attribution="Yann LeCun and Corinna Cortes, from NIST",
    )
    yield Dataset(
        name="gervais",
        summary="2,351 creatures, people and things, 32 x 32, colour; ships with artgan.",
        open="artgan.plugins.datasets.gervais:open_tiles",
        options=GervaisOptions,
        licence="CC BY 3.0",
        attribution="David Gervais, 1999",
        mirrors=True,
    )
    yield Dataset(
        name="textures",
        summary="Pieces of brick, grass and gravel, grey, with labels; ships with artgan.",
        open="artgan.plugins.datasets.textures:open_textures",
        options=TexturesOptions,
        licence="CC0 1.0",
        attribution="ambientCG (brick, gravel), linolafett (grass)",
    )
    yield Dataset(
        name="folder",
        summary="Your own pictures of any size and kind, in a folder.",
        open="artgan.plugins.datasets.folder:open_folder",
        options=PicturesOptions,
        licence="the user's own",
        takes_path=True,
    )
    yield Dataset(
        name="zip",
        summary="Your own pictures in a .zip archive.",
        open="artgan.plugins.datasets.zip:open_zip",
        options=PicturesOptions,
        licence="the user's own",
        takes_path=True,
    )
    yield Dataset(
        name="shards",
        summary="Pictures in tar shards, here or in object storage; read when needed.",
        open="artgan.shards.source:open_shards",
        options=ShardsOptions,
        licence="the user's own",
        takes_path=True,
        takes_address=True,
    )
