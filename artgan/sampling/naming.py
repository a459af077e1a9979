"""Names of files from patterns such as "{series}-{number}-s{seed}"."""

import hashlib
from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any

from artgan.base.suggest import join_names, suggest
from artgan.errors import OptionError

LONGEST = 200
"""Bytes of a name without its ending."""


def check_pattern(pattern: str, known: Sequence[str], apart: Sequence[str]) -> None:
    """Check that a pattern can name files: it holds only known names, and one that tells apart."""
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError as error:
        raise OptionError(f"the pattern '{pattern}' does not fit: {error}") from error
    fields = [field for _, field, _, _ in parts if field is not None]
    for field in fields:
        if field not in known:
            raise OptionError(
                f"the pattern '{pattern}' has {{{field}}}; expected {join_names(known)}."
                f"{suggest(field, known)}"
            )
    for text, _, form, convert in parts:
        if convert or (form and not form.rstrip("d").isdecimal()):
            raise OptionError(
                f"the pattern '{pattern}' has a form that does not fit; expected digits, as in "
                "{number:04d}"
            )
        if set(text) & set('/\\:*?"<>|') or text.startswith("."):
            raise OptionError(f"the pattern '{pattern}' has '{text}', which is not for file names")
    if not set(fields) & set(apart):
        braced = join_names([f"{{{name}}}" for name in apart])
        raise OptionError(
            f"the pattern '{pattern}' gives every picture the same name; put in {braced}"
        )


def fill_pattern(pattern: str, facts: Mapping[str, Any]) -> str:
    """Return the name from a checked pattern; formats apply to whole numbers only.

    One that is too long for a disk is cut and ends in a hash of the whole, so that all differ.
    """
    name = ""
    for text, field, form, _ in Formatter().parse(pattern):
        name += text
        if field is not None:
            value = facts[field]
            name += f"{value:{form}}" if isinstance(value, int) and form else str(value)
    data = name.encode("utf-8", "surrogateescape")
    if len(data) <= LONGEST:
        return name
    digest = hashlib.sha256(data).hexdigest()[:6]
    return f"{data[: LONGEST - 7].decode('utf-8', 'ignore')}-{digest}"
