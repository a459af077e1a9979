"""LibreOffice's colour tables, ``standard.soc`` and its kin: OpenDocument's ``draw:color``.

They are read without an XML parser: a palette may come from anyone, so no entity is ever expanded.
"""

import re
from collections.abc import Callable
from html import escape
from pathlib import Path

from artgan.plugin import StyleError
from artgan.plugin.files import PaletteContent

ELEMENT = re.compile(r"<draw:color\b([^<>]*)")
COLOR = re.compile(r"\bdraw:color=[\"']#([0-9a-fA-F]{6})[\"']")

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<ooo:color-table xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:svg="http://www.w3.org/2000/svg" '
    'xmlns:ooo="http://openoffice.org/2004/office">'
)


def read(data: bytes, path: Path, note: Callable[[str], None]) -> list[str]:
    """Read the colours in order.

    Raises:
        StyleError: There are none.
    """
    elements = ELEMENT.findall(data.decode("utf-8", "replace"))
    colors = [found[1].lower() for element in elements if (found := COLOR.search(element))]
    if not colors:
        raise StyleError(f"'{path}' has no <draw:color>; it is no colour table of LibreOffice")
    return colors


def write(content: PaletteContent) -> bytes:
    """Write the colours, each named by the palette and its number."""
    name = escape(content.name)
    rows = [
        f'  <draw:color draw:name="{name} {number}" draw:color="#{color}"/>'
        for number, color in enumerate(content.colors, 1)
    ]
    return "\n".join([HEAD, *rows, "</ooo:color-table>", ""]).encode()
