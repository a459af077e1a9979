"""Writing files in threads while the next are made: in order, a few at a time."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

MOST_THREADS = 8
"""More than cores: small files mostly wait for the disk, and zlib releases Python's lock."""

WAITING = 2
"""Files that may wait for each thread; more would only use memory."""


@contextmanager
def ordered_writer(save: Callable[..., None]) -> Iterator[Callable[..., None]]:
    """Write files in threads while the next are made.

    Compressing pictures and waiting for the disk release Python's lock, so threads are enough. If
    the block is left early, the files asked for until then are still written.

    Args:
        save: Writes one file.

    Yields:
        ``write(done, *arguments)``: calls ``save(*arguments)`` in another thread and later, in
        this thread and in the order of the calls, ``done()``. An error of ``save`` is raised by a
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
