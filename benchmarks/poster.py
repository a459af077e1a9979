"""Peak memory and time of a poster that does not fit into memory at once.

    python -m benchmarks.poster --side 20000 --suffix .png

A small picture is printed as a square sheet into a temporary folder, in a process of its own.
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from artgan.core.print_files import write_sheet
from artgan.core.printing import INCH, Sheet
from artgan.plugin.picture import Picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=20_000)
    parser.add_argument("--suffix", choices=[".png", ".tif"], default=".png")
    parser.add_argument("--bits", type=int, choices=[8, 16], default=8)
    given = parser.parse_args()
    waves = np.sin(np.linspace(0, 40, 512))[:, None] * np.cos(np.linspace(0, 30, 512))[None]
    picture = Picture(np.repeat((waves[..., None] / 2 + 0.5).astype(np.float32), 3, axis=2))
    side = given.side / 300 * INCH
    sheet = Sheet(width=side, height=side, bits=given.bits)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"poster{given.suffix}"
        begun = time.perf_counter()
        write_sheet(picture, sheet, path)
        seconds, size = time.perf_counter() - begun, path.stat().st_size
    # ru_maxrss counts KiB, but bytes on macOS.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )
    whole = sheet.size[0] * sheet.size[1] * 3 * 4
    print(
        f"{sheet.size[0]} x {sheet.size[1]} pixels, {given.bits} bit {given.suffix}: "
        f"{seconds:.0f} s, peak {peak / 2**20:.0f} MiB "
        f"({peak / whole:.2f} of the sheet as floats), file {size / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    main()
