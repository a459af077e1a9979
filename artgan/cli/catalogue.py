"""``artgan list`` and ``artgan show``."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.cli import flags
from artgan.cli.output import Output, say
from artgan.plugin import KINDS

if TYPE_CHECKING:
    from artgan.base.contributions import Entry


CODE = re.compile(r"[\w.]+:\w+")
"""How a declaration names a function of its code."""

LEAST_LETTERS = 3
"""Letters of a kind that are enough to mean it."""


def find_kind(value: str, kinds: Sequence[str] = KINDS) -> str | None:
    """Return the kind that is meant by its name, its plural, or its first three letters or more."""
    from artgan.base.suggest import plural_of

    word = value.lower()
    named = [kind for kind in kinds if word in (kind, plural_of(kind))]
    begun = [kind for kind in kinds if kind.startswith(word) or plural_of(kind).startswith(word)]
    found = named or (begun if len(word) >= LEAST_LETTERS else [])
    # "pal" is a palette, though palette-format begins like it too.
    alike = found and all(kind.startswith(found[0]) for kind in found)
    return found[0] if alike else None


def read_kind(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Read a kind, also a short form of it."""
    if (kind := find_kind(value)) is not None:
        return kind
    from artgan.base.suggest import join_names, suggest

    raise click.BadParameter(
        f"'{value}' is no kind; expected {join_names(KINDS)}.{suggest(value, KINDS)}"
    )


kind_argument = click.argument("kind", callback=read_kind)


@click.command("list")
@kind_argument
@flags.plugin
@flags.json_output
def list_command(kind: str, output: Output) -> None:
    """List everything of a KIND.

    KIND is one of architecture, loss, regularizer, augmentation, dataset, filter, style, palette,
    extractor, start, metric, reader, writer, palette-format, animation-format, exporter, run-host,
    trait, panel, update, optimizer, schedule, latents, sampler; its first letters are enough.

    \b
    Examples:
      artgan list style
      artgan list arch
      artgan list filter --json
    """
    print_entries(kind, output)


def print_entries(kind: str, output: Output) -> None:
    """Print everything of a kind with its summary."""
    from artgan.plugin_manager.load import default_registry

    entries = default_registry().entries(kind)
    rows = [
        {"name": e.full_name, "summary": e.declaration.summary, "version": e.plugin.version}
        for e in entries
    ]
    width = max((len(e.usual_name) for e in entries), default=0)
    lines = [f"{e.usual_name:{width}}  {e.declaration.summary}" for e in entries]
    output.result(rows, *lines, indent=1)


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
    for line in _told(entry):
        say(line)
    facts = describe(options) if (options := getattr(entry.declaration, "options", None)) else ()
    if facts:
        say("Options:")
    for fact in facts:
        say(f"  {fact.flag} = {in_words(fact.default) or 'none'}  ({fact.expected})")
        say(f"      {fact.help}")


def _told(entry: "Entry") -> Iterator[str]:
    """Yield the details of a contribution, line by line, as people read them."""
    facts = details(entry)
    if entry.declaration.kind == "style":
        yield from style_lines(str(entry.declaration.name), facts)
        told = ("steps", "knobs", "ground")
        facts = {key: value for key, value in facts.items() if key not in told}
    for key, value in facts.items():
        # Where the code stands is of no use to whoever styles pictures.
        if not (isinstance(value, str) and CODE.fullmatch(value)):
            yield f"  {key.replace('_', ' ')}: {in_words(value)}"


def style_lines(style: str, facts: Mapping[str, Any], steps: bool = True) -> Iterator[str]:
    """Yield the steps and knobs of a style, and how to use it, line by line."""
    from artgan.styling.definition import GROUND_HELP

    if steps:
        yield "Steps:"
    for number, step in enumerate(facts["steps"] if steps else (), 1):
        yield f"  {number}. {_step_words(step)}"
    knobs = dict(facts.get("knobs", {}))
    if facts.get("ground", "none") != "none":
        knobs.setdefault("ground", {"default": facts["ground"], "help": GROUND_HELP})
    if knobs:
        yield "Knobs:"
    for name, about in knobs.items():
        yield f"  --style.{name} {in_words(about['default'])}{_range_words(about)}"
        if about.get("help"):
            yield f"      {about['help']}"
    quoted = f'"{style}"' if " " in style or "|" in style else style
    yield f"On a picture: artgan apply --style {quoted} photo.jpg --out styled"
    yield f"As a file:    artgan style make {quoted} --out mine.toml"


def _step_words(step: Any) -> str:
    """Write a step: "glow: strength $glow, radius 0.06"."""
    if not isinstance(step, Mapping):
        return str(step)
    options = {k: v for k, v in step.items() if k not in ("filter", "style", "options")}
    options |= step.get("options", {})
    name = str(step.get("filter") or step.get("style")).removeprefix("core/")
    words = ", ".join(f"{key} {in_words(value)}" for key, value in options.items())
    return f"{name}: {words}" if words else name


def _range_words(about: Mapping[str, Any]) -> str:
    """Write what a knob may be: "  (0 to 3; each seed draws 0.5 to 1.5)"."""
    low, high, vary = about.get("min"), about.get("max"), about.get("vary")
    parts = [
        f"{low} to {high}" if low is not None and high is not None else "",
        f"one of {in_words(about['choices'])}" if about.get("choices") else "",
        "each seed draws one"
        if vary is True
        else f"each seed draws {vary[0]} to {vary[1]}"
        if vary
        else "",
    ]
    told = "; ".join(filter(None, parts))
    return f"  ({told})" if told else ""


def in_words(value: Any) -> str:
    """Write a value of a declaration as people do: lists with commas, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {in_words(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(in_words, value))
    return str(value)


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
