"""Measures how a training scales over 1, 2, 4 ... processes, beside what it needs at least.

    python -m benchmarks.scaling                      # processors, as many processes as there are
    python -m benchmarks.scaling --device cuda        # one process for each GPU

Each process computes ``--pictures`` pictures of every batch, so with twice the processes a batch is
twice as large. A line tells, of one step:

    pictures/s   real pictures of all processes, in wall time
    step         milliseconds of wall time, and of processor time of the first process
    floor        what it needs at least: its operations at the rate at which this device multiplies
                 matrices while all processes do, or its bytes at the rate at which it copies, if
                 that is longer; and its gradients at the rate at which the processes exchange a
                 vector of that length
    reached      the floor as a share of the step

Counted are products and convolutions of the networks and their gradients, penalties included; what
lies between them is not, so the floor is never reached.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

import artgan
from artgan.core.build import build_parts
from artgan.core.distributed import World
from artgan.core.state import new_state
from artgan.core.train import train
from artgan.distribution.group import shared_world
from artgan.distribution.ranks import Ranks
from artgan.plugin_manager.load import default_registry
from benchmarks.floor import Operations, best, memory_speed, multiplications


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--processes", type=int, nargs="+", help="default: 1, 2, 4 ... to all")
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--arch", default="r3gan")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--pictures", type=int, default=16, help="of each process, in a batch")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def default_processes(device: str) -> list[int]:
    most = torch.cuda.device_count() if device == "cuda" else len(os.sched_getaffinity(0))
    return [count for count in (1, 2, 4, 8) if count <= max(1, most)]


def start(count: int) -> dict[str, Any]:
    """Measure with ``count`` processes; return what the first one found."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    shared = {"WORLD_SIZE": str(count), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    command = [sys.executable, "-m", "benchmarks.scaling", *sys.argv[1:], "--worker"]
    workers = []
    for rank in range(count):
        own = {"RANK": str(rank), "LOCAL_RANK": str(rank), "OMP_NUM_THREADS": "1"}
        env = {**os.environ, **shared, **own}
        # The first one alone prints.
        out = subprocess.PIPE if rank == 0 else subprocess.DEVNULL
        workers.append(subprocess.Popen(command, env=env, stdout=out))
    said, _ = workers[0].communicate()
    if any(worker.wait() for worker in workers):
        raise SystemExit(f"{count} processes failed")
    return dict(json.loads(said.splitlines()[-1]))


def work(options: argparse.Namespace) -> None:
    """Train some steps in this process, and print what they took."""
    registry, size = default_registry(), int(os.environ["WORLD_SIZE"])
    plan = artgan.plan(
        options.arch,
        "textures",
        size=options.size,
        batch=options.pictures * size,
        steps=3 + 2 * options.steps,
        device=options.device,
        registry=registry,
    )
    world = shared_world() or World()
    state = new_state(plan.config, registry)
    parts = build_parts(plan.config, plan.table, registry)
    world.share(state, parts)
    loop = train(parts, plan.config, state, world)
    for _ in range(3):
        next(loop)
    with Operations() as counted:  # type: ignore[no-untyped-call]
        for _ in range(options.steps):
            next(loop)
    begun, worked = time.perf_counter(), time.process_time()
    for _ in loop:
        pass
    facts = {
        "seconds": (time.perf_counter() - begun) / options.steps,
        "processor": (time.process_time() - worked) / options.steps,
        "operations": counted.total / options.steps,
        "bytes": counted.moved / options.steps,
        "speed": memory_speed(torch.device(options.device)),
        "rate": multiplications(torch.device(options.device)),
        "exchange": exchange(world, state.generator, state.discriminator),
    }
    world.leave("finished")
    if world.leads:
        print(json.dumps(facts))


def exchange(world: World, *networks: torch.nn.Module) -> float:
    """Measure the seconds in which all gradients of a step are added up."""
    if not isinstance(world, Ranks):
        return 0.0
    numbers = sum(p.numel() for network in networks for p in network.parameters())
    flat = torch.rand(numbers, device=world.processes.device)
    add_up = world.processes.add_up
    return best(lambda: add_up(flat))


def main() -> None:
    options = arguments()
    if options.worker:
        work(options)
        return
    print(f"{options.arch} at {options.size} pixels, {options.pictures} pictures a process")
    print(
        "processes  pictures/s  step ms (processor)  "
        "floor ms: operations or bytes + exchange  reached"
    )
    with tempfile.TemporaryDirectory() as cache:
        os.environ.setdefault("ARTGAN_CACHE", str(Path(cache)))
        for count in options.processes or default_processes(options.device):
            show(count, options.pictures, start(count))


def show(count: int, pictures: int, found: dict[str, Any]) -> None:
    computing, exchanging = found["operations"] / found["rate"], found["exchange"]
    moving = found["bytes"] / found["speed"]
    step, floor = found["seconds"], max(computing, moving) + exchanging
    print(
        f"{count:9d}  {count * pictures / step:10.0f}  {step * 1e3:7.1f} "
        f"({found['processor'] * 1e3:9.1f})  {floor * 1e3:8.1f}: {computing * 1e3:10.1f} or "
        f"{moving * 1e3:5.1f} + {exchanging * 1e3:8.1f}  {floor / step:7.0%}"
    )


if __name__ == "__main__":
    main()
