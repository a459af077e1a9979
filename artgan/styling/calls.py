"""What a step of a style calls: a filter, a style or a style file, and with which values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artgan.base.contributions import Entry
from artgan.base.options import split_call
from artgan.base.suggest import suggest
from artgan.core.registry import Registry
from artgan.errors import OptionError, StyleError, UnknownNameError


@dataclass(frozen=True)
class StyleCall:
    """A call as written, with its name looked up: a filter, a style, or the path of a style file.

    ``values`` are options or knobs; "$name" stands for a knob of the style around it.
    """

    target: Entry | Path
    values: Mapping[str, Any]


def text_call(text: str, registry: Registry) -> StyleCall:
    """Look up what a text such as "halftone:angle=30" or "dusk.toml" calls."""
    called = re.split("[: ]", text)[0]
    # A text may end in .toml because an option does: "palette:mine.toml" calls a filter.
    if text.endswith(".toml") and (called == text or not _has(registry, "filter", called)):
        return StyleCall(Path(text), {})
    head, values = split_call(text)
    if head.endswith(".toml"):
        return StyleCall(Path(head), values)
    if _has(registry, "style", head) and not _means_filter(head, values, registry):
        return StyleCall(registry.find("style", head), values)
    if _has(registry, "filter", head):
        entry = registry.find("filter", head)
        return StyleCall(entry, _name_main_option(entry, values))
    if "/" in head:
        # Names the plugin that would have it.
        registry.find("style", head)
    names = [e.declaration.name for k in ("style", "filter") for e in registry.entries(k)]
    raise UnknownNameError(
        f"there is no style or filter '{head}'.{suggest(head, names)} See: artgan style list."
    )


def table_call(table: Mapping[str, Any], registry: Registry) -> StyleCall:
    """Look up what a table such as ``{ filter = "glow", radius = 0.08 }`` calls."""
    values = dict(table)
    if "style" in values:
        name = str(values.pop("style"))
        file = name.endswith(".toml")
        return StyleCall(Path(name) if file else registry.find("style", name), values)
    if "filter" in values:
        return StyleCall(registry.find("filter", str(values.pop("filter"))), values)
    first = str(next(iter(table), ""))
    raise StyleError(
        f"a step needs 'filter' or 'style' and begins with '{first}'."
        f"{suggest(first, ('filter', 'style'))}"
    )


def _has(registry: Registry, kind: str, name: str) -> bool:
    return any(name in (e.declaration.name, e.full_name) for e in registry.entries(kind))


def _means_filter(name: str, values: Mapping[str, Any], registry: Registry) -> bool:
    """Check whether a name of a style means a filter.

    It does if ``--plugin`` brought a filter and no style of that name, or if there is a filter and
    the values are not knobs of the style.
    """
    by_hand = {
        kind
        for kind in ("style", "filter")
        for e in registry.entries(kind)
        if e.plugin.origin == "file" and name in (e.declaration.name, e.full_name)
    }
    if by_hand == {"filter"}:
        return True
    knobs = registry.find("style", name).declaration.knobs
    return _has(registry, "filter", name) and not all(value in knobs for value in values)


def _name_main_option(entry: Entry, values: Mapping[str, Any]) -> dict[str, Any]:
    """Name a value that has no name, as in "glow:0.5", by the filter's main option."""
    if "" not in values:
        return dict(values)
    main = entry.declaration.main
    if not main:
        raise OptionError(
            f"{entry.where} has no main option; say which: "
            f"{entry.declaration.name}:option={values['']}"
        )
    named = {name: value for name, value in values.items() if name}
    return {main: values[""], **named}
