"""Palettes written in the formats of artists' tools."""

import json
import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from artgan.base.marks import OF_NUMBERS
from artgan.base.paths import replacing
from artgan.base.suggest import slug
from artgan.base.terminal import as_utf8
from artgan.errors import StyleError
from artgan.palettes.binary import ASE_COLOR
from artgan.palettes.colormaps import Credit
from artgan.pictures.files import save_png
from artgan.pictures.marks import Metadata
from artgan.plugin.color import FloatArray, to_hex
from artgan.plugin.picture import Picture

WRITTEN = (".hex", ".gpl", ".ase", ".act", ".pal", ".txt", ".toml", ".png")

NOBODY = Credit()


def write_palette(
    colors: FloatArray,
    path: Path,
    *,
    overwrite: bool = False,
    credit: Credit = NOBODY,
    keep_mark: bool = True,
) -> None:
    """Write colours (K, 3) in the format of the file's ending, one of ``WRITTEN``.

    The stem is the palette's name. .gpl, .txt and .toml hold the credit, other formats cannot; a
    PNG says for machines, unless ``keep_mark`` is off, that it was drawn from numbers.
    """
    writers: dict[str, Callable[[list[str], str], bytes]] = {
        ".hex": _hex_file,
        ".gpl": partial(_gpl_file, credit=credit),
        ".ase": _ase_file,
        ".act": _act_file,
        ".pal": _jasc_file,
        ".txt": partial(_paint_file, credit=credit),
        ".toml": partial(_toml_file, credit=credit),
    }
    ending = path.suffix.lower()
    if ending == ".png":
        about = Metadata(mark=OF_NUMBERS if keep_mark else None)
        save_png(color_squares(colors), path, about, overwrite=overwrite)
        return
    if ending not in writers:
        raise StyleError(f"palettes are written as {', '.join(WRITTEN)}; not '{path.name}'")
    with replacing(path, keep=not overwrite) as temporary:
        temporary.write_bytes(writers[ending](to_hex(colors), as_utf8(path.stem)))


def color_squares(colors: FloatArray, side: int = 64) -> Picture:
    """Draw colours (K, 3) as squares of ``side`` pixels, 16 in a row."""
    wide = min(len(colors), 16)
    rows = -(-len(colors) // wide)
    cells = np.ones((rows * wide, 3), np.float32)
    cells[: len(colors)] = colors
    pixels = cells.reshape(rows, wide, 3).repeat(side, 0).repeat(side, 1)
    return Picture(pixels)


def _hex_file(colors: list[str], name: str) -> bytes:
    return ("\n".join(colors) + "\n").encode()


def _gpl_file(colors: list[str], name: str, credit: Credit) -> bytes:
    rows = [" ".join(f"{int(c[i : i + 2], 16):3d}" for i in (0, 2, 4)) + f"\t{c}" for c in colors]
    return "\n".join(
        ["GIMP Palette", f"Name: {name}", f"# {credit.line}".rstrip(), *rows, ""]
    ).encode()


def _act_file(colors: list[str], name: str) -> bytes:
    table = bytes.fromhex("".join(colors)).ljust(768, b"\0")
    return table + struct.pack(">HH", len(colors) % 256, 0xFFFF)


def _jasc_file(colors: list[str], name: str) -> bytes:
    rows = [" ".join(str(int(c[i : i + 2], 16)) for i in (0, 2, 4)) for c in colors]
    return "\r\n".join(["JASC-PAL", "0100", str(len(colors)), *rows, ""]).encode()


def _paint_file(colors: list[str], name: str, credit: Credit) -> bytes:
    rows = [f"FF{color.upper()}" for color in colors]
    credits = [f"; {credit.line}"] if credit.line else []
    return "\r\n".join(["; paint.net Palette File", f"; {name}", *credits, *rows, ""]).encode()


def _toml_file(colors: list[str], name: str, credit: Credit) -> bytes:
    plain = slug(name, "palette")
    listed = ", ".join(f'"{color}"' for color in colors)
    rights = {"author": credit.author, "licence": credit.licence}
    # JSON's strings are TOML's too.
    credits = [f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in rights.items() if v]
    source = f"# {credit.source}\n" if credit.source else ""
    begin = f'{source}name = "{plain}"\nsummary = "A palette."\ncolors = [{listed}]\n'
    return "".join([begin, *credits]).encode()


def _ase_file(colors: list[str], name: str) -> bytes:
    blocks = b""
    for color in colors:
        label = f"{color}\0".encode("utf-16-be")
        values = [int(color[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        body = (
            struct.pack(">H", len(label) // 2) + label + b"RGB " + struct.pack(">3fH", *values, 2)
        )
        blocks += struct.pack(">HI", ASE_COLOR, len(body)) + body
    return b"ASEF" + struct.pack(">HHI", 1, 0, len(colors)) + blocks
