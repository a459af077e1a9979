"""Night pictures: stars and ripples, palettes and styles, a diary of runs, a printed star chart.

This module only declares; artgan imports ``filters``, ``chart`` and numpy when they are used.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from artgan.plugin import (
    Command,
    Filter,
    Meta,
    Options,
    Palette,
    RunFacts,
    StepFacts,
    Style,
    hookimpl,
)

HERE = Path(__file__).parent
DIARY_EVERY = 100


class StarsOptions(Options, frozen=True, kw_only=True):
    """Options of the filter ``stars``."""

    count: Annotated[int, Meta(ge=0, le=5000, description="Number of stars")] = 60
    size: Annotated[
        float,
        Meta(gt=0, le=0.1, description="Radius as a share of the shorter side; large is foggy"),
    ] = 0.004
    brightness: Annotated[
        float, Meta(ge=0, le=1, description="Of the brightest star: 0 hides all, 1 is white")
    ] = 1.0


class RipplesOptions(Options, frozen=True, kw_only=True):
    """Options of the filter ``ripples``."""

    amount: Annotated[
        float, Meta(ge=0, le=1, description="Sideways shift as a share of the width")
    ] = 0.03
    waves: Annotated[int, Meta(ge=1, le=200, description="Waves from top to bottom")] = 9


@hookimpl
def artgan_filters() -> Iterator[Filter]:
    """Yield the filters."""
    yield Filter(
        name="stars",
        summary="Scatter stars over the picture, others for each seed.",
        apply="artgan_nocturne.filters:stars",
        options=StarsOptions,
        main="count",
        group="light",
        rolls=False,
    )
    yield Filter(
        name="ripples",
        summary="Shift rows left and right, like a reflection in water.",
        apply="artgan_nocturne.filters:ripples",
        options=RipplesOptions,
        main="amount",
        group="space",
        space="any",
        keeps_indexed=True,
        rolls=False,
        size_free=False,
    )


@hookimpl
def artgan_styles() -> Iterator[Style]:
    """Yield a style for each file in ``styles``."""
    for path in sorted((HERE / "styles").glob("*.toml")):
        yield Style(**tomllib.loads(path.read_text(encoding="utf-8")))


@hookimpl
def artgan_palettes() -> Iterator[Palette]:
    """Yield a palette for each file in ``palettes``."""
    for path in sorted((HERE / "palettes").glob("*.toml")):
        yield Palette(**tomllib.loads(path.read_text(encoding="utf-8")))


@hookimpl
def artgan_commands() -> Iterator[Command]:
    """Yield the command."""
    yield Command(
        name="star-chart",
        summary="Print the stars of a seed as text.",
        command="artgan_nocturne.chart:star_chart",
    )


@hookimpl
def artgan_run_started(config: RunFacts, folder: Path) -> None:
    """Begin ``diary.txt`` in the run's folder."""
    size = f"{config.width} x {config.height}"
    _note(folder, f"The night begins: pictures of {size}, seed {config.seed}.")


@hookimpl
def artgan_step_finished(report: StepFacts, folder: Path) -> None:
    """Note every hundredth step by how much the logits of real pictures lead."""
    if report.step % DIARY_EVERY == 0:
        lead = report.real_logits - report.fake_logits
        _note(folder, f"Step {report.step}: real pictures lead by {lead:.2f}.")


@hookimpl
def artgan_run_finished(folder: Path, outcome: str) -> None:
    """Note how the run ended."""
    _note(folder, f"Morning: {outcome}.")


def _note(folder: Path, line: str) -> None:
    with (folder / "diary.txt").open("a", encoding="utf-8") as diary:
        diary.write(f"{line}\n")
