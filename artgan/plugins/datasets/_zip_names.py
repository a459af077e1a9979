"""Reads the names in zip archives that do not say their encoding.

APPNOTE 6.3.10, appendix D: without bit 11 names are in code page 437, but programs write the code
page of their machine. The encoding is the one under which the names of the archive read most like
words: letters of one script, and not line graphics or half-width kana.
"""

import re
import zipfile
from collections.abc import Sequence

UTF_8 = 0x800
"""Flag of names in UTF-8."""

LETTERS = {
    "cp932": r"[\u3041-\u30fe\u4e00-\u9fff\uff01-\uff5e]",
    "cp866": r"[\u0400-\u045f]",
    "cp437": r"[\u00c0-\u00ff]",
}
"""Code page -> the letters beyond ASCII that its names are made of; tried in this order."""


def member_names(infos: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Read the names of an archive's members, with "/" between folders."""
    stored = [_stored(info) for info in infos]
    encoding = _encoding([name for name in stored if isinstance(name, bytes)])
    decoded = [name if isinstance(name, str) else name.decode(encoding) for name in stored]
    # A backslash may also be the second byte of a letter, so it counts only now.
    return [name.replace("\\", "/") for name in decoded]


def _stored(info: zipfile.ZipInfo) -> str | bytes:
    """Return a name, or its bytes if it does not say its encoding."""
    if info.flag_bits & UTF_8 or info.orig_filename.isascii():
        return info.orig_filename
    return info.orig_filename.encode("cp437")


def _encoding(names: Sequence[bytes]) -> str:
    """Choose the encoding that reads names best."""
    joined = b"\n".join(names)
    try:
        joined.decode("utf-8")
    except UnicodeDecodeError:
        return max(LETTERS, key=lambda encoding: _likelihood(joined, encoding))
    return "utf-8"


def _likelihood(names: bytes, encoding: str) -> float:
    """Return the share of the characters beyond ASCII that are letters in fitting words, 0 to 1."""
    try:
        text = names.decode(encoding)
    except UnicodeDecodeError:
        return -1
    good, letter = 0, re.compile(LETTERS[encoding])
    for word in re.findall(r"[^\W\d_]+", text):
        foreign = [one for one in word if not one.isascii()]
        # Accents stand among plain letters, Cyrillic ones do not.
        mixed = len(foreign) < len(word)
        if encoding == "cp932" or mixed == (encoding == "cp437"):
            good += sum(bool(letter.match(one)) for one in foreign)
    return good / max(1, sum(not one.isascii() for one in text))
