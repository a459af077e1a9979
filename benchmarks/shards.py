"""Measures trainings on shards: against memory, from a slow store, and of a set that grows.

    python -m benchmarks.shards
    python -m benchmarks.shards --only memory --pictures 200000

Three things are measured, with one processor and one thread:

    throughput   the same training from memory and from shards at 64 pixels, in turns: the processor
                 time of a step, decoding included, as a ratio
    slow         from a store that takes ``--seconds`` for each read and fails every tenth: the
                 share of the time that the training waits for pictures, with reading ahead and
                 without
    memory       ``--pictures`` small pictures, packed and trained on for an epoch: the memory of
                 the process at each quarter

The store is fsspec's memory file system, made slow. Pictures are cut out of three textures.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import torch
from fsspec.implementations.memory import MemoryFileSystem

import artgan
from artgan.core import data
from artgan.datasets.lazy import LazySupply
from artgan.planning.plan import Plan
from artgan.plugin_manager.load import default_registry
from artgan.shards.pack import Packing, pack
from benchmarks.loops import open_loop

BATCH = 32

WARM_UP = 3

PER_SHARD = 64
"""Pictures in a shard, and in a window, of the slow store: the next one is always needed soon."""


class SlowStore(MemoryFileSystem):  # type: ignore[misc]
    """Takes its time for each read, and fails now and then."""

    protocol = "slow"
    cachable = False
    seconds, fails_every, reads = 0.0, 10, 0

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        return super()._strip_protocol(str(path).replace("slow://", "memory://"))

    def cat_file(self, path: str, start: Any = None, end: Any = None, **more: Any) -> bytes:
        """Read, late or never."""
        SlowStore.reads += 1
        time.sleep(SlowStore.seconds)
        if SlowStore.reads % SlowStore.fails_every == 0:
            raise OSError("the connection was reset")
        read: bytes = super().cat_file(path, start=start, end=end, **more)
        return read


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--only", default="throughput,slow,memory")
    parser.add_argument("--arch", default="dcgan")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--format", default="png", choices=["png", "webp", "jpg"])
    parser.add_argument("--steps", type=int, default=10, help="in each of five turns")
    parser.add_argument("--seconds", type=float, default=0.1, help="of a read of the slow store")
    parser.add_argument("--pictures", type=int, default=200_000, help="small ones, for memory")
    return parser.parse_args()


def draw_pictures(size: int, count: int = 1000) -> np.ndarray:
    """Return pictures (N, size, size, 3): a texture in each channel."""
    plan = artgan.plan(dataset="textures", size=size, dataset_options={"count": count})
    textures = np.asarray(plan.table.images)[..., 0].reshape(3, count, size, size)
    return np.ascontiguousarray(textures.transpose(1, 2, 3, 0))


def planned(folder: str, asked: argparse.Namespace, **options: Any) -> Plan:
    return artgan.plan(
        asked.arch, folder, size=asked.size, batch=BATCH, steps=10**6, device="cpu", threads=1,
        dataset_options=options,
    )  # fmt: skip


def in_memory(plan: Plan, images: np.ndarray) -> Plan:
    table = replace(plan.table, images=images, supply=None)
    return replace(plan, table=table)


def throughput(asked: argparse.Namespace, folder: Path) -> None:
    images = draw_pictures(asked.size)
    made = pack(images, folder / "set", Packing(kind=asked.format, per_shard=256))
    plan = planned(str(folder / "set"), asked)
    registry = default_registry()
    loops = [open_loop(one, registry)[1] for one in (in_memory(plan, images), plan)]
    took: list[list[float]] = [[], []]
    for turn in range(6):
        for loop, times in zip(loops, took, strict=True):
            begun = time.process_time()
            for _ in range(asked.steps):
                next(loop)
            if turn:
                times.append((time.process_time() - begun) / asked.steps)
    memory, shards = (statistics.median(times) for times in took)
    size = sum(shard.bytes for shard in made.shards) / made.count
    print(
        f"throughput: {asked.arch} at {asked.size} pixels, {asked.format} of {size:.0f} bytes: "
        f"{memory * 1e3:.1f} ms a step from memory, {shards * 1e3:.1f} ms from shards; "
        f"from shards {memory / shards:.3f} of the throughput"
    )


class Waiting:
    """Measures how long a training waits for pictures."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._read = LazySupply.read

    def __enter__(self) -> "Waiting":
        def read(supply: LazySupply, chosen: Any) -> Any:
            begun = time.perf_counter()
            try:
                return self._read(supply, chosen)
            finally:
                self.seconds += time.perf_counter() - begun

        setattr(LazySupply, "read", read)  # noqa: B010
        return self

    def __exit__(self, *_: object) -> None:
        setattr(LazySupply, "read", self._read)  # noqa: B010


def slow(asked: argparse.Namespace, folder: Path) -> None:
    fsspec.register_implementation("slow", SlowStore, clobber=True)
    pack(draw_pictures(asked.size), folder / "far", Packing(per_shard=PER_SHARD))
    store = fsspec.filesystem("memory")
    for path in (folder / "far").iterdir():
        store.pipe_file(f"/far/{path.name}", path.read_bytes())
    SlowStore.seconds = asked.seconds
    for ahead in (data.AHEAD, 0):
        with setting("AHEAD", ahead), tempfile.TemporaryDirectory() as cache:
            os.environ["ARTGAN_CACHE"] = cache
            plan = planned("slow://far", asked, window=PER_SHARD)
            loop = open_loop(plan, default_registry())[1]
            for _ in range(WARM_UP):
                next(loop)
            with Waiting() as waiting:
                begun = time.perf_counter()
                for _ in range(3 * asked.steps):
                    next(loop)
                whole = time.perf_counter() - begun
        print(
            f"slow: reads of {asked.seconds * 1e3:.0f} ms, every tenth fails, {ahead} batches "
            f"ahead: waits {waiting.seconds / whole:.1%} of the time"
        )


class setting:  # noqa: N801
    """Sets a constant of the data module inside the block."""

    def __init__(self, name: str, value: Any) -> None:
        self.name, self.value, self.before = name, value, getattr(data, name)

    def __enter__(self) -> None:
        setattr(data, self.name, self.value)

    def __exit__(self, *_: object) -> None:
        setattr(data, self.name, self.before)


class Small:
    """Pictures of 16 pixels, no two alike, made when asked for."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> np.ndarray:
        rng = np.random.Generator(np.random.PCG64(index))
        return np.repeat(rng.integers(0, 256, (4, 4, 3), np.uint8), 4, 0).repeat(4, 1)


def memory(asked: argparse.Namespace, folder: Path) -> None:
    quarters = [asked.pictures * part // 4 for part in (1, 2, 3, 4)]
    kept: list[float] = []

    def reach(count: int) -> None:
        if count in quarters:
            kept.append(resident())

    pack(Small(asked.pictures), folder / "small", Packing(), reach)
    print(f"memory: packing {asked.pictures:,} pictures, MiB at each quarter: {told(kept)}")
    loop = train_small(str(folder / "small"), asked)
    steps, kept = asked.pictures // 256, []
    for step in range(1, steps + 1):
        next(loop)
        if step in [steps * part // 4 for part in (1, 2, 3, 4)]:
            kept.append(resident())
    print(f"memory: training {steps} steps of 256, MiB at each quarter: {told(kept)}")


def train_small(folder: str, asked: argparse.Namespace) -> Iterator[Any]:
    plan = artgan.plan(
        "dcgan", folder, arch_options={"base_channels": 4}, size=16, batch=256, steps=10**6,
        device="cpu", threads=1,
    )  # fmt: skip
    return open_loop(plan, default_registry())[1]


def told(values: list[float]) -> str:
    return ", ".join(f"{value:.0f}" for value in values)


def resident() -> float:
    """Return the memory of this process in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    asked = arguments()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    kinds: dict[str, Callable[[argparse.Namespace, Path], None]] = {
        "throughput": throughput,
        "slow": slow,
        "memory": memory,
    }
    for name in asked.only.split(","):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["ARTGAN_CACHE"] = str(Path(folder, "cache"))
            kinds[name](asked, Path(folder))


if __name__ == "__main__":
    main()
