"""Reads layers as they are written on a command line or in a file, and makes their pictures."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artgan.base.suggest import join_names, suggest
from artgan.base.tables import read_toml, refuse_unknown
from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.errors import OptionError
from artgan.pictures.files import from_pil, from_pixels, read_picture, to_pil
from artgan.plugin.color import BLENDS
from artgan.plugin.masks import check_mask, mask_weights
from artgan.plugin.picture import FloatArray, Picture
from artgan.sampling.samples import SampleRequest, make_samples
from artgan.styling.apply import apply_style
from artgan.styling.parse import check_chain, parse_style


@dataclass(frozen=True)
class StackLayer:
    """One layer, as it is asked for.

    Attributes:
        picture: A picture file, or the folder of a run.
        style: A style, or "none".
        blend: How it is laid over what is below.
        opacity: How much of it, 0 to 1.
        mask: Where, in the words of styles; "" is everywhere.
        seed: Seed of a run's sample and of the style.
        name: What editors call it; "" takes the names of file and style, and the seed.
    """

    picture: str
    style: str = "none"
    blend: str = "normal"
    opacity: float = 1.0
    mask: str = ""
    seed: int = 0
    name: str = ""

    def __post_init__(self) -> None:
        if self.blend not in BLENDS:
            raise OptionError(
                f"blend '{self.blend}' does not fit; expected {join_names(BLENDS)}."
                f"{suggest(self.blend, BLENDS)}"
            )
        if not 0 <= self.opacity <= 1:
            raise OptionError(f"opacity {self.opacity:g} does not fit; expected 0 to 1")
        if self.mask:
            check_mask(self.mask)

    @property
    def title(self) -> str:
        """What editors call it."""
        if self.name:
            return self.name
        style = "" if self.style == "none" else Path(self.style).stem
        seed = str(self.seed) if self.seed else ""
        return " ".join(filter(None, (Path(self.picture).stem, style, seed)))


@dataclass(frozen=True)
class MadeLayer:
    """A layer's pixels (H, W, 4), sRGB and alpha in [0, 1], its mask inside alpha."""

    layer: StackLayer
    pixels: FloatArray


def read_layers(asked: Sequence[str]) -> list[StackLayer]:
    """Read layers, the lowest first.

    Each is "FILE key=value ..." with values in quotes where they hold spaces, or a .toml file with
    tables [[layers]] of the same keys.
    """
    layers: list[StackLayer] = []
    for text in asked:
        if text.endswith(".toml"):
            layers += _from_file(Path(text))
            continue
        try:
            file, *options = shlex.split(text)
        except ValueError as error:
            raise OptionError(f"layer '{text}' does not fit: {error}") from error
        pairs = [option.partition("=") for option in options]
        if not file or not all(equals for _, equals, _ in pairs):
            raise OptionError(
                f"layer '{text}' does not fit; expected a picture and key=value, as in "
                '"photo.jpg blend=screen opacity=0.6"'
            )
        layers.append(_from_table({"picture": file, **{k: v for k, _, v in pairs}}, text))
    if not layers:
        raise OptionError("a stack needs a layer, or more")
    return layers


def _from_file(path: Path) -> list[StackLayer]:
    table = read_toml(path, OptionError, "layers")
    refuse_unknown(table, ("layers",), f"'{path}'", OptionError)
    found = table.get("layers")
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise OptionError(f"'{path}' needs tables [[layers]], each with a picture")
    layers = []
    for number, each in enumerate(found, 1):
        place = str(each.get("picture", ""))
        # Pictures lie beside the file, unless they are found from here.
        beside = path.parent / place
        near = {} if Path(place).exists() or not beside.exists() else {"picture": str(beside)}
        layers.append(_from_table({**each, **near}, f"{path}, layer {number}"))
    return layers


def _from_table(table: Mapping[str, Any], place: str) -> StackLayer:
    known = [field.name for field in fields(StackLayer)]
    refuse_unknown(table, known, f"layer '{place}'", OptionError)
    values = dict(table)
    if not isinstance(values.get("picture"), str) or not values["picture"]:
        raise OptionError(f"layer '{place}' needs a picture")
    for name, kind, expected in (("opacity", float, "0 to 1"), ("seed", int, "a whole number")):
        if name in values:
            try:
                values[name] = kind(values[name])
            except (TypeError, ValueError) as error:
                raise OptionError(
                    f"layer '{place}': {name} {values[name]!r} does not fit; expected {expected}"
                ) from error
    return StackLayer(**values)


def make_layers(
    layers: Sequence[StackLayer], registry: Registry, size: tuple[int, int] | None = None
) -> list[MadeLayer]:
    """Make the pictures of layers, each as large as the stack.

    Without a size, (width, height), the stack is as large as its lowest layer. Other layers are
    scaled to fit inside, in the middle; by a whole factor pixels stay square.
    """
    made: list[MadeLayer] = []
    for layer in layers:
        picture = _picture(layer, registry)
        size = size or (picture.width, picture.height)
        made.append(MadeLayer(layer, _placed(picture, layer, size)))
    return made


def _picture(layer: StackLayer, registry: Registry) -> Picture:
    chain = parse_style(layer.style, registry)
    check_chain(chain, registry)
    path = Path(layer.picture)
    if (path / "run.toml").is_file():
        run = TrainedRun.open(path, registry)
        (sample,) = make_samples(run, SampleRequest([layer.seed], "none"))
        picture = from_pixels(sample.raw, run.wraps, sample.raw_planes)
    else:
        picture = read_picture(path)
    return apply_style(chain, picture, registry=registry, seed=layer.seed).picture


def _placed(picture: Picture, layer: StackLayer, size: tuple[int, int]) -> FloatArray:
    """Return a layer's pixels (H, W, 4) on the stack, with its mask."""
    image = to_pil(picture).convert("RGBA")
    scale = min(size[0] / image.width, size[1] / image.height)
    fitted = tuple(max(1, round(side * scale)) for side in image.size)
    whole = scale >= 1 and float(scale).is_integer()
    way = Image.Resampling.NEAREST if whole else Image.Resampling.LANCZOS
    if fitted != image.size:
        # Clear pixels must not colour their neighbours: Pillow scales RGBa, multiplied by alpha.
        image = image.convert("RGBa").resize((fitted[0], fitted[1]), way).convert("RGBA")
    sheet = Image.new("RGBA", size)
    place = (size[0] - image.width) // 2, (size[1] - image.height) // 2
    sheet.paste(image, place)
    pixels: FloatArray = np.asarray(sheet).astype(np.float32) / np.float32(255)
    if layer.mask:
        laid = from_pil(sheet)
        for name, plane in picture.planes.items():
            under = Image.new("F", size)
            under.paste(Image.fromarray(plane).resize(image.size, way), place)
            laid = laid.with_plane(name, np.asarray(under))
        weights = mask_weights(layer.mask, laid, lambda name: read_picture(Path(name)))
        pixels[:, :, 3:] *= weights.reshape(*pixels.shape[:2], 1)
    return pixels
