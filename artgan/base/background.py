"""Work in threads that do not keep a program from ending."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from typing import Any, TypeVar

T = TypeVar("T")


def in_background(work: Callable[..., Any], *args: Any) -> Future[None]:
    """Do work in a thread of its own, which ends with the program, wherever it is then."""
    future: Future[None] = Future()

    def run() -> None:
        try:
            work(*args)
        # Told where the result is asked for.
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(None)

    threading.Thread(target=run, daemon=True, name="artgan-background").start()
    return future


def for_each(work: Callable[[T], Any], items: Iterable[T], at_once: int) -> None:
    """Do work for each item, several at once, in such threads; raise the first error."""
    coming, guard = iter(items), threading.Lock()

    def take() -> None:
        while True:
            with guard:
                item = next(coming, coming)
            if item is coming:
                return
            work(item)  # type: ignore[arg-type]

    futures = [in_background(take) for _ in range(at_once)]
    wait(futures)
    for future in futures:
        future.result()
