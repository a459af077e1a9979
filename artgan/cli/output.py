"""What commands print and how they end: sentences, JSON, progress bars, and an exit code.

Bars show on terminals, in training at once, and in other commands after two seconds of work.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, redirect_stdout, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from artgan.base.terminal import one_line
from artgan.cli.streams import outlet

if TYPE_CHECKING:
    from artgan.core.runner import Progress, Session

SOME_FAILED = 3
"""Exit code of a command that made some pictures and failed at others."""

INTERRUPTED = 130
"""Exit code of a command that Ctrl-C ended, as shells have it."""

CHANNELS = {1: "grey", 3: "colour", 4: "colour with alpha"}
"""What pictures with so many channels are called."""

SHARES = 1000
"""Parts of a whole that ``share_bar`` counts."""

DELAY = 2
"""Seconds after which a bar is shown."""


_JSON: ContextVar[TextIO | None] = ContextVar("json", default=None)
"""Where JSON goes inside ``json_alone``; None is standard output."""


@contextmanager
def json_alone() -> Iterator[None]:
    """Keep standard output for JSON; all else, what C code prints too, goes to standard error."""
    try:
        number, error = sys.stdout.fileno(), sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):
        # A stream of a test, or a closed one.
        token = _JSON.set(sys.stdout)
        try:
            with redirect_stdout(sys.stderr):
                yield
        finally:
            _JSON.reset(token)
        return
    sys.stdout.flush()
    with closing(outlet(os.dup(number), encoding="utf-8")) as stream:
        os.dup2(error, number)
        token = _JSON.set(stream)
        try:
            yield
        finally:
            _JSON.reset(token)
            with suppress(OSError):
                sys.stdout.flush()
            stream.flush()
            os.dup2(stream.fileno(), number)


def say(text: str = "", *, err: bool = False, **style: Any) -> None:
    """Print a line; all that commands print goes through here.

    Control characters and line breaks in it, which may come from a file, are spelled out. ``style``
    is what ``click.style`` takes; it shows on terminals alone.
    """
    text = one_line(text)
    click.echo(click.style(text, **style) if style else text, err=err)


def size_of(file: Path) -> str:
    """Return the size of a file in megabytes: "1.3 MB"."""
    return f"{file.stat().st_size / 1e6:.1f} MB"


@dataclass(frozen=True)
class Output:
    """Prints what a command has to say; --quiet and --json leave out all but errors and JSON."""

    quiet: bool = False
    as_json: bool = False

    @property
    def hidden(self) -> bool:
        """Whether sentences and progress bars are left out."""
        return self.quiet or self.as_json

    def say(self, text: str = "", **style: Any) -> None:
        """Print a sentence, unless sentences are left out; takes what the function takes."""
        if not self.hidden:
            say(text, **style)

    def note(self, text: str) -> None:
        """Print what was assumed or left out, on standard error."""
        self.say(f"Note: {text}.", err=True)

    def result(self, facts: Any, *lines: str, **layout: Any) -> None:
        """Print ``facts`` with --json, laid out as ``json.dumps`` takes it; else the lines."""
        if self.as_json:
            click.echo(json.dumps(facts, **layout), file=_JSON.get())
        for line in lines:
            self.say(line)

    def failures(self, what: str, errors: Iterable[str]) -> int:
        """Print what failed on standard error, also with --quiet; return the exit code.

        ``what`` begins each line, as "Not styled" does.
        """
        errors = list(errors)
        for error in errors:
            say(f"{what}: {error}", err=True)
        return SOME_FAILED if errors else 0


def _open_bar(total: int, unit: str, hidden: bool) -> "closing[Any]":
    """Open a bar that shows on a terminal after two seconds of work on ``total`` things."""
    from tqdm import tqdm

    return closing(tqdm(total=total, disable=hidden or None, unit=unit, leave=False, delay=DELAY))


@contextmanager
def bar(total: int, unit: str, *, hidden: bool = False) -> Iterator[Callable[[int], Any]]:
    """Show a bar; yields ``reach(count)``, to call with how much is done by now."""
    with _open_bar(total, unit, hidden) as shown:
        yield lambda count: shown.update(count - shown.n)


@contextmanager
def counting_bar(total: int, unit: str, *, hidden: bool = False) -> Iterator[Callable[..., Any]]:
    """Show a bar; yields ``add(count=1)``, to call with how much more is done."""
    with _open_bar(total, unit, hidden) as shown:
        yield shown.update


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
    """Show a bar of training: steps, pace, time left, losses and what they mean, warnings."""
    from tqdm import tqdm

    shown = tqdm(
        total=session.state.schedule.end,
        initial=session.state.step,
        disable=hidden,
        unit="step",
        mininterval=0.2 if sys.stderr.isatty() else 15,
        bar_format="{percentage:3.0f}% {bar:20} {n_fmt}/{total_fmt} {remaining} left {postfix}",
    )
    warned = noticed = ""
    telling = getattr(session.monitor, "telling", None)

    def show(progress: "Progress") -> None:
        nonlocal warned, noticed
        report = progress.report
        parts = [
            f"{progress.images_per_second:.0f} images/s",
            f"D {report.discriminator_loss:.2f}  G {report.generator_loss:.2f}",
            *([telling.sight.words, telling.distance] if telling else []),
        ]
        shown.set_postfix_str("  ".join(filter(None, parts)), refresh=False)
        shown.total = progress.steps
        shown.update(1)
        if progress.warning and progress.warning != warned:
            shown.write(one_line(f"Warning: {progress.warning}"))
        warned = progress.warning
        notice = session.threads.notice if session.threads else ""
        if notice != noticed and not hidden:
            shown.write(notice)
        noticed = notice

    with closing(shown):
        yield show
