"""The group of processes: how they meet, and what they send each other.

Nothing that is sent can run code: tensors, JSON, and safetensors.
"""

import json
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray
from torch import Tensor
from torch.distributed.rendezvous import rendezvous

from artgan.distribution.launch import Launch
from artgan.errors import ArtganError, ProcessError, TrainingError

MEETING = timedelta(minutes=5)
"""How long processes wait for each other at the start."""

SHORTLY = timedelta(seconds=10)
"""How long one that does not take part tries to say so, and the first waits for the others."""

LONGEST = timedelta(days=7)
"""How long one may work while the others wait: what is dead is noticed by its heartbeat."""


class Processes:
    """This process among several, able to talk to the others.

    Attributes:
        launch: Which one it is.
        device: Where tensors have to be to be sent.
        store: Small facts that all can read.
        rescue: Called in the first process if it has to end because another is gone.
        heartbeat: Tells the others that this process is there; stop it to leave.
    """

    heartbeat: Any
    rescue: Callable[[], str] = staticmethod(lambda: "")

    def __init__(self, launch: Launch, device: torch.device, store: Any) -> None:
        self.launch, self.device, self.store = launch, device, store
        # Held by whoever ends this process: the main thread, or the one that watches the others.
        self.ending = threading.Lock()
        self.waiting = False
        self._told: ArtganError | None = None

    @property
    def leads(self) -> bool:
        """Whether this is the process that writes and speaks."""
        return self.launch.rank == 0

    @contextmanager
    def exchange(self) -> Iterator[None]:
        """Mark that this process waits for others; raise a ``ProcessError`` if one is gone."""
        with self.ending:
            self.waiting = True
        try:
            yield
            if self.device.type == "cuda":
                torch.cuda.synchronize(self.device)
        except RuntimeError as error:
            raise ProcessError(self._gone()) from error
        finally:
            with self.ending:
                self.waiting = False

    def _gone(self) -> str:
        return (
            f"a process of the {self.launch.size} that train together ended or cannot be reached "
            "any more."
        )

    def add_up(self, values: Tensor) -> Tensor:
        """Sum a tensor over all processes, in place; every process gets the same bits."""
        with self.exchange():
            dist.all_reduce(values)
        return values

    def send(self, data: bytes | None) -> bytes:
        """Send bytes from the first process to all; the others give None."""
        length = torch.tensor([len(data or b"")], device=self.device)
        with self.exchange():
            dist.broadcast(length, 0)
        buffer = torch.empty(int(length), dtype=torch.uint8, device=self.device)
        if data:
            buffer.copy_(torch.frombuffer(bytearray(data), dtype=torch.uint8))
        if len(buffer):
            with self.exchange():
                dist.broadcast(buffer, 0)
        return buffer.cpu().numpy().tobytes()

    def send_json(self, value: Any) -> Any:
        """Send plain values from the first process to all."""
        return json.loads(self.send(json.dumps(value).encode() if self.leads else None))

    def send_array(self, array: NDArray[np.int64] | None) -> NDArray[np.int64]:
        """Send whole numbers from the first process to all."""
        data = None if array is None else np.ascontiguousarray(array, np.int64).tobytes()
        return np.frombuffer(self.send(data), np.int64)

    def hear(self, text: str) -> list[str]:
        """Return what all processes say, in their order."""
        data = text.encode()
        lengths = torch.zeros(self.launch.size, dtype=torch.int64, device=self.device)
        lengths[self.launch.rank] = len(data)
        longest = max(1, int(self.add_up(lengths).max()))
        said = torch.zeros(self.launch.size, longest, dtype=torch.uint8, device=self.device)
        if data:
            said[self.launch.rank, : len(data)] = torch.frombuffer(
                bytearray(data), dtype=torch.uint8
            )
        rows = self.add_up(said).cpu().numpy()
        return [
            row[:size].tobytes().decode() for row, size in zip(rows, lengths.tolist(), strict=True)
        ]

    @contextmanager
    def together(self) -> Iterator[None]:
        """Run a block in which any process may fail: then all do, and the first says why."""
        problem = ""
        failed: ArtganError | None = None
        try:
            yield
        except ProcessError:
            raise
        except ArtganError as error:
            if error is self._told:
                raise
            problem, failed = str(error) or type(error).__name__, error
        self.refuse(problem, failed)

    def refuse(self, problem: str, failed: ArtganError | None = None) -> None:
        """Raise an error in all processes if one has a problem, "" for none."""
        said = self.hear(problem)
        if failed is not None and self.leads:
            self._told = failed
            raise failed
        for rank, text in enumerate(said):
            if text:
                raise ProcessError(text if rank == 0 else f"process {rank}: {text}")

    def same(self, what: str, digest: str) -> None:
        """Raise a ``ProcessError`` in all processes if they have different digests."""
        digests = self.hear(digest)
        others = [rank for rank, other in enumerate(digests) if other != digests[0]]
        if others:
            raise ProcessError(f"{what} of {_named(others)} differ from those of process 0.")


def _named(ranks: list[int]) -> str:
    if len(ranks) == 1:
        return f"process {ranks[0]}"
    return f"processes {', '.join(map(str, ranks[:8]))}{' ...' if len(ranks) > 8 else ''}"


def join(
    launch: Launch, device: torch.device, facts: Mapping[str, str], times: int = 0
) -> Processes:
    """Meet the other processes, and make sure that all have the same facts.

    ``times`` counts how often they have met before.

    Raises:
        ProcessError: Not all came in time, or one has other facts.
    """
    store = _meet(launch, times)
    processes = Processes(launch, device, store)
    own = json.dumps({"host": socket.gethostname(), **facts})
    store.set(f"facts-{launch.rank}", own)
    names = [f"facts-{rank}" for rank in range(launch.size)]
    missing = _missing(store, names)
    if missing:
        raise ProcessError(
            f"{_named(missing)} of {launch.size} did not come within "
            f"{MEETING.total_seconds() / 60:.0f} minutes; start all of them, with the same "
            "MASTER_ADDR and MASTER_PORT"
        )
    try:
        refuse_differences([json.loads(store.get(name)) for name in names])
    except ProcessError:
        _part(store, launch)
        raise
    backend = "nccl" if device.type == "cuda" else "gloo"
    with processes.exchange():
        dist.init_process_group(
            backend, store=store, rank=launch.rank, world_size=launch.size, timeout=LONGEST
        )
    return processes


def leave_word(launch: Launch, problem: str) -> None:
    """Tell the other processes why this one does not join; wait until they have read it."""
    about = {"host": socket.gethostname(), "problem": problem}
    store = _meet(launch, 0, SHORTLY)
    store.set(f"facts-{launch.rank}", json.dumps(about))
    _part(store, launch)


def _part(store: Any, launch: Launch) -> None:
    """Let everybody read before the first process ends, and with it perhaps the store."""
    with suppress(RuntimeError):
        store.set(f"parts-{launch.rank}", "")
        if launch.rank == 0:
            store.wait([f"parts-{rank}" for rank in range(launch.size)], SHORTLY)


def _meet(launch: Launch, times: int, wait: timedelta = MEETING) -> Any:
    os.environ.update(MASTER_ADDR=launch.address, MASTER_PORT=str(launch.port))
    try:
        found = rendezvous("env://", launch.rank, launch.size, timeout=wait)
        store, _, _ = next(iter(found))
    except (RuntimeError, OSError) as error:
        first = str(error).partition("\n")[0]
        raise TrainingError(
            f"process {launch.rank} cannot meet the others at {launch.address}:{launch.port} "
            f"({first}); expected a host that all reach and a free port there: set MASTER_ADDR "
            "and MASTER_PORT"
        ) from error
    # Otherwise a job that torchrun starts again finds the facts of its last try.
    tried = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    return dist.PrefixStore(f"artgan-{tried}-{times}", store)  # type: ignore[attr-defined]


def _missing(store: Any, names: list[str]) -> list[int]:
    try:
        store.wait(names, MEETING)
    except RuntimeError:
        return [rank for rank, name in enumerate(names) if not store.check([name])]
    return []


def refuse_differences(facts: list[dict[str, str]]) -> None:
    """Raise a ``ProcessError`` if a process has a problem, or other facts than the first."""
    for rank, own in enumerate(facts):
        if own.get("problem"):
            raise ProcessError(f"process {rank} on {own['host']}: {own['problem']}")
    for rank, own in enumerate(facts):
        for name, value in own.items():
            first = facts[0].get(name)
            if name != "host" and value != first:
                raise ProcessError(
                    f"process {rank} on {own['host']} has {name} {value}, process 0 on "
                    f"{facts[0]['host']} has {first}; expected the same for all: start them by "
                    "one command"
                )
