"""Catalogue of the built-in starts: every TOML file in this folder."""

from collections.abc import Iterator
from pathlib import Path

from artgan.plugin import Start, hookimpl
from artgan.plugin.starts import read_start


@hookimpl
def artgan_starts() -> Iterator[Start]:
    """Yield a start for each file, by name."""
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        yield read_start(path)
