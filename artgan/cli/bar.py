"""Progress bars of commands that may take longer than two seconds."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SHARES = 1000
DELAY = 2
"""Seconds of work that show no bar."""


@contextmanager
def bar(total: int, unit: str, *, hidden: bool = False) -> Iterator[Callable[[int], None]]:
    """Show a bar on the terminal after two seconds; none where the output is not a terminal.

    Args:
        total: How much there is to do.
        unit: What is counted.
        hidden: Show nothing.

    Yields:
        ``reach(count)``: tells how much is done by now.
    """
    from tqdm import tqdm

    shown = tqdm(total=total, disable=hidden or None, unit=unit, leave=False, delay=DELAY)

    def reach(count: int) -> None:
        shown.update(count - shown.n)

    try:
        yield reach
    finally:
        shown.close()


@contextmanager
def share_bar(unit: str, *, hidden: bool = False) -> Iterator[Callable[[float], None]]:
    """Show a bar of what is told as a share of the whole, 0 to 1."""
    with bar(SHARES, unit, hidden=hidden) as reach:
        yield lambda share: reach(round(share * SHARES))


@contextmanager
def waiting(what: str, *, hidden: bool = False) -> Iterator[None]:
    """Show on a terminal, after two seconds, how long work of unknown length takes already.

    Args:
        what: What is done, such as "exporting".
        hidden: Show nothing.
    """
    from tqdm import tqdm

    form = "{desc}: {elapsed}"
    shown = tqdm(desc=what, bar_format=form, disable=hidden or None, leave=False, delay=DELAY)
    done = threading.Event()

    def tick() -> None:
        while not done.wait(1 if shown.format_dict["elapsed"] > DELAY else DELAY):
            shown.refresh()

    ticking = threading.Thread(target=tick, daemon=True)
    if not shown.disable:
        ticking.start()
    try:
        yield
    finally:
        done.set()
        if ticking.is_alive():
            ticking.join()
        shown.close()
