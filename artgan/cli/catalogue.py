"""``artgan list`` and ``artgan show``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli import flags
from artgan.cli.output import Output, say
from artgan.plugin import KINDS

if TYPE_CHECKING:
    from artgan.core.registry import Entry


def _kind(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if value in KINDS:
        return value
    from artgan.base.suggest import join_names, suggest

    raise click.BadParameter(
        f"'{value}' is no kind; expected {join_names(KINDS)}.{suggest(value, KINDS)}"
    )


kind_argument = click.argument("kind", callback=_kind)


@click.command("list")
@kind_argument
@flags.plugin
@flags.json_output
def list_command(kind: str, output: Output) -> None:
    """List everything of a KIND.

    KIND is one of architecture, loss, regularizer, augmentation, dataset, filter, style, palette,
    extractor, start, metric, reader, writer, panel, update, optimizer, schedule.

    \b
    Examples:
      artgan list style
      artgan list filter --json
    """
    from artgan.plugin_manager.load import default_registry

    entries = default_registry().entries(kind)
    rows = [
        {"name": e.full_name, "summary": e.declaration.summary, "version": e.plugin.version}
        for e in entries
    ]
    width = max((len(_short_name(e)) for e in entries), default=0)
    lines = [f"{_short_name(e):{width}}  {e.declaration.summary}" for e in entries]
    output.result(rows, *lines, indent=1)


def _short_name(entry: "Entry") -> str:
    return str(entry.declaration.name) if entry.plugin.id == "core" else entry.full_name


@click.command("show")
@kind_argument
@click.argument("name")
@flags.plugin
@flags.json_output
def show_command(kind: str, name: str, output: Output) -> None:
    """Show one contribution with its options; with --json they are JSON Schema.

    \b
    Examples:
      artgan show architecture dcgan
      artgan show filter glow --json
    """
    from artgan.base.options import describe
    from artgan.plugin_manager.load import default_registry

    entry = default_registry().find(kind, name)
    if output.as_json:
        output.result(as_plain(entry), indent=1)
        return
    say(entry.full_name, bold=True)
    say(entry.declaration.summary)
    for key, value in details(entry).items():
        say(f"  {key}: {value}")
    facts = describe(options) if (options := getattr(entry.declaration, "options", None)) else ()
    if facts:
        say("Options:")
    for fact in facts:
        say(f"  {fact.flag} = {fact.default}  ({fact.expected})")
        say(f"      {fact.help}")


def details(entry: "Entry") -> dict[str, Any]:
    """Return the fields of a declaration that are plain values and set."""
    hidden = {"name", "summary", "options"}
    facts: dict[str, Any] = {}
    for key, value in vars(entry.declaration).items():
        if key in hidden or callable(value) or value in (None, "", (), {}):
            continue
        facts[key] = _plain(value)
    return facts


def _plain(value: Any) -> Any:
    """Turn a value of a declaration into one that JSON has."""
    if hasattr(value, "__dataclass_fields__"):
        return {key: _plain(part) for key, part in vars(value).items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, Path) else value


def as_plain(entry: "Entry") -> dict[str, Any]:
    """Return a contribution as plain values, its options as JSON Schema."""
    from artgan.base.options import json_schema

    options = getattr(entry.declaration, "options", None)
    return {
        "kind": entry.declaration.kind,
        "name": entry.full_name,
        "summary": entry.declaration.summary,
        "plugin": {
            "id": entry.plugin.id,
            "version": entry.plugin.version,
            "origin": entry.plugin.origin,
        },
        **details(entry),
        **({"options": json_schema(options)} if options else {}),
    }
