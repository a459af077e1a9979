"""Knobs: the settings that a style offers, read and checked from its declaration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from artgan.base.seeding import key
from artgan.base.suggest import join_names, suggest
from artgan.base.tables import refuse_unknown
from artgan.errors import OptionError, StyleError

KNOB_KEYS = ("default", "min", "max", "help", "vary", "choices")


@dataclass(frozen=True)
class Knob:
    """A number or word of a style that the user may set.

    A seed draws from ``vary``: a range (low, high), the ``choices``, or () for nothing. ``given``
    tells that the setting is not the style's own; ``about`` is its table as the style has it.
    """

    name: str
    setting: Any
    vary: tuple[Any, ...] = ()
    choices: bool = False
    given: bool = False
    about: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def value(self, seed: int | None) -> Any:
        """Return the value; a seed draws it if it varies, a whole number if its range is whole."""
        if not self.vary or seed is None:
            return self.setting
        rng = np.random.Generator(np.random.PCG64(key("knob", self.name, seed)))
        if self.choices:
            return self.vary[int(rng.integers(len(self.vary)))]
        low, high = self.vary
        if isinstance(low, int) and isinstance(high, int) and isinstance(self.setting, int):
            return int(rng.integers(low, high + 1))
        return float(rng.uniform(low, high))


def read_knob(name: str, about: Any, given: Any, style: str) -> Knob:
    """Read a knob from its table ``about``, at what the user has given if that is not None.

    Raises:
        StyleError: It is declared wrongly.
        OptionError: What is given does not fit.
    """
    where = f"style '{style}', knob '{name}'"
    if not isinstance(about, Mapping):
        raise StyleError(
            f"{where} must be a table, as in {{ default = 1.0, min = 0.0, max = 2.0 }}"
        )
    refuse_unknown(about, KNOB_KEYS, where, StyleError)
    if "default" not in about:
        raise StyleError(f"{where} needs a default")
    try:
        vary = _read_vary(about, where)
        default = _check_value(about["default"], about, f"{where}: default")
    except OptionError as error:
        raise StyleError(str(error)) from error
    if given is not None:
        return Knob(name, _check_value(given, about, where), given=True, about=about)
    return Knob(name, default, vary, bool(vary and about.get("choices")), about=about)


def _read_vary(about: Mapping[str, Any], where: str) -> tuple[Any, ...]:
    """Return what a seed draws from: the ends of a range, or the choices; () for nothing."""
    vary, choices = about.get("vary"), about.get("choices")
    if choices is not None and (not isinstance(choices, list | tuple) or not choices):
        raise OptionError(f'{where}: choices must be a list, as in ["p4m", "p6m"]')
    if not vary:
        return ()
    if choices:
        return tuple(choices)
    numbers = isinstance(vary, list | tuple) and len(vary) == 2 and all(map(_is_number, vary))
    if not numbers or vary[0] > vary[1]:
        raise OptionError(
            f"{where}: vary = {vary!r} does not fit; expected the lowest and the highest number, "
            "as in [0.5, 1.5], or true beside choices"
        )
    for end in vary:
        _check_value(end, about, f"{where}: vary")
    return tuple(vary)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_value(given: Any, about: Mapping[str, Any], where: str) -> Any:
    """Return a value as the knob takes it: one of its choices, or a number in its range."""
    default, choices = about["default"], about.get("choices")
    if choices:
        for choice in choices:
            if str(choice) == str(given):
                return choice
        raise OptionError(
            f"{where} = {given!r} does not fit; expected {join_names(choices)}."
            f"{suggest(str(given), choices)}"
        )
    if not _is_number(default):
        return given
    number = _check_number(given, about, where)
    # A filter that takes whole numbers only refuses others itself: a knob set to 20 degrees may
    # well be turned to 22.5.
    return int(number) if isinstance(default, int) and number.is_integer() else number


def _check_number(given: Any, about: Mapping[str, Any], where: str) -> float:
    low, high = about.get("min", -np.inf), about.get("max", np.inf)
    for end in (low, high):
        if not _is_number(end):
            raise OptionError(f"{where}: min and max must be numbers, not {end!r}")
    try:
        number = float(given)
    except (TypeError, ValueError):
        number = np.nan
    if not low <= number <= high or not np.isfinite(number):
        ends = (("from", low), ("to", high))
        bounds = [f"{word} {end:g}" for word, end in ends if np.isfinite(end)]
        raise OptionError(
            f"{where} = {given!r} does not fit; expected {' '.join(['a number', *bounds])}"
        )
    return number
