"""The file that describes a whole set of shards, so that opening it reads one small file."""

from typing import Any

import msgspec

from artgan.errors import DataError
from artgan.shards.index import FORMAT


class ShardFacts(msgspec.Struct, frozen=True):
    """What is known of a shard without opening it: file name, pictures, bytes and hash."""

    name: str
    count: int
    bytes: int
    sha256: str = ""


class ShardSet(msgspec.Struct, frozen=True, kw_only=True):
    """A finished set of shards.

    Attributes:
        shards: All of them, in order.
        height: Of every picture, in pixels; 0 if they have several sizes.
        width: Of every picture, in pixels; 0 if they have several sizes.
        channels: 1, 3 or 4; 0 if pictures differ.
        class_names: Names of the labels; empty without labels.
        source: What it was packed from, and how.
        skipped: How many pictures were left out since they cannot be read.
        copies: How many were left out as copies of others.
        left_out: Why the first ones that cannot be read are left out.
    """

    shards: list[ShardFacts]
    height: int = 0
    width: int = 0
    channels: int = 0
    class_names: list[str] = []
    source: dict[str, Any] = {}
    skipped: int = 0
    copies: int = 0
    left_out: list[str] = []
    format: int = FORMAT

    @property
    def count(self) -> int:
        """Number of pictures."""
        return sum(shard.count for shard in self.shards)


def parse_set(data: bytes, where: str) -> ShardSet:
    """Read the file of a set; ``where`` is what errors call it.

    Raises:
        DataError: It is damaged, of a later format, or lists nothing.
    """
    try:
        found = msgspec.json.decode(data, type=ShardSet)
    except msgspec.DecodeError as error:
        raise DataError(f"'{where}' is damaged ({error}); pack the pictures again") from error
    if found.format != FORMAT or not found.count:
        raise DataError(f"'{where}' is not a list of shards of format {FORMAT} with pictures")
    return found
