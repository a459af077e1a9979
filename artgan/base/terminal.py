"""Text from files and records, made safe to print on a terminal or to paste into a shell."""

import re

HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
)
"""For a set in a regular expression: control characters but tab and newline, characters that
reorder or hide text, and the surrogates by which Python keeps file names that are not UTF-8."""

_UNSAFE = re.compile(f"[{HIDDEN}]")


def visible(text: str) -> str:
    r"""Spell out characters that a terminal would obey rather than show: ``\x1b`` for escape."""
    return _UNSAFE.sub(lambda found: ascii(found[0])[1:-1], text)


def one_line(text: str) -> str:
    r"""Spell out what ``visible`` does, and line breaks, which would tear a sentence in two."""
    return visible(text).replace("\n", "\\n")


def is_utf8(text: str) -> bool:
    """Check whether a text has no surrogates, by which Python keeps names that are not UTF-8."""
    return not re.search("[\ud800-\udfff]", text)


def as_utf8(text: str) -> str:
    r"""Spell out surrogates, ``\udce9``, so that a text can be written as UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()


def is_plugin_name(text: str) -> bool:
    """Check whether a text can be the name of a distribution (PEP 508), and nothing else."""
    return bool(re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?", text))


def is_version(text: str) -> bool:
    """Check whether a text can be the version of a distribution, and nothing else."""
    return bool(re.fullmatch(r"[0-9][A-Za-z0-9.!+_-]{0,60}", text))
