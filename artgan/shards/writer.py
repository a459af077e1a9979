"""Writes shards: tar files of pictures with their labels, and an index beside each."""

import hashlib
import io
import tarfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from PIL import Image

from artgan.base.paths import replacing
from artgan.errors import OptionError
from artgan.shards.decoding import Pixels
from artgan.shards.index import ShardIndex, index_name, write_index

Format = Literal["png", "webp", "jpg"]

JPEG_QUALITY = 95

PNG_LEVEL = 6


@dataclass(frozen=True)
class Packed:
    """A picture as it is packed: encoded, with its label or None, and the hash of its pixels."""

    data: bytes
    label: int | None
    print: str


def encode(pixels: Pixels, kind: Format) -> bytes:
    """Encode a picture (H, W, C): png and webp without loss, jpg with little.

    Raises:
        OptionError: jpg cannot hold its alpha.
    """
    if kind == "jpg" and pixels.shape[2] == 4:
        raise OptionError("jpg cannot hold alpha; use --format png or webp")
    image = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    file = io.BytesIO()
    if kind == "png":
        image.save(file, "PNG", compress_level=PNG_LEVEL)
    elif kind == "webp":
        # "exact" keeps the colours of clear pixels.
        image.save(file, "WEBP", lossless=True, exact=True, method=2)
    else:
        image.save(file, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return file.getvalue()


def print_of(pixels: Pixels) -> str:
    """Hash the pixels of a picture; copies have the same hash."""
    head = repr(pixels.shape).encode()
    return hashlib.blake2b(head + pixels.tobytes(), digest_size=8).hexdigest()


class _Counting:
    """A file that is written from front to back; hashes what it is given."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.hash, self.length = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        """Write bytes."""
        self.hash.update(data)
        self.length += len(data)
        return self.file.write(data)


def write_shard(
    path: Path,
    pictures: Iterable[Packed],
    kind: Format,
    first: int,
    about: Callable[[], Mapping[str, Any]],
) -> ShardIndex:
    """Write a shard as its pictures come, and then its index, each whole or not at all.

    Args:
        path: The tar file.
        pictures: What goes in.
        kind: What they are encoded as.
        first: Number of the first picture in the set, which names its members.
        about: Called at the end; returns further fields of the index.

    Raises:
        RunError: It cannot be written; the disk may be full.
    """
    names: list[str] = []
    offsets: list[int] = []
    lengths: list[int] = []
    labels: list[int] = []
    prints: list[str] = []
    with replacing(path) as temporary, temporary.open("wb") as file:
        counting = _Counting(file)
        with tarfile.open(fileobj=counting, mode="w|", format=tarfile.USTAR_FORMAT) as archive:  # type: ignore[call-overload]
            for number, one in enumerate(pictures, first):
                names.append(f"{number:09d}.{kind}")
                offsets.append(archive.offset + tarfile.BLOCKSIZE)
                lengths.append(len(one.data))
                prints.append(one.print)
                _add(archive, names[-1], one.data)
                if one.label is not None:
                    labels.append(one.label)
                    _add(archive, f"{number:09d}.cls", str(one.label).encode())
    index = ShardIndex(
        shard=path.name,
        bytes=counting.length,
        sha256=counting.hash.hexdigest(),
        names=names,
        offsets=offsets,
        lengths=lengths,
        labels=labels or None,
        prints=prints,
        **about(),
    )
    with replacing(path.with_name(index_name(path.name))) as temporary:
        temporary.write_bytes(write_index(index))
    return index


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    """Add a member without owner and time, so that equal pictures make equal shards."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o644
    archive.addfile(member, io.BytesIO(data))
