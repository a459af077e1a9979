"""What happens at a signal that asks to end: Ctrl-C, kill, a closed terminal."""

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

STOPPING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGBREAK")
"""Signals that ask a program to end; clusters send SIGTERM or SIGUSR1 before the time is up."""


@contextmanager
def stop_on_signals(ask: Callable[[int], None]) -> Iterator[None]:
    r"""Call ``ask`` with the number of the first signal that asks to stop; ignore the next ones.

    Inside the block Ctrl-C raises nothing: whoever is asked ends at the next good place. Ctrl-\
    (SIGQUIT) still ends the process at once. Outside the main thread nothing is installed.
    """
    with _handling(STOPPING, ask):
        yield


class EndedBySignal(KeyboardInterrupt):
    """A signal asked to end; whatever lets Ctrl-C through lets it through."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.name, self.exit_code = signal.Signals(number).name, 128 + number


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Raise EndedBySignal at the first signal that asks to end; ignore the next ones.

    So temporary files are deleted on the way out, as at Ctrl-C, which raises KeyboardInterrupt.
    """
    seen: list[int] = []

    def end(number: int) -> None:
        seen.append(number)
        raise EndedBySignal(number)

    with _handling([name for name in STOPPING if name != "SIGINT"], end):
        try:
            yield
        # What is being imported may turn it into an error of its own.
        except BaseException as error:
            if not seen:
                raise
            raise EndedBySignal(seen[0]) from error
        # What ends well at Ctrl-C ends as it was asked to.
        if seen:
            raise EndedBySignal(seen[0])


@contextmanager
def _handling(names: Sequence[str], handle_first: Callable[[int], None]) -> Iterator[None]:
    """Handle the first of some signals inside the block; ignore the next ones."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seen: list[int] = []

    def handle(number: int, frame: object) -> None:
        if not seen:
            seen.append(number)
            handle_first(number)

    previous = {}
    for name in names:
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
