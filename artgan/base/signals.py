"""Stops long work between two steps at a signal: Ctrl-C, kill, a closed terminal."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STOPPING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGBREAK")
"""Signals that ask a program to end; clusters send SIGTERM or SIGUSR1 before the time is up."""


@contextmanager
def stop_on_signals(ask: Callable[[int], None]) -> Iterator[None]:
    r"""Call ``ask`` with the number of the first signal that asks to stop; ignore the next ones.

    Inside the block Ctrl-C raises nothing: whoever is asked ends at the next good place. Ctrl-\
    (SIGQUIT) still ends the process at once. Outside the main thread nothing is installed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []

    def handle(number: int, frame: object) -> None:
        if not asked:
            asked.append(number)
            ask(number)

    previous = {}
    for name in STOPPING:
        number = getattr(signal, name, None)
        # nohup has SIGHUP ignored, and wants it to stay so.
        kept = name == "SIGHUP" and number and signal.getsignal(number) is signal.SIG_IGN
        if number is not None and not kept:
            previous[number] = signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
