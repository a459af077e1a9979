"""Catalogue of the built-in palettes: every TOML file in this folder."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from artgan.plugin import Palette, hookimpl


@hookimpl
def artgan_palettes() -> Iterator[Palette]:
    """Yield a palette for each file, by name."""
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        yield Palette(**tomllib.loads(path.read_text(encoding="utf-8")))
