"""A palette in Python instead of a TOML file."""

from collections.abc import Iterator

from artgan.plugin import Palette, hookimpl


@hookimpl
def artgan_palettes() -> Iterator[Palette]:
    """Yield the palettes."""
    yield Palette(
        name="template-name",
        summary="Night wall to paper: indigo, violet, pink, cream.",
        colors=["07051a", "2a0a5e", "ff4fa3", "fff1d0"],
        licence="CC0-1.0",
    )
