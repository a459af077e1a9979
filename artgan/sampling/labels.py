"""Labels as users give them: by name or by number."""

from collections.abc import Sequence

from artgan.base.suggest import join_names, suggest
from artgan.errors import OptionError


def find_label(given: str | int, names: Sequence[str], classes: int) -> int:
    """Give the number of a label.

    Args:
        given: Its name, or its number; what is both is the name.
        names: Names of all labels, or nothing.
        classes: How many there are.

    Raises:
        OptionError: There is no such label.
    """
    text = str(given).strip()
    if text in names:
        return list(names).index(text)
    if text.isdecimal() and int(text) < classes:
        return int(text)
    if not classes:
        raise OptionError(f"label '{text}' does not fit; expected none: this run has no labels")
    known = f"{join_names(names)}, or a number" if names else "a number"
    raise OptionError(
        f"label '{text}' does not fit; expected {known} from 0 to {classes - 1}."
        f"{suggest(text, names)}"
    )


def find_labels(given: str, names: Sequence[str], classes: int) -> list[int]:
    """Give the numbers of several labels: "A,B,C", or "all".

    Raises:
        OptionError: There is no such label, or none at all.
    """
    if given.strip() == "all" and "all" not in names:
        if not classes:
            raise OptionError("there are no labels: the run was trained without any")
        return list(range(classes))
    return [find_label(piece, names, classes) for piece in given.split(",")]


def label_name(label: int, names: Sequence[str]) -> str:
    """Give what files call a label: its name, as far as names of files allow, or its number."""
    name = names[label] if label < len(names) else str(label)
    plain = "".join(c if c.isalnum() else "-" for c in name).strip("-")
    return plain or str(label)
