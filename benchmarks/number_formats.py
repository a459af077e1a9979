"""Measures a training step in bfloat16 and in float32 on this processor.

    OMP_NUM_THREADS=1 python -m benchmarks.number_formats

Processor time of a step of each recipe, the formats in turns, and the choice of ``--train.precision
auto``, which measures a single convolution once for a machine.
"""

import argparse
import time
from collections.abc import Iterator
from typing import Any

import artgan
from artgan.base.device import bf16_gain, fast_bf16
from benchmarks.loops import open_loop

ROWS: dict[str, dict[str, Any]] = {
    "digits, `dcgan`": {"dataset": "mnist"},
    "creatures, `dcgan`": {"dataset": "gervais"},
    "creatures, `stylegan2`": {"dataset": "gervais", "arch": "stylegan2"},
    "creatures, `fastgan`": {"dataset": "gervais", "arch": "fastgan"},
    "textures, `texture`": {"dataset": "textures", "arch": "texture", "size": 64},
}
STEPS, ROUNDS = 8, 4


def training(settings: dict[str, Any], precision: str) -> Iterator[Any]:
    """Start a recipe in a number format."""
    plan = artgan.plan(device="cpu", training_options={"precision": precision}, **settings)
    return open_loop(plan)[1]


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    print("| Recipe | bfloat16, ms | float32, ms | Gain of bfloat16 |\n|---|---|---|---|")
    for name, settings in ROWS.items():
        least: dict[str, float] = {}
        loops = {p: training(settings, p) for p in ("bf16", "fp32")}
        for _ in range(ROUNDS):
            for precision, loop in loops.items():
                begun = time.process_time()
                for _ in range(STEPS):
                    next(loop)
                taken = 1000 * (time.process_time() - begun) / STEPS
                least[precision] = min(least.get(precision, taken), taken)
        gain = least["fp32"] / least["bf16"]
        print(f"| {name} | {least['bf16']:.0f} | {least['fp32']:.0f} | {gain:.2f} |", flush=True)
    taken_up = "bf16" if fast_bf16("cpu") else "fp32"
    print(f"\nA convolution gains {bf16_gain():.2f}; auto takes {taken_up}.")


if __name__ == "__main__":
    main()
