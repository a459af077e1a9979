"""When the command began that this process runs; loading its libraries counts into its time."""

import os
import time
from contextvars import ContextVar
from pathlib import Path

_began: ContextVar[float | None] = ContextVar("began", default=None)


def begin_command() -> None:
    """Note that this process was started for one command."""
    _began.set(time.perf_counter() - process_age())


def began() -> float:
    """Return when the command began, as ``time.perf_counter`` has it; now if there is none."""
    noted = _began.get()
    return time.perf_counter() if noted is None else noted


def process_age() -> float:
    """Return for how many seconds this process has been running.

    Where the system does not tell, the processor time that it took.
    """
    try:
        # After the name, which may hold spaces: the 20th number is when it started.
        ticks = Path("/proc/self/stat").read_text("utf-8").rpartition(")")[2].split()[19]
        uptime = float(Path("/proc/uptime").read_text("utf-8").split()[0])
        return max(0.0, uptime - int(ticks) / os.sysconf("SC_CLK_TCK"))
    except (OSError, ValueError, IndexError, AttributeError):
        return time.process_time()
