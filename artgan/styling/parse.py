"""Styles: the grammar of chains, and the runner that sends a picture through one.

A style is given as a name (``neon``), a filter with options (``halftone:angle=30``), several of
them joined by ``|`` or in a list, a mapping, or a TOML file; all mean a chain of filter calls.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from artgan.base.calls import split_call
from artgan.base.options import describe
from artgan.base.suggest import join_names, suggest
from artgan.base.tables import parse_toml, read_text
from artgan.core.registry import Entry, Registry
from artgan.errors import ArtganError, OptionError, StyleError, UnknownNameError
from artgan.palettes.colormaps import PREFIX, named_colormaps
from artgan.styling.chain import LAYING, STYLE_KEYS, Chain, Step, _facts, _laid
from artgan.styling.knobs import Knob, read_knob, refuse_keys
from artgan.styling.lines import Span, StyleLines


def parse_style(style: Any, registry: Registry, *, knobs: Mapping[str, Any] | None = None) -> Chain:
    """Read any way of giving a style as a checked chain.

    Args:
        style: Name, chain, list, mapping, path of a TOML file; None or "none" for no steps.
        registry: Where names are looked up.
        knobs: Knob -> value.

    Raises:
        StyleError: It cannot be read, or a knob is not one of its own.
        OptionError: An option is wrong.
        UnknownNameError: There is no such style or filter.
    """
    turned = dict(knobs or {})
    reader = _Reader(registry, turned)
    chain = reader.read(style, ())
    unused = [name for name in turned if name not in reader.used]
    if unused:
        known = (
            f"its knobs are {join_names(sorted(reader.known), 'and')}"
            if reader.known
            else ("it has no knobs")
        )
        raise OptionError(
            f"style '{chain.name}' has no knob '{unused[0]}'; {known}."
            f"{suggest(unused[0], reader.known)}"
        )
    for step in chain.steps:
        try:
            step.options(None)
        except ArtganError as error:
            raise step.told(error) from error
    return chain


@contextmanager
def _telling(span: Span | None) -> Iterator[None]:
    """Add file and line to errors, if there is a file."""
    try:
        yield
    except ArtganError as error:
        if span is None:
            raise
        raise span.tell(error) from error


class _Reader:
    def __init__(self, registry: Registry, turned: Mapping[str, Any]) -> None:
        self.registry = registry
        self.turned = turned
        self.used: set[str] = set()
        self.known: set[str] = set()

    def read(self, style: Any, within: tuple[str, ...]) -> Chain:
        if style is None or style in ("none", "plain"):
            return Chain("none", ())
        if isinstance(style, str):
            return self._text(style, within)
        if isinstance(style, Mapping):
            return self._mapping(style, within)
        if isinstance(style, Sequence):
            chains = [self.read(item, within) for item in style]
            name = " | ".join(c.name for c in chains) or "none"
            steps = tuple(step for chain in chains for step in chain.steps)
            requires = tuple(dict.fromkeys(need for chain in chains for need in chain.requires))
            defaults = {k: v for chain in chains for k, v in chain.defaults.items()}
            return Chain(name, steps, requires, defaults)
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
            return self.read([piece.strip() for piece in text.split("|")], within)
        called = re.split("[: ]", text)[0]
        if text.endswith(".toml") and (called == text or not self._has("filter", called)):
            return self._file(Path(text), within)
        head, values = split_call(text)
        if head.endswith(".toml"):
            return self._file(Path(head), within, values)
        if self._has("style", head) and not self._means_filter(head, values):
            return self._declared(self.registry.find("style", head), values, within)
        if self._has("filter", head):
            entry = self.registry.find("filter", head)
            return Chain(text, (self._step(entry, _name_main(entry, values), {}),))
        names = [e.declaration.name for k in ("style", "filter") for e in self.registry.entries(k)]
        if "/" in head:
            # Says which plugin would have it.
            self.registry.find("style", head)
        raise UnknownNameError(
            f"there is no style or filter '{head}'.{suggest(head, names)} See: artgan list style."
        )

    def _has(self, kind: str, name: str) -> bool:
        return any(name in (e.declaration.name, e.full_name) for e in self.registry.entries(kind))

    def _means_filter(self, name: str, values: Mapping[str, Any]) -> bool:
        """Tell whether a name that styles have too stands for the filter, by what it is given."""
        if self._filter_given_by_hand(name):
            return True
        if not values or not self._has("filter", name):
            return False
        knobs = self.registry.find("style", name).declaration.knobs
        return not all(value in knobs for value in values)

    def _filter_given_by_hand(self, name: str) -> bool:
        """Tell whether ``--plugin`` brought a filter, and no style, of a name."""
        by_hand = [
            e.declaration.kind
            for kind in ("style", "filter")
            for e in self.registry.entries(kind)
            if e.plugin.origin == "file" and name in (e.declaration.name, e.full_name)
        ]
        return by_hand == ["filter"]

    def _declared(self, entry: Entry, values: Mapping[str, Any], within: tuple[str, ...]) -> Chain:
        if entry.full_name in within:
            raise StyleError(f"style '{entry.declaration.name}' contains itself")
        declared = entry.declaration
        tree = {key: getattr(declared, key) for key in STYLE_KEYS}
        return self._tree(tree, values, (*within, entry.full_name))

    def _file(
        self, path: Path, within: tuple[str, ...], values: Mapping[str, Any] | None = None
    ) -> Chain:
        name = str(path.resolve())
        if name in within:
            raise StyleError(f"style file '{path}' contains itself")
        tree, lines = read_style_file(path)
        return self._tree(tree, values or {}, (*within, name), lines)

    def _mapping(self, style: Mapping[str, Any], within: tuple[str, ...]) -> Chain:
        if "steps" in style:
            refuse_keys(style, STYLE_KEYS, "style")
            return self._tree(style, {}, within)
        if "filter" in style or "style" in style:
            steps = self._one(style, {}, within)
            return Chain(str(style.get("filter") or style.get("style")), tuple(steps))
        if len(style) == 1:
            ((name, options),) = style.items()
            return self._mapping({"filter": name, **dict(options or {})}, within)
        raise StyleError("a style given as a mapping needs 'steps', 'filter' or 'style'")

    def _tree(
        self,
        tree: Mapping[str, Any],
        values: Mapping[str, Any],
        within: tuple[str, ...],
        lines: StyleLines | None = None,
    ) -> Chain:
        name = str(tree.get("name", "style"))
        with _telling(lines.whole if lines else None):
            requires = _facts(tree.get("requires"), name)
            credits = _credits(tree.get("credits"), name)
        knobs = self._knobs(tree.get("knobs") or {}, values, name, lines)
        used: set[str] = set()
        steps: list[Step] = []
        for item in tree["steps"]:
            span = lines.step(item) if lines else None
            with _telling(span):
                found = list(self._one(item, knobs, within, lines))
            if isinstance(item, Mapping):
                used.update(v[1:] for v in item.values() if isinstance(v, str) and v[:1] == "$")
            found = [replace(step, credits=(*step.credits, *credits)) for step in found]
            steps += [replace(step, told=span.tell) for step in found] if span else found
        for unused in (knob for knob in knobs if knob not in used):
            with _telling(lines.knob(unused) if lines else None):
                raise StyleError(
                    f"style '{name}': no step uses the knob '{unused}'; write \"${unused}\" where "
                    f"its value belongs.{suggest(unused, used - set(knobs))}"
                )
        return Chain(name, tuple(steps), requires, dict(tree.get("defaults") or {}))

    def _knobs(
        self,
        declared: Any,
        values: Mapping[str, Any],
        style: str,
        lines: StyleLines | None,
    ) -> dict[str, Knob]:
        if not isinstance(declared, Mapping):
            raise StyleError(f"style '{style}': knobs must be a table, not {declared!r}")
        for name in values:
            if name not in declared:
                raise OptionError(
                    f"style '{style}' has no knob '{name}'.{suggest(str(name), declared)}"
                )
        knobs = {}
        for name, about in declared.items():
            self.known.add(name)
            given = values.get(name, self.turned.get(name.replace("-", "_"), self.turned.get(name)))
            self.used |= {name, name.replace("-", "_")}
            with _telling(lines.knob(name) if lines else None):
                knobs[name] = read_knob(name, about, given, style)
        return knobs

    def _one(
        self,
        item: Any,
        knobs: Mapping[str, Knob],
        within: tuple[str, ...],
        lines: StyleLines | None = None,
    ) -> Iterator[Step]:
        if not isinstance(item, Mapping):
            yield from self.read(_beside(item, lines), within).steps
            return
        values = {name: _beside(value, lines) for name, value in item.items()}
        if "style" in values:
            named = str(values.pop("style"))
            values = {k: self._known(v, knobs) for k, v in values.items()}
            if named.endswith(".toml"):
                yield from self._file(Path(named), within, values).steps
            else:
                entry = self.registry.find("style", named)
                yield from self._declared(entry, values, within).steps
            return
        if "filter" not in values:
            first = str(next(iter(item), ""))
            raise StyleError(
                f"a step needs 'filter' or 'style' and begins with '{first}'."
                f"{suggest(first, ('filter', 'style'))}",
                word=first,
            )
        entry = self.registry.find("filter", str(values.pop("filter")))
        for value in values.values():
            self._known(value, knobs)
        yield self._step(entry, values, knobs)

    @staticmethod
    def _known(value: Any, knobs: Mapping[str, Knob]) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            if value[1:] not in knobs:
                near = suggest(value[1:], knobs)
                raise StyleError(f"there is no knob '{value}'.{near}", word=value[1:])
            return knobs[value[1:]].value(None)
        return value

    def _step(self, entry: Entry, values: Mapping[str, Any], knobs: Mapping[str, Knob]) -> Step:
        own, credits = self._inner_colors(entry, values)
        laid = {name: own.pop(name) for name in LAYING if name in own}
        turned = {k: v[1:] for k, v in laid.items() if isinstance(v, str) and v.startswith("$")}
        step = Step(entry, own, knobs=knobs, laid_by=turned, credits=credits)
        return _laid(
            step, {k: knobs[turned[k]].value(None) if k in turned else laid[k] for k in laid}
        )

    def _inner_colors(
        self, entry: Entry, values: Mapping[str, Any]
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Put colours in place of colormaps in chains inside a step; give whom to credit, too."""
        own, credits = dict(values), dict[str, None]()

        def spelled(chain: Any) -> Any:
            if isinstance(chain, list | tuple):
                return [spelled(part) for part in chain]
            if not isinstance(chain, str) or PREFIX not in chain:
                return chain
            return " | ".join(piece(part.strip()) for part in chain.split("|"))

        def piece(text: str) -> str:
            for step in self.read(text, ()).steps if PREFIX in text else ():
                options = step.options(None)
                for name, found in named_colormaps(options).items():
                    # Not where it is the beginning of a longer name.
                    wanted = re.escape(getattr(options, name)) + r"(?![\w:])"
                    text = re.sub(wanted, ",".join(found.colors), text)
                    credits[found.told] = None
            return text

        if any(PREFIX in str(value) for value in own.values()):
            for fact in describe(entry.declaration.options):
                if fact.means in ("style", "styles") and fact.name in own:
                    own[fact.name] = spelled(own[fact.name])
        return own, tuple(credits)


def _credits(named: Any, style: str) -> tuple[str, ...]:
    """Check whom a style names."""
    if not isinstance(named or [], list | tuple) or not all(
        isinstance(n, str) for n in named or ()
    ):
        raise StyleError(
            f"style '{style}': credits must be a list of texts, as in [\"Ann Author, CC BY 4.0\"]"
        )
    return tuple(named or ())


def _beside(value: Any, lines: StyleLines | None) -> Any:
    """Give the path of a file that a style file names and that lies beside it; else the value."""
    if lines is None:
        return value
    if isinstance(value, list):
        return [_beside(part, lines) for part in value]
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(picture:|not\s+|!)?(.+?\.\w+)(:\d+)?", value)
    if not found or Path(found[2]).exists() or not (lines.path.parent / found[2]).is_file():
        return value
    return f"{found[1] or ''}{lines.path.parent / found[2]}{found[3] or ''}"


def _name_main(entry: Entry, values: Mapping[str, Any]) -> dict[str, Any]:
    named = dict(values)
    if "" in named:
        main = entry.declaration.main
        if not main:
            raise OptionError(
                f"{entry.where} has no main option; say which: "
                f"{entry.declaration.name}:option={named['']}"
            )
        named = {main: named.pop(""), **named}
    return named


def read_style_file(path: Path) -> tuple[dict[str, Any], StyleLines]:
    """Read a style's TOML, and where things stand in it.

    Raises:
        StyleError: It is not there, not TOML, or has wrong keys; names file and line.
    """
    text = read_text(path, StyleError, "style file")
    tree = parse_toml(text, path, StyleError, "style file")
    lines = StyleLines(path, text)
    with _telling(lines.whole):
        refuse_keys(tree, STYLE_KEYS, "the style")
    tree.setdefault("name", path.stem)
    if not isinstance(tree.get("steps"), list):
        raise StyleError(f"style file '{path}' needs 'steps', a list of {{ filter = ... }} tables")
    return tree, lines
