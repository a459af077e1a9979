"""Palettes from files: own TOML, GIMP and other formats, pictures."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.base.tables import parse_toml, refuse_unknown
from artgan.errors import StyleError
from artgan.pictures.files import PICTURE_ENDINGS, from_pil, open_image
from artgan.plugin.color import distinct_colors, extract_colors, parse_hex, to_rgb
from artgan.plugin.picture import Picture

FloatArray = NDArray[np.float32]

PALETTE_ENDINGS = (".toml", ".hex", ".gpl", ".pal", ".txt", ".act", ".ase")

FILE_ENDINGS = (*PALETTE_ENDINGS, *PICTURE_ENDINGS)

TOML_KEYS = ("name", "summary", "colors", "roles", "author", "licence")

EXTRACTED = 8
"""How many colours are taken from a picture that holds more than 256."""

Note = Callable[[str], None]


def _colors(colors: Sequence[Any], where: str) -> FloatArray:
    colors = list(dict.fromkeys(colors))
    try:
        parsed = [parse_hex(str(color)) for color in colors]
    except ValueError as error:
        raise StyleError(f"{where}: {error}") from error
    if not 2 <= len(parsed) <= 256:
        raise StyleError(f"{where} has {len(parsed)} colours; expected 2 to 256")
    return np.array(parsed, dtype=np.float32)


def read_palette(path: Path, count: int | None = None, note: Note = lambda _: None) -> FloatArray:
    """Read a palette file, or take the colours of a picture.

    Args:
        path: Our TOML, .hex, GIMP's .gpl, .pal (JASC or RIFF), Paint.NET's .txt, .act, Adobe's
            .ase, or any picture.
        count: How many colours to extract from a picture; None takes all of them if there are at
            most 256, else 8.
        note: Told what had to be changed in reading, in one sentence.

    Returns:
        sRGB (K, 3), in the file's order without repeats; a picture that has no palette of its own
        gives them sorted by lightness.

    Raises:
        StyleError: It is not there or damaged; names file and line.
    """
    ending = path.suffix.lower()
    if ending in PICTURE_ENDINGS:
        return _from_picture(path, count)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise StyleError(f"there is no palette file '{path}'") from error
    except OSError as error:
        raise StyleError(f"palette file '{path}' cannot be read: {error.strerror}") from error
    if ending in (".act", ".ase") or (ending == ".pal" and data[:4] == b"RIFF"):
        from artgan.palettes.formats import read_binary

        return _colors(read_binary(data, path, note), f"palette file '{path}'")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StyleError(f"palette file '{path}' is not text: {error}") from error
    if ending == ".toml":
        return _from_toml(text, path)
    lines = [line.strip() for line in text.splitlines()]
    if ending == ".gpl":
        return _from_gpl(lines, path)
    from artgan.palettes.formats import read_lines

    return _colors(read_lines(lines, path), f"palette file '{path}'")


def _from_picture(path: Path, count: int | None) -> FloatArray:
    image = open_image(path)
    if count is None and image.mode == "P":
        found = _own_order(image)
    else:
        found = _seen(from_pil(image), path, count)
    if len(found) < 2:
        raise StyleError(f"picture '{path}' has one colour; a palette needs at least two")
    return found


def _own_order(image: Image.Image) -> FloatArray:
    """Give the colours that an indexed picture uses, in the order of its palette."""
    # The first pixel of each entry tells its colour, clear or not.
    _, first = np.unique(np.asarray(image).reshape(-1), return_index=True)
    table = np.asarray(image.convert("RGBA")).reshape(-1, 4)[first]
    kept = list(dict.fromkeys(tuple(row[:3]) for row in table.tolist() if row[3]))
    colors: FloatArray = np.array(kept, np.float32).reshape(-1, 3) / np.float32(255)
    return colors


def _seen(picture: Picture, path: Path, count: int | None) -> FloatArray:
    """Give all colours of a picture if there are at most 256 and no count, else extracted ones."""
    picture = picture.to("srgb")
    color = to_rgb(picture.color).reshape(-1, 3)
    if picture.alpha is not None:
        color = color[picture.alpha.reshape(-1) > 0.5]
    if not len(color):
        raise StyleError(f"picture '{path}' is wholly clear; it has no colours")
    every = distinct_colors(color)
    if count is None and len(every) <= 256:
        return every
    return extract_colors(color, count or EXTRACTED)


def _from_toml(text: str, path: Path) -> FloatArray:
    tree = parse_toml(text, path, StyleError, "palette file")
    refuse_unknown(tree, TOML_KEYS, f"palette file '{path}'", StyleError)
    if "colors" not in tree:
        raise StyleError(f"palette file '{path}' has no key 'colors'")
    colors = tree["colors"]
    if not isinstance(colors, list) or not all(isinstance(color, str) for color in colors):
        raise StyleError(
            f'palette file \'{path}\': colors must be a list of colours, as in ["07051a", "ff4fa3"]'
        )
    plain = [color.strip().lstrip("#").lower() for color in colors]
    twice = [color for color in colors if plain.count(color.strip().lstrip("#").lower()) > 1]
    if twice:
        raise StyleError(
            f"palette file '{path}' lists the colour {twice[0]} twice; leave one of them out"
        )
    return _colors(colors, f"palette file '{path}'")


def _from_gpl(lines: list[str], path: Path) -> FloatArray:
    if not lines or lines[0] != "GIMP Palette":
        raise StyleError(f"'{path}' does not begin with 'GIMP Palette'; it is no GIMP palette")
    colors = []
    for number, line in enumerate(lines[1:], start=2):
        if (
            not line
            or line.startswith("#")
            or line.split(":")[0] in ("Name", "Columns", "Channels")
        ):
            continue
        fields = line.split()
        if len(fields) < 3 or not all(f.isdecimal() and int(f) < 256 for f in fields[:3]):
            raise StyleError(f"'{path}' line {number}: expected red, green, blue from 0 to 255")
        colors.append("".join(f"{int(field):02x}" for field in fields[:3]))
    return _colors(colors, f"palette file '{path}'")


def picture_palette(path: Path, count: int) -> FloatArray:
    """Extract ``count`` colours from a picture, sRGB (K, 3), darkest first.

    Raises:
        StyleError: It has only one colour.
        DataError: It cannot be read.
    """
    return _from_picture(path, count)
