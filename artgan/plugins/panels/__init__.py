"""Catalogue of the built-in panels: parts of the pages of a run and of curate."""

from collections.abc import Iterator
from pathlib import Path

from artgan.plugin import Panel, hookimpl

FOLDER = Path(__file__).parent


@hookimpl
def artgan_panels() -> Iterator[Panel]:
    """Yield the built-in panels."""
    yield Panel(
        name="quality",
        summary="Quality by step, and the best checkpoint",
        html=(FOLDER / "quality.html").read_text(encoding="utf-8"),
        sees=("metrics",),
        height=220,
    )
    yield Panel(
        name="recipe",
        summary="How the picture was made",
        html=(FOLDER / "recipe.html").read_text(encoding="utf-8"),
        sees=("picture",),
        height=130,
        page="curate",
    )
