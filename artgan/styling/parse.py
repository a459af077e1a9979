"""The grammar of styles: text -> calls -> steps -> chain.

A style is given as a name (``neon``), a filter with options (``halftone:angle=30``), several of
them joined by ``|`` or in a list, a mapping, or a TOML file; all mean a chain of filter calls.
``calls`` looks names up, ``definition`` reads files; here calls become steps, with knobs in place.

Types and ranges are checked when a chain is parsed, what an option's value names by ``check_chain``
before the first picture, so that a run of hours does not end in a misspelled palette. Options say
what they name: ``Meta(extra={"means": "palette"})``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeGuard

from artgan.base.contributions import Entry
from artgan.base.options import describe
from artgan.base.paths import exists
from artgan.base.suggest import join_names, suggest
from artgan.core.registry import Registry
from artgan.errors import OptionError, StyleError, UnknownNameError
from artgan.palettes.find import find_palette, split_picture
from artgan.plugin.color import parse_hex
from artgan.plugin.decode import picture_endings
from artgan.styling.calls import StyleCall, table_call, text_call
from artgan.styling.chain import (
    LAYING,
    Chain,
    Step,
    errors_name,
    knob_named,
    lay_step,
    set_knobs,
    spell_out_chains,
)
from artgan.styling.definition import (
    GROUND,
    STYLE_KEYS,
    StyleDefinition,
    ground_step,
    read_definition,
    table_definition,
)
from artgan.styling.knobs import Knob, read_knob


def parse_style(style: Any, registry: Registry, *, knobs: Mapping[str, Any] | None = None) -> Chain:
    """Read a style, however it is given, as a checked chain; None and "none" have no steps.

    Raises:
        StyleError: It cannot be read, or a knob is not one of its own.
        OptionError: An option is wrong.
        UnknownNameError: There is no such style or filter.
    """
    parser = _Parser(registry, dict(knobs or {}))
    chain = parser.on_ground(parser.chain(style))
    _refuse_unknown_knobs(chain.name, parser.given, parser.declared)
    for step in chain.steps:
        with errors_name(step.place):
            step.options(None)
    return chain


def known_knobs(style: Any, registry: Registry) -> set[str]:
    """Return the names of the knobs that a style has, with underscores as flags have them."""
    parser = _Parser(registry, {})
    parser.chain(style)
    return {name.replace("-", "_") for name in parser.declared}


def written_style(style: Any, registry: Registry) -> StyleDefinition | None:
    """Return a named style, or that of a file, as its author wrote it; None for anything else."""
    if not isinstance(style, str) or "|" in style or style.strip() in ("", "none", "plain"):
        return None
    call = text_call(style, registry)
    if _is_filter(call.target) or call.values:
        return None
    return _read_called(call.target)


def _read_called(target: Entry | Path) -> StyleDefinition:
    if isinstance(target, Path):
        return read_definition(target)
    declared = target.declaration
    return table_definition({key: getattr(declared, key) for key in STYLE_KEYS})


class _Parser:
    """Parses one style and the styles inside it, and collects the knobs they declare.

    ``within`` names the styles and files around the one being parsed, to find circles.

    Names in a contributed style are looked up as its plugin means them. Options are looked up later
    as the user means them; so a name that means something else there is written out in full.
    """

    def __init__(self, registry: Registry, given: Mapping[str, Any]) -> None:
        self.registry = registry
        self.users = registry
        self.given = given
        self.declared: set[str] = set()

    def _in_plugin_of(self, style: Entry) -> "_Parser":
        inside = _Parser(self.users.names_in(style.plugin.id), self.given)
        inside.users, inside.declared = self.users, self.declared
        return inside

    def on_ground(self, chain: Chain) -> Chain:
        """Lay the ground that the user asks for under a chain whose style lays none."""
        if GROUND not in self.given or GROUND in self.declared or not chain.steps:
            return chain
        self.declared.add(GROUND)
        step = self._steps(table_call(ground_step(self.given[GROUND]), self.users), {}, ())
        return replace(chain, steps=(*step, *chain.steps))

    def chain(self, style: Any, within: tuple[str, ...] = ()) -> Chain:
        """Parse a style in any of its forms."""
        if style is None or style in ("none", "plain"):
            return Chain("none", ())
        if isinstance(style, str):
            return self._text(style, within)
        if isinstance(style, Mapping):
            return self._table(style, within)
        if isinstance(style, Sequence):
            return _join([self.chain(part, within) for part in style])
        raise StyleError(
            f"a style cannot be {type(style).__name__}; expected a name, a chain or a mapping"
        )

    def _text(self, text: str, within: tuple[str, ...]) -> Chain:
        if not text.strip():
            raise StyleError(
                "a style or a step of a chain is empty; expected names with bars between them, as "
                "in 'glow | tile', or none"
            )
        if "|" in text:
            return self.chain([piece.strip() for piece in text.split("|")], within)
        call = text_call(text, self.registry)
        if _is_filter(call.target):
            return Chain(text, self._steps(call, {}, within))
        return self._style(call, within)

    def _table(self, table: Mapping[str, Any], within: tuple[str, ...]) -> Chain:
        if "steps" in table:
            return self._define(table_definition(table), {}, within)
        if len(table) == 1 and not {"filter", "style"} & set(table):
            ((name, options),) = table.items()
            table = {"filter": name, **dict(options or {})}
        if "filter" not in table and "style" not in table:
            raise StyleError("a style given as a mapping needs 'steps', 'filter' or 'style'")
        name = str(table.get("filter") or table.get("style"))
        return Chain(name, self._steps(table_call(table, self.registry), {}, within))

    def _steps(
        self, call: StyleCall, knobs: Mapping[str, Knob], within: tuple[str, ...]
    ) -> tuple[Step, ...]:
        """Return the steps of a call; knobs are those of the style that it stands in."""
        for value in call.values.values():
            if (name := knob_named(value)) is not None and name not in knobs:
                raise StyleError(f"there is no knob '{value}'.{suggest(name, knobs)}")
        if _is_filter(call.target):
            return (self._filter_step(call.target, call.values, knobs),)
        values = {
            name: value if (knob := knob_named(value)) is None else knobs[knob]
            for name, value in call.values.items()
        }
        return self._style(StyleCall(call.target, values), within).steps

    def _filter_step(
        self, entry: Entry, values: Mapping[str, Any], knobs: Mapping[str, Knob]
    ) -> Step:
        if self.registry is not self.users:
            values, knobs = self._as_meant_here(entry, values, knobs)
        own, credits = spell_out_chains(entry, values, self.chain)
        laid = {key: own.pop(key) for key in LAYING if key in own}
        laid_by = {key: knob for key, value in laid.items() if (knob := knob_named(value))}
        step = Step(entry, own, knobs=knobs, laid_by=laid_by, credits=credits)
        return lay_step(step, set_knobs(laid, knobs))

    def _as_meant_here(
        self, entry: Entry, values: Mapping[str, Any], knobs: Mapping[str, Knob]
    ) -> tuple[dict[str, Any], dict[str, Knob]]:
        """Write out the names in the options of a filter, and in the knobs that set them."""
        named, turned = dict(values), dict(knobs)
        for fact in describe(entry.declaration.options):
            value = values.get(fact.name)
            knob = turned.get(knob_named(value) or "")
            if knob is None:
                named[fact.name] = self._full_names(fact.means, value)
            # One that the style around this one hands on means what it means there.
            elif not knob.given and knob.name == knob_named(value):
                setting = self._full_names(fact.means, knob.setting)
                vary = knob.vary
                if knob.choices:
                    vary = tuple(self._full_names(fact.means, each) for each in vary)
                turned[knob.name] = replace(knob, setting=setting, vary=vary)
        return {name: named[name] for name in values}, turned

    def _full_names(self, means: str, value: Any) -> Any:
        """Write out the names in a value that means a palette or styles, where that is needed."""
        if isinstance(value, list | tuple):
            return [self._full_names(means, each) for each in value]
        if not isinstance(value, str):
            return value
        if means in ("palette", "ramp"):
            return self._full_palette(value)
        if means in ("style", "styles"):
            return "|".join(map(self._full_call, value.split("|")))
        return value

    def _full_palette(self, name: str) -> str:
        try:
            meant = self.registry.find("palette", name)
        except UnknownNameError:
            # Colours, a file, or another word for colours.
            return name
        try:
            same = self.users.find("palette", name) == meant
        except UnknownNameError:
            same = False
        return name if same else meant.full_name

    def _full_call(self, call: str) -> str:
        meant = text_call(call.strip(), self.registry).target
        try:
            same = text_call(call.strip(), self.users).target == meant
        except UnknownNameError:
            same = False
        if same or isinstance(meant, Path):
            return call
        return re.sub(r"[^:\s|]+", meant.full_name, call, count=1)

    def _style(self, call: StyleCall, within: tuple[str, ...]) -> Chain:
        """Parse the style or the style file that is called, with the values of its knobs."""
        if isinstance(call.target, Path):
            name, shown = str(call.target.resolve()), f"style file '{call.target}'"
        else:
            name, shown = call.target.full_name, f"style '{call.target.declaration.name}'"
        if name in within:
            raise StyleError(f"{shown} contains itself")
        definition = _read_called(call.target)
        inside = self if isinstance(call.target, Path) else self._in_plugin_of(call.target)
        return inside._define(definition, call.values, (*within, name))

    def _define(
        self, definition: StyleDefinition, values: Mapping[str, Any], within: tuple[str, ...]
    ) -> Chain:
        """Parse the steps of a definition, with its knobs at these values or their defaults."""
        knobs = self._knobs(definition, values)
        steps: list[Step] = []
        for number, written in enumerate(definition.steps, start=definition.first):
            place = definition.step_place(number, written)
            with errors_name(place):
                found = self._written_step(written, knobs, definition.file, within)
            for step in found:
                credits = (*step.credits, *definition.credits)
                steps.append(replace(step, place=step.place or place, credits=credits))
        _refuse_idle_knobs(definition)
        return Chain(definition.name, tuple(steps), definition.requires, definition.defaults)

    def _knobs(self, definition: StyleDefinition, values: Mapping[str, Any]) -> dict[str, Knob]:
        """Read the knobs: at what the call gives, else at what the user set, else as declared."""
        for name in values:
            if name not in definition.knobs:
                raise OptionError(
                    f"style '{definition.name}' has no knob '{name}'."
                    f"{suggest(str(name), definition.knobs)}"
                )
        self.declared.update(definition.knobs)
        knobs = {}
        for name, about in definition.knobs.items():
            given = values.get(name, self.given.get(name.replace("-", "_"), self.given.get(name)))
            turned = given if isinstance(given, Knob) else None
            with errors_name(definition.place):
                knob = read_knob(name, about, turned.setting if turned else given, definition.name)
            # A knob of the style around this one turns it, and varies as that one does.
            knobs[name] = turned or knob
        return knobs

    def _written_step(
        self, written: Any, knobs: Mapping[str, Knob], file: Path | None, within: tuple[str, ...]
    ) -> tuple[Step, ...]:
        """Parse a step as a definition has it: a table, or a style in any other form."""
        if file is not None:
            written = _find_beside(written, file.parent)
        if isinstance(written, Mapping):
            return self._steps(table_call(written, self.registry), knobs, within)
        return self.chain(written, within).steps


def _is_filter(target: Entry | Path) -> TypeGuard[Entry]:
    return isinstance(target, Entry) and target.declaration.kind == "filter"


def _join(chains: Sequence[Chain]) -> Chain:
    name = " | ".join(chain.name for chain in chains) or "none"
    steps = tuple(step for chain in chains for step in chain.steps)
    requires = tuple(dict.fromkeys(need for chain in chains for need in chain.requires))
    defaults = {key: value for chain in chains for key, value in chain.defaults.items()}
    return Chain(name, steps, requires, defaults)


def _refuse_unknown_knobs(style: str, given: Iterable[str], declared: set[str]) -> None:
    spellings = {*declared, *(name.replace("-", "_") for name in declared)}
    for name in given:
        if name not in spellings:
            knobs = f"its knobs are {join_names(sorted(declared), 'and')}"
            raise OptionError(
                f"style '{style}' has no knob '{name}'; {knobs if declared else 'it has no knobs'}."
                f"{suggest(name, declared)}"
            )


def _refuse_idle_knobs(definition: StyleDefinition) -> None:
    """Refuse a knob that no step of the style takes."""
    tables = [step for step in definition.steps if isinstance(step, Mapping)]
    used = {knob for table in tables for value in table.values() if (knob := knob_named(value))}
    for name in definition.knobs:
        if name not in used:
            with errors_name(definition.place):
                raise StyleError(
                    f"style '{definition.name}': no step uses the knob '{name}'; write \"${name}\" "
                    f"where its value belongs.{suggest(name, used - set(definition.knobs))}"
                )


def _find_beside(value: Any, folder: Path) -> Any:
    """Put the path of a file that lies in a folder in place of its name, wherever a value has it.

    A file found from where artgan runs comes first, as in "picture:me.jpg:12", "not mask.png".
    """
    if isinstance(value, Mapping):
        return {key: _find_beside(part, folder) for key, part in value.items()}
    if isinstance(value, list):
        return [_find_beside(part, folder) for part in value]
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(picture:|not\s+|!)?(.+?\.\w+)(:\d+)?", value)
    if not found or exists(found[2]) or not exists(str(folder / found[2])):
        return value
    return f"{found[1] or ''}{folder / found[2]}{found[3] or ''}"


def check_chain(chain: Chain, registry: Registry) -> None:
    """Look up everything that the options of a chain's steps name; errors name filter and step."""
    for step in chain.steps:
        options = step.options(None)
        for fact in describe(type(options)):
            with errors_name(step.place), errors_name(step.entry.where):
                _check(fact.means, getattr(options, fact.name), registry)


def _check(means: str, value: Any, registry: Registry) -> None:
    if means in ("palette", "ramp"):
        _check_palette(value, registry)
    elif means == "color" and value != "none":
        try:
            parse_hex(value)
        except ValueError as error:
            raise StyleError(str(error)) from error
    elif means == "style":
        check_chain(parse_style(value, registry), registry)
    elif means == "styles":
        for each in value:
            check_chain(parse_style(each, registry), registry)


def _check_palette(value: Any, registry: Registry) -> None:
    """Find a palette; the colours of pictures are not extracted, only their files looked for."""
    if isinstance(value, str):
        if value.startswith("own"):
            return
        path = Path(split_picture(value)[0])
        if path.suffix.lower() in picture_endings():
            if not path.is_file():
                raise StyleError(f"there is no picture '{path}'")
            return
    find_palette(value, registry)
