"""``artgan list`` and ``artgan show``."""

import json
from typing import TYPE_CHECKING, Any

import click

from artgan.cli.main import say
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


@click.command("list")
@click.argument("kind", callback=_kind)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
def list_command(kind: str, as_json: bool, plugin: tuple[str, ...]) -> None:
    """List what there is of a KIND.

    KIND is one of architecture, loss, regularizer, augmentation, dataset, filter, style, palette,
    extractor.

    \b
    Examples:
      artgan list style
      artgan list filter --json
    """
    from artgan.cli.flags import load_plugin_files
    from artgan.plugin_manager.load import default_registry

    load_plugin_files(plugin)
    entries = default_registry().entries(kind)
    if as_json:
        rows = [
            {"name": e.full_name, "summary": e.declaration.summary, "version": e.plugin.version}
            for e in entries
        ]
        click.echo(json.dumps(rows, indent=1))
        return
    width = max((len(_label(e)) for e in entries), default=0)
    for entry in entries:
        say(f"{_label(entry):{width}}  {entry.declaration.summary}")


def _label(entry: "Entry") -> str:
    return str(entry.declaration.name) if entry.plugin.id == "core" else entry.full_name


@click.command("show")
@click.argument("kind", callback=_kind)
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, options as JSON Schema.")
@click.option("--plugin", multiple=True, type=click.Path(), help="Plugin file, repeatable.")
def show_command(kind: str, name: str, as_json: bool, plugin: tuple[str, ...]) -> None:
    """Show one contribution with its options.

    \b
    Examples:
      artgan show architecture dcgan
      artgan show filter glow --json
    """
    from artgan.cli.flags import load_plugin_files
    from artgan.plugin_manager.load import default_registry

    load_plugin_files(plugin)
    entry = default_registry().find(kind, name)
    if as_json:
        click.echo(json.dumps(as_plain(entry), indent=1))
        return
    say(entry.full_name, bold=True)
    say(entry.declaration.summary)
    for key, value in details(entry).items():
        say(f"  {key}: {value}")
    _show_options(entry)


def details(entry: "Entry") -> dict[str, Any]:
    """Give the plain facts of a declaration worth showing."""
    hidden = {"name", "summary", "options"}
    facts: dict[str, Any] = {}
    for key, value in vars(entry.declaration).items():
        if key in hidden or callable(value) or value in (None, "", (), {}):
            continue
        if hasattr(value, "__dataclass_fields__"):
            value = dict(vars(value))
        facts[key] = list(value) if isinstance(value, tuple) else value
    return facts


def as_plain(entry: "Entry") -> dict[str, Any]:
    """Give a contribution as plain values, its options as JSON Schema."""
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


def _show_options(entry: "Entry") -> None:
    from artgan.base.options import describe

    options = getattr(entry.declaration, "options", None)
    facts = describe(options) if options else ()
    if facts:
        say("Options:")
    for fact in facts:
        say(f"  {fact.flag} = {fact.default}  ({fact.expected})")
        say(f"      {fact.help}")
