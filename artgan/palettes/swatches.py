"""Palettes of paint programs: Photoshop's .aco, Procreate's .swatches and Krita's .kpl."""

import colorsys
import io
import json
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from artgan.errors import StyleError
from artgan.palettes.binary import from_cielab
from artgan.plugin.color import to_hex

Note = Callable[[str], None]

MOST_BYTES = 8 * 2**20
"""Largest list of colours that is unpacked."""

RGB, HSB, CMYK, LAB, GRAY, WIDE_CMYK = 0, 1, 2, 7, 8, 9
"""Colour spaces of .aco ("Adobe Photoshop File Formats Specification", Color Swatches)."""


def read_aco(data: bytes, path: Path, note: Note) -> list[str]:
    """Read Photoshop's swatches as hex; of the two lists in newer files, the first.

    Raises:
        StyleError: It is cut, or in a colour space that is not known.
    """
    try:
        version, count = struct.unpack_from(">HH", data)
        swatches = [struct.unpack_from(">5H", data, 4 + 10 * each) for each in range(count)]
    except struct.error as error:
        raise StyleError(f"palette file '{path}' is cut short: save or copy it again") from error
    if version != 1:
        raise StyleError(f"'{path}' does not begin with version 1; it is no Photoshop palette")
    return [_hex(_aco_color(space, values, path)) for space, *values in swatches]


def _aco_color(space: int, values: list[int], path: Path) -> list[float]:
    share = [value / 65535 for value in values]
    if space == RGB:
        return share[:3]
    if space == HSB:
        return list(colorsys.hsv_to_rgb(*share[:3]))
    if space in (CMYK, WIDE_CMYK):
        # 0 is all ink in the one, none in the other.
        cyan, magenta, yellow, key = share if space == CMYK else [1 - v / 10000 for v in values]
        return [cyan * key, magenta * key, yellow * key]
    if space == LAB:
        signed = struct.unpack(">2h", struct.pack(">2H", *values[1:3]))
        return [float(part) for part in from_cielab(np.array([values[0], *signed]) / 100)]
    if space == GRAY:
        return [1 - values[0] / 10000] * 3
    raise StyleError(f"'{path}' has a swatch in colour space {space}; expected RGB, HSB, CMYK, LAB")


def read_procreate(data: bytes, path: Path, note: Note) -> list[str]:
    """Read Procreate's swatches as hex.

    Raises:
        StyleError: It is damaged.
    """
    try:
        tree = json.loads(_member(data, "Swatches.json", path))
        tree = tree[0] if isinstance(tree, list) else tree
        return [
            _hex(list(colorsys.hsv_to_rgb(*(float(s[k]) for k in PROCREATE_KEYS))))
            for s in tree["swatches"]
            if s
        ]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise StyleError(
            f"palette file '{path}' is damaged: save it again with the program it is from"
        ) from error


PROCREATE_KEYS = ("hue", "saturation", "brightness")


def read_krita(data: bytes, path: Path, note: Note) -> list[str]:
    """Read the RGB and grey swatches of Krita's palette as hex.

    It is read without an XML parser: it may come from anyone, so no entity is ever expanded.

    Raises:
        StyleError: It is damaged, or has other swatches.
    """
    text = _member(data, "colorset.xml", path).decode("utf-8", "replace")
    colors = []
    for kind, attributes in re.findall(r"<(RGB|sRGB|Gray|CMYK|Lab|XYZ|YCbCr)\b([^>]*)>", text):
        found = dict(re.findall(r"\b([a-zA-Z]+)=\"([-+.\deE]+)\"", attributes))
        names = {"RGB": "rgb", "sRGB": "rgb", "Gray": "ggg"}.get(kind)
        if names is None:
            raise StyleError(f"'{path}' has a swatch in {kind}; in Krita, convert it to RGB")
        try:
            colors.append(_hex([float(found[name]) for name in names]))
        except (KeyError, ValueError) as error:
            raise StyleError(
                f"palette file '{path}' is damaged: save it again with the program it is from"
            ) from error
    return colors


def _member(data: bytes, name: str, path: Path) -> bytes:
    """Read a file out of a palette that is a zip archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(name) as file:
            found = file.read(MOST_BYTES + 1)
    # zipfile raises whatever it stumbles over in a damaged archive.
    except Exception as error:
        raise StyleError(
            f"palette file '{path}' is damaged: save it again with the program it is from"
        ) from error
    if len(found) > MOST_BYTES:
        raise StyleError(f"'{path}' unpacks to more than 8 MiB; that is no palette")
    return found


def _hex(color: list[float]) -> str:
    if not np.isfinite(color).all():
        raise StyleError(f"a swatch is not a number: {color}")
    return to_hex(np.clip(np.array([color], np.float32), 0, 1))[0]
