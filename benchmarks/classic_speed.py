"""Compares artgan's loop with a plain float32 loop on the lesson's networks, in alternation.

    python -m benchmarks.classic_speed

The plain loop is the lesson as commonly written: float32, and for each update of either network its
own fakes and its own pass of the discriminator. Both train the same networks at batch 256.
"""

import statistics
import time
from collections.abc import Iterator

import torch
import torch.nn.functional as F

import artgan
from artgan.core.build import build_networks
from artgan.core.state import StepReport
from artgan.plugin_manager.load import default_registry
from benchmarks.loops import open_loop

ROUNDS, STEPS = 5, 3


def plain_loop(generator: torch.nn.Module, discriminator: torch.nn.Module) -> Iterator[None]:
    """Train the lesson in float32, one network after the other."""
    generator.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    discriminator.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    first = torch.optim.Adam(generator.parameters(), lr=1e-4)
    second = torch.optim.Adam(discriminator.parameters(), lr=1e-4)
    real = torch.rand(256, 1, 28, 28) * 2 - 1
    ones, zeros = torch.ones(256), torch.zeros(256)
    loss = F.binary_cross_entropy_with_logits
    while True:
        fake = generator(torch.randn(256, 100)).detach()
        second.zero_grad()
        (loss(discriminator(real), ones) + loss(discriminator(fake), zeros)).backward()
        second.step()
        first.zero_grad()
        loss(discriminator(generator(torch.randn(256, 100))), ones).backward()
        first.step()
        yield


def our_loop(updates: str) -> Iterator[StepReport]:
    """Train the preset as ``artgan run --preset classic`` does."""
    planned = artgan.plan(
        preset="classic",
        steps=10**6,
        device="cpu",
        training_options={"updates": updates},
    )
    return open_loop(planned)[1]


def seconds(loop: Iterator[object]) -> float:
    """Measure the seconds of some steps."""
    begun = time.perf_counter()
    for _ in range(STEPS):
        next(loop)
    return time.perf_counter() - begun


def main() -> None:
    registry = default_registry()
    planned = artgan.plan(preset="classic", device="cpu", arch_options={})
    networks = build_networks(planned.config, registry)
    loops: dict[str, Iterator[object]] = {
        "plain float32": plain_loop(networks["generator"], networks["discriminator"]),
        "artgan, alternating": our_loop("alternating"),
        "artgan, simultaneous": our_loop("simultaneous"),
    }
    for loop in loops.values():
        next(loop)
    times: dict[str, list[float]] = {name: [] for name in loops}
    for _ in range(ROUNDS):
        for name, loop in loops.items():
            times[name].append(seconds(loop))
    base = times["plain float32"]
    print(f"{'':24}{'images/s':>10}{'ratio':>8}")
    for name, taken in times.items():
        ratio = statistics.median(b / t for b, t in zip(base, taken, strict=True))
        print(f"{name:24}{STEPS * 256 / statistics.median(taken):10.0f}{ratio:8.2f}")


if __name__ == "__main__":
    main()
