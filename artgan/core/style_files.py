"""Styles written back as TOML: from a chain, or out of a picture's record."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from artgan.core.options import to_plain
from artgan.core.pictures import read_record
from artgan.core.styles import Chain
from artgan.errors import DataError


def chain_toml(chain: Chain) -> str:
    """Give a chain as a style file, with all options spelled out and knobs at their values."""
    steps = []
    for step in chain.steps:
        about: dict[str, Any] = {"filter": step.entry.full_name}
        steps.append({**about, **step.laying, "options": to_plain(step.options(None))})
    return _toml(chain.name, steps)


def picture_toml(path: Path) -> str:
    """Give the style that a picture was made with as a style file.

    Raises:
        DataError: The picture cannot be read, or does not tell.
    """
    record = read_record(path) or {}
    style = record.get("style")
    steps = style.get("steps") if isinstance(style, Mapping) else None
    if not isinstance(style, Mapping) or not isinstance(steps, list):
        raise DataError(
            f"'{path}' does not tell its style; expected a PNG that artgan wrote and nobody saved "
            "again with another program"
        )
    if not all(isinstance(s, Mapping) and isinstance(s.get("filter"), str) for s in steps):
        raise DataError(f"the record in '{path}' is damaged: its style has steps without a filter")
    return _toml(str(style.get("name", "style")), steps)


def _toml(name: str, steps: Sequence[Mapping[str, Any]]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "style"
    rows = [f'name = "{plain}"', 'summary = "A chain of filters."', "steps = ["]
    for step in steps:
        # Built-in filters need no prefix.
        values = {"filter": str(step["filter"]).removeprefix("core/")}
        values |= {key: step[key] for key in ("blend", "opacity", "mask") if key in step}
        values |= dict(step.get("options") or {})
        # JSON's text, numbers, truth values and lists are TOML's too.
        listed = [
            f"{key} = {json.dumps(value, ensure_ascii=False)}"
            for key, value in values.items()
            if value is not None
        ]
        rows.append(f"  {{ {', '.join(listed)} }},")
    return "\n".join([*rows, "]", ""])
