"""The index of a shard: where in a tar file each picture lies, so that any one can be read alone.

A shard is a tar file in the layout of WebDataset (Aizman, Maltby and Breuel 2019, "High Performance
I/O For Large Scale Deep Learning", section 3): files that belong together follow one another and
share their name up to the first dot, as ``000017.png`` and ``000017.cls`` do. Beside ``a.tar`` lies
``a.index.json``; where somebody else wrote the shard, the index is made here and kept in the cache.
"""

import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

import msgspec

from artgan.errors import DataError
from artgan.plugin.decode import PICTURE_ENDINGS

FORMAT = 1

BLOCK = 512
"""Bytes of a header in a tar file, and of what every member is filled up to."""

ENDING = ".index.json"

LABELS = ("cls", "json")
"""Endings of members that hold a label: a number alone, or one called "label"."""

LONGEST_LABEL = 1 << 20


class ShardIndex(msgspec.Struct, frozen=True, kw_only=True):
    """Where the pictures of a shard lie, and what they are.

    Attributes:
        shard: File name of the shard.
        bytes: Its length.
        sha256: Its hash, or "" where nobody has read the whole of it.
        names: Member of each picture.
        offsets: First byte of each picture.
        lengths: Bytes of each picture.
        labels: Label of each picture from 0, or None.
        prints: Hash of the pixels of each picture, where artgan packed them.
        source: What it was packed from: how, and which pictures (first, behind the last).
        skipped: Member or source of each picture that is left out -> why.
    """

    shard: str
    bytes: int
    sha256: str
    names: list[str]
    offsets: list[int]
    lengths: list[int]
    labels: list[int] | None = None
    prints: list[str] = []
    source: dict[str, Any] = {}
    skipped: dict[str, str] = {}
    format: int = FORMAT

    @property
    def count(self) -> int:
        """Number of pictures."""
        return len(self.names)


def index_name(shard: str) -> str:
    """Return the name of the index beside a shard: "a.index.json" for "a.tar"."""
    return shard.removesuffix(".tar") + ENDING


def parse_index(data: bytes, where: str) -> ShardIndex:
    """Read an index; ``where`` is what errors call it.

    Raises:
        DataError: It is damaged, or of a later format.
    """
    try:
        index = msgspec.json.decode(data, type=ShardIndex)
    except msgspec.DecodeError as error:
        raise DataError(
            f"'{where}' is damaged ({error}); delete it, and it is made again from the shard"
        ) from error
    lists = [index.offsets, index.lengths, *([index.labels] if index.labels is not None else [])]
    if index.format != FORMAT or any(len(one) != index.count for one in lists):
        raise DataError(
            f"'{where}' is not an index of format {FORMAT}, with a place for each picture; "
            "delete it, and it is made again from the shard"
        )
    return index


def write_index(index: ShardIndex) -> bytes:
    """Return the file of an index."""
    return msgspec.json.encode(index)


@dataclass
class _Sample:
    """Members of a shard that belong together."""

    picture: tarfile.TarInfo | None = None
    label: int | None = None
    others: list[str] = field(default_factory=list)


def scan_shard(file: IO[bytes], shard: str, size: int) -> ShardIndex:
    """Make the index of a shard of ``size`` bytes by going from header to header.

    Raises:
        DataError: It is cut or no tar file, a picture lacks its label, or there are no pictures.
    """
    samples: dict[str, _Sample] = {}
    end = 0
    try:
        with tarfile.open(fileobj=file, mode="r:") as archive:
            for member in archive:
                end = member.offset_data + -(-member.size // BLOCK) * BLOCK
                if end > size:
                    raise cut(shard, size)
                if member.isfile():
                    _sort(member, archive, samples)
        file.seek(end)
        if file.read(BLOCK).count(0) < BLOCK:
            raise cut(shard, size)
    except (tarfile.TarError, EOFError) as error:
        if end:
            raise cut(shard, size) from error
        raise DataError(f"'{shard}' is not a tar file that can be read ({error})") from error
    return _index_of(samples, shard, size)


def cut(shard: str, size: int, wanted: int = 0) -> DataError:
    """Build the error for a shard that ends too early."""
    told = f" of {wanted:,}" if wanted else ""
    return DataError(
        f"'{shard}' is cut: it ends after {size:,}{told} bytes, in the middle. Copy or pack it "
        "again; nothing was changed"
    )


def _sort(member: tarfile.TarInfo, archive: tarfile.TarFile, samples: dict[str, _Sample]) -> None:
    """Note what a member is in its sample."""
    folder, slash, name = member.name.rpartition("/")
    key, _, ending = name.partition(".")
    if not key:
        return
    sample = samples.setdefault(folder + slash + key, _Sample())
    if f".{ending.lower().rpartition('.')[2]}" in PICTURE_ENDINGS and sample.picture is None:
        sample.picture = member
    elif ending.lower() in LABELS and member.size <= LONGEST_LABEL:
        opened = archive.extractfile(member)
        label = _read_label(opened.read() if opened else b"", ending.lower())
        sample.label = sample.label if label is None else label
    else:
        sample.others.append(ending)


def _read_label(data: bytes, ending: str) -> int | None:
    try:
        if ending == "cls":
            label: Any = int(data.decode("ascii"))
        else:
            found: Any = msgspec.json.decode(data)
            label = found.get("label") if isinstance(found, Mapping) else None
    except (ValueError, msgspec.DecodeError):
        return None
    usable = isinstance(label, int) and not isinstance(label, bool) and label >= 0
    return label if usable else None


def _index_of(samples: Mapping[str, _Sample], shard: str, size: int) -> ShardIndex:
    """Gather the samples that have a picture."""
    whole = {key: one for key, one in samples.items() if one.picture}
    if not whole:
        raise DataError(
            f"'{shard}' holds no pictures; expected members such as 000017.png, .jpg or .webp"
        )
    labelled = [key for key, one in whole.items() if one.label is not None]
    if labelled and len(labelled) < len(whole):
        missing = next(key for key, one in whole.items() if one.label is None)
        raise DataError(
            f"'{shard}' lacks a member: {missing} has a picture and no label (.cls), as "
            f"{labelled[0]} has. Pack it again, or leave all labels out"
        )
    pictures = [one.picture for one in whole.values() if one.picture]
    return ShardIndex(
        shard=shard,
        bytes=size,
        sha256="",
        names=[member.name for member in pictures],
        offsets=[member.offset_data for member in pictures],
        lengths=[member.size for member in pictures],
        labels=[one.label for one in whole.values() if one.label is not None] or None,
        skipped=dict(_without_picture(samples)),
    )


def _without_picture(samples: Mapping[str, _Sample]) -> Iterator[tuple[str, str]]:
    for key, one in samples.items():
        if one.picture is None and one.label is not None:
            yield key, "a label without a picture"
