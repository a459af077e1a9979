"""Chains inside a filter's options: colours in place of colormaps, so that a record needs no extra.

``Step.spelled_out`` does the same for the options that take a palette themselves.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from artgan.base.options import describe
from artgan.core.registry import Entry
from artgan.palettes.colormaps import PREFIX, named_colormaps
from artgan.styling.chain import Chain


def spell_out_chains(
    entry: Entry, values: Mapping[str, Any], read: Callable[[str], Chain]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Put colours in place of colormaps in the options of a filter that hold chains.

    ``read`` parses a chain. Returns the options, and the names to credit.
    """
    spelled, credits = dict(values), dict[str, None]()
    for fact in describe(entry.declaration.options):
        if fact.means in ("style", "styles") and fact.name in spelled:
            spelled[fact.name] = _spell_out(spelled[fact.name], read, credits)
    return spelled, tuple(credits)


def _spell_out(chain: Any, read: Callable[[str], Chain], credits: dict[str, None]) -> Any:
    if isinstance(chain, list | tuple):
        return [_spell_out(part, read, credits) for part in chain]
    if not isinstance(chain, str) or PREFIX not in chain:
        return chain
    calls = (part.strip() for part in chain.split("|"))
    return " | ".join(_spell_out_call(call, read, credits) for call in calls)


def _spell_out_call(call: str, read: Callable[[str], Chain], credits: dict[str, None]) -> str:
    if PREFIX not in call:
        return call
    for step in read(call).steps:
        options = step.options(None)
        for name, colormap in named_colormaps(options).items():
            # Not where it is the beginning of a longer name.
            written = re.escape(getattr(options, name)) + r"(?![\w:])"
            call = re.sub(written, ",".join(colormap.colors), call)
            credits[colormap.credit_line] = None
    return call
