"""The page of a series: all its pictures, which traits filter."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from artgan.base.paths import write_text
from artgan.base.templates import render


def write_series_page(
    name: str,
    path: Path,
    editions: Sequence[Mapping[str, Any]],
    rarity: Mapping[str, Mapping[str, Mapping[str, float]]],
) -> None:
    """Write a page with the pictures beside it, from "editions" and "rarity" of series.json."""
    write_text(path, render("series/page.html", title=name, editions=editions, rarity=rarity))
