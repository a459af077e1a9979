"""Progress bars: of training, and of commands that may take longer than two seconds."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artgan.core.runner import Progress, Session

SHARES = 1000
"""Parts of a whole that ``share_bar`` counts."""

DELAY = 2
"""Seconds after which a bar is shown."""


@contextmanager
def bar(total: int, unit: str, *, hidden: bool = False) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal after two seconds of work on ``total`` things, called ``unit``.

    Yields ``reach(count)``, to call with how much is done by now.
    """
    from tqdm import tqdm

    shown = tqdm(total=total, disable=hidden or None, unit=unit, leave=False, delay=DELAY)

    def reach(count: int) -> None:
        shown.update(count - shown.n)

    with closing(shown):
        yield reach


@contextmanager
def counting_bar(total: int, unit: str, *, hidden: bool = False) -> Iterator[Callable[..., None]]:
    """Show a bar as ``bar`` does; yields ``add(count=1)``, to call with how much more is done."""
    with bar(total, unit, hidden=hidden) as reach:
        done = 0

        def add(count: int = 1) -> None:
            nonlocal done
            done += count
            reach(done)

        yield add


@contextmanager
def share_bar(unit: str, *, hidden: bool = False) -> Iterator[Callable[[float], None]]:
    """Show a bar as ``bar`` does; yields ``show(share)``, to call with the share done, 0 to 1."""
    with bar(SHARES, unit, hidden=hidden) as reach:
        yield lambda share: reach(round(share * SHARES))


@contextmanager
def waiting(what: str, *, hidden: bool = False) -> Iterator[None]:
    """Show the time that work of unknown length has taken, on a terminal after two seconds.

    ``what`` is done, such as "exporting".
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


@contextmanager
def training_bar(session: "Session", *, hidden: bool) -> "Iterator[Callable[[Progress], None]]":
    """Show a bar of training: steps, pictures per second, time left, both losses, warnings."""
    from tqdm import tqdm

    shown = tqdm(
        total=session.config.training.steps,
        initial=session.state.step,
        disable=hidden,
        unit="step",
        mininterval=0.2 if sys.stderr.isatty() else 15,
        bar_format="{percentage:3.0f}% {bar:20} {n_fmt}/{total_fmt} {remaining} left {postfix}",
    )
    warned = ""

    def show(progress: "Progress") -> None:
        nonlocal warned
        report = progress.report
        shown.set_postfix_str(
            f"{progress.images_per_second:.0f} images/s  "
            f"D {report.discriminator_loss:.2f}  G {report.generator_loss:.2f}",
            refresh=False,
        )
        shown.update(1)
        if progress.warning and progress.warning != warned:
            shown.write(f"Warning: {progress.warning}")
        warned = progress.warning

    with closing(shown):
        yield show
