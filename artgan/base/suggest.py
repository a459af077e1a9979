"""Names: close matches for misspelled ones, lists in plain words, plain spellings."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

LEAST_LIKENESS = 0.65
"""Ratio of matching letters, from 0 to 1, from which a name counts as meant."""


def suggest(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the nearest known name, or "" if none is near.

    A name that begins with three letters or more that were given is near too.
    """
    spellings = {_plain(other): other for other in map(str, known)}
    given = _plain(name)
    near = get_close_matches(given, spellings, n=1, cutoff=LEAST_LIKENESS)
    if not near and len(given) >= 3:
        near = [other for other in spellings if other.startswith(given)]
    return f" Did you mean '{spellings[near[0]]}'?" if near else ""


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def join_names(names: Iterable[str], last: str = "or") -> str:
    """Join names as people do: a, b or c."""
    names = [str(name) for name in names]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def count_of(count: int, one: str) -> str:
    """Return a number with its noun: "1 picture", "2 pictures", "3 losses"."""
    return f"{count} {one if count == 1 else plural_of(one)}"


def plural_of(one: str) -> str:
    """Return the plural of a noun: "pictures", "losses"."""
    return f"{one}es" if one.endswith(("s", "x", "ch")) else f"{one}s"


def natural_key(name: object) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Return what names are ordered by, so that 2 comes before 10."""
    text = str(name)
    parts = re.split(r"(\d+)", text)
    # Every other part is a number; those that Unicode alone calls digits count as letters.
    keys = ((0, int(p), "") if p.isdecimal() else (1, 0, p.casefold()) for p in parts if p)
    return tuple(keys), text


def slug(text: str, otherwise: str = "") -> str:
    """Spell a text in small letters, digits and single hyphens; ``otherwise`` if none are left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or otherwise
