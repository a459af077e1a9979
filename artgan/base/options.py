"""From one declaration of options: checks, flags, JSON Schema, tables.

An options class is a frozen msgspec struct (see ``artgan.plugin.Options``). This module turns what
a user gives into an instance, with errors in the user's words, and describes the fields.
"""

import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union

import msgspec

from artgan.base.suggest import join_names, suggest
from artgan.errors import OptionError, StyleError
from artgan.plugin import Meta, Options

OptionsT = TypeVar("OptionsT", bound=Options)


@dataclass(frozen=True)
class OptionFact:
    """The facts of one option.

    ``kind`` is "bool", "int", "float", "str", "choice" or "list", ``type`` the annotation.
    ``lengths`` are the fewest and most letters of a text, or items of a list; None for no limit.
    ``means`` says what a value names, so that it is looked up before the first picture: "palette",
    "ramp", "color", "style", "styles" or "". ``only`` is another option and the value of it that
    this one needs to count; ("", "") for none. ``was`` lists its names in older versions.
    ``secret`` is the environment variable of a setting that is a secret, or "". ``pattern`` is a
    regular expression that a text must match, or "".
    """

    name: str
    kind: str
    help: str
    default: Any
    type: Any
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    lengths: tuple[int | None, int | None] = (None, None)
    means: str = ""
    only: tuple[str, str] = ("", "")
    was: tuple[str, ...] = ()
    secret: str = ""
    pattern: str = ""

    @property
    def flag(self) -> str:
        """The name as flags spell it."""
        return self.name.replace("_", "-")

    @property
    def expected(self) -> str:
        """What may be given, in words: "a number from 0 to 4"."""
        if self.kind == "choice":
            return join_names(self.choices)
        noun = {
            "bool": "true or false",
            "int": "a whole number",
            "float": "a number",
            "str": "text",
            "list": "a list, as in a,b,c",
        }[self.kind] + self._length()
        if self.pattern:
            noun += f" such as '{self.default}'"
        if self.low is None:
            return noun if self.high is None else f"{noun} of at most {self.high:g}"
        if self.high is None:
            return f"{noun} of at least {self.low:g}"
        return f"{noun} from {self.low:g} to {self.high:g}"

    def _length(self) -> str:
        """Describe how many letters or items are allowed."""
        least, most = self.lengths
        if least is None and most is None:
            return ""
        noun = "letter" if self.kind == "str" else "item"
        if most is None or least is None or least == most:
            bound = "" if least == most else "at least " if most is None else "at most "
            count = most if least is None else least
            return f", {bound}{count} {noun}{'' if count == 1 else 's'}"
        return f", {least} to {most} {noun}s"


def _kind_of(annotation: Any) -> tuple[str, tuple[str, ...], list[Meta]]:
    """Return the kind of an option, its choices, and what is declared beside its type."""
    metas: list[Meta] = []
    while typing.get_origin(annotation) is typing.Annotated:
        annotation, *extra = typing.get_args(annotation)
        metas += [item for item in extra if isinstance(item, Meta)]
    origin = typing.get_origin(annotation)
    if origin is Literal:
        return "choice", tuple(str(arg) for arg in typing.get_args(annotation)), metas
    if origin in (Union, types.UnionType):
        inner = [arg for arg in typing.get_args(annotation) if arg is not type(None)]
        kinds = [_kind_of(arg) for arg in inner]
        chosen = next((k for k in kinds if k[0] == "str"), kinds[0])
        return chosen[0], chosen[1], metas + chosen[2]
    if origin in (list, tuple, set, frozenset):
        return "list", (), metas
    names = {bool: "bool", int: "int", float: "float"}
    return names.get(annotation, "str"), (), metas


def _fact(field: msgspec.structs.FieldInfo, annotation: Any) -> OptionFact:
    kind, choices, metas = _kind_of(annotation)
    low: float | None = None
    high: float | None = None
    text, means, only, was, secret, pattern = "", "", "", (), "", ""
    lengths: tuple[int | None, int | None] = (None, None)
    for meta in metas:
        low = meta.ge if meta.ge is not None else (meta.gt if meta.gt is not None else low)
        high = meta.le if meta.le is not None else (meta.lt if meta.lt is not None else high)
        text = meta.description or text
        means = (meta.extra or {}).get("means", means)
        only = (meta.extra or {}).get("only", only)
        was = tuple((meta.extra or {}).get("was", was))
        secret = str((meta.extra or {}).get("secret", secret))
        pattern = meta.pattern or pattern
        if kind in ("str", "list") and (meta.min_length, meta.max_length) != (None, None):
            lengths = (meta.min_length, meta.max_length)
    default = field.default
    if default is msgspec.NODEFAULT and field.default_factory is not msgspec.NODEFAULT:
        default = field.default_factory()
    other, _, needed = only.partition("=")
    if only:
        text = f"{text} ({other} {needed} only)"
    return OptionFact(
        field.name,
        kind,
        text,
        default,
        annotation,
        choices,
        low,
        high,
        lengths,
        means,
        (other, needed),
        was,
        secret,
        pattern,
    )


@cache
def describe(options_class: type[Options]) -> tuple[OptionFact, ...]:
    """List the options of a class in the order of their declaration."""
    hints = typing.get_type_hints(options_class, include_extras=True)
    return tuple(_fact(f, hints[f.name]) for f in msgspec.structs.fields(options_class))


def _convert(fact: OptionFact, value: Any, where: str) -> Any:
    if fact.kind == "list" and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if fact.kind in ("int", "float", "list"):
        value = _spell_out(value)
    if fact.kind == "bool" and isinstance(value, str) and value.lower() in ("yes", "no"):
        value = value.lower() == "yes"
    if fact.kind == "choice" and isinstance(value, str):
        value = value.replace("_", "-") if value not in fact.choices else value
    try:
        return msgspec.convert(value, fact.type, strict=False)
    except msgspec.ValidationError as error:
        near = suggest(str(value), fact.choices) if fact.choices else ""
        raise OptionError(
            f"{where}: option {fact.flag} = {value!r} does not fit; expected {fact.expected}.{near}"
        ) from error


def _spell_out(value: Any) -> Any:
    """Spell numbers such as ".2", "+1" and "3." as strict parsers expect them."""
    if isinstance(value, list):
        return [_spell_out(part) for part in value]
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?(\d+\.\d*|\.\d+|\d+)\s*", value):
        whole, dot, part = value.strip().lstrip("+").partition(".")
        sign = "-" if whole.startswith("-") else ""
        digits = whole.removeprefix("-")
        return f"{sign}{digits or '0'}.{part or '0'}" if dot else sign + digits
    return value


def build_options(
    options_class: type[OptionsT], values: Mapping[str, Any] | Options | None, where: str
) -> OptionsT:
    """Check values against an options class and build an instance; one given is returned as it is.

    Hyphens and underscores in names mean the same, and text is converted. ``where`` is how the user
    knows the owner, such as "filter 'glow'".

    Raises:
        OptionError: A name is unknown, or a value has the wrong type or range.
    """
    if isinstance(values, options_class):
        return values
    if isinstance(values, Options):
        raise OptionError(f"{where} takes {options_class.__name__}, not {type(values).__name__}")
    facts = {fact.name: fact for fact in describe(options_class)}
    now = {old: fact.name for fact in facts.values() for old in fact.was if old not in facts}
    checked: dict[str, Any] = {}
    for key, value in _as_now(options_class, values or {}, where).items():
        name = str(key).replace("-", "_")
        name = now.get(name, name)
        if name in checked:
            raise OptionError(f"{where}: option {key} is given twice, as {facts[name].flag} too")
        if name not in facts:
            near = suggest(name.replace("_", "-"), [fact.flag for fact in facts.values()])
            known = join_names([fact.flag for fact in facts.values()], "and")
            known = f"its options are {known}" if known else "it has none"
            raise OptionError(f"{where} has no option '{key}'; {known}.{near}")
        checked[name] = _convert(facts[name], value, where)
    try:
        return options_class(**checked)
    except (TypeError, ValueError) as error:
        raise OptionError(f"{where}: {error}") from error


def _as_now(
    options_class: type[Options], values: Mapping[str, Any], where: str
) -> Mapping[str, Any]:
    """Let the options class turn what was written for an older version into what it means now."""
    try:
        return options_class.migrate(values)
    except OptionError:
        raise
    # The plugin boundary: the user must learn whose options these are.
    except Exception as error:
        raise OptionError(
            f"{where}: its migrate failed with {dict(values)}: {type(error).__name__}: {error}"
        ) from error


def build_effective(
    options_class: type[OptionsT],
    given: Mapping[str, Any],
    unasked: Mapping[str, Any],
    where: str,
    prefix: str,
) -> OptionsT:
    """Check values as ``build_options`` does, and that each given one has an effect.

    What would not count keeps its default where it is not ``given`` but ``unasked``, as a recipe
    has it. ``prefix`` is how flags begin, such as "--arch.".

    Raises:
        OptionError: As there; or an option was set that has no effect beside the others.
    """
    options = build_options(options_class, {**unasked, **given}, where)
    idle = [
        fact
        for fact in describe(options_class)
        if fact.only[0] and str(getattr(options, fact.only[0])) != fact.only[1]
    ]
    for fact in idle:
        if fact.name in given and getattr(options, fact.name) != fact.default:
            other, needed = fact.only
            raise OptionError(
                f"{where}: {prefix}{fact.flag} has no effect with {prefix}{other} "
                f"{getattr(options, other)}; leave it out, or use {prefix}{other} {needed}"
            )
    return msgspec.structs.replace(options, **{fact.name: fact.default for fact in idle})


def to_plain(options: Options) -> dict[str, Any]:
    """Convert options to plain values, in order of declaration, for TOML and JSON."""
    plain: dict[str, Any] = msgspec.to_builtins(options)
    return plain


def json_schema(options_class: type[Options]) -> dict[str, Any]:
    """Return the JSON Schema of an options class, for forms and editors."""
    return msgspec.json.schema(options_class)


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


def call_text(name: str, options: Options) -> str:
    """Return a name with the options that differ from their defaults; ``split_call`` reads it."""
    usual = to_plain(type(options)())
    other = [f"{key}={value}" for key, value in to_plain(options).items() if value != usual[key]]
    return ":".join([name, *([",".join(other)] if other else [])])


def _join_plain(pieces: list[str]) -> list[str]:
    """Put back together what commas split inside one value: "palette=111,eee" is one piece."""
    joined: list[str] = []
    for piece in pieces:
        if "=" in piece or not joined:
            joined.append(piece)
        else:
            joined[-1] += f",{piece}"
    return joined
