"""Checks of a command."""

import click
from click.testing import CliRunner

from artgan.testing._checks import Checks, Subject, expect

CHECKS = Checks()


@CHECKS.add("is-a-command")
def is_a_command(subject: Subject) -> None:
    """Its reference names a click command."""
    command = subject.contribution.load("command")
    expect(
        isinstance(command, click.Command),
        f"its command is {type(command).__name__}; expected a click.Command",
    )


@CHECKS.add("helps", after=("is-a-command",))
def helps(subject: Subject) -> None:
    """--help works, and the command and each of its flags have a help text."""
    command = subject.contribution.load("command")
    shown = CliRunner().invoke(command, ["--help"])  # type: ignore[arg-type]
    expect(shown.exit_code == 0, f"--help fails: {shown.output or shown.exception}")
    expect(getattr(command, "help", None), "it has no help: give its function a docstring")
    for parameter in getattr(command, "params", ()):
        silent = isinstance(parameter, click.Option) and not parameter.help
        expect(not silent, f"its flag {parameter.opts[0] if parameter.opts else ''} has no help")
