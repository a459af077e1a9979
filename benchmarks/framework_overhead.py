"""Measures the overhead of the framework: ``runner.steps`` against the bare loop.

    python -m benchmarks.framework_overhead

Both take the same steps of the default recipe in alternation. The runner writes metrics and calls
observers; previews, checkpoints and their measurements are outside the counted steps.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import artgan
from artgan.api import start
from artgan.core import runner
from artgan.plugin_manager.load import default_registry
from benchmarks.loops import open_loop

ROUNDS, STEPS = 15, 20


def seconds(loop: Iterator[object]) -> float:
    """Measure the seconds of some steps."""
    begun = time.perf_counter()
    for _ in range(STEPS):
        next(loop)
    return time.perf_counter() - begun


def main() -> None:
    registry = default_registry()
    often = {"preview_every": 10**6, "checkpoint_every": 10**6}
    planned = artgan.plan(steps=10**6, device="cpu", training_options=often)
    _, bare = open_loop(planned, registry)
    with tempfile.TemporaryDirectory() as folder:
        session = start(planned, Path(folder) / "run", registry=registry)
        whole = runner.steps(session)
        seconds(bare), seconds(whole)
        ratios = []
        for _ in range(ROUNDS):
            before = seconds(bare)
            middle = seconds(whole)
            ratios.append(middle / ((before + seconds(bare)) / 2))
        whole.close()  # type: ignore[attr-defined]
    middle_ratio = statistics.median(ratios)
    print(f"runner / bare loop: {middle_ratio:.3f} (from {min(ratios):.3f} to {max(ratios):.3f})")


if __name__ == "__main__":
    main()
