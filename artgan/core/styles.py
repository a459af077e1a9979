"""Styles: the grammar of chains, and the runner that sends a picture through one.

A style is given as a name (``neon``), a filter with options (``halftone:angle=30``), several of
them joined by ``|`` or in a list, a mapping, or a TOML file; all mean a chain of filter calls.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from artgan.core.colormaps import PREFIX, named_colormaps, spelled_out
from artgan.core.keyed import key
from artgan.core.knobs import Knob, read_knob, refuse_keys
from artgan.core.options import build_options, describe, to_plain
from artgan.core.palettes import find_palette, names_file
from artgan.core.pictures import read_picture
from artgan.core.registry import Entry, Registry
from artgan.core.style_lines import Span, StyleLines
from artgan.core.suggest import join_names, suggest
from artgan.errors import ArtganError, OptionError, PluginError, StyleError, UnknownNameError
from artgan.plugin import FilterContext, Options
from artgan.plugin.color import BLENDS, to_hex
from artgan.plugin.masks import check_mask, mask_weights, mask_wraps
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import in_strips

LAYING: tuple[str, ...] = ("blend", "opacity", "mask")
"""Keys of a step that tell how its result is laid over the picture."""
FACTS = ("wrap",)
"""What a style may require of a picture."""
STYLE_KEYS = ("name", "summary", "steps", "knobs", "defaults", "requires", "credits")


@dataclass(frozen=True)
class Step:
    """One filter call.

    Attributes:
        entry: The filter.
        values: Its options as given; "$name" stands for a knob.
        blend: How the result is laid over what was there.
        opacity: How much of it, 0 to 1.
        mask: Where alone it is laid, in the words of ``artgan.plugin.masks``, or "".
        knobs: Knobs of the style that the step stands in.
        laid_by: "blend", "opacity" or "mask" -> the knob that sets it.
        told: Adds file and line to an error, if the step stands in a file.
        credits: Whom the style that it stands in names.
    """

    entry: Entry
    values: Mapping[str, Any]
    blend: str = "normal"
    opacity: float = 1.0
    mask: str = ""
    knobs: Mapping[str, Knob] = field(default_factory=dict)
    laid_by: Mapping[str, str] = field(default_factory=dict)
    told: Callable[[ArtganError], ArtganError] = lambda error: error
    credits: tuple[str, ...] = ()

    def options(self, seed: int | None) -> Options:
        """Check the options, with knobs in place; a seed draws those that vary."""
        values = {k: self._value(v, seed) for k, v in self.values.items()}
        options: Options = build_options(self.entry.declaration.options, values, self.entry.where)
        return options

    def spelled_out(self, seed: int) -> tuple[Options, tuple[str, ...]]:
        """Give the options as a picture's seed has them, colormaps as colours, and the credits."""
        options, credits = spelled_out(self.options(seed))
        return options, (*self.credits, *credits)

    def _value(self, value: Any, seed: int | None) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return self.knobs[value[1:]].value(seed)
        return value

    def drawn(self, seed: int) -> "Step":
        """Give the step as a picture's seed has it laid."""
        turned = {key: self.knobs[knob].value(seed) for key, knob in self.laid_by.items()}
        return _laid(self, {**self.laying, **turned}) if turned else self

    @property
    def laying(self) -> dict[str, Any]:
        """Tell how the result is laid, as far as it is not plain, by the keys of style files."""
        keys = {"blend": self.blend, "opacity": self.opacity, "mask": self.mask}
        return {key: value for key, value in keys.items() if value not in ("normal", 1, "")}

    @property
    def varies(self) -> bool:
        """Whether the options depend on the seed."""
        names = [v[1:] for v in self.values.values() if isinstance(v, str) and v.startswith("$")]
        names += self.laid_by.values()
        return any(self.knobs[name].vary for name in names)


@dataclass(frozen=True)
class Chain:
    """A checked chain of filter calls.

    Attributes:
        name: What it is called.
        steps: Filter calls in order.
        requires: Facts that the picture must have, such as "wrap".
        defaults: Settings that suit the style.
    """

    name: str
    steps: tuple[Step, ...]
    requires: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def record(
        self, seed: int, palettes: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> dict[str, Any]:
        """Give its name, and every step with its plugin's version and the options that it uses.

        Args:
            seed: Key of what is drawn.
            palettes: Name -> colours of those looked up; files stand there as their colours, since
                the record must mean the same where the file is not.
        """

        def meant(value: Any) -> Any:
            file = isinstance(value, str) and names_file(value)
            return palettes.get(value, value) if file else value

        steps: list[dict[str, Any]] = []
        named: dict[str, None] = {}
        for step in (step.drawn(seed) for step in self.steps):
            options, credits = step.spelled_out(seed)
            named |= dict.fromkeys(credits)
            about = {"filter": step.entry.full_name, "version": step.entry.plugin.version}
            plain = {k: meant(v) for k, v in to_plain(options).items()}
            steps.append({**about, **step.laying, "options": plain})
        return {"name": self.name, "steps": steps, **({"credits": [*named]} if named else {})}


@dataclass(frozen=True)
class Styled:
    """A picture that went through a chain.

    Attributes:
        picture: The result.
        record: The chain with all options as used, and notes, as plain values.
    """

    picture: Picture
    record: Mapping[str, Any]


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


def _laid(step: Step, laid: Mapping[str, Any]) -> Step:
    """Give a step with its blend, opacity and mask, checked."""
    where, blend, mask = (
        step.entry.where,
        str(laid.get("blend", "normal")),
        str(laid.get("mask", "")),
    )
    if blend not in BLENDS:
        raise OptionError(
            f"{where}: blend '{blend}' does not fit; expected {join_names(BLENDS)}."
            f"{suggest(blend, BLENDS)}"
        )
    try:
        opacity = float(laid.get("opacity", 1.0))
    except (TypeError, ValueError):
        opacity = -1.0
    if not 0 <= opacity <= 1:
        raise OptionError(f"{where}: opacity does not fit; expected a number from 0 to 1")
    if mask:
        try:
            check_mask(mask)
        except StyleError as error:
            raise OptionError(f"{where}: {error}") from error
    return replace(step, blend=blend, opacity=opacity, mask=mask)


def _facts(required: Any, style: str) -> tuple[str, ...]:
    """Check what a style requires of a picture."""
    if not isinstance(required or [], list | tuple):
        raise StyleError(f"style '{style}': requires must be a list, as in [\"wrap\"]")
    for fact in required or ():
        if fact not in FACTS:
            raise StyleError(
                f"style '{style}' requires '{fact}'; expected {join_names(FACTS)}."
                f"{suggest(str(fact), FACTS)}",
                word=str(fact),
            )
    return tuple(required or ())


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


def split_call(text: str) -> tuple[str, dict[str, Any]]:
    """Split "halftone:angle=30,lines=40" or "halftone angle=30 lines=40" into name and values."""
    colon, space = text.find(":"), text.find(" ")
    # What comes first decides: "palette own:8" has a palette of the name own:8.
    if colon >= 0 and not 0 <= space < colon:
        head, _, rest = text.partition(":")
        pieces = _join_plain(rest.split(","))
    else:
        head, *pieces = text.split()
    values: dict[str, Any] = {}
    for piece in pieces:
        name, equals, value = piece.partition("=")
        if equals:
            values[name.strip()] = value.strip()
        elif not values:
            values[""] = piece.strip()
        else:
            raise StyleError(f"'{text}': expected option=value, not '{piece}'")
    return head.strip(), values


def _join_plain(pieces: list[str]) -> list[str]:
    """Put back together what commas split inside one value: "palette=111,eee" is one piece."""
    joined: list[str] = []
    for piece in pieces:
        if "=" in piece or not joined:
            joined.append(piece)
        else:
            joined[-1] += f",{piece}"
    return joined


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
    try:
        text = path.read_text(encoding="utf-8-sig")
        tree = tomllib.loads(text)
    except FileNotFoundError as error:
        raise StyleError(f"there is no style file '{path}'") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StyleError(f"style file '{path}' is not valid TOML: {error}") from error
    except OSError as error:
        raise StyleError(f"style file '{path}' cannot be read: {error.strerror}") from error
    lines = StyleLines(path, text)
    with _telling(lines.whole):
        refuse_keys(tree, STYLE_KEYS, "the style")
    tree.setdefault("name", path.stem)
    if not isinstance(tree.get("steps"), list):
        raise StyleError(f"style file '{path}' needs 'steps', a list of {{ filter = ... }} tables")
    return tree, lines


def apply_style(
    chain: Chain,
    picture: Picture,
    *,
    registry: Registry,
    seed: int = 0,
    index: int = 0,
    total: int = 1,
) -> Styled:
    """Send a picture through a chain.

    Args:
        chain: From ``parse_style``.
        picture: What to style; it is not changed.
        registry: Where palettes and styles are looked up.
        seed: Key of all that is random in it.
        index: Place of the picture in its series.
        total: Length of the series.

    Raises:
        StyleError: A filter refused the picture, or the picture lacks what the style requires.
        PluginError: A filter broke its contract.
    """
    if "wrap" in chain.requires and not all(picture.wraps):
        raise StyleError(
            f"style '{chain.name}' needs a picture that tiles; train with --arch.tileable, or put "
            "a filter that makes tiles before it"
        )
    notes: list[str] = []
    palettes: dict[str, list[str]] = {}
    for place, step in enumerate(step.drawn(seed) for step in chain.steps):
        context = _context(registry, seed, place, notes, (index, total), palettes)
        before = picture
        called = _call(step, before, step.spelled_out(seed)[0], context)
        picture = _finish(step, before, called, notes)
    facts: dict[str, Any] = {"notes": notes}
    if any(picture.wraps):
        # Who reads the file goes on from a tile.
        facts["wraps"] = list(picture.wraps)
    named = {name: colors for name, colors in palettes.items() if not names_file(name)}
    if named:
        # A palette of that name may have other colours one day.
        facts["palettes"] = named
    return Styled(picture, {**chain.record(seed, palettes), **facts})


def call_paths(chain: Chain, picture: Picture, *, registry: Registry, seed: int = 0) -> Any:
    """Give the drawing of a chain's last step, for the picture that came out of the others.

    Raises:
        StyleError: The filter refused the picture.
        PluginError: The filter broke its contract.
    """
    step = chain.steps[-1]
    context = _context(registry, seed, len(chain.steps) - 1, [])
    shown = _shown(step, picture)
    return _guarded(
        step, shown, lambda: step.entry.load("paths")(shown, step.spelled_out(seed)[0], context)
    )


def _context(
    registry: Registry,
    seed: int,
    place: int,
    notes: list[str],
    series: tuple[int, int] = (0, 1),
    looked_up: dict[str, list[str]] | None = None,
) -> FilterContext:
    """Give what a filter is told; colours of palettes that it asks for are kept as hex."""
    return FilterContext(
        rng=np.random.Generator(np.random.PCG64(key("filter", seed, place))),
        seed=seed,
        index=series[0],
        total=series[1],
        note=notes.append,
        palette=partial(_palette, registry, notes, {} if looked_up is None else looked_up),
        run=partial(_run_inside, registry, seed, series),
        read=_read,
    )


def _palette(
    registry: Registry,
    notes: list[str],
    looked_up: dict[str, list[str]],
    wanted: Any,
    picture: Picture,
) -> FloatArray:
    """Look a palette up, and keep the colours of one that was named."""
    colors = find_palette(wanted, registry, picture, notes.append)
    if isinstance(wanted, str):
        looked_up[wanted] = to_hex(colors)
    return colors


def _run_inside(
    registry: Registry, seed: int, series: tuple[int, int], style: Any, picture: Picture
) -> Picture:
    chain = parse_style(style, registry)
    index, total = series
    styled = apply_style(chain, picture, registry=registry, seed=seed, index=index, total=total)
    return styled.picture


def _call(step: Step, picture: Picture, options: Options, context: FilterContext) -> Picture:
    entry = step.entry
    shown = _shown(step, picture)
    result = _guarded(step, shown, lambda: entry.load("apply")(shown, options, context))
    if not isinstance(result, Picture) or result.pixels.ndim != 3:
        raise PluginError(f"{entry.where} gave {type(result).__name__}; expected a Picture")
    return result


def _shown(step: Step, picture: Picture) -> Picture:
    """Give the picture as the filter takes it, or refuse one that is too small."""
    entry, declared = step.entry, step.entry.declaration
    if picture.shorter_side < declared.minimum_size:
        raise StyleError(
            f"{entry.where} needs at least {declared.minimum_size} pixels a side; this picture has "
            f"{picture.width}x{picture.height}: put upscale before it"
        )
    return picture if declared.space == "any" else picture.to(declared.space)


def _guarded(step: Step, picture: Picture, call: Callable[[], Any]) -> Any:
    entry = step.entry
    try:
        return call()
    except ArtganError as error:
        raise step.told(StyleError(f"{entry.where}: {error}")) from error
    except MemoryError as error:
        raise StyleError(
            f"{entry.where}: out of memory at {picture.width}x{picture.height}; make the picture "
            f"smaller, half a side takes a quarter of the memory"
        ) from error
    # The plugin boundary: a filter that fails must not end the series.
    except (Exception, SystemExit) as error:
        raise PluginError(f"{entry.where} failed: {type(error).__name__}: {error}") from error


def _finish(step: Step, before: Picture, result: Picture, notes: list[str]) -> Picture:
    """Check a filter's result, lay it over what was there, and drop facts that ended with it."""
    declared = step.entry.declaration
    result = result.replace(pixels=np.asarray(result.pixels, dtype=np.float32))
    if not declared.keeps_range:
        result = result.replace(pixels=_clipped(step, result.pixels))
    if step.laying:
        result = _blend(step, before, result)
    if any(before.wraps) and not declared.keeps_wrap and result.wraps == before.wraps:
        result = result.replace(wraps=(False, False))
    ended = [was and not now for was, now in zip(before.wraps, result.wraps, strict=True)]
    if any(ended):
        part = "" if ended == list(before.wraps) else (" across" if ended[0] else " down")
        notes.append(f"step '{declared.name}' ended the tiling{part}")
    if before.indexed is not None:
        if result.indexed is before.indexed and not declared.keeps_indexed:
            result = result.replace(indexed=None)
        if result.indexed is None:
            notes.append(
                f"step '{declared.name}' mixed the {len(before.indexed)} colours of the palette "
                "with others"
            )
    return result


def _read(path: str) -> Picture:
    return read_picture(Path(path))


def _clipped(step: Step, pixels: FloatArray) -> FloatArray:
    """Bring values into [0, 1], and refuse those that are none."""
    # As whole numbers, the bits of floats from 0 to 1 go up to those of 1; those of negative,
    # larger, infinite and missing values lie beyond: one look finds them all.
    bits = pixels.view(np.uint32)
    found: list[int] = []

    def work(start: int, stop: int) -> None:
        found.append(int(bits[start:stop].max()))

    if pixels.size:
        in_strips(work, len(pixels), pixels[0].size)
    if max(found, default=0) <= np.float32(1).view(np.uint32):
        return pixels
    if not np.isfinite(pixels).all():
        raise PluginError(f"{step.entry.where} made values that are not finite")
    return np.clip(pixels, 0, 1)


def _blend(step: Step, before: Picture, result: Picture) -> Picture:
    under = before.to(result.space).pixels
    over = result.pixels
    if under.shape[:2] != over.shape[:2]:
        raise StyleError(f"{step.entry.where} changes the size; it cannot be blended")
    if under.shape[2] != over.shape[2]:
        plain = under[:, :, :1] if under.shape[2] < 3 else under[:, :, :3]
        under = np.repeat(plain, 3, axis=2) if plain.shape[2] < over.shape[2] else plain
    if under.shape[2] != over.shape[2]:
        raise StyleError(f"{step.entry.where} changes the channels; it cannot be blended")
    laid = BLENDS[step.blend](under, over)
    share: FloatArray | np.float32 = np.float32(step.opacity)
    if step.mask:
        share = share * mask_weights(step.mask, before, _read)
    mixed = under + (laid - under) * share
    kept = mask_wraps(step.mask) if step.mask else (True, True)
    ends = zip(before.wraps, result.wraps, kept, strict=True)
    return result.replace(
        pixels=np.clip(mixed, 0, 1).astype(np.float32),
        wraps=tuple(all(each) for each in ends),
        indexed=None,
    )
