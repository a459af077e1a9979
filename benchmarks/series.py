"""Measures memory and speed of a series, small and large.

    python -m benchmarks.series --counts 1000,10000

A run is trained for one step; each series is written by a process of its own, which reports its
peak memory. Pictures are small, so that memory that grows with the series shows.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import artgan


def peak() -> float:
    """Read the peak memory of this process in MiB."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    for line in lines:
        # Unlike ru_maxrss, this does not include the memory of the process that started this one.
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    # ru_maxrss counts KiB, but bytes on macOS.
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


def write(run: Path, out: Path, count: int) -> None:
    """Write a series, and print its speed and memory."""
    series = artgan.Series("waves", run, count=count, seed=1, style="gradient-map:ember")
    series.vary("palette", ["ember", "lagoon", "noir"], weights=[3, 2, 1])
    series.reject_near_duplicates(0.002)
    begun, worked = time.perf_counter(), time.process_time()
    written = series.write(out)
    seconds, busy = time.perf_counter() - begun, time.process_time() - worked
    print(
        f"{len(written.files)} pictures: {peak():.0f} MiB at most, {count / seconds:.0f}/s, "
        f"{busy / count * 1000:.1f} ms of processor time each"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", default="1000,10000")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--one", nargs=3, metavar=("RUN", "OUT", "COUNT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        write(Path(given.one[0]), Path(given.one[1]), int(given.one[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        small = {"base_channels": 8, "latent_size": 16}
        artgan.train(
            "dcgan", "mnist", size=given.size, steps=1, batch=4, device="cpu", out=out / "run",
            arch_options=small,
        )  # fmt: skip
        for count in given.counts.split(","):
            one = [str(out / "run"), str(out / f"series-{count}"), count]
            subprocess.run([sys.executable, "-m", "benchmarks.series", "--one", *one], check=True)


if __name__ == "__main__":
    main()
