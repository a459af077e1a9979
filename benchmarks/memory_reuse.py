"""Measures what reusing the memory of tensors saves while training on a processor.

    OMP_NUM_THREADS=1 python -m benchmarks.memory_reuse

Processor time of a training step, the system's share included, with and without
``artgan.core.memory.reusing_memory``, and the peak memory of the process. Each figure comes from a
process of its own, since a heap keeps its state; the two take turns, and the smallest counts.
"""

import argparse
import json
import subprocess
import sys
import time
from contextlib import nullcontext
from typing import Any

import artgan
import artgan.core.train
from benchmarks.loops import open_loop

ROWS: dict[str, dict[str, Any]] = {
    "creatures, `dcgan`, 32": {"dataset": "gervais"},
    "textures, `texture`, 64": {"dataset": "textures", "size": 64},
    "textures, `texture`, 128": {"dataset": "textures", "size": 128},
    "textures, `texture`, 256": {"dataset": "textures", "size": 256},
    "textures, `dcgan`, 128": {"dataset": "textures", "size": 128, "arch": "dcgan"},
    "textures, `fastgan`, 256": {"dataset": "textures", "size": 256, "arch": "fastgan"},
}
WARM_UP, STEPS, ROUNDS = 2, 4, 3


def measure(row: str, reuse: bool) -> tuple[float, float]:
    """Measure milliseconds of processor time per step, and the peak memory in MiB."""
    import resource  # Unix only, as the C library in question is.

    if not reuse:
        vars(artgan.core.train)["reusing_memory"] = nullcontext
    plan = artgan.plan(device="cpu", steps=10**6, **ROWS[row])
    _, loop = open_loop(plan)
    for _ in range(WARM_UP):
        next(loop)
    begun = time.process_time()
    for _ in range(STEPS):
        next(loop)
    taken = 1000 * (time.process_time() - begun) / STEPS
    return taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def apart(row: str, reuse: bool) -> tuple[float, float]:
    """Measure in another process."""
    command = [sys.executable, "-m", "benchmarks.memory_reuse", "--one", row]
    if reuse:
        command.append("--reuse")
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    taken, most = json.loads(done.stdout)
    return taken, most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", choices=ROWS, help="measure one row in this process")
    parser.add_argument("--reuse", action="store_true", help="of --one: keep memory")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one, given.reuse)))
        return
    print("| Recipe, pixels | Given back, ms | Kept, ms | Times as fast | MiB, given back | kept |")
    print("|---" * 6 + "|")
    for row in ROWS:
        found = [[apart(row, reuse) for reuse in (False, True)] for _ in range(ROUNDS)]
        (before, most), (after, held) = (
            (min(taken for taken, _ in column), max(memory for _, memory in column))
            for column in zip(*found, strict=True)
        )
        print(
            f"| {row} | {before:.0f} | {after:.0f} | {before / after:.2f} | {most:.0f} "
            f"| {held:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
