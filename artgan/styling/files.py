"""Styles written as TOML: from a chain, or from a picture's record."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from artgan.base.options import to_plain
from artgan.base.suggest import slug
from artgan.core.registry import Registry
from artgan.errors import DataError
from artgan.pictures.files import read_record
from artgan.styling.chain import Chain
from artgan.styling.definition import GROUND
from artgan.styling.labels import style_label
from artgan.styling.parse import parse_style, written_style

MOST_NAME = 60
"""Letters of a style's name that is made of a chain; a longer one is cut and ends in a hash."""


def chain_toml(chain: Chain, *, name: str | None = None, summary: str | None = None) -> str:
    """Write a chain as a style file, with all options and with knobs at their values."""
    steps = []
    credits = list(dict.fromkeys(name for step in chain.steps for name in step.credits))
    for step in chain.steps:
        about: dict[str, Any] = {"filter": step.entry.full_name}
        steps.append({**about, **step.laying, "options": to_plain(step.options(None))})
    return _toml(name or chain.name, steps, credits, summary or "A chain of filters.")


def style_toml(
    wanted: str, registry: Registry, *, name: str | None = None, summary: str | None = None
) -> str:
    """Write a style by name or file as its author did, with knobs; else as ``chain_toml``.

    ``name`` and ``summary`` take the place of its own.
    """
    chain, written = parse_style(wanted, registry), written_style(wanted, registry)
    if written is None or not all(isinstance(step, Mapping) for step in written.steps):
        return chain_toml(chain, name=name, summary=summary)
    more = {key: getattr(written, key) for key in ("requires", "defaults", "credits")}
    steps, knobs = written.steps, written.knobs
    if written.first == 0:
        more[GROUND] = written.knobs[GROUND]["default"]
        steps, knobs = steps[1:], {name: about for name, about in knobs.items() if name != GROUND}
    return definition_toml(name or written.name, summary or written.summary, steps, knobs, more)


def style_facts(text: str) -> dict[str, Any]:
    """Read a style file that was written here as plain values."""
    return tomllib.loads(text)


def definition_toml(
    name: str,
    summary: str,
    steps: Sequence[Mapping[str, Any]],
    knobs: Mapping[str, Mapping[str, Any]],
    more: Mapping[str, Any],
) -> str:
    """Write a style file; ``more`` are its requires, defaults, credits and ground."""
    rows = [f"name = {_text(slug(name, 'style'))}"]
    rows += [f"summary = {_text(summary or 'A chain of filters.')}", "steps = ["]
    rows += [f"  {{ {_pairs(step)} }}," for step in steps] + ["]"]
    for key, value in more.items():
        if value:
            rows.append(f"{key} = {_inline(value)}")
    for knob, about in knobs.items():
        rows += ["", f"[knobs.{knob}]", *(f"{key} = {_text(v)}" for key, v in about.items())]
    return "\n".join([*rows, ""])


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{ {_pairs(value)} }}"
    return _text(value if isinstance(value, str) else list(value))


def _text(value: Any) -> str:
    # JSON's strings, numbers, booleans and lists are TOML's too.
    return json.dumps(value, ensure_ascii=False)


def _pairs(values: Mapping[str, Any]) -> str:
    # None means the default; TOML has no word for it.
    return ", ".join(f"{key} = {_text(v)}" for key, v in values.items() if v is not None)


def picture_toml(path: Path) -> str:
    """Write the style that a picture was made with as a style file."""
    record = read_record(path) or {}
    style = record.get("style")
    steps = style.get("steps") if isinstance(style, Mapping) else None
    if not isinstance(style, Mapping) or not isinstance(steps, list):
        raise DataError(
            f"'{path}' has no record of a style; expected a picture that artgan wrote and that was "
            "not saved again with another program"
        )
    if not all(isinstance(s, Mapping) and isinstance(s.get("filter"), str) for s in steps):
        raise DataError(f"the record in '{path}' is damaged: its style has steps without a filter")
    return _toml(str(style.get("name", "style")), steps, style.get("credits"))


def _toml(
    name: str,
    steps: Sequence[Mapping[str, Any]],
    credits: Any = (),
    summary: str = "A chain of filters.",
) -> str:
    """Write recorded steps as a style file."""
    short = slug(name, "style")
    rows = [f"name = {_text(style_label(short) if len(short) > MOST_NAME else short)}"]
    rows += [f"summary = {_text(summary)}", "steps = ["]
    for step in steps:
        # Built-in filters need no prefix.
        values = {"filter": str(step["filter"]).removeprefix("core/")}
        values |= {key: step[key] for key in ("blend", "opacity", "mask") if key in step}
        values |= dict(step.get("options") or {})
        rows.append(f"  {{ {_pairs(values)} }},")
    rows.append("]")
    if isinstance(credits, list) and credits:
        rows.append(f"credits = {_text(credits)}")
    return "\n".join([*rows, ""])
