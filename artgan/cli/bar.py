"""Progress bars of commands that may take longer than two seconds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

SHARES = 1000


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

    shown = tqdm(total=total, disable=hidden or None, unit=unit, leave=False, delay=2)

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
