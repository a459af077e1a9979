"""Tiles by David Gervais, 1999: creatures, people and things of a role-playing game."""

from pathlib import Path

import numpy as np
from PIL import Image

from artgan.plugin import DataContext, DataError
from artgan.plugin.alpha import lay_on
from artgan.plugins.datasets import GervaisOptions
from artgan.plugins.datasets._tables import Pixels, Table, resize_all

EMBEDDED = Path(__file__).parent / "data" / "gervais-32x32.png"
SIDE = 32


def open_tiles(options: GervaisOptions, context: DataContext) -> Table:
    """Read the distinct tiles that are not empty, as RGB on a background, or as RGBA."""
    tiles = distinct_tiles()
    if options.alpha == "fill" and not options.keep_alpha:
        try:
            tiles = lay_on(tiles, options.background)
        except ValueError as error:
            raise DataError(f"background: {error}") from error
    return Table(resize_all(tiles, context.size))


def distinct_tiles() -> Pixels:
    """Cut the sheet into tiles (N, 32, 32, 4), without repeats and tiles of one colour."""
    with Image.open(EMBEDDED) as sheet:
        pixels = np.asarray(sheet.convert("RGBA"))
    rows, columns = pixels.shape[0] // SIDE, pixels.shape[1] // SIDE
    cells = pixels.reshape(rows, SIDE, columns, SIDE, 4).swapaxes(1, 2).reshape(-1, SIDE, SIDE, 4)
    # Clear pixels become black; tiles that differ only in hidden colours are equal.
    cells = np.where(cells[:, :, :, 3:] > 0, cells, 0)
    kept = {cell.tobytes(): cell for cell in cells if (cell != cell[0, 0]).any()}
    return np.stack(list(kept.values())).astype(np.uint8)
