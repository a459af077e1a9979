"""Packs a set that is slow to read before its first training, and opens the shards."""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from artgan.base.options import to_plain
from artgan.base.suggest import count_of
from artgan.datasets.items import split_item
from artgan.errors import DataError, PictureError
from artgan.plugin import DataContext
from artgan.shards.names import NAME
from artgan.shards.pack import Packing, pack
from artgan.shards.source import ShardSource, open_folder

SAID_EVERY = 10_000
"""Pictures after which it is said again how far packing is."""


def about_source(source: Any, chosen: tuple[str, Path | str | None, Any]) -> dict[str, Any]:
    """Return what is packed, in plain values that change with the pictures.

    ``chosen`` are name, path and options of its dataset.
    """
    name, path, options = chosen
    return {
        "dataset": name,
        "path": str(path.resolve()) if isinstance(path, Path) else path,
        # As they are, and not as asked for: whoever goes on asks for what was found.
        "shape": list(_shape_of(source)),
        # Options that change pictures change their hash.
        "content": getattr(source, "facts", {}).get("content_sha256") or to_plain(options),
    }


def _shape_of(source: Any) -> tuple[int, ...]:
    """Return (H, W, C) of the first picture of a source that can be read."""
    for index in range(len(source)):
        with suppress(PictureError):
            return split_item(source[index])[0].shape
    raise DataError("none of the pictures can be read")


def open_packed(
    source: Any, chosen: tuple[str, Path | str | None, Any], context: DataContext
) -> ShardSource:
    """Pack a source into the cache, unless it was packed before, and open the shards.

    ``chosen`` are name, path and options of its dataset.

    Raises:
        RunError: The disk is full; finished shards are kept, and packing goes on with them.
    """
    about = about_source(source, chosen)
    key = hashlib.sha256(msgspec.json.encode(about)).hexdigest()[:32]
    folder = context.cache / "packed" / key
    said = [0]

    def reach(count: int) -> None:
        if count - said[0] >= SAID_EVERY:
            said[0] = count
            context.report(f"Packed {count:,} of {len(source):,} pictures.")

    packed_before = (folder / NAME).exists()
    if not packed_before:
        context.report(
            f"{count_of(len(source), 'picture')} are too large a set to be kept decoded: they are "
            f"packed once, into '{folder}'. artgan pack does the same for a folder that you choose."
        )
    made = pack(source, folder, Packing(source=about), reach)
    if not packed_before and (made.skipped or made.copies):
        context.report(
            f"Left out: {count_of(made.skipped, 'damaged picture')}, "
            f"copies of others: {made.copies}."
        )
    opened = open_folder(folder, context)
    opened.vary = getattr(source, "vary", None)
    return opened
