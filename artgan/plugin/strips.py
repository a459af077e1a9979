"""Works on large arrays strip by strip, on all cores.

Steps on a strip that fits into the cache are several times quicker than steps on the whole array,
each of which reads and writes main memory, and they need no temporary array of the picture's size.
numpy releases the interpreter's lock in its loops, so threads run in parallel. Strips depend on the
sizes alone, never on the number of cores, so that the result is the same everywhere.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

STRIP_VALUES = 1 << 16
"""Numbers in a strip: 256 kB of float32, so that a few of them fit into a core's cache."""
MOST_THREADS = 8

allowed_threads = ContextVar("allowed_threads", default=MOST_THREADS)
"""Threads that may work on strips at the same time; ``artgan.base.threads`` sets it."""


def cores() -> int:
    """Count the cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def in_strips(work: Callable[[int, int], None], length: int, values_each: int = 1) -> None:
    """Call ``work(start, stop)`` for strips of ``range(length)``, several at a time.

    Args:
        work: Writes its part of a result; parts must not depend on each other.
        length: Number of rows, or of values of a flat array.
        values_each: Numbers in a row; a strip holds about ``STRIP_VALUES`` numbers.
    """
    step = max(1, STRIP_VALUES // max(1, values_each))
    starts = range(0, length, step)
    threads = min(cores(), MOST_THREADS, allowed_threads.get(), len(starts) // 2)

    def share(first: int) -> None:
        for start in starts[first :: max(1, threads)]:
            work(start, min(start + step, length))

    if threads < 2:
        share(0)
        return
    with ThreadPoolExecutor(threads - 1) as pool:
        others = [pool.submit(share, first) for first in range(1, threads)]
        share(0)
        # result() raises the errors of the other threads here.
        for other in others:
            other.result()
