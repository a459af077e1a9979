"""Places where trained runs are shared: what a ``RunHost`` gets and returns.

A shared run is a folder with ``artgan.json``, which names the other files and their SHA-256, and
with ``run.toml`` and checkpoints. artgan checks every byte of what a host has fetched.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class FetchedRun:
    """A shared run that was fetched.

    Attributes:
        address: One that always means the same files, such as with a commit in place of a tag; it
            is written into ``run.toml``.
        folder: Where ``artgan.json`` and the files that it names lie.
        owner: Whose place it is, or "".
        label: What people call it, or "" for the address.
    """

    address: str
    folder: Path
    owner: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class SharedFolder:
    """A shared run that is to be published.

    Attributes:
        folder: Where it lies.
        files: Names of its files inside it, with "/"; others that may lie there stay there.
        private: Whether the user wants it for their eyes alone, if the place is new.
    """

    folder: Path
    files: tuple[str, ...]
    private: bool = False


@dataclass(frozen=True, kw_only=True)
class HowToUse:
    """What the model card says of an address.

    Attributes:
        begin: The address that others begin a training with, such as "ada/mushrooms@COMMIT".
        get: A command that fetches the folder, or "".
        folder: What the folder is called then.
        note: A sentence below the commands, or "".
    """

    begin: str
    get: str = ""
    folder: str = "FOLDER"
    note: str = ""
