"""Flags that commands share, and what commands print."""

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result

from artgan.base.suggest import count_of
from artgan.cli.main import COMMANDS, cli
from artgan.cli.output import Output

Cli = Callable[..., Result]
SHARED = {"--plugin", "--quiet", "--json", "--overwrite", "--no-record"}
NEGATIVE = """
from artgan.plugin import Filter, hookimpl

def negative(picture, options, context):
    return picture.replace(pixels=1 - picture.pixels)

@hookimpl
def artgan_filters():
    yield Filter(name="negative", summary="Turn light and dark around.", apply=negative)
"""


def commands(group: click.Group = cli, above: str = "") -> dict[str, click.Command]:
    """List all commands with their full names, those of groups too."""
    found: dict[str, click.Command] = {}
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        if isinstance(command, click.Group):
            found |= commands(command, f"{above}{name} ")
        else:
            found[f"{above}{name}"] = command
    return found


def test_shared_flags_have_one_help_text() -> None:
    texts: dict[str, set[str | None]] = {}
    for command in commands().values():
        for param in command.params:
            for flag in SHARED & set(param.opts):
                texts.setdefault(flag, set()).add(getattr(param, "help", None))
    assert set(texts) == SHARED
    assert all(len(words) == 1 for words in texts.values()), texts


def test_all_that_reads_a_run_or_a_style_takes_plugins() -> None:
    for name, command in commands().items():
        flags = {flag for param in command.params for flag in param.opts}
        if flags & {"run", "--run", "--style", "style"}:
            assert "--plugin" in flags, name


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_of_each_command_ends_well(artgan_cli: Cli, name: str) -> None:
    shown = artgan_cli(name, "--help")
    assert shown.exit_code == 0, shown.output
    assert "Usage: artgan" in shown.output


def test_a_plugin_file_is_there_before_runs_and_styles_are_read(
    artgan_cli: Cli, trained: Path, pictures: Path
) -> None:
    Path("dark.py").write_text(NEGATIVE)
    vary = ["--vary", "seed=1", "--plugin", "dark.py", "--json"]
    made = artgan_cli("matrix", pictures / "0.png", "--style", "dark/negative", *vary)
    assert json.loads(made.stdout)["file"] == "matrix.png", made.output
    told = artgan_cli("sample", "nowhere", "--plugin", "missing.py")
    assert "no plugin file" in told.stderr
    shown = artgan_cli("style", "show", "dark/negative", "--plugin", "dark.py")
    assert "dark/negative" in shown.output


def test_output_goes_to_people_to_scripts_or_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    for output, says in (
        (Output(), "one\ntwo\n"),
        (Output(as_json=True), '{"count": 2}\n'),
        (Output(quiet=True), ""),
        (Output(quiet=True, as_json=True), '{"count": 2}\n'),
    ):
        output.result({"count": 2}, "one", "two")
        assert capsys.readouterr().out == says
        assert output.failures("Not made", []) == 0
        assert output.failures("Not made", ["seed 3: too dark"]) == 3
        assert capsys.readouterr().err == "Not made: seed 3: too dark\n"


def test_nouns_follow_their_number() -> None:
    counted = [count_of(1, "picture"), count_of(0, "picture"), count_of(2, "loss")]
    assert counted == ["1 picture", "0 pictures", "2 losses"]
