"""Files written beside the work that makes them: in other threads, in order, few at a time."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

MOST_THREADS = 8
"""More than cores: most of a small file's time is waiting for the disk, and zlib leaves Python."""

WAITING = 2
"""Files that may wait for each thread; more would only take memory."""


@contextmanager
def ordered_writer(save: Callable[..., None]) -> Iterator[Callable[..., None]]:
    """Give a function that has files written while the next are made.

    Packing pictures and waiting for the disk leave Python free, so threads are enough. If the
    block is left early, what was asked for until then is written whole.

    Args:
        save: Writes one file.

    Yields:
        ``write(done, *arguments)``: calls ``save(*arguments)`` elsewhere, and later, in this
        thread and in the order of the calls, ``done()``. An error of ``save`` is raised by a
        later call, or at the end of the block.
    """
    waiting: deque[tuple[Future[None], Callable[[], Any]]] = deque()

    def finish() -> None:
        future, done = waiting.popleft()
        future.result()
        done()

    def write(done: Callable[[], Any], *arguments: Any) -> None:
        waiting.append((pool.submit(save, *arguments), done))
        while len(waiting) > MOST_THREADS * WAITING or (waiting and waiting[0][0].done()):
            finish()

    with ThreadPoolExecutor(MOST_THREADS, thread_name_prefix="artgan-write") as pool:
        yield write
        while waiting:
            finish()
