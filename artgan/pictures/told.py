"""Reads what files of all kinds say of how they came about: marks and Content Credentials.

XMP packets are written so that they can be found by scanning a file (ISO 16684-1, 7.3.2), whatever
its format. Content Credentials are boxes of JUMBF with a type of their own (C2PA Specification 2.2,
11.1); they are found, not verified.
"""

import mmap
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from artgan.base.marks import ENHANCED, MADE_BY_AI, TERMS, XMP_KEYWORD, Mark, parse_mark
from artgan.errors import ArtganError, DataError
from artgan.pictures.files import read_head, read_record
from artgan.pictures.marks import SOURCE_CREDENTIALS, SOURCE_MARK, mark_of

LONGEST_PACKET = 4 << 20
"""Bytes of an XMP packet that are read."""

CREDENTIALS = b"jumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71"
"""Beginning of the box that describes a store of Content Credentials."""

OTHER_CREDENTIALS = (b"/C2PA_Manifest", b"<c2pa:manifest")
"""What stands before a store that is compressed in a PDF, or text in an SVG."""

CREDENTIALS_DROPPED = (
    "its Content Credentials (C2PA) are not in the result; docs/marking.md says how to sign it"
)

LONGEST_STORE = 16 << 20
"""Bytes of Content Credentials in which a term is looked for."""


def read_mark(path: Path) -> Mark | None:
    """Read the mark in a file of any format; None if it carries none.

    Raises:
        DataError: There is no such file, or it cannot be read.
    """
    packets = _scan(path, _packets)
    mark = next((mark for mark in map(parse_mark, packets) if mark), None)
    return mark if packets else _packed_mark(path)


def has_credentials(path: Path) -> bool:
    """Tell whether a file holds Content Credentials (C2PA).

    Raises:
        DataError: There is no such file, or it cannot be read.
    """
    return bool(_scan(path, lambda data: _credentials_at(data) >= 0))


def tell_dropped_credentials(files: Iterable[Path], note: Callable[[str], None]) -> None:
    """Call ``note`` with a sentence about the files whose Content Credentials artgan drops.

    They hold for the bytes of a file alone, so nothing that is made of it can carry them.
    """
    signed = [path for path in dict.fromkeys(files) if has_credentials(path)]
    if signed:
        more = f" and {len(signed) - 1} more" if len(signed) > 1 else ""
        note(f"'{signed[0]}'{more}: {CREDENTIALS_DROPPED}")


def told_by(path: Path) -> dict[str, Any]:
    """Return what a file says of how it came about, as keys of the record of what is made from it.

    A term that Content Credentials hold counts as a mark if the file carries no other.

    Raises:
        DataError: There is no such file, or it cannot be read.
    """
    mark, term = read_mark(path), _scan(path, _term_in_credentials)
    if mark is None and term:
        mark = Mark(term)
    marked = {SOURCE_MARK: mark.facts} if mark else {}
    return {**marked, **({SOURCE_CREDENTIALS: True} if has_credentials(path) else {})}


def told_of(picture: Image.Image | str | Path) -> dict[str, Any]:
    """Do as ``told_by`` for a picture that is a PIL image or the path of a file."""
    if not isinstance(picture, Image.Image):
        return told_by(Path(picture))
    mark = mark_in(picture.info)
    return {SOURCE_MARK: mark.facts} if mark else {}


def mark_in(info: Mapping[Any, Any]) -> Mark | None:
    """Return the mark in the ``info`` of a PIL image; None if it has none."""
    packet = info.get("xmp") or info.get(XMP_KEYWORD) or ""
    return parse_mark(packet.decode("utf-8", "replace") if isinstance(packet, bytes) else packet)


def mark_of_file(path: Path) -> Mark | None:
    """Return the mark of a picture by what its file carries: a mark, a record or credentials.

    Raises:
        DataError: There is no such file, or it cannot be read.
    """
    mark = read_mark(path)
    if mark is not None:
        return mark
    try:
        record = read_record(path)
    except ArtganError:
        record = None
    if record is not None:
        return mark_of(record)
    term = _scan(path, _term_in_credentials)
    return Mark(term) if term else None


def styled_mark(path: Path) -> Mark:
    """Return the mark of what artgan makes of a picture, by what its file carries.

    Raises:
        DataError: There is no such file, or it cannot be read.
    """
    told = mark_of_file(path)
    return told if told and told.made_by_ai else Mark(ENHANCED)


def _scan(path: Path, find: Any) -> Any:
    """Return what ``find`` finds in the bytes of a file, without reading it into memory."""
    try:
        with path.open("rb") as file:
            if not file.seek(0, 2):
                return find(b"")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return find(data)
    except FileNotFoundError as error:
        raise DataError(f"there is no file '{path}'") from error
    except (OSError, ValueError) as error:
        raise DataError(f"'{path}' cannot be read: {error}") from error


def _packets(data: Any) -> list[str]:
    """List the XMP packets in a file."""
    found, start = [], data.find(b"<x:xmpmeta")
    while start >= 0:
        end = data.find(b"</x:xmpmeta>", start, start + LONGEST_PACKET)
        if end < 0:
            break
        found.append(data[start:end].decode("utf-8", "replace"))
        start = data.find(b"<x:xmpmeta", end)
    return found


def _packed_mark(path: Path) -> Mark | None:
    """Return the mark of a picture whose packet scanning does not find, such as a packed one."""
    try:
        return mark_in(read_head(path)[1])
    except ArtganError:
        return None


def _credentials_at(data: Any) -> int:
    """Return where Content Credentials begin in a file; -1 without."""
    places = [data.find(sign) for sign in (CREDENTIALS, *OTHER_CREDENTIALS)]
    return min((place for place in places if place >= 0), default=-1)


def _term_in_credentials(data: Any) -> str:
    """Return the term of IPTC for pictures of a model that Content Credentials hold, or ""."""
    start = _credentials_at(data)
    if start < 0:
        return ""
    store = data[start : start + LONGEST_STORE]
    found = re.findall(re.escape(TERMS.encode()) + rb"([A-Za-z]{1,60})", store)
    return next((term for term in MADE_BY_AI if term.encode() in found), "")
