"""How many threads compute: reads the choice, and measures what other programs leave free.

The threads of a step wait for each other. One that waits for its processor because another program
is on it keeps all of them waiting, so that fewer threads can be many times faster.
"""

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artgan.errors import OptionError
from artgan.plugin.strips import allowed_threads, cores

AUTO = 0
"""Stands for ``auto``: as many threads as compute fastest beside what else the machine does."""

FIRST_WINDOW, WINDOW = 0.1, 0.5
"""Seconds over which the load is measured; the system counts in hundredths of a second."""


def parse_threads(given: Any, where: str = "--threads") -> int:
    """Read "auto" as ``AUTO``, or a number of threads."""
    number = int(given) if isinstance(given, str) and given.isdecimal() else given
    if number == "auto":
        return AUTO
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise OptionError(f"{where} {given} does not fit; expected auto, or a number from 1")
    return number


def read_threads(given: Any, where: str = "--threads") -> int:
    """Read "auto" as ``AUTO``, or a number of threads that this machine has processors for."""
    number, most = parse_threads(given, where), cores()
    if number > most:
        kept = "1 processor" if most == 1 else f"{most} processors"
        raise OptionError(
            f"{where} {given} does not fit; expected at most {most}: there are {kept}"
        )
    return number


def free_processors(most: int, others: float) -> int:
    """Return how many of ``most`` processors are left by programs that use ``others``, from 1."""
    return min(most, max(1, math.floor(most - others + 0.5)))


def free_threads(load: "Load") -> int:
    """Return how many threads suit the load, or ``AUTO`` where it is not known."""
    import torch

    others = load.others()
    return AUTO if others is None else free_processors(torch.get_num_threads(), others)


@contextmanager
def using_threads(count: int, *, filters: bool = True) -> Iterator[None]:
    """Compute with ``count`` threads of torch inside the block, and filters with no more either.

    ``AUTO`` leaves the number as it is.
    """
    if count == AUTO:
        yield
        return
    import torch

    before = torch.get_num_threads()
    token = allowed_threads.set(count if filters else allowed_threads.get())
    torch.set_num_threads(count)
    try:
        yield
    finally:
        allowed_threads.reset(token)
        torch.set_num_threads(before)


@dataclass(frozen=True)
class ProcessorTimes:
    """Seconds up to a moment on this process's processors: of all programs, and of its own."""

    clock: float
    busy: float
    own: float


def read_times() -> ProcessorTimes | None:
    """Read the processor times from /proc/stat; None where the system has none."""
    try:
        lines = Path("/proc/stat").read_text("utf-8").splitlines()
        allowed = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        busy = 0
        for name, *counts in map(str.split, lines):
            if name in allowed:
                # user nice system idle iowait irq softirq steal; guests count as user already.
                ticks = [int(count) for count in counts[:8]]
                busy += sum(ticks) - ticks[3] - ticks[4]
        return ProcessorTimes(
            time.perf_counter(), busy / os.sysconf("SC_CLK_TCK"), time.process_time()
        )
    except (OSError, ValueError, IndexError, AttributeError):
        return None


class Load:
    """Measures how many processors other programs use."""

    def __init__(self, read: Callable[[], ProcessorTimes | None] = read_times) -> None:
        self._read = read
        self._since = read()
        self._others: float | None = None

    def others(self) -> float | None:
        """Return how many processors other programs used in the last half second or so.

        None where the system does not tell, and before there is a window to measure.
        """
        since = self._since
        window = FIRST_WINDOW if self._others is None else WINDOW
        if since is None or time.perf_counter() - since.clock < window:
            return self._others
        now = self._read()
        if now is not None:
            used = (now.busy - since.busy) - (now.own - since.own)
            self._others = max(0.0, used / (now.clock - since.clock))
            self._since = now
        return self._others
