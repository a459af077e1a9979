"""What commands print and how they end: sentences, JSON or nothing, and an exit code."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from artgan.base.terminal import visible

SOME_FAILED = 3
"""Exit code of a command that made some pictures and failed at others."""

INTERRUPTED = 130
"""Exit code of a command that Ctrl-C ended, as shells have it."""

CHANNELS = {1: "grey", 3: "colour", 4: "colour with alpha"}
"""What pictures with so many channels are called."""


def say(text: str = "", *, err: bool = False, **style: Any) -> None:
    """Print a line; all that commands print goes through here.

    Control characters in it, which may come from a file, are spelled out. ``style`` is what
    ``click.style`` takes; it shows on terminals alone.
    """
    text = visible(text)
    click.echo(click.style(text, **style) if style else text, err=err)


def count_of(count: int, one: str) -> str:
    """Return a number with its noun: "1 picture", "2 pictures", "3 losses"."""
    return f"{count} {one if count == 1 else plural_of(one)}"


def plural_of(one: str) -> str:
    """Return the plural of a noun: "pictures", "losses"."""
    return f"{one}es" if one.endswith(("s", "x", "ch")) else f"{one}s"


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

    def result(self, facts: Any, *lines: str, **layout: Any) -> None:
        """Print ``facts`` with --json, laid out as ``json.dumps`` takes it; else the lines."""
        if self.as_json:
            click.echo(json.dumps(facts, **layout))
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
