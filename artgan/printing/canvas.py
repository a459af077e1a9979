"""Canvases of any size, made window by window by a generator over a grid of latents.

The latents of a cell follow from (seed, row, column) alone, so a window made alone equals the same
part of the whole canvas. A canvas that repeats takes the cells modulo its own size.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from artgan.base.paths import replacing
from artgan.base.premultiply import straighten
from artgan.base.seeding import key
from artgan.core.images import to_pixels
from artgan.core.run import TrainedRun
from artgan.core.sample import draw_inputs
from artgan.errors import OptionError, RunError
from artgan.pictures.marks import Metadata, as_metadata
from artgan.printing.layout import crop_marks, draw_marks
from artgan.printing.paper import INCH, LARGEST_SIDE, Sheet
from artgan.printing.raster import strip_writer

WINDOW = 512
"""Pixels along each side that are made together."""

BLOCK = 64
"""Cells of a row whose latents are drawn together."""

Pixels = NDArray[Any]
"""Pixels (H, W, C) of 8 or 16 bits a channel."""


@dataclass(frozen=True)
class Canvas:
    """A picture of any size in pixels, of which any part can be made alone, by a spatial run.

    Where it repeats, its edges continue on the opposite side.
    """

    run: TrainedRun
    seed: int
    height: int
    width: int
    label: int | None = None
    repeats: bool = False

    @property
    def cell(self) -> int:
        """Pixels along each side of a cell."""
        return int(self.run.generator.cell)  # type: ignore[arg-type]

    def window(
        self, top: int, left: int, height: int, width: int, bits: Literal[8, 16] = 8
    ) -> Pixels:
        """Make the pixels (height, width, C) of a part of the canvas, and nothing else.

        Rows begin at ``top`` and columns at ``left``; both may lie outside the canvas.
        """
        first_row, first_column = top // self.cell, left // self.cell
        rows = -(-(top + height) // self.cell) - first_row
        columns = -(-(left + width) // self.cell) - first_column
        made = self._cells(first_row, first_column, rows, columns)
        down, across = top - first_row * self.cell, left - first_column * self.cell
        images = made[:, :, down : down + height, across : across + width]
        if bits == 8:
            pixels: Pixels = to_pixels(images)[0]
            return pixels
        values = images[0].permute(1, 2, 0).float().clamp(-1, 1).cpu().numpy()
        return ((values.astype(np.float64) + 1) * 32767.5 + 0.5).astype(np.uint16)

    def strips(
        self,
        show: Callable[[float], None] = lambda _: None,
        *,
        beyond: int = 0,
        bits: Literal[8, 16] = 8,
    ) -> Iterator[Pixels]:
        """Yield the canvas from top to bottom in strips (rows, width, C).

        ``beyond`` pixels outside the edges are made too, on all sides; ``show`` is called with the
        share that is done.
        """
        side = max(self.cell, WINDOW // self.cell * self.cell)
        bottom, right = self.height + beyond, self.width + beyond
        for top in range(-beyond, bottom, side):
            high = min(side, bottom - top)
            lefts = range(-beyond, right, side)
            parts = [self.window(top, at, high, min(side, right - at), bits) for at in lefts]
            yield np.concatenate(parts, axis=1)
            show((top + high + beyond) / (bottom + beyond))

    @torch.no_grad()
    def _cells(self, row: int, column: int, rows: int, columns: int) -> torch.Tensor:
        """Make the image (1, C, H, W) in [-1, 1] of some cells."""
        generator: Any = self.run.generator
        margin = int(generator.margin)
        grid = self._latents(row - margin, column - margin, rows + 2 * margin, columns + 2 * margin)
        device = next(generator.parameters()).device
        label = self.drawn_label
        labels = None if label is None else torch.tensor([label], device=device)
        images = inner_cells(generator, torch.from_numpy(grid)[None].to(device), labels)
        return straighten(images.float()) if self.run.config.premultiplied else images

    @property
    def drawn_label(self) -> int | None:
        """The label, or the one that the seed draws; None in runs without labels."""
        weights = self.run.config.label_weights
        _, drawn = draw_inputs(self.run.generator, [self.seed], weights, self.label)
        return None if drawn is None else int(drawn[0])

    def _latents(self, row: int, column: int, rows: int, columns: int) -> NDArray[np.float32]:
        """Return the latents (Z, rows, columns) of the cells from (row, column) on."""
        generator: Any = self.run.generator
        count, same = int(generator.latent_shape[0]), int(generator.global_latents)
        grid = np.empty((count, rows, columns), np.float32)
        high, wide = self.height // self.cell, self.width // self.cell
        for down in range(rows):
            for across in range(columns):
                place = (row + down, column + across)
                if self.repeats:
                    place = (place[0] % high, place[1] % wide)
                block, inside = divmod(place[1], BLOCK)
                grid[:, down, across] = _draw_block(self.seed, place[0], block, count)[:, inside]
        grid[:same] = _draw_block(self.seed, "everywhere", 0, count)[:same, :1, None]
        return grid


@lru_cache(maxsize=4096)
def _draw_block(seed: int, row: object, block: int, count: int) -> NDArray[np.float32]:
    """Draw the latents (Z, BLOCK) of neighbouring cells in a row."""
    rng = np.random.Generator(np.random.PCG64(key("canvas", seed, row, block)))
    return rng.standard_normal((BLOCK, count), np.float32).T


def inner_cells(
    generator: nn.Module, grid: torch.Tensor, labels: torch.Tensor | None = None
) -> torch.Tensor:
    """Make the cells of a grid that have all their neighbours in it, as part of a larger picture.

    A tileable generator wraps the grid around; the cells that this changes are cut off. From
    latents (N, Z, rows, columns) and labels (N,) it makes images (N, C, (rows - 2 margin) cell,
    (columns - 2 margin) cell) in [-1, 1].
    """
    spatial: Any = generator
    images: torch.Tensor = spatial(grid, labels)
    if not spatial.wraps:
        return images
    height, width = images.shape[2:]
    cut = int(spatial.margin * spatial.cell)
    return images[:, :, cut : height - cut, cut : width - cut]


def open_canvas(
    run: TrainedRun,
    seed: int,
    size: tuple[int, int],
    *,
    label: int | None = None,
    repeats: bool = False,
) -> Canvas:
    """Check everything that a canvas of a run needs, without making pixels.

    The size is (height, width) in pixels; a label of None lets the seed draw it.
    """
    entry = run.registry.find("architecture", run.config.architecture.name)
    if not entry.declaration.spatial:
        raise RunError(
            f"{entry.where} makes pictures of one size; a canvas needs one that is spatial: "
            "artgan run --arch texture --dataset ... Or enlarge a picture with artgan print"
        )
    height, width = size
    cell = int(run.generator.cell)  # type: ignore[arg-type]
    if not cell <= min(size) <= max(size) <= LARGEST_SIDE:
        raise OptionError(
            f"a canvas of {width}x{height} pixels does not fit; expected {cell} to {LARGEST_SIDE} "
            "a side"
        )
    if repeats and (height % cell or width % cell):
        near = f"{max(1, round(width / cell)) * cell}x{max(1, round(height / cell)) * cell}"
        raise OptionError(
            f"a canvas that repeats has sides that divide by {cell}; the nearest to "
            f"{width}x{height} is {near}"
        )
    canvas = Canvas(run, seed, height, width, label, repeats)
    # Refuses a label that does not exist.
    _ = canvas.drawn_label
    return canvas


def canvas_sheet(canvas: Canvas, dpi: float = 300.0) -> Sheet:
    """Return the sheet that a canvas fills to its edges."""
    return Sheet(width=canvas.width * INCH / dpi, height=canvas.height * INCH / dpi, dpi=dpi)


def write_canvas(
    canvas: Canvas,
    path: Path,
    *,
    sheet: Sheet | None = None,
    record: Metadata | Mapping[str, Any] | None = None,
    overwrite: bool = False,
    show: Callable[[float], None] = lambda _: None,
) -> Path:
    """Write a canvas as PNG or TIFF, strip by strip.

    The trim of the sheet is the canvas, the bleed lies beyond; None takes 300 dpi without bleed.
    The record comes from ``canvas_record`` and is written with its mark; ``show`` is called with
    the share that is done, 0 to 1.
    """
    sheet = sheet or canvas_sheet(canvas)
    write = strip_writer(path)
    with replacing(path, keep=not overwrite) as temporary:
        write(temporary, _on_sheet(canvas, sheet, show), sheet, as_metadata(record))
    return path


def canvas_record(canvas: Canvas, sheet: Sheet) -> dict[str, Any]:
    """Return the record of a canvas on a sheet."""
    return {
        **canvas.run.record(canvas.seed, canvas.label),
        "wraps": [canvas.repeats and not sheet.edge] * 2,
        "canvas": {"height": canvas.height, "width": canvas.width, "repeats": canvas.repeats},
        "print": sheet.about,
    }


def _on_sheet(
    canvas: Canvas, sheet: Sheet, show: Callable[[float], None]
) -> Iterator[NDArray[Any]]:
    """Yield a sheet in strips (rows, width, 3): the canvas, its bleed, and bare paper around it."""
    bleed = sheet.pixels(sheet.bleed)
    slug, width = sheet.edge - bleed, sheet.size[0]
    marks, top = crop_marks(sheet), slug
    white = 2**sheet.bits - 1

    def bare(rows: int, start: int) -> NDArray[Any]:
        strip = np.full((rows, width, 3), white, np.uint8 if sheet.bits == 8 else np.uint16)
        draw_marks(strip, marks, start)
        return strip

    if slug:
        yield bare(slug, 0)
    for strip in canvas.strips(show, beyond=bleed, bits=sheet.bits):
        colour = np.repeat(strip, 3, axis=2) if strip.shape[2] == 1 else strip[:, :, :3]
        if slug:
            whole = bare(len(colour), top)
            whole[:, slug:-slug] = colour
            colour = whole
        yield colour
        top += len(colour)
    if slug:
        yield bare(slug, top)
