"""Measures a training step of each architecture, and the same networks in a plain loop.

    python -m benchmarks.architectures
    python -m benchmarks.architectures --device cuda --sizes 64,128,256

All loops train the networks of the architecture's own recipe on random colour pictures, with the
hinge loss and without penalties and augmentations, in alternation. The plain loop is float32 and as
commonly written: new fakes for each of the two updates. Ours chooses number format and memory
layout itself; on GPUs it also runs with each value of ``--train.compile``. The first round warms
up or compiles, and is not counted. Memory is the peak of a step in each loop, on GPUs. The floor is
what artgan's step needs at least, in milliseconds: its operations at the rate at which the device
multiplies matrices in the step's number format, or its bytes at that at which it copies, if that
takes longer; beside it is how much of that a loop reached.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import artgan
from artgan.core.build import build_networks
from artgan.core.registry import Registry
from artgan.errors import ArtganError
from artgan.planning.plan import Plan
from artgan.plugin_manager.load import default_registry
from benchmarks.floor import Operations, memory_speed, multiplications
from benchmarks.loops import open_loop

PICTURES = 32
COMPILED = "none,default,cuda-graphs"


def plain_loop(plan: Plan, registry: Registry) -> Iterator[None]:
    """Train the same networks in float32, one update after the other."""
    device, batch = plan.config.device, plan.config.training.batch
    generator: Any
    discriminator: Any
    generator, discriminator = (
        network.to(device, memory_format=torch.contiguous_format)  # type: ignore[call-overload]
        for network in build_networks(plan.config, registry).values()
    )
    first = torch.optim.Adam(generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
    second = torch.optim.Adam(discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
    images = torch.tensor(np.array(plan.table.images)).to(device).permute(0, 3, 1, 2)
    learn = getattr(discriminator, "with_own_loss", None)
    while True:
        real = images[torch.randint(len(images), (batch,))] / 127.5 - 1
        with torch.no_grad():
            fake = generator(torch.randn(batch, *generator.latent_shape, device=device))
        logits, own = learn(real, None) if learn else (discriminator(real), 0.0)
        second.zero_grad()
        (F.relu(1 - logits).mean() + F.relu(1 + discriminator(fake)).mean() + own).backward()
        second.step()
        first.zero_grad()
        fake = generator(torch.randn(batch, *generator.latent_shape, device=device))
        (-discriminator(fake).mean()).backward()
        first.step()
        yield


def measure(loops: list[Iterator[object]], device: str, steps: int) -> list[tuple[float, float]]:
    """Measure (seconds a step, peak MiB) of each loop, in alternation."""
    synchronize: Callable[[], object] = (
        torch.cuda.synchronize if device.startswith("cuda") else lambda: None
    )
    taken: list[list[float]] = [[] for _ in loops]
    peaks = [0.0 for _ in loops]
    for turn in range(4):
        for index, loop in enumerate(loops):
            if device.startswith("cuda"):
                torch.cuda.reset_peak_memory_stats()
            begun = time.perf_counter()
            for _ in range(steps):
                next(loop)
            synchronize()
            if turn:
                taken[index].append((time.perf_counter() - begun) / steps)
            if device.startswith("cuda"):
                peaks[index] = torch.cuda.max_memory_allocated() / 2**20
    return [(statistics.median(times), peak) for times, peak in zip(taken, peaks, strict=True)]


def draw_pictures(folder: Path, size: int) -> None:
    """Write random pictures of a size."""
    rng = np.random.default_rng(0)
    for index in range(PICTURES):
        pixels = rng.integers(0, 256, (size, size, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{index:03}.png")


def plans(asked: argparse.Namespace, name: str, folder: str, size: int) -> dict[str, Plan]:
    """Plan a run for each way of compiling; report and leave out those that fail here."""
    found = {}
    for mode in asked.compile.split(","):
        try:
            found[mode] = artgan.plan(
                arch=name, dataset=folder, size=size, batch=asked.batch, steps=10**6,
                device=asked.device, loss="hinge", regularizers={}, augmentations={},
                training_options={"compile": mode},
            )  # fmt: skip
        except ArtganError as error:
            print(f"| {name} | {size} | {error} | | | | | |")
    return found


def floor_of(plan: Plan, registry: Registry, device: str) -> float:
    """Return the seconds that a step of artgan needs at least on a device."""
    loop, kind = open_loop(plan, registry)[1], torch.device(device)
    next(loop)
    with Operations() as counted:  # type: ignore[no-untyped-call]
        next(loop)
    bf16 = plan.config.training.precision == "bf16"
    rate = multiplications(kind, torch.bfloat16 if bf16 else torch.float32)
    seconds: float = max(counted.total / rate, counted.moved / memory_speed(kind))
    return seconds


def compare(asked: argparse.Namespace, registry: Registry, name: str, size: int) -> None:
    """Print a row for each loop of an architecture at a size."""
    with tempfile.TemporaryDirectory() as folder:
        draw_pictures(Path(folder), size)
        planned = plans(asked, name, folder, size)
    loops: dict[str, Iterator[object]] = {
        "artgan" if mode == "none" else f"artgan, compiled: {mode}": open_loop(plan, registry)[1]
        for mode, plan in planned.items()
    }
    loops["plain"] = plain_loop(next(iter(planned.values())), registry)
    floor = floor_of(next(iter(planned.values())), registry, asked.device)
    found = measure(list(loops.values()), asked.device, asked.steps)
    plain = found[-1][0]
    for loop, (seconds, peak) in zip(loops, found, strict=True):
        memory = f"{peak:.0f}" if peak else "-"
        print(
            f"| {name} | {size} | {loop} | {asked.batch / seconds:.0f} | {plain / seconds:.2f} | "
            f"{memory} | {floor * 1e3:.1f} | {floor / seconds:.0%} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--sizes", default="32,64,128")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--steps", type=int, default=0, help="a round; by default 20 on GPUs, or 1")
    parser.add_argument("--only", default="", help="architectures, separated by commas")
    parser.add_argument("--compile", default="", help=f"ways; by default {COMPILED} on GPUs")
    asked = parser.parse_args()
    gpu = asked.device.startswith("cuda")
    asked.steps = asked.steps or (20 if gpu else 1)
    asked.compile = asked.compile or (COMPILED if gpu else "none")
    registry = default_registry()
    names = [e.declaration.name for e in registry.entries("architecture") if e.plugin.id == "core"]
    print("| Architecture | Size | Loop | Images/s | Times plain | Peak MiB | Floor ms | Reached |")
    print("|---|---|---|---|---|---|---|---|")
    for size in map(int, asked.sizes.split(",")):
        for name in asked.only.split(",") if asked.only else names:
            compare(asked, registry, name, size)


if __name__ == "__main__":
    main()
