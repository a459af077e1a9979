"""A sheet of pictures beside what the networks will see of them, what is cut off darkened."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from artgan.base.grounds import on_ground
from artgan.base.marks import COMPOSITE, Mark, write_marked_png
from artgan.base.terminal import visible
from artgan.core.images import to_pil

SHOWN = 24

COLUMNS = 3

SIDE, GAP, LABEL = 160, 12, 30
"""Pixels: side of a picture, space between cells, height of a label."""

PAPER, INK, EDGE = (16, 16, 20), (200, 197, 190), (255, 196, 60)

LEFT = 0.35
"""How bright the part that is cut off is shown, of 1."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Crop:
    """A picture by its place in the set, and the share of it that is cut off."""

    index: int
    name: str
    size: tuple[int, int]
    cut: float


def list_crops(source: Any) -> list[Crop]:
    """List what is cut off each picture; empty for a dataset that has no originals."""
    original = getattr(source, "original", None)
    if original is None:
        return []
    findings = dict(source.facts).get("report", {}).get("findings", ())
    used = [finding for finding in findings if not finding["skipped"]]
    return [
        Crop(index, one["name"], tuple(one["size"]), _cut(original.used(one["size"]), one["size"]))
        for index, one in enumerate(used)
    ]


def _cut(box: Box, size: tuple[int, int]) -> float:
    left, top, right, bottom = box
    return max(0.0, 1 - (right - left) * (bottom - top) / (size[0] * size[1]))


def save_crop_sheet(
    source: Any, path: Path, *, overwrite: bool = False, keep_mark: bool = True
) -> None:
    """Write a PNG of the pictures that lose most, and of others, each beside what is left."""
    chosen = _chosen(list_crops(source))
    wide, high = 2 * SIDE + 4, SIDE + LABEL
    rows = -(-len(chosen) // COLUMNS)
    size = (COLUMNS * (wide + GAP) + GAP, rows * (high + GAP) + GAP)
    sheet = Image.new("RGB", size, PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for place, crop in enumerate(chosen):
        row, column = divmod(place, COLUMNS)
        left, top = GAP + column * (wide + GAP), GAP + row * (high + GAP)
        sheet.paste(_whole(source.original, crop.index), (left, top))
        sheet.paste(_seen(to_pil(source.images[crop.index])), (left + SIDE + 4, top))
        pen.text((left, top + SIDE + 4), _label(crop), INK, font)
    mark = Mark(COMPOSITE) if keep_mark else None
    write_marked_png(sheet, path, mark, overwrite=overwrite)


def _chosen(crops: list[Crop]) -> list[Crop]:
    """Choose those that lose most, and as many spread evenly over the others."""
    crops = sorted(crops, key=lambda crop: -crop.cut)
    half = SHOWN // 2
    others = crops[half:]
    spread = np.linspace(0, len(others) - 1, min(half, len(others))).round().astype(int)
    return [*crops[:half], *(others[place] for place in dict.fromkeys(spread.tolist()))]


def _label(crop: Crop) -> str:
    width, height = crop.size
    cut = f", {crop.cut:.0%} cut off" if crop.cut > 0.005 else ""
    name = visible(crop.name)
    name = name if len(name) <= 28 else f"...{name[-25:]}"
    return f"{name}\n{width}x{height}{cut}"


def _seen(picture: Image.Image) -> Image.Image:
    """Resize what the networks see so that it fills a cell, pixels kept square."""
    scale = SIDE / max(picture.size)
    size = round(picture.width * scale), round(picture.height * scale)
    return on_ground(picture.resize(size, Image.Resampling.NEAREST)).convert("RGB")


def _whole(original: Callable[[int], tuple[Image.Image, Box]], index: int) -> Image.Image:
    """Shrink a whole picture into a square cell, with what is cut off darkened."""
    picture, box = original(index)
    scale = min(SIDE / picture.width, SIDE / picture.height)
    small = tuple(max(1, round(side * scale)) for side in picture.size)
    shown = on_ground(picture.resize((small[0], small[1]))).convert("RGB")
    kept = tuple(round(edge * scale) for edge in box)
    dark = shown.point(lambda level: level * LEFT)
    dark.paste(shown.crop((kept[0], kept[1], kept[2], kept[3])), (kept[0], kept[1]))
    if kept[2] - kept[0] < small[0] or kept[3] - kept[1] < small[1]:
        edge = (kept[0], kept[1], kept[2] - 1, kept[3] - 1)
        ImageDraw.Draw(dark).rectangle(edge, outline=EDGE)
    cell = Image.new("RGB", (SIDE, SIDE), PAPER)
    cell.paste(dark, ((SIDE - small[0]) // 2, (SIDE - small[1]) // 2))
    return cell
