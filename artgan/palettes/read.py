"""Palettes from files: our TOML, the text formats of artists' tools, and pictures."""

import codecs
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.base.suggest import count_of
from artgan.base.tables import parse_toml, refuse_unknown
from artgan.errors import PluginError, StyleError
from artgan.palettes.accents import colors_with_accents
from artgan.palettes.binary import read_binary
from artgan.pictures.files import decode_file
from artgan.plugin.color import distinct_colors, extract_colors, parse_hex, to_rgb
from artgan.plugin.decode import PICTURE_ENDINGS
from artgan.plugin.files import Contribution, find_palette_format, palette_endings
from artgan.plugin.picture import FloatArray, Picture

TOML_KEYS = ("name", "summary", "colors", "roles", "author", "licence")

EXTRACTED = 8
"""Colours extracted from a picture that has more than 256."""

Note = Callable[[str], None]


def check_palette(colors: Sequence[Any], where: str) -> FloatArray:
    """Turn 2 to 256 hex colours into sRGB (K, 3) in [0, 1], without repeats."""
    if not isinstance(colors, list | tuple) or not all(isinstance(c, str | int) for c in colors):
        raise StyleError(f"{where} {colors!r} does not fit; expected colours, as in 07051a")
    colors = list(dict.fromkeys(colors))
    try:
        parsed = [parse_hex(str(color)) for color in colors]
    except ValueError as error:
        raise StyleError(f"{where}: {error}") from error
    if not 2 <= len(parsed) <= 256:
        raise StyleError(f"{where} has {count_of(len(parsed), 'colour')}; expected 2 to 256")
    return np.array(parsed, dtype=np.float32)


def read_palette(path: Path, count: int | None = None, note: Note = lambda _: None) -> FloatArray:
    """Read a palette file as sRGB (K, 3) without repeats, or a picture as ``picture_palette`` does.

    ``artgan list palette-format`` shows the formats. ``note`` is called with a sentence for what
    had to be changed in reading. Errors name file and line.
    """
    if path.suffix.lower() in PICTURE_ENDINGS:
        return picture_palette(path, count)
    found = find_palette_format(path, "read")
    if found is None:
        expected = ", ".join(palette_endings("read"))
        raise StyleError(f"'{path}' is no palette by its ending; expected {expected}, or a picture")
    colors = _read_by(found, _bytes_of(path), path, note)
    return check_palette(colors, f"palette file '{path}'")


def is_palette_file(name: str) -> bool:
    """Check by its ending whether a name is that of a palette file, or of a picture."""
    path = Path(name)
    ending = path.suffix.lower()
    return ending in PICTURE_ENDINGS or find_palette_format(path, "read") is not None


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise StyleError(f"there is no palette file '{path}'") from error
    except OSError as error:
        raise StyleError(f"palette file '{path}' cannot be read: {error.strerror}") from error


def _read_by(found: Contribution, data: bytes, path: Path, note: Note) -> list[str]:
    """Let a format read a palette; errors of a plugin's name the file."""
    try:
        return list(found.call("read", data, path, note))
    except (StyleError, PluginError, TypeError) as error:
        if str(path) in str(error):
            raise
        raise StyleError(f"palette file '{path}' cannot be read: {error}") from error


def read_toml_palette(data: bytes, path: Path, note: Note) -> list[str]:
    """Read artgan's own palettes."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StyleError(f"palette file '{path}' is not text in UTF-8") from error
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
    for color, spelled in zip(colors, plain, strict=True):
        if plain.count(spelled) > 1:
            raise StyleError(
                f"palette file '{path}' lists the colour {color} twice; leave one of them out"
            )
    return colors


def read_text_palette(data: bytes, path: Path, note: Note) -> list[str]:
    """Read .hex, .gpl, .pal (JASC, RIFF or GIMP's) or Paint.NET's .txt, by how it begins."""
    if data[:4] == b"RIFF":
        return read_binary(data, path, note)
    ending = path.suffix.lower()
    lines = [line.strip() for line in _text_of(data).splitlines()]
    if lines[:1] == ["GIMP Palette"] or ending == ".gpl":
        return _read_gpl(lines, path)
    return (_read_jasc if ending == ".pal" else _read_hex)(lines, path)


def _text_of(data: bytes) -> str:
    """Decode a text palette: UTF-8, UTF-16 with its mark, or else Latin-1."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _read_hex(lines: list[str], path: Path) -> list[str]:
    colors = []
    for number, line in enumerate(lines, start=1):
        # A semicolon starts a comment in .hex and in .txt.
        digits = line.split(";")[0].strip().lstrip("#").lower()
        if not digits:
            continue
        if not re.fullmatch(r"([0-9a-f]{2})?[0-9a-f]{6}", digits):
            raise StyleError(f"'{path}' line {number}: {line!r} is not a colour like ff4fa3")
        # Of eight digits Paint.NET has alpha first, other tools last.
        colors.append(digits[-6:] if path.suffix.lower() == ".txt" else digits[:6])
    return colors


def _read_gpl(lines: list[str], path: Path) -> list[str]:
    if lines[:1] != ["GIMP Palette"]:
        raise StyleError(f"'{path}' does not begin with 'GIMP Palette'; it is no GIMP palette")
    return [
        _decimal_color(line, path, number)
        for number, line in enumerate(lines[1:], start=2)
        # Heads such as "Name: x" and "Columns: 4".
        if line and not line.startswith("#") and not re.match(r"[A-Za-z]\w*:", line)
    ]


def _read_jasc(lines: list[str], path: Path) -> list[str]:
    if lines[:2] != ["JASC-PAL", "0100"] or len(lines) < 3 or not lines[2].isdecimal():
        raise StyleError(
            f"'{path}' begins neither with 'JASC-PAL' nor with 'RIFF': no .pal palette"
        )
    colors = [_decimal_color(line, path, n) for n, line in enumerate(lines[3:], start=4) if line]
    if len(colors) != int(lines[2]):
        raise StyleError(
            f"'{path}' is cut: it promises {count_of(int(lines[2]), 'colour')}, "
            f"and holds {len(colors)}"
        )
    return colors


def _decimal_color(line: str, path: Path, number: int) -> str:
    """Read red, green and blue from 0 to 255 at the start of a line, as hex."""
    fields = line.split()[:3]
    if len(fields) < 3 or not all(f.isdecimal() and int(f) < 256 for f in fields):
        raise StyleError(f"'{path}' line {number}: expected red, green, blue from 0 to 255")
    return "".join(f"{int(field):02x}" for field in fields)


def picture_palette(path: Path, count: int | None, *, accents: bool = False) -> FloatArray:
    """Take the colours of a picture: sRGB (K, 3), darkest first; on request its accents too.

    ``count`` None takes all of them if there are at most 256, else 8; those of an indexed picture
    stay in the order of its palette.
    """
    decoded, _ = decode_file(path)
    if count is None and decoded.indices is not None:
        found = _indexed_colors(decoded.as_floats(), decoded.indices)
    else:
        found = _picture_colors(Picture(decoded.as_floats()), path, count, accents)
    if len(found) < 2:
        raise StyleError(f"picture '{path}' has one colour; a palette needs at least two")
    return found


def _indexed_colors(pixels: FloatArray, indices: NDArray[np.uint8]) -> FloatArray:
    """Return the opaque colours that an indexed picture uses, in the order of its palette."""
    # The first pixel of each entry has its colour and its alpha.
    _, first = np.unique(indices, return_index=True)
    table = pixels.reshape(-1, pixels.shape[2])[first]
    opaque = table[table[:, 3] > 0] if table.shape[1] == 4 else table
    kept = list(dict.fromkeys(tuple(row) for row in opaque[:, :3].tolist()))
    return np.array(kept, np.float32).reshape(-1, 3)


def _picture_colors(picture: Picture, path: Path, count: int | None, accents: bool) -> FloatArray:
    """Return the colours of the pixels that are more opaque than not."""
    color = to_rgb(picture.color).reshape(-1, 3)
    if picture.alpha is not None:
        color = color[picture.alpha.reshape(-1) > 0.5]
    if not len(color):
        raise StyleError(f"picture '{path}' is fully transparent; it has no colours")
    distinct = distinct_colors(color)
    if count is None and len(distinct) <= 256:
        return distinct
    extract = colors_with_accents if accents else extract_colors
    return extract(color, count or EXTRACTED)
