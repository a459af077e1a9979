"""Who a plugin is: its id, its version and where it comes from. Imports nothing heavy."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

OWN_ID = "user"

RESERVED = ("core", OWN_ID, "artgan")


@dataclass(frozen=True)
class Plugin:
    """The identity of a plugin.

    Attributes:
        id: Distribution name, file stem, "core", or "user" for the user's own data files.
        version: Version of the distribution, or the first 8 digits of a file's SHA-256.
        origin: "built-in", "package", "file", "project" or "folder".
        path: The file of a loose plugin, else "".
    """

    id: str
    version: str
    origin: str
    path: str = ""


def plain_id(name: str) -> str:
    """Normalize a name as package indexes do: lower case, single hyphens (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def file_plugin(path: Path, origin: str) -> Plugin:
    """Describe a single-file plugin; its version is the start of its SHA-256.

    Raises:
        OSError: The file cannot be read.
    """
    path = path.resolve()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Plugin(plain_id(path.stem), digest[:8], origin, str(path))
