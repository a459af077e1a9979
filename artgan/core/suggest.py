"""Close matches for misspelled names, and lists in plain words."""

from collections.abc import Iterable


def suggest(name: str, known: Iterable[str]) -> str:
    """Give " Did you mean 'x'?" for the nearest known name, or "" if none is near.

    Near is one slip in up to four letters, two in up to eight, then three; or a name that begins
    with three letters or more that were given.
    """
    given = name.lower().replace("_", "-")
    slips = 1 if len(given) <= 4 else 2 if len(given) <= 8 else 3
    ranked = sorted(
        (_slips(given, other.lower().replace("_", "-")), other) for other in map(str, known)
    )
    if ranked and ranked[0][0] <= slips and ranked[0][0] < len(given):
        return f" Did you mean '{ranked[0][1]}'?"
    begun = [other for _, other in ranked if len(given) >= 3 and other.startswith(given)]
    return f" Did you mean '{begun[0]}'?" if begun else ""


def _slips(given: str, known: str) -> int:
    """Count letters left out, put in, changed or swapped (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(known) + 1))
    for i, one in enumerate(given, start=1):
        row = [i]
        for j, other in enumerate(known, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one != other))
            if i > 1 and j > 1 and one == known[j - 2] and given[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def join_names(names: Iterable[str], last: str = "or") -> str:
    """Join names as people do: a, b or c."""
    names = [str(name) for name in names]
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
