"""Palettes written in the formats of artists' tools."""

import json
import struct
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
from artgan.plugin.files import PaletteContent, find_palette_format, palette_endings
from artgan.plugin.picture import Picture

NOBODY = Credit()


def write_palette(
    colors: FloatArray,
    path: Path,
    *,
    overwrite: bool = False,
    credit: Credit = NOBODY,
    keep_mark: bool = True,
) -> None:
    """Write colours (K, 3) in the format of the file's ending, one of ``written()``.

    The stem is the palette's name. .gpl, .txt and .toml hold the credit, other formats cannot; a
    PNG says for machines, unless ``keep_mark`` is off, that it was drawn from numbers.
    """
    if path.suffix.lower() == ".png":
        about = Metadata(mark=OF_NUMBERS if keep_mark else None)
        save_png(color_squares(colors), path, about, overwrite=overwrite)
        return
    found = find_palette_format(path, "write")
    if found is None:
        raise StyleError(f"palettes are written as {', '.join(written())}; not '{path.name}'")
    content = PaletteContent(
        colors=tuple(to_hex(colors)),
        name=as_utf8(path.stem),
        author=credit.author,
        licence=credit.licence,
        source=credit.source,
    )
    with replacing(path, keep=not overwrite) as temporary:
        temporary.write_bytes(found.call("write", content))


def written() -> list[str]:
    """List the endings of palettes that can be written."""
    return [*palette_endings("write"), ".png"]


def color_squares(colors: FloatArray, side: int = 64) -> Picture:
    """Draw colours (K, 3) as squares of ``side`` pixels, 16 in a row."""
    wide = min(len(colors), 16)
    rows = -(-len(colors) // wide)
    cells = np.ones((rows * wide, 3), np.float32)
    cells[: len(colors)] = colors
    pixels = cells.reshape(rows, wide, 3).repeat(side, 0).repeat(side, 1)
    return Picture(pixels)


def hex_file(content: PaletteContent) -> bytes:
    """Write a colour a line."""
    return ("\n".join(content.colors) + "\n").encode()


def gpl_file(content: PaletteContent) -> bytes:
    """Write GIMP's palette."""
    rows = [
        " ".join(f"{int(c[i : i + 2], 16):3d}" for i in (0, 2, 4)) + f"\t{c}"
        for c in content.colors
    ]
    return "\n".join(
        ["GIMP Palette", f"Name: {content.name}", f"# {content.credit}".rstrip(), *rows, ""]
    ).encode()


def act_file(content: PaletteContent) -> bytes:
    """Write Adobe's colour table of 256 colours."""
    table = bytes.fromhex("".join(content.colors)).ljust(768, b"\0")
    return table + struct.pack(">HH", len(content.colors) % 256, 0xFFFF)


def jasc_file(content: PaletteContent) -> bytes:
    """Write Paint Shop Pro's palette."""
    rows = [" ".join(str(int(c[i : i + 2], 16)) for i in (0, 2, 4)) for c in content.colors]
    return "\r\n".join(["JASC-PAL", "0100", str(len(content.colors)), *rows, ""]).encode()


def paint_file(content: PaletteContent) -> bytes:
    """Write Paint.NET's palette."""
    rows = [f"FF{color.upper()}" for color in content.colors]
    credits = [f"; {content.credit}"] if content.credit else []
    return "\r\n".join(
        ["; paint.net Palette File", f"; {content.name}", *credits, *rows, ""]
    ).encode()


def toml_file(content: PaletteContent) -> bytes:
    """Write artgan's own palette."""
    plain = slug(content.name, "palette")
    listed = ", ".join(f'"{color}"' for color in content.colors)
    rights = {"author": content.author, "licence": content.licence}
    # JSON's strings are TOML's too.
    credits = [f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in rights.items() if v]
    source = f"# {content.source}\n" if content.source else ""
    begin = f'{source}name = "{plain}"\nsummary = "A palette."\ncolors = [{listed}]\n'
    return "".join([begin, *credits]).encode()


def ase_file(content: PaletteContent) -> bytes:
    """Write Adobe's swatches."""
    blocks = b""
    for color in content.colors:
        label = f"{color}\0".encode("utf-16-be")
        values = [int(color[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        body = (
            struct.pack(">H", len(label) // 2) + label + b"RGB " + struct.pack(">3fH", *values, 2)
        )
        blocks += struct.pack(">HI", ASE_COLOR, len(body)) + body
    return b"ASEF" + struct.pack(">HHI", 1, 0, len(content.colors)) + blocks
