"""Catalogue of the built-in styles: every TOML file in this folder."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from artgan.plugin import Style, hookimpl


@hookimpl
def artgan_styles() -> Iterator[Style]:
    """Yield a style for each file, by name."""
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        yield Style(**tomllib.loads(path.read_text(encoding="utf-8")))
