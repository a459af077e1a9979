"""Look books: every style on one picture, and grids of one picture or run with knobs turned."""

import base64
import html
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from artgan.core.pictures import given_picture, to_pil
from artgan.core.records import Record, source_record
from artgan.core.registry import Registry
from artgan.core.run import Run
from artgan.core.styles import apply_style, parse_style
from artgan.errors import ArtganError, OptionError
from artgan.plugin.picture import Picture

CELL, GAP, LABEL = 320, 12, 26
DARK, LIGHT = (14, 14, 18), (214, 214, 220)
A_RANGE = "a range is first..last or first..last..step, as in glow=0..3..0.5"
MOST_CELLS = 400

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Look book: {title}</title>
<style>
body {{ margin: 0 auto; max-width: 1200px; padding: 2rem; background: #0e0e12; color: #d6d6dc;
  font: 16px/1.5 system-ui, sans-serif }}
main {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: 1.5rem }}
figure {{ margin: 0 }}
img {{ width: 100%; display: block; border-radius: 4px }}
figcaption b {{ color: #fff }}
code {{ font-size: 13px; color: #9c9ca6; word-break: break-all }}
</style>
<h1>Every style on {title}</h1>
<main>
{figures}
</main>
</html>
"""


def style_page(
    picture: Picture,
    name: str,
    registry: Registry,
    *,
    seed: int = 0,
    side: int = 2 * CELL,
    show: Callable[[str], None] = lambda _: None,
) -> str:
    """Give one self-contained HTML page with a picture in every style.

    Args:
        picture: What to style.
        name: File name of the picture, for the headings and commands.
        registry: Where the styles are.
        seed: Key of what is random in them.
        side: Longer side of each picture in pixels.
        show: Called with each style's name before it is applied.
    """
    figures = []
    for entry in registry.entries("style"):
        declared = entry.declaration
        show(declared.name)
        command = f"artgan apply --style {declared.name} {name} --out styled"
        try:
            chain = parse_style(declared.name, registry)
            styled = apply_style(chain, picture, registry=registry, seed=seed)
            shown = _data(_fitted(to_pil(styled.picture), side))
            body = f'<img src="{shown}" alt="{html.escape(declared.name)}">'
        except ArtganError as error:
            body = f"<p>{html.escape(str(error))}</p>"
        caption = f"<b>{html.escape(declared.name)}</b> {html.escape(declared.summary)}"
        figures.append(
            f"<figure>{body}<figcaption>{caption}<br><code>{html.escape(command)}</code>"
            "</figcaption></figure>"
        )
    return PAGE.format(title=html.escape(name), figures="\n".join(figures))


def _fitted(image: Image.Image, side: int) -> Image.Image:
    """Fit a picture into a square; small ones are enlarged by a whole factor."""
    if "A" in image.getbands():
        flat = Image.new("RGBA", image.size, (*DARK, 255))
        flat.alpha_composite(image.convert("RGBA"))
        image = flat
    image = image.convert("RGB")
    longer = max(image.size)
    scale = side // longer if longer < side else side / longer
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = longer < side
    return image.resize(size, Image.Resampling.NEAREST if small else Image.Resampling.LANCZOS)


def _data(image: Image.Image) -> str:
    # JPEG keeps a page of thirty grainy pictures at a few megabytes.
    held = io.BytesIO()
    image.save(held, format="JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(held.getvalue()).decode()}"


def parse_axis(text: str) -> tuple[str, list[str]]:
    """Read "glow=0.1,0.5,0.9", "glow=0..3..0.5" or "seed=1..6" as a knob and its values.

    With semicolons between them, values may hold commas: "palette=07051a,ff4fa3;ember".

    Raises:
        OptionError: It has another form, or a range has no values or too many.
    """
    name, equals, values = text.partition("=")
    number = r"(-?\d*\.?\d+)"
    span = re.fullmatch(rf"\s*{number}\.\.{number}(?:\.\.{number})?\s*", values)
    if span:
        listed = _spread(text, *(Decimal(n) for n in span.groups("1")))
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


def _spread(text: str, low: Decimal, high: Decimal, step: Decimal) -> list[str]:
    """Give the numbers from low to high, both included, as they are written."""
    count = int((high - low) / step) + 1 if step > 0 else 0
    if not 1 <= count <= MOST_CELLS:
        raise OptionError(
            f"--vary '{text}' gives {max(0, count)} values; expected 1 to {MOST_CELLS}: {A_RANGE}"
        )
    return [f"{(low + number * step).normalize():f}" for number in range(count)]


def matrix(
    picture: Image.Image | str | Path,
    style: Any,
    axes: Sequence[tuple[str, Sequence[str]]],
    registry: Registry,
    *,
    seed: int = 0,
    show: Callable[[int], None] = lambda _: None,
) -> Image.Image:
    """Give a labelled grid of one style with one or two knobs turned.

    Args:
        picture: What to style, or its file.
        style: Any style with those knobs; the axis "seed" varies the seed instead of a knob.
        axes: (knob, values): the first runs across, the second down.
        registry: Where names are looked up.
        seed: Key of what is random.
        show: Told how many cells are done.

    Returns:
        The sheet; ``info["artgan"]`` is its record.

    Raises:
        ArtganError: There are more than two axes, too many cells, no such knob, or no picture.
    """
    opened, source, made_by = given_picture(picture)
    made: list[Image.Image] = []
    records: list[Record] = []
    for knobs in _cells(axes):
        key = _seed(knobs.pop("seed", seed))
        chain = parse_style(style, registry, knobs=knobs)
        styled = apply_style(chain, opened, registry=registry, seed=key)
        made.append(to_pil(styled.picture))
        records.append({"seed": key, "style": styled.record})
        show(len(made))
    about = source_record(opened.pixels, source=source, made_by=made_by)
    return labelled_sheet(axes, made, {**about, "seed": seed}, records)


def _cells(axes: Sequence[tuple[str, Sequence[str]]]) -> list[dict[str, str]]:
    """Give what is turned to what in each cell, row by row.

    Raises:
        OptionError: There are more than two axes, or too many cells.
    """
    if not 1 <= len(axes) <= 2:
        raise OptionError(f"a matrix has one or two --vary, not {len(axes)}")
    if len({name for name, _ in axes}) < len(axes):
        raise OptionError(f"both --vary turn '{axes[0][0]}'; expected two that differ")
    (across, columns), (down, rows) = axes[0], axes[1] if len(axes) == 2 else ("", [""])
    if len(columns) * len(rows) > MOST_CELLS:
        raise OptionError(f"{len(columns)} x {len(rows)} cells; expected at most {MOST_CELLS}")
    return [
        {across: beside, **({down: below} if down else {})}
        for below, beside in product(rows, columns)
    ]


def run_matrix(
    run: Run,
    style: Any,
    axes: Sequence[tuple[str, Sequence[str]]],
    *,
    seed: int = 0,
    show: Callable[[int], None] = lambda _: None,
) -> Image.Image:
    """Give a labelled grid of a run's pictures; every cell is the picture that a sample would be.

    Args:
        run: Whose pictures.
        style: Any style.
        axes: (what, values): the first runs across, the second down. "seed", "label",
            "truncation", "step" of a checkpoint, "style", "move.DIRECTION", or a knob of the style.
        seed: Of all cells, unless an axis varies it.
        show: Told how many cells are done.

    Returns:
        The sheet; ``info["artgan"]`` is its record.

    Raises:
        ArtganError: An axis cannot be turned, or a value does not fit.
    """
    cells = [run_cell(run, style, turned, seed) for turned in _cells(axes)]
    by_step = {cell.run.checkpoint.sha256: cell.run for cell in cells}
    made: list[Image.Image] = []
    records: list[Record] = []
    for cell in cells:
        # One generator for each checkpoint, not for each cell.
        (picture,) = by_step[cell.run.checkpoint.sha256].sample([cell.seed], **cell.settings)
        made.append(picture)
        records.append(picture.info["artgan"])
        show(len(made))
    return labelled_sheet(axes, made, run.record(seed), records)


@dataclass(frozen=True)
class RunCell:
    """What a cell of a run's matrix shows: ``run.sample([seed], **settings)``."""

    run: Run
    seed: int
    settings: Mapping[str, Any]


def run_cell(run: Run, style: Any, turned: Mapping[str, str], seed: int = 0) -> RunCell:
    """Give the sample that a cell stands for.

    Args:
        run: Whose pictures.
        style: Any style, unless it is turned itself.
        turned: What -> value, as ``run_matrix`` takes them.
        seed: Unless it is turned itself.

    Raises:
        OptionError: A value does not fit.
    """
    knobs = dict(turned)
    settings: dict[str, Any] = {"style": knobs.pop("style", style), "moves": {}}
    seed = _seed(knobs.pop("seed", seed))
    if "step" in knobs:
        run = _at_step(run, knobs.pop("step"))
    if "label" in knobs:
        settings["label"] = _label(run, knobs.pop("label"))
    if "truncation" in knobs:
        settings["truncation"] = _number("truncation", knobs.pop("truncation"))
    for name in [name for name in knobs if name.startswith("move.")]:
        settings["moves"][name.partition(".")[2]] = _number(name, knobs.pop(name))
    return RunCell(run, seed, {**settings, "knobs": knobs})


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise OptionError(f"{name} {value!r} does not fit; expected a number") from error


def _label(run: Run, value: str) -> int:
    names = run.config.class_names
    if value in names:
        return names.index(value)
    if value.isdecimal():
        return int(value)
    raise OptionError(f"there is no label '{value}'; expected a name or a number")


def _at_step(run: Run, value: str) -> Run:
    from artgan.core.checkpoint import list_checkpoints

    found = {str(one.step): one.sha256 for one in list_checkpoints(run.folder.checkpoints)}
    if value not in found:
        raise OptionError(
            f"run '{run.path}' has no checkpoint of step {value}; it has {', '.join(found)}"
        )
    return run.at(found[value])


def labelled_sheet(
    axes: Sequence[tuple[str, Sequence[str]]],
    pictures: Sequence[Image.Image],
    about: Record,
    records: Sequence[Record],
) -> Image.Image:
    """Lay cells out row by row, with the axes' names and values beside them.

    Args:
        axes: (what, values): across, then down.
        pictures: The cells.
        about: What the record tells of the run or the picture that all of them show.
        records: Those of the cells.
    """
    cells = [_fitted(picture, CELL) for picture in pictures]
    (across, columns), (down, rows) = axes[0], axes[1] if len(axes) == 2 else ("", [""])
    step, margin = CELL + GAP, 110 if down else GAP
    size = (margin + len(columns) * step, LABEL + len(rows) * step)
    sheet = Image.new("RGB", size, DARK)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for column, value in enumerate(columns):
        draw.text((margin + column * step, 5), f"{across} {value}", LIGHT, font)
    for row, value in enumerate(rows):
        if down:
            draw.text((GAP, LABEL + row * step + CELL // 2), f"{down}\n{value}", LIGHT, font)
    for (row, column), cell in zip(
        product(range(len(rows)), range(len(columns))), cells, strict=True
    ):
        left = margin + column * step + (CELL - cell.width) // 2
        sheet.paste(cell, (left, LABEL + row * step + (CELL - cell.height) // 2))
    shared = {key for key in about if all(about[key] == r.get(key) for r in records)} - {"size"}
    sheet.info["artgan"] = {
        **about,
        "size": list(size),
        "matrix": {
            "axes": [[name, list(values)] for name, values in axes],
            # What all cells share is told once.
            "cells": [{k: v for k, v in record.items() if k not in shared} for record in records],
        },
    }
    return sheet


def _seed(value: Any) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise OptionError(f"seed {value!r} does not fit; expected a whole number") from error
