"""A series: numbered pictures of a run whose traits follow from a name, a seed and a number.

An edition depends only on the series' definition and its own number (and, where near-duplicates are
rejected, on lower numbers). So a longer series keeps its first pictures, and an interrupted one can
be continued.
"""

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from artgan.base.seeding import key
from artgan.base.suggest import join_names, suggest
from artgan.base.tables import read_toml, refuse_unknown
from artgan.errors import OptionError, SeriesError
from artgan.sampling.naming import check_pattern

SEEDS = 10**12
"""Seeds of editions are below this."""

MOST_ATTEMPTS = 20
"""Pictures drawn for one number, before a near-duplicate is accepted."""

DEFAULT_DISTANCE = 0.05

FILE_NAME = "{series}-{number:04d}-s{seed}"

NAME_FIELDS = ("series", "number", "seed", "style", "arch", "step", "hash")

WORDS = (
    "title",
    "description",
    "artist",
    "year",
    "licence",
    "external_url",
    "animation_url",
    "background_color",
)
"""Words about a series, for marketplace files."""

IN_PICTURES = ("artist", "licence", "title", "year")
"""Those of ``WORDS`` that go into the records of its pictures."""

KEYS = (
    "name",
    "run",
    "count",
    "seed",
    "style",
    *WORDS,
    "file_name",
    "vary",
    "measure",
    "reject_near_duplicates",
    "refuse",
)

FLAWS = ("blank", "near-duplicate", "failure")
"""What ``refuse`` may name: nothing to see, like a lower number, a style that fails."""


@dataclass(frozen=True)
class Trait:
    """Something that differs from picture to picture: choices with relative weights, or a range.

    It is "palette", "style", "label", "truncation", "latents", "sampler", "style.KNOB",
    "move.DIRECTION", or "FILTER.OPTION". In turn, number 1 has the first choice, number 2 the
    second, and so on in a cycle. ``title`` is what people read ("" is made of the name), ``step``
    what its numbers are rounded to for them (0 takes a hundredth of the range); neither changes the
    pictures.
    """

    name: str
    values: tuple[Any, ...] = ()
    weights: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 1.0
    in_turn: bool = False
    title: str = ""
    step: float = 0.0

    def draw(self, name: str, seed: int, number: int) -> Any:
        """Return the value of a number of a series, from the series' name and seed."""
        if self.in_turn:
            return self.values[(number - 1) % len(self.values)]
        keys = (name, seed, number)
        rng = np.random.Generator(np.random.PCG64(key("trait", self.name, *keys)))
        if not self.values:
            return round(float(rng.uniform(self.low, self.high)), 4)
        bounds = np.cumsum(self.weights)
        place = int(np.searchsorted(bounds, rng.random() * bounds[-1], side="right"))
        return self.values[min(place, len(self.values) - 1)]

    @property
    def extremes(self) -> tuple[Any, ...]:
        """The values to check: every choice, or both ends of the range."""
        return self.values or (self.low, self.high)

    def table(self) -> dict[str, Any]:
        """Return the trait as it stands in a series file."""
        shown = {"title": self.title, "step": self.step}
        return {**self.rules(), **{name: value for name, value in shown.items() if value}}

    def rules(self) -> dict[str, Any]:
        """Return what decides its values."""
        if not self.values:
            return {"low": self.low, "high": self.high}
        if self.in_turn:
            return {"values": list(self.values), "in_turn": True}
        return {"values": list(self.values), "weights": list(self.weights)}


@dataclass(frozen=True)
class Edition:
    """One number of a series, from 1, after so many attempts that were near-duplicates."""

    number: int
    seed: int
    traits: Mapping[str, Any]
    attempt: int = 0


class SeriesDefinition:
    """The definition of a series: its run, its style, and what varies from picture to picture.

    ``Series`` lists its attributes.
    """

    def __init__(
        self,
        name: str,
        run: str | Path,
        count: int = 16,
        seed: int = 0,
        style: Any = None,
        *,
        file_name: str = FILE_NAME,
        **about: str,
    ) -> None:
        _check_name_and_numbers(name, count, seed)
        _check_about(about)
        try:
            check_pattern(str(file_name), NAME_FIELDS, ("number",))
        except OptionError as error:
            raise SeriesError(f"file_name: {error}") from error
        self.name, self.run, self.count, self.seed = name, Path(run), count, seed
        self.style, self.about, self.file_name = style, dict(about), str(file_name)
        self.traits: list[Trait] = []
        self.distance = 0.0
        self.refused: tuple[str, ...] = ()
        self.measured: tuple[str, ...] = ()

    def vary(
        self,
        name: str,
        values: Sequence[Any] | None = None,
        *,
        weights: Sequence[float] | None = None,
        low: float | None = None,
        high: float | None = None,
        in_turn: bool = False,
    ) -> Self:
        """Let something differ from picture to picture.

        Args:
            name: "palette", "style", "label", "truncation", "latents", "sampler", a knob as
                "style.glow", a direction as "move.tilt", or any option of a filter as
                "halftone.angle".
            values: Choices; or give ``low`` and ``high``.
            weights: Relative frequency of each choice; None makes all equal.
            low: Start of a range.
            high: End of a range.
            in_turn: Number 1 has the first choice, number 2 the second, and so on in a cycle, so
                that all are equally frequent.

        Returns:
            The series, so that calls can be chained.

        Raises:
            SeriesError: It is given twice, or the values or weights do not fit.
        """
        if name in (trait.name for trait in self.traits):
            raise SeriesError(f"trait '{name}' is given twice")
        trait = f"trait '{name}'"
        if in_turn and (values is None or weights is not None):
            raise SeriesError(f"{trait} in turn takes a list of values, and no weights")
        if values is None:
            self.traits.append(_range_trait(name, low, high))
            return self
        if low is not None or high is not None:
            raise SeriesError(f"{trait} has values and a range; expected one of them")
        if isinstance(values, str) or not isinstance(values, Sequence) or not values:
            raise SeriesError(f"{trait}: values {values!r} do not fit; expected a list of choices")
        shares: list[Any] = [1.0] * len(values)
        if weights is not None:
            shares = list(weights) if isinstance(weights, Sequence) else []
        sound = all(isinstance(w, int | float) and 0 <= w < float("inf") for w in shares)
        if len(shares) != len(values) or not sound or sum(shares) <= 0:
            raise SeriesError(
                f"{trait}: weights {list(shares)} do not fit; expected {len(values)} numbers from "
                "0, one for each value, not all 0"
            )
        drawn = Trait(name, tuple(values), tuple(map(float, shares)), in_turn=in_turn)
        self.traits.append(drawn)
        return self

    def name_trait(self, name: str, title: str = "", *, step: float = 0.0) -> Self:
        """Say what people read of a trait; the pictures stay as they are.

        Args:
            name: A trait that varies.
            title: What it is called, as in "Lines"; "" is made of its name.
            step: What its numbers are rounded to; 0 takes about a hundredth of the range.

        Returns:
            The series.

        Raises:
            SeriesError: No trait has the name, or title or step do not fit.
        """
        _check_display(f"trait '{name}'", title, step)
        places = [place for place, trait in enumerate(self.traits) if trait.name == name]
        if not places:
            known = [trait.name for trait in self.traits]
            raise SeriesError(f"no trait '{name}' varies.{suggest(name, known)}")
        place = places[0]
        self.traits[place] = replace(self.traits[place], title=title, step=float(step))
        return self

    def measure(self, *names: str) -> Self:
        """Measure traits of the finished pictures; ``artgan list trait`` shows what there is.

        They stand beside those that vary wherever people read these; the pictures stay as they
        are.

        Args:
            names: Traits, as in "light"; they replace those named before.

        Returns:
            The series.

        Raises:
            SeriesError: A name is no text.
        """
        if not all(isinstance(name, str) and name for name in names):
            raise SeriesError(f"measure {list(names)} does not fit; expected names of traits")
        self.measured = tuple(dict.fromkeys(names))
        return self

    def reject_near_duplicates(self, distance: float = DEFAULT_DISTANCE) -> Self:
        """Reject pictures that look like one of a lower number, and draw again.

        Args:
            distance: Root mean square difference of the raw pictures, shrunk to 8 x 8, from 0 to
                1; nearer ones are rejected.

        Returns:
            The series.
        """
        if not isinstance(distance, int | float) or not 0 < distance < 1:
            raise SeriesError(f"distance {distance!r} does not fit; expected a number from 0 to 1")
        self.distance = float(distance)
        return self

    def refuse(self, *flaws: str) -> Self:
        """Refuse pictures with a flaw, and take the number's next seed instead, with a reason.

        Args:
            flaws: "blank", where there is nothing to see; "near-duplicate", like one of a lower
                number; "failure", where the style fails. None takes all three.

        Returns:
            The series.

        Raises:
            SeriesError: There is no such flaw.
        """
        for flaw in flaws:
            if flaw not in FLAWS:
                raise SeriesError(
                    f"refuse {flaw!r} does not fit; expected {join_names(FLAWS)}."
                    f"{suggest(str(flaw), FLAWS)}"
                )
        self.refused = tuple(flaw for flaw in FLAWS if flaw in (flaws or FLAWS))
        if "near-duplicate" in self.refused and not self.distance:
            self.distance = DEFAULT_DISTANCE
        return self

    def edition(self, number: int, attempt: int = 0) -> Edition:
        """Return the edition of a number; another attempt has another seed, the same traits."""
        seed = key("series", self.name, self.seed, number, attempt) % SEEDS
        traits = {t.name: t.draw(self.name, self.seed, number) for t in self.traits}
        return Edition(number, seed, traits, attempt)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a series file; paths in it are relative to the file, or to the working directory.

        Raises:
            SeriesError: The file is missing, not TOML, or has a wrong key or value.
        """
        table = read_toml(path, SeriesError, "series file")
        try:
            return cls.from_table(table, path.parent)
        except SeriesError as error:
            raise SeriesError(f"series file '{path}': {error}") from error

    @classmethod
    def from_table(cls, table: Mapping[str, Any], beside: Path) -> Self:
        """Build a series from a file's table; a relative path of the run may start ``beside``."""
        plain = {str(name).replace("-", "_"): value for name, value in table.items()}
        refuse_unknown(plain, KEYS, "the series", SeriesError)
        for needed in ("name", "run"):
            if not isinstance(plain.get(needed), str):
                raise SeriesError(f"it needs '{needed}', in quotes")
        if isinstance(plain.get("year"), int):
            plain["year"] = str(plain["year"])
        run = Path(plain.pop("run"))
        if not run.is_absolute() and not run.is_dir() and (beside / run).is_dir():
            run = beside / run
        vary, reject = plain.pop("vary", {}), plain.pop("reject_near_duplicates", False)
        refuse, measure = plain.pop("refuse", False), plain.pop("measure", [])
        series = cls(run=run, **plain)
        if not isinstance(vary, Mapping):
            raise SeriesError("'vary' must be a table, as in [vary.palette]")
        for name, about in vary.items():
            _vary_from_table(series, name, about)
        if reject is True:
            series.reject_near_duplicates()
        elif reject is not False:
            series.reject_near_duplicates(reject)
        _refuse_from_table(series, refuse)
        if not isinstance(measure, list):
            raise SeriesError(f"measure {measure!r} does not fit; expected a list of traits")
        return series.measure(*measure)

    def table(self) -> dict[str, Any]:
        """Return the definition as it stands in a series file, without ``count``."""
        table: dict[str, Any] = {"name": self.name, "run": str(self.run), "seed": self.seed}
        if self.style is not None:
            table["style"] = self.style
        table |= self.about
        if self.file_name != FILE_NAME:
            table["file_name"] = self.file_name
        if self.refused:
            table["refuse"] = list(self.refused)
        if self.measured:
            table["measure"] = list(self.measured)
        if self.distance:
            table["reject_near_duplicates"] = self.distance
        if self.traits:
            table["vary"] = {trait.name: trait.table() for trait in self.traits}
        return table

    @property
    def digest(self) -> str:
        """SHA-256 of everything that decides the pictures, except the weights."""
        loose = [word for word in self.about if word not in IN_PICTURES]
        parts = {k: v for k, v in self.table().items() if k not in (*loose, "run", "measure")}
        if self.traits:
            parts["vary"] = {trait.name: trait.rules() for trait in self.traits}
        return hashlib.sha256(repr(sorted(parts.items())).encode()).hexdigest()


def _check_name_and_numbers(name: str, count: int, seed: int) -> None:
    if not name or not all(c.isalnum() or c in "-_" for c in name) or len(name) > 60:
        raise SeriesError(
            f"series name {name!r} does not fit; expected letters, digits and hyphens, since "
            "files are called by it"
        )
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 999_999:
        raise SeriesError(f"count {count!r} does not fit; expected a number from 1 to 999999")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**63:
        raise SeriesError(f"seed {seed!r} does not fit; expected a whole number from 0")


def _check_about(about: Mapping[str, Any]) -> None:
    refuse_unknown(about, WORDS, "a series", SeriesError)
    year = about.get("year", "2000")
    if not re.fullmatch(r"\d{4}", year if isinstance(year, str) else ""):
        raise SeriesError(f"year {year!r} does not fit; expected four digits, as in 2026")
    for word, text in about.items():
        if not isinstance(text, str):
            raise SeriesError(f"{word} {text!r} does not fit; expected words")
    color = about.get("background_color", "000000")
    if not re.fullmatch("[0-9a-fA-F]{6}", color):
        raise SeriesError(f"background_color {color!r} does not fit; expected six hex digits")


def _refuse_from_table(series: SeriesDefinition, refuse: Any) -> None:
    if refuse is True or (isinstance(refuse, list) and refuse):
        series.refuse(*(() if refuse is True else refuse))
    elif refuse is not False:
        raise SeriesError(f"refuse {refuse!r} does not fit; expected true, or a list of flaws")


def _check_display(trait: str, title: Any, step: Any) -> None:
    if not isinstance(title, str):
        raise SeriesError(f"{trait}: title {title!r} does not fit; expected words")
    sound = isinstance(step, int | float) and not isinstance(step, bool) and 0 <= step < math.inf
    if not sound:
        raise SeriesError(f"{trait}: step {step!r} does not fit; expected a number, as in 0.1")


def _range_trait(name: str, low: float | None, high: float | None) -> Trait:
    numbers = [v for v in (low, high) if isinstance(v, int | float) and math.isfinite(v)]
    if len(numbers) < 2 or numbers[0] > numbers[1]:
        raise SeriesError(
            f"trait '{name}': the range from {low!r} to {high!r} does not fit; expected values, or "
            "low and high with low not above high"
        )
    return Trait(name, low=float(numbers[0]), high=float(numbers[1]))


def _vary_from_table(series: SeriesDefinition, name: str, about: Any) -> None:
    if isinstance(about, list):
        about = {"values": about}
    if not isinstance(about, Mapping):
        raise SeriesError(f"trait '{name}' must be a list of values, or a table")
    about = {"in_turn" if word == "in-turn" else word: value for word, value in about.items()}
    known = ("values", "weights", "low", "high", "in_turn", "title", "step")
    nested = [word for word in about if isinstance(about[word], Mapping)]
    if nested and not any(word in known for word in about):
        # TOML reads [vary.style.glow] as tables within tables.
        for word in about:
            _vary_from_table(series, f"{name}.{word}", about[word])
        return
    refuse_unknown(about, known, f"trait '{name}'", SeriesError)
    shown = {word: about.pop(word) for word in ("title", "step") if word in about}
    series.vary(name, **about)
    if shown:
        series.name_trait(name, **shown)
