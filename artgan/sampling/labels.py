"""Find labels by name or by number."""

from collections.abc import Sequence

from artgan.base.suggest import join_names, suggest
from artgan.errors import OptionError


def find_label(given: str | int, names: Sequence[str], classes: int) -> int:
    """Return the number of a label, given by name, by number, or as the names of files have it.

    A text that is several of these is the first of them.
    """
    text = str(given).strip()
    if text in names:
        return list(names).index(text)
    if text.isdecimal() and int(text) < classes:
        return int(text)
    in_files = _in_files(names)
    if text in in_files:
        return in_files.index(text)
    if not classes:
        raise OptionError(f"label '{text}' does not fit; expected none: this run has no labels")
    known = f"{join_names(names)}, or a number" if names else "a number"
    raise OptionError(
        f"label '{text}' does not fit; expected {known} from 0 to {classes - 1}."
        f"{suggest(text, names)}"
    )


def find_labels(given: str, names: Sequence[str], classes: int) -> list[int]:
    """Return the numbers of several labels: "A,B,C", or "all"."""
    if given.strip() == "all" and "all" not in names:
        if not classes:
            raise OptionError("there are no labels: the run was trained without any")
        return list(range(classes))
    return [find_label(piece, names, classes) for piece in given.split(",")]


def label_name(label: int, names: Sequence[str]) -> str:
    """Return a label for file names: its name with other characters as hyphens, or its number.

    If two labels would get the same, also on a disk that ignores case, all end in their number.
    """
    return str(label) if label >= len(names) else _in_files(names)[label]


def _in_files(names: Sequence[str]) -> list[str]:
    plain = ["".join(c if c.isalnum() else "-" for c in name).strip("-") for name in names]
    plain = [name or str(number) for number, name in enumerate(plain)]
    if len({name.casefold() for name in plain}) < len(plain):
        return [f"{name}-{number}" for number, name in enumerate(plain)]
    return plain
