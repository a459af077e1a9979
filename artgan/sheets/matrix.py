"""Matrices: one picture or run in a grid, with one or two knobs varied."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from artgan.base.grounds import CHEQUERED, on_ground
from artgan.core.checkpoint import list_checkpoints
from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.errors import OptionError, RunError
from artgan.latents.directions import resolve_steering
from artgan.latents.steering import SteeringOptions
from artgan.pictures.files import given_picture, to_pil
from artgan.pictures.records import Record, source_record
from artgan.pictures.told import told_of
from artgan.sampling.labels import find_label
from artgan.sampling.samples import SampleRequest, make_samples
from artgan.sheets.cells import DARK, LIGHT, Cells, fitted
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

A_RANGE = "a range is first..last or first..last..step, as in glow=0..3..0.5"

MOST_CELLS = 400

CELL, GAP, LABEL = 320, 12, 26
"""Pixels: side of a cell, space between cells, height of a label."""

Axis = tuple[str, Sequence[str]]
"""What is varied, and its values."""


def parse_axis(text: str) -> tuple[str, list[str]]:
    """Parse "glow=0.1,0.5,0.9", "glow=0..3..0.5" or "seed=1..6" into a name and its values.

    With semicolons between them, values may hold commas: "palette=07051a,ff4fa3;ember".
    """
    name, equals, values = text.partition("=")
    number = r"(-?\d*\.?\d+)"
    span = re.fullmatch(rf"\s*{number}\.\.{number}(?:\.\.{number})?\s*", values)
    if span:
        listed = _range_values(text, *(Decimal(n) for n in span.groups("1")))
    elif ".." in values:
        raise OptionError(f"the range in --vary '{text}' does not fit; {A_RANGE}")
    else:
        listed = [v.strip() for v in values.split(";" if ";" in values else ",") if v.strip()]
    if not equals or not name.strip() or not listed:
        raise OptionError(
            f"--vary '{text}' does not fit; expected knob=value,value, as in glow=0,1, or "
            "knob=low..high..step, as in glow=0..3..0.5"
        )
    return name.strip(), listed


def _range_values(text: str, low: Decimal, high: Decimal, step: Decimal) -> list[str]:
    """List the numbers from low to high, both included, as text."""
    count = int((high - low) / step) + 1 if step > 0 else 0
    if not 1 <= count <= MOST_CELLS:
        raise OptionError(
            f"--vary '{text}' gives {max(0, count)} values; expected 1 to {MOST_CELLS}: {A_RANGE}"
        )
    return [f"{(low + number * step).normalize():f}" for number in range(count)]


def matrix(
    picture: Image.Image | str | Path,
    style: Any,
    axes: Sequence[Axis],
    registry: Registry,
    *,
    seed: int = 0,
    show: Callable[[int], None] = lambda _: None,
) -> Image.Image:
    """Return a labelled grid of a picture in one style with one or two knobs varied.

    Axes are (knob, values), the first across, the second down; "seed" varies the seed instead of a
    knob. ``info["artgan"]`` is the sheet's record; ``show`` is called with the number of cells
    done.
    """
    opened, source, made_by = given_picture(picture)
    made: list[Image.Image] = []
    records: list[Record] = []
    for knobs in _cell_values(axes):
        key = _parse_seed(knobs.pop("seed", seed))
        chain = parse_style(style, registry, knobs=knobs)
        styled = apply_style(chain, opened, registry=registry, seed=key)
        made.append(to_pil(styled.picture))
        records.append({"seed": key, "style": styled.record})
        show(len(made))
    told = {} if made_by else told_of(picture)
    about = source_record(opened.pixels, source=source, made_by=made_by, told=told)
    return labelled_sheet(axes, made, {**about, "seed": seed}, records)


def _cell_values(axes: Sequence[Axis]) -> list[dict[str, str]]:
    """List the values of each cell as knob -> value, row by row."""
    if not 1 <= len(axes) <= 2:
        raise OptionError(f"a matrix has one or two --vary, not {len(axes)}")
    if len({name for name, _ in axes}) < len(axes):
        raise OptionError(f"both --vary turn '{axes[0][0]}'; expected two that differ")
    (across, columns), (down, rows) = _two_axes(axes)
    if len(columns) * len(rows) > MOST_CELLS:
        raise OptionError(f"{len(columns)} x {len(rows)} cells; expected at most {MOST_CELLS}")
    return [
        {across: beside, **({down: below} if down else {})}
        for below, beside in product(rows, columns)
    ]


def _two_axes(axes: Sequence[Axis]) -> tuple[Axis, Axis]:
    return axes[0], axes[1] if len(axes) == 2 else ("", [""])


def run_matrix(
    run: TrainedRun,
    style: Any,
    axes: Sequence[Axis],
    *,
    seed: int = 0,
    show: Callable[[int], None] = lambda _: None,
) -> Image.Image:
    """Return a labelled grid of a run's pictures; each cell is what ``artgan sample`` makes.

    Axes are (what, values), the first across, the second down: "seed", "label", "truncation",
    "latents", "sampler", "step" of a checkpoint, "style", "move.DIRECTION", or a knob of the style.
    ``info["artgan"]`` is the sheet's record; ``show`` is called with the number of cells done.
    """
    cells = [run_cell(run, style, values, seed) for values in _cell_values(axes)]
    by_step = {cell.run.checkpoint.sha256: cell.run for cell in cells}
    made: list[Image.Image] = []
    records: list[Record] = []
    for cell in cells:
        # One generator for each checkpoint, not for each cell.
        (sample,) = make_samples(by_step[cell.run.checkpoint.sha256], cell.request)
        if sample.styled is None:
            raise RunError(f"{sample.title}: {sample.error}")
        made.append(sample.styled)
        records.append(sample.record)
        show(len(made))
    return labelled_sheet(axes, made, run.record(seed), records, run.config.ground)


@dataclass(frozen=True)
class RunCell:
    """The sample that a cell of a run's matrix shows."""

    run: TrainedRun
    request: SampleRequest


def run_cell(run: TrainedRun, style: Any, values: Mapping[str, str], seed: int = 0) -> RunCell:
    """Return the sample that a cell shows; values of axes win over the style and the seed."""
    knobs: dict[str, Any] = dict(values)
    style = knobs.pop("style", style)
    seed = _parse_seed(knobs.pop("seed", seed))
    if "step" in knobs:
        run = _at_step(run, knobs.pop("step"))
    label = knobs.pop("label", None)
    if label is not None:
        label = find_label(label, run.config.class_names, run.config.classes)
    truncation = _parse_number("truncation", knobs.pop("truncation", "1"))
    moves = {
        name.partition(".")[2]: _parse_number(name, knobs.pop(name))
        for name in list(knobs)
        if name.startswith("move.")
    }
    latents, sampler = knobs.pop("latents", ""), knobs.pop("sampler", "one-pass")
    options = SteeringOptions(truncation, moves, None, latents, sampler)
    steering = resolve_steering(run, options)
    return RunCell(run, SampleRequest([seed], style, knobs, label, steering))


def _parse_number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise OptionError(f"{name} {value!r} does not fit; expected a number") from error


def _at_step(run: TrainedRun, value: str) -> TrainedRun:
    found = {str(one.step): one.sha256 for one in list_checkpoints(run.folder.checkpoints)}
    if value not in found:
        raise OptionError(
            f"run '{run.path}' has no checkpoint of step {value}; it has {', '.join(found)}"
        )
    return run.at(found[value])


def labelled_sheet(
    axes: Sequence[Axis],
    pictures: Sequence[Image.Image],
    about: Record,
    records: Sequence[Record],
    ground: str = CHEQUERED,
) -> Image.Image:
    """Lay pictures out row by row, with the axes' names and values beside them.

    ``about`` is the record of the run or picture that all cells show, ``records`` are those of the
    cells; together they become ``info["artgan"]`` of the sheet. Clear pixels show the ground.
    """
    (across, columns), (down, rows) = _two_axes(axes)
    cells = Cells((CELL, CELL), len(columns), (GAP, GAP), (110 if down else GAP, LABEL))
    sheet = Image.new("RGB", cells.sheet_size(len(pictures), (GAP, GAP)), DARK)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for column, value in enumerate(columns):
        draw.text((cells.corner(column)[0], 5), f"{across} {value}", LIGHT, font)
    for row, value in enumerate(rows if down else ()):
        middle = cells.corner(row * len(columns))[1] + CELL // 2
        draw.text((GAP, middle), f"{down}\n{value}", LIGHT, font)
    for index, picture in enumerate(pictures):
        # Chequers keep their size; a colour goes under the picture before it is resized.
        laid = picture if ground == CHEQUERED else on_ground(picture, ground)
        cell = on_ground(fitted(laid, (CELL, CELL)), ground)
        sheet.paste(cell, cells.centered(index, cell))
    clear = any(picture.has_transparency_data for picture in pictures)
    shared = {key for key in about if all(about[key] == r.get(key) for r in records)} - {"size"}
    sheet.info["artgan"] = {
        **about,
        "size": list(sheet.size),
        "matrix": {
            "axes": [[name, list(values)] for name, values in axes],
            **({"ground": ground} if clear else {}),
            # What all cells share is written once.
            "cells": [{k: v for k, v in record.items() if k not in shared} for record in records],
        },
    }
    return sheet


def _parse_seed(value: Any) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise OptionError(f"seed {value!r} does not fit; expected a whole number") from error
