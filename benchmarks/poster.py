"""Measures peak memory and time of a poster that does not fit into memory at once.

    python -m benchmarks.poster --side 20000 --suffix .png
    python -m benchmarks.poster --side 20000 --suffix .tif --bits 16 --fit tile
    python -m benchmarks.poster --side 20000 --from canvas

A small picture is printed as a square sheet, enlarged or repeated, or a small generator of the
architecture texture, trained for one step, fills a canvas. Files go into a temporary folder.
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import artgan
from artgan.plugin.picture import Picture
from artgan.printing.canvas import open_canvas, write_canvas
from artgan.printing.paper import INCH, Sheet
from artgan.printing.raster import write_sheet


def from_picture(sheet: Sheet, path: Path) -> None:
    """Print 512 x 512 waves."""
    waves = np.sin(np.linspace(0, 40, 512))[:, None] * np.cos(np.linspace(0, 30, 512))[None]
    picture = Picture(np.repeat((waves[..., None] / 2 + 0.5).astype(np.float32), 3, axis=2))
    write_sheet(picture, sheet, path)


def from_canvas(sheet: Sheet, path: Path) -> None:
    """Train a generator of textures for a step, and fill the sheet with it."""
    run = artgan.train(
        "texture", "textures", size=32, steps=1, batch=4, device="cpu", out=path.parent / "run",
        arch_options={"base_channels": 4, "max_channels": 8}, dataset_options={"count": 8},
    )  # fmt: skip
    canvas = open_canvas(run, 0, (sheet.trim[1], sheet.trim[0]))
    write_canvas(canvas, path, sheet=sheet)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=20_000)
    parser.add_argument("--suffix", choices=[".png", ".tif"], default=".png")
    parser.add_argument("--bits", type=int, choices=[8, 16], default=8)
    parser.add_argument("--fit", choices=["fill", "tile"], default="fill")
    parser.add_argument("--from", dest="made", choices=["picture", "canvas"], default="picture")
    given = parser.parse_args()
    side = given.side / 300 * INCH
    sheet = Sheet(width=side, height=side, bits=given.bits, fit=given.fit)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"poster{given.suffix}"
        write = from_picture if given.made == "picture" else from_canvas
        begun = time.perf_counter()
        write(sheet, path)
        seconds, size = time.perf_counter() - begun, path.stat().st_size
    # ru_maxrss counts KiB, but bytes on macOS.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )
    whole = sheet.size[0] * sheet.size[1] * 3 * 4
    print(
        f"{sheet.size[0]} x {sheet.size[1]} pixels from a {given.made}, {given.fit}, "
        f"{given.bits} bit {given.suffix}: "
        f"{seconds:.0f} s, peak {peak / 2**20:.0f} MiB "
        f"({peak / whole:.2f} of the sheet as floats), file {size / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    main()
