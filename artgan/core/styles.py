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
from typing import Any

import numpy as np

from artgan.core.keyed import key
from artgan.core.options import build_options, to_plain
from artgan.core.palettes import find_palette
from artgan.core.pictures import read_picture
from artgan.core.registry import Entry, Registry
from artgan.core.style_lines import Span, StyleLines
from artgan.core.suggest import join_names, suggest
from artgan.errors import ArtganError, OptionError, PluginError, StyleError, UnknownNameError
from artgan.plugin import FilterContext, Options
from artgan.plugin.color import BLENDS
from artgan.plugin.masks import check_mask, mask_weights
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin.strips import in_strips

STYLE_KEYS = ("name", "summary", "steps", "knobs", "defaults", "requires")
KNOB_KEYS = ("default", "min", "max", "help", "vary", "choices")


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
        told: Adds file and line to an error, if the step stands in a file.
    """

    entry: Entry
    values: Mapping[str, Any]
    blend: str = "normal"
    opacity: float = 1.0
    mask: str = ""
    knobs: Mapping[str, "Knob"] = field(default_factory=dict)
    told: Callable[[ArtganError], ArtganError] = lambda error: error

    def options(self, seed: int | None) -> Options:
        """Check the options, with knobs in place; a seed draws those that vary."""
        values = {k: self._value(v, seed) for k, v in self.values.items()}
        options: Options = build_options(self.entry.declaration.options, values, self.entry.where)
        return options

    def _value(self, value: Any, seed: int | None) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return self.knobs[value[1:]].value(seed)
        return value

    @property
    def laying(self) -> dict[str, Any]:
        """Tell how the result is laid, as far as it is not plain, by the keys of style files."""
        keys = {"blend": self.blend, "opacity": self.opacity, "mask": self.mask}
        return {key: value for key, value in keys.items() if value not in ("normal", 1, "")}

    @property
    def varies(self) -> bool:
        """Whether the options depend on the seed."""
        names = [v[1:] for v in self.values.values() if isinstance(v, str) and v.startswith("$")]
        return any(self.knobs[name].vary for name in names)


@dataclass(frozen=True)
class Knob:
    """A number or word of a style that the user may turn.

    Attributes:
        name: What the user calls it.
        setting: Its value.
        vary: Range (low, high) or choices that a seed draws from, or ().
        choices: Whether ``vary`` lists choices rather than a range.
    """

    name: str
    setting: Any
    vary: tuple[Any, ...] = ()
    choices: bool = False

    def value(self, seed: int | None) -> Any:
        """Give the value, drawn by the seed if it varies."""
        if not self.vary or seed is None:
            return self.setting
        rng = np.random.Generator(np.random.PCG64(key("knob", self.name, seed)))
        if self.choices:
            return self.vary[int(rng.integers(len(self.vary)))]
        return float(rng.uniform(*self.vary))


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
        if "|" in text:
            return self.read([piece.strip() for piece in text.split("|")], within)
        called = re.split("[: ]", text)[0]
        if text.endswith(".toml") and (called == text or not self._has("filter", called)):
            return self._file(Path(text), within)
        head, values = _split_call(text)
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

    def _file(self, path: Path, within: tuple[str, ...]) -> Chain:
        name = str(path.resolve())
        if name in within:
            raise StyleError(f"style file '{path}' contains itself")
        tree, lines = read_style_file(path)
        return self._tree(tree, {}, (*within, name), lines)

    def _mapping(self, style: Mapping[str, Any], within: tuple[str, ...]) -> Chain:
        if "steps" in style:
            _refuse_keys(style, STYLE_KEYS, "style")
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
            knobs = self._knobs(tree.get("knobs") or {}, values, name)
        steps: list[Step] = []
        for item in tree["steps"]:
            span = lines.step(item) if lines else None
            with _telling(span):
                found = list(self._one(item, knobs, within))
            steps += [replace(step, told=span.tell) for step in found] if span else found
        return Chain(
            name, tuple(steps), tuple(tree.get("requires") or ()), dict(tree.get("defaults") or {})
        )

    def _knobs(
        self, declared: Mapping[str, Any], values: Mapping[str, Any], style: str
    ) -> dict[str, Knob]:
        for name in values:
            if name not in declared:
                raise OptionError(
                    f"style '{style}' has no knob '{name}'.{suggest(str(name), declared)}"
                )
        knobs = {}
        for name, about in declared.items():
            where = f"style '{style}', knob '{name}'"
            _refuse_keys(about, KNOB_KEYS, where)
            self.known.add(name)
            given = values.get(name, self.turned.get(name.replace("-", "_"), self.turned.get(name)))
            self.used |= {name, name.replace("-", "_")}
            if given is not None:
                knobs[name] = Knob(name, _checked(given, about, where))
                continue
            choices = about.get("choices")
            vary = tuple(choices if choices and about.get("vary") else about.get("vary") or ())
            knobs[name] = Knob(name, about["default"], vary, bool(choices))
        return knobs

    def _one(self, item: Any, knobs: Mapping[str, Knob], within: tuple[str, ...]) -> Iterator[Step]:
        if not isinstance(item, Mapping):
            yield from self.read(item, within).steps
            return
        values = dict(item)
        if "style" in values:
            named = values.pop("style")
            values = {k: self._known(v, knobs) for k, v in values.items()}
            entry = self.registry.find("style", named)
            yield from self._declared(entry, values, within).steps
            return
        if "filter" not in values:
            raise StyleError(f"a step needs 'filter' or 'style': {dict(item)}")
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

    @staticmethod
    def _step(entry: Entry, values: Mapping[str, Any], knobs: Mapping[str, Knob]) -> Step:
        own = dict(values)
        blend, opacity = str(own.pop("blend", "normal")), own.pop("opacity", 1.0)
        mask = str(own.pop("mask", ""))
        if blend not in BLENDS:
            raise OptionError(
                f"{entry.where}: blend '{blend}' does not fit; expected {join_names(BLENDS)}."
                f"{suggest(blend, BLENDS)}"
            )
        try:
            opacity = float(opacity)
        except ValueError:
            opacity = -1.0
        if not 0 <= opacity <= 1:
            raise OptionError(f"{entry.where}: opacity does not fit; expected a number from 0 to 1")
        if mask:
            try:
                check_mask(mask)
            except StyleError as error:
                raise OptionError(f"{entry.where}: {error}") from error
        return Step(entry, own, blend, opacity, mask, knobs)


def _checked(given: Any, about: Mapping[str, Any], where: str) -> Any:
    default = about["default"]
    if isinstance(default, bool) or not isinstance(default, int | float):
        choices = about.get("choices")
        if choices and given not in choices:
            raise OptionError(
                f"{where} = {given!r} does not fit; expected {join_names(choices)}."
                f"{suggest(str(given), choices)}"
            )
        return given
    low, high = about.get("min", -np.inf), about.get("max", np.inf)
    try:
        number = float(given)
    except (TypeError, ValueError):
        number = np.nan
    if not low <= number <= high:
        raise OptionError(
            f"{where} = {given!r} does not fit; expected a number from {low:g} to {high:g}"
        )
    return int(number) if isinstance(default, int) else number


def _refuse_keys(given: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    for name in given:
        if name not in known:
            raise StyleError(
                f"{where} has an unknown key '{name}'; expected {join_names(known)}."
                f"{suggest(str(name), known)}",
                word=str(name),
            )


def _split_call(text: str) -> tuple[str, dict[str, Any]]:
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
        _refuse_keys(tree, STYLE_KEYS, "the style")
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
    used: list[dict[str, Any]] = []
    notes: list[str] = []
    for place, step in enumerate(chain.steps):
        options = step.options(seed)
        context = _context(registry, seed, place, notes, index, total)
        before = picture
        picture = _finish(step, before, _call(step, before, options, context), notes)
        about: dict[str, Any] = {
            "filter": step.entry.full_name,
            "version": step.entry.plugin.version,
        }
        used.append({**about, **step.laying, "options": to_plain(options)})
    record: dict[str, Any] = {"name": chain.name, "steps": used, "notes": notes}
    if any(picture.wraps):
        # Who reads the file goes on from a tile.
        record["wraps"] = list(picture.wraps)
    return Styled(picture, record)


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
        step, shown, lambda: step.entry.load("paths")(shown, step.options(seed), context)
    )


def _context(
    registry: Registry,
    seed: int,
    place: int,
    notes: list[str],
    index: int = 0,
    total: int = 1,
) -> FilterContext:
    return FilterContext(
        rng=np.random.Generator(np.random.PCG64(key("filter", seed, place))),
        seed=seed,
        index=index,
        total=total,
        note=notes.append,
        palette=partial(_palette, registry),
        run=partial(_run_inside, registry, seed, index, total),
        read=_read,
    )


def _palette(registry: Registry, wanted: Any, picture: Picture) -> FloatArray:
    return find_palette(wanted, registry, picture)


def _run_inside(
    registry: Registry, seed: int, index: int, total: int, style: Any, picture: Picture
) -> Picture:
    chain = parse_style(style, registry)
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
    pixels = np.asarray(result.pixels, dtype=np.float32)
    low, high = _range(pixels)
    if not (np.isfinite(low) and np.isfinite(high)):
        raise PluginError(f"{step.entry.where} made values that are not finite")
    result = result.replace(pixels=pixels if 0 <= low <= high <= 1 else np.clip(pixels, 0, 1))
    if step.laying:
        result = _blend(step, before, result)
    if any(before.wraps) and not declared.keeps_wrap and result.wraps == before.wraps:
        result = result.replace(wraps=(False, False))
    if any(before.wraps) and not any(result.wraps):
        notes.append(f"step '{declared.name}' ended the tiling")
    if (
        before.indexed is not None
        and result.indexed is before.indexed
        and not declared.keeps_indexed
    ):
        result = result.replace(indexed=None)
    return result


def _read(path: str) -> Picture:
    return read_picture(Path(path))


def _range(pixels: FloatArray) -> tuple[float, float]:
    """Give the smallest and the largest value, or nan if there is one."""
    found: list[float] = [1.0, 0.0] if not pixels.size else []

    def work(start: int, stop: int) -> None:
        strip = pixels[start:stop]
        found.extend((float(strip.min()), float(strip.max())))

    if pixels.size:
        in_strips(work, len(pixels), pixels[0].size)
    return float(np.min(found)), float(np.max(found))


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
    return result.replace(pixels=np.clip(mixed, 0, 1).astype(np.float32), indexed=None)
