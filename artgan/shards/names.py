"""What shards are called, and how a folder or text is known to mean them; nothing heavy."""

import re
from pathlib import Path

NAME = "shards.json"

UNFINISHED = "packing.json"
"""Lies beside the shards of a set as long as it is packed."""

BELONGING = (".tar", ".json", ".txt", ".md", ".idx")
"""Endings of what lies in a folder of shards."""


def is_address(text: str) -> bool:
    """Tell whether a text is an address for fsspec, or a pattern of several files."""
    return "://" in text or (text.endswith(".tar") and bool(re.search(r"[{*]", text)))


def holds_shards(folder: Path) -> bool:
    """Tell whether a folder is one of shards: it has some, and nothing but what belongs to them."""
    if (folder / NAME).is_file() or (folder / UNFINISHED).is_file():
        return True
    entries = [path for path in folder.iterdir() if not path.name.startswith(".")]
    shards = any(path.suffix == ".tar" for path in entries)
    return shards and all(path.suffix in BELONGING and path.is_file() for path in entries)
