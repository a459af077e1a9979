"""The palette formats of artists' tools: reading them with their traps, and writing them."""

import json
import re
import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from artgan.base.paths import replacing
from artgan.errors import StyleError
from artgan.palettes.colormaps import Credit
from artgan.plugin.color import FloatArray, linear_to_srgb, to_hex
from artgan.plugin.picture import Picture

WRITTEN = (".hex", ".gpl", ".ase", ".act", ".pal", ".txt", ".toml", ".png")

CONVERTED = {
    "CMYK": "without a profile: the print may look different",
    "LAB": "from CIE L*a*b* under D50; what sRGB cannot show is clipped",
}
"""Colour model -> how its swatches are read."""

NOBODY = Credit()

_ASE_COLOR = 1

_SPRITE_MAGIC = b"\xe0\xa5"


def read_lines(lines: list[str], path: Path) -> list[str]:
    """Read a text palette line by line: .hex, Paint.NET's .txt, or JASC's .pal.

    Raises:
        StyleError: Names file and line.
    """
    ending = path.suffix.lower()
    if ending == ".pal":
        return _jasc(lines, path)
    colors = []
    for number, line in enumerate(lines, start=1):
        # A semicolon opens a comment in both forms.
        digits = line.split(";")[0].strip().lstrip("#").lower()
        if not digits:
            continue
        if not re.fullmatch(r"([0-9a-f]{2})?[0-9a-f]{6}", digits):
            raise StyleError(f"'{path}' line {number}: {line!r} is not a colour like ff4fa3")
        # With eight digits Paint.NET has alpha first, other tools have it last.
        colors.append(digits[-6:] if ending == ".txt" else digits[:6])
    return colors


def _jasc(lines: list[str], path: Path) -> list[str]:
    if lines[:2] != ["JASC-PAL", "0100"] or len(lines) < 3 or not lines[2].isdecimal():
        raise StyleError(
            f"'{path}' begins neither with 'JASC-PAL' nor with 'RIFF': no .pal palette"
        )
    colors = []
    for number, line in enumerate(lines[3:], start=4):
        if not line:
            continue
        fields = line.split()
        if len(fields) < 3 or not all(f.isdecimal() and int(f) < 256 for f in fields[:3]):
            raise StyleError(f"'{path}' line {number}: expected red, green, blue from 0 to 255")
        colors.append("".join(f"{int(field):02x}" for field in fields[:3]))
    if len(colors) != int(lines[2]):
        raise StyleError(f"'{path}' promises {lines[2]} colours and holds {len(colors)}: it is cut")
    return colors


def read_binary(data: bytes, path: Path, note: Callable[[str], None]) -> list[str]:
    """Read a binary palette: .act, .ase, or the RIFF form of .pal.

    Args:
        data: What the file holds.
        path: Its name.
        note: Told which colours had to be converted, in one sentence.

    Raises:
        StyleError: It is cut, lies about its length, or is something else.
    """
    readers = {".act": _act, ".pal": _riff}
    try:
        if path.suffix.lower() == ".ase":
            return _ase(data, path, note)
        return readers[path.suffix.lower()](data, path)
    except struct.error as error:
        raise StyleError(f"palette file '{path}' is cut short: {error}") from error


def _triples(data: bytes, step: int = 3) -> list[str]:
    return [data[i : i + 3].hex() for i in range(0, len(data) - step + 1, step)]


def _act(data: bytes, path: Path) -> list[str]:
    if len(data) not in (768, 772):
        raise StyleError(f"'{path}' has {len(data)} bytes; an .act palette has 768 or 772")
    colors = _triples(data[:768])
    if len(data) == 768:
        return colors
    (count,) = struct.unpack_from(">H", data, 768)
    if count > 256:
        raise StyleError(f"'{path}' promises {count} colours; an .act palette holds at most 256")
    # What is not used is black; 0 stands for all 256 in some tools.
    return colors[: count or 256]


def _riff(data: bytes, path: Path) -> list[str]:
    place = 12
    if data[8:12] != b"PAL ":
        raise StyleError(f"'{path}' is a RIFF file but no palette")
    while True:
        kind, length = struct.unpack_from("<4sI", data, place)
        if kind == b"data":
            break
        place += 8 + length + length % 2
    _, count = struct.unpack_from("<HH", data, place + 8)
    body = data[place + 12 : place + 12 + 4 * count]
    if len(body) != 4 * count:
        raise StyleError(f"'{path}' promises {count} colours and holds {len(body) // 4}: it is cut")
    return _triples(body, 4)


def _ase(data: bytes, path: Path, note: Callable[[str], None]) -> list[str]:
    if data[4:6] == _SPRITE_MAGIC:
        raise StyleError(
            f"'{path}' is an Aseprite sprite, which has the same ending as a swatch file; export "
            "its palette as .gpl"
        )
    if data[:4] != b"ASEF":
        raise StyleError(f"'{path}' does not begin with 'ASEF'; it is no Adobe swatch file")
    (blocks,) = struct.unpack_from(">I", data, 8)
    colors, place, converted = [], 12, set()
    for _ in range(blocks):
        kind, length = struct.unpack_from(">HI", data, place)
        if place + 6 + length > len(data):
            raise StyleError(f"palette file '{path}' is cut short: its last swatch is not whole")
        if kind == _ASE_COLOR:
            color, model = _swatch(data[place + 6 : place + 6 + length], path)
            colors.append(color)
            converted.add(model)
        place += 6 + length
    for model in sorted(converted & set(CONVERTED)):
        note(f"'{path}' has swatches in {model}, turned into sRGB {CONVERTED[model]}")
    return colors


def _swatch(block: bytes, path: Path) -> tuple[str, str]:
    """Give the colour of a swatch as hex, and the colour model that it was in."""
    (units,) = struct.unpack_from(">H", block)
    place = 2 + 2 * units
    if place + 4 > len(block):
        raise StyleError(f"'{path}' has a swatch whose name is longer than the swatch: it is cut")
    model = block[place : place + 4].decode("ascii", "replace").strip()
    channels = {"RGB": 3, "CMYK": 4, "LAB": 3, "Gray": 1}.get(model)
    if channels is None:
        raise StyleError(f"'{path}' has a swatch in '{model}'; expected RGB, CMYK, LAB or Gray")
    values = np.array(struct.unpack_from(f">{channels}f", block, place + 4))
    if not np.isfinite(values).all():
        raise StyleError(f"'{path}' has a swatch that is not a number; it is damaged")
    if model == "CMYK":
        values = (1 - values[:3]) * (1 - values[3])
    elif model == "LAB":
        values = _from_cielab(values * [100, 1, 1])
    rgb = np.resize(values, 3) if model == "Gray" else values
    return to_hex(np.clip(rgb, 0, 1)[None].astype(np.float32))[0], model


def _from_cielab(lab: np.ndarray) -> np.ndarray:
    """Turn CIE L*a*b* under D50 into sRGB (matrix of the ICC's sRGB profile, inverted)."""
    middle = (lab[0] + 16) / 116
    roots = np.array([middle + lab[1] / 500, middle, middle - lab[2] / 200])
    cubes = np.where(roots > 6 / 29, roots**3, 3 * (6 / 29) ** 2 * (roots - 4 / 29))
    xyz = cubes * [0.9642, 1.0, 0.8249]
    matrix = np.array(
        [[0.4360, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]]
    )
    return linear_to_srgb(np.clip(np.linalg.inv(matrix) @ xyz, 0, 1))


def write_palette(
    colors: FloatArray, path: Path, *, overwrite: bool = False, credit: Credit = NOBODY
) -> None:
    """Write colours in the format that the file's ending names: one of ``WRITTEN``.

    Args:
        colors: sRGB (K, 3).
        path: Where to; its stem is the palette's name.
        overwrite: Replace a different file of that name.
        credit: Whose they are; kept in .gpl, .txt and .toml, the others have no place for it.

    Raises:
        StyleError: The ending is none of these.
    """
    writers: dict[str, Callable[[list[str], str], bytes]] = {
        ".hex": _hex,
        ".gpl": partial(_gpl, credit=credit),
        ".ase": _ase_bytes,
        ".act": _act_bytes,
        ".pal": _jasc_text,
        ".txt": partial(_paint_text, credit=credit),
        ".toml": partial(_toml, credit=credit),
    }
    ending = path.suffix.lower()
    if ending == ".png":
        from artgan.pictures.files import save_png

        save_png(strip(colors), path, overwrite=overwrite)
        return
    if ending not in writers:
        raise StyleError(f"palettes are written as {', '.join(WRITTEN)}; not '{path.name}'")
    with replacing(path, keep=not overwrite) as temporary:
        temporary.write_bytes(writers[ending](to_hex(colors), path.stem))


def strip(colors: FloatArray, side: int = 64) -> Picture:
    """Give colours (K, 3) as a picture of squares side by side, 16 in a row."""
    wide = min(len(colors), 16)
    rows = -(-len(colors) // wide)
    cells = np.ones((rows * wide, 3), np.float32)
    cells[: len(colors)] = colors
    pixels = cells.reshape(rows, wide, 3).repeat(side, 0).repeat(side, 1)
    return Picture(pixels)


def _hex(colors: list[str], name: str) -> bytes:
    return ("\n".join(colors) + "\n").encode()


def _gpl(colors: list[str], name: str, credit: Credit) -> bytes:
    rows = [" ".join(f"{int(c[i : i + 2], 16):3d}" for i in (0, 2, 4)) + f"\t{c}" for c in colors]
    return "\n".join(
        ["GIMP Palette", f"Name: {name}", f"# {credit.line}".rstrip(), *rows, ""]
    ).encode()


def _act_bytes(colors: list[str], name: str) -> bytes:
    table = bytes.fromhex("".join(colors)).ljust(768, b"\0")
    return table + struct.pack(">HH", len(colors) % 256, 0xFFFF)


def _jasc_text(colors: list[str], name: str) -> bytes:
    rows = [" ".join(str(int(c[i : i + 2], 16)) for i in (0, 2, 4)) for c in colors]
    return "\r\n".join(["JASC-PAL", "0100", str(len(colors)), *rows, ""]).encode()


def _paint_text(colors: list[str], name: str, credit: Credit) -> bytes:
    rows = [f"FF{color.upper()}" for color in colors]
    told = [f"; {credit.line}"] if credit.line else []
    return "\r\n".join(["; paint.net Palette File", f"; {name}", *told, *rows, ""]).encode()


def _toml(colors: list[str], name: str, credit: Credit) -> bytes:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "palette"
    listed = ", ".join(f'"{color}"' for color in colors)
    whose = {"author": credit.author, "licence": credit.licence}
    # JSON's text is TOML's too.
    told = [f"{key} = {json.dumps(v, ensure_ascii=False)}\n" for key, v in whose.items() if v]
    source = f"# {credit.source}\n" if credit.source else ""
    begin = f'{source}name = "{plain}"\nsummary = "A palette."\ncolors = [{listed}]\n'
    return "".join([begin, *told]).encode()


def _ase_bytes(colors: list[str], name: str) -> bytes:
    blocks = b""
    for color in colors:
        label = f"{color}\0".encode("utf-16-be")
        values = [int(color[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        body = (
            struct.pack(">H", len(label) // 2) + label + b"RGB " + struct.pack(">3fH", *values, 2)
        )
        blocks += struct.pack(">HI", _ASE_COLOR, len(body)) + body
    return b"ASEF" + struct.pack(">HHI", 1, 0, len(colors)) + blocks
