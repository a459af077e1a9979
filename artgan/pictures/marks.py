"""The mark of a picture by its record, and what is written into a file beside the pixels."""

from collections.abc import Mapping
from dataclasses import dataclass

from artgan.base.marks import ENHANCED, SYSTEM, TRAINED, Mark, mark_from
from artgan.pictures.records import Record
from artgan.version import __version__

SOURCE_MARK, SOURCE_CREDENTIALS = "source_mark", "source_credentials"
"""Keys of a record: the mark that the source carried, and whether it had Content Credentials."""


@dataclass(frozen=True)
class Metadata:
    """What is written into a file beside the pixels.

    Attributes:
        record: How the picture was made, as plain values; None writes none.
        mark: How it came about, for machines; None writes none.
    """

    record: Record | None = None
    mark: Mark | None = None


def metadata_of(
    record: Record | None, *, keep_record: bool = True, keep_mark: bool = True
) -> Metadata:
    """Return what is written for a record: the record itself, and the mark that follows from it."""
    if record is None:
        return Metadata()
    return Metadata(record if keep_record else None, mark_of(record) if keep_mark else None)


def as_metadata(about: Metadata | Record | None) -> Metadata:
    """Take metadata, or a record, which is written with its mark."""
    return about if isinstance(about, Metadata) else metadata_of(about)


def mark_of(record: Record) -> Mark:
    """Return the mark of a picture, by what it was made from in the end."""
    made_by = record.get("source_record")
    if isinstance(made_by, Mapping):
        return mark_of(made_by)
    if "source_sha256" not in record:
        return Mark(TRAINED, SYSTEM, str(record.get("artgan", __version__)))
    told = mark_from(record.get(SOURCE_MARK))
    return told if told and told.made_by_ai else Mark(ENHANCED)
