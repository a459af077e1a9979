"""The palette format: a line for each colour, with red, green and blue from 0 to 255."""

from collections.abc import Callable
from pathlib import Path

from artgan.plugin.files import PaletteContent


def read_colors(data: bytes, path: Path, note: Callable[[str], None]) -> list[str]:
    """Read the colours as hex."""
    rows = [line.split() for line in data.decode().splitlines() if line.strip()]
    return ["".join(f"{int(value):02x}" for value in row[:3]) for row in rows]


def write_colors(content: PaletteContent) -> bytes:
    """Write the colours."""
    rows = (" ".join(str(int(c[at : at + 2], 16)) for at in (0, 2, 4)) for c in content.colors)
    return "".join(f"{row}\n" for row in rows).encode()
