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
    """Write a page that shows the pictures beside it; it needs no server and no network.

    Args:
        name: Of the series.
        path: The .html file.
        editions: Rows of series.json.
        rarity: Trait -> value -> how often it comes, as "count" and "share".
    """
    write_text(path, render("series/page.html", title=name, editions=editions, rarity=rarity))
