"""Palettes as custom properties of a style sheet ("CSS Custom Properties", W3C).

Of a sheet only properties such as ``--accent: #ff4fa3`` are read: what else it colours is no
palette.
"""

import re
from collections.abc import Callable
from pathlib import Path

from artgan.plugin import StyleError
from artgan.plugin.files import PaletteContent

COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
PROPERTY = re.compile(r"(?<![\w-])--[\w-]++\s*+:\s*+([^;{}]+)")
"""A custom property. Nothing is tried twice, so that a hostile file takes no longer than others."""
HEX = re.compile(r"#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*[,\s]\s*(\d{1,3})\s*[,\s]\s*(\d{1,3})\s*(?:[,/][^)]*)?\)")


def read(data: bytes, path: Path, note: Callable[[str], None]) -> list[str]:
    """Read the custom properties that are colours, as #rgb, #rrggbb or rgb(); alpha is left out.

    Raises:
        StyleError: There are none.
    """
    text = COMMENT.sub(" ", data.decode("utf-8-sig", "replace"))
    values = [value.strip() for value in PROPERTY.findall(text)]
    colors = [color for value in values if (color := _color(value))]
    if not colors:
        raise StyleError(
            f"'{path}' has no custom property that is a colour, as in --accent: #ff4fa3"
        )
    others = len(values) - len(colors)
    if others:
        more = f"{others} custom properties that are" if others > 1 else "a custom property that is"
        note(f"'{path}' has {more} no colour as #rrggbb or rgb(), and left out")
    return colors


def write(content: PaletteContent) -> bytes:
    """Write the colours as properties of ``:root``, numbered from 1."""
    told = ", ".join(filter(None, (content.name, content.credit))).replace("*/", "* /")
    wide = len(str(len(content.colors)))
    rows = [
        f"  --color-{number:0{wide}d}: #{color};" for number, color in enumerate(content.colors, 1)
    ]
    return "\n".join([f"/* {told} */", ":root {", *rows, "}", ""]).encode()


def _color(value: str) -> str | None:
    """Return a colour as six hex digits, or None if the value is something else."""
    if found := HEX.fullmatch(value):
        digits = found[1].lower()
        return digits[:6] if len(digits) > 4 else "".join(2 * digit for digit in digits[:3])
    if (found := RGB.fullmatch(value)) and all(int(part) < 256 for part in found.groups()):
        return "".join(f"{int(part):02x}" for part in found.groups())
    return None
