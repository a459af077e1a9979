"""Measures sampling against the bare generator, writing, memory, and pictures made again.

    python -m benchmarks.sampling --size 64 --count 10000

Rates of the generator and of ``Run.samples`` are taken in turns, so that a busy machine slows
both. The run is trained for one step: speed does not depend on what was learned.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import torch

import artgan

BATCHES = (8, 16, 32, 64, 128)
ROUNDS = 7


def resident() -> float:
    """Read the memory of this process in MiB; 0 if the system does not say."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def forward(run: artgan.Run, batch: int, count: int) -> None:
    """Run the generator alone."""
    shape: tuple[int, ...] = run.generator.latent_shape  # type: ignore[assignment]
    latents = torch.randn(batch, *shape)
    labels = torch.zeros(batch, dtype=torch.long) if run.config.label_weights else None
    with torch.no_grad():
        for _ in range(0, count, batch):
            run.generator(latents, labels)


def rate(work: Callable[[], object], count: int) -> float:
    """Compute pictures per second."""
    begun = time.perf_counter()
    work()
    return count / (time.perf_counter() - begun)


def speed(run: artgan.Run, count: int) -> None:
    """Compare with the bare generator at its best batch size."""
    forward(run, 32, 128)
    bare = {batch: rate(partial(forward, run, batch, 256), 256) for batch in BATCHES}
    best = max(bare, key=lambda batch: bare[batch])
    pairs = [
        (
            rate(lambda: forward(run, best, count), count),
            rate(lambda: [None for _ in run.samples(range(count))], count),
        )
        for _ in range(ROUNDS)
    ]
    share = statistics.median(ours / plain for plain, ours in pairs)
    plain, ours = (statistics.median(side) for side in zip(*pairs, strict=True))
    shown = ", ".join(f"{batch}: {found:.0f}" for batch, found in bare.items())
    print(f"bare forward by batch: {shown} pictures/s; best {best}")
    print(f"run.samples: {ours:.0f} of {plain:.0f} pictures/s, {share:.0%} of the bare forward")


def writing(run: artgan.Run, count: int, folder: Path) -> None:
    """Print how much time writing PNG files adds."""
    pairs = []
    for turn in range(3):
        made = count / rate(lambda: [None for _ in run.samples(range(count))], count)
        out = folder / f"files-{turn}"
        wrote = count / rate(partial(artgan.sample_to, run, range(count), out), count)
        pairs.append((made, wrote))
    made, wrote = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"{count} PNG files: {count / wrote:.0f} pictures/s; writing is {1 - made / wrote:.0%}")


def memory(run: artgan.Run, count: int) -> None:
    """Print how memory grows over many samples."""
    held: list[float] = []

    def watched() -> Iterator[None]:
        for number, _ in enumerate(run.samples(range(count))):
            if number % (count // 10) == count // 20:
                held.append(resident())
            yield

    reached = rate(lambda: [None for _ in watched()], count)
    print(
        f"{count} samples at {reached:.0f}/s: {held[0]:.0f} MiB at the start, "
        f"{held[-1]:.0f} MiB at the end, at most {max(held):.0f}"
    )


def again(run: artgan.Run, folder: Path, count: int = 100) -> int:
    """Make pictures again that were first made in batches of several sizes."""
    out = folder / "again"
    for seeds in (range(41), range(41, 42), range(42, count)):
        artgan.sample_to(run, seeds, out, "posterize | grain", keep_raw=False)
    files = sorted(out.glob("*.png"))
    same = sum(artgan.remake(file, run=run).identical for file in files)
    print(f"remake: {same} of {len(files)} identical")
    return same


def main() -> int:
    """Print all; fail if a picture could not be made again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        run = artgan.train(
            "dcgan", "mnist", size=given.size, steps=1, batch=4, device="cpu", out=out / "run"
        )
        print(f"dcgan at {given.size} x {given.size}, {given.threads} threads")
        speed(run, 256)
        writing(run, 256, out)
        memory(run, given.count)
        return 0 if again(run, out) == 100 else 1


if __name__ == "__main__":
    sys.exit(main())
