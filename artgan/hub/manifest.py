"""``artgan.json``: what a shared run says of itself, and the SHA-256 of each file of the run.

It is written last: a folder without one is not shared, or only half.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Annotated

import msgspec

from artgan.base.paths import write_text
from artgan.base.suggest import join_names
from artgan.base.tables import read_json
from artgan.errors import RunError

FILE = "artgan.json"

FORMAT = 1

RUN_FILE = re.compile(r"run\.toml|checkpoints/[0-9]{1,19}\.(safetensors|json)")
"""Names that files of a shared run may have; no other is fetched."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a shared run says of itself.

    Attributes:
        format: Version of this layout.
        name: What its author calls it.
        licence: Licence of the weights, an SPDX expression.
        author: Who trained it, or "".
        data: What it was trained on, in its author's words.
        step: Updates that the weights have seen.
        weights: SHA-256 of the file of weights.
        files: Each file of the run -> its SHA-256.
    """

    format: Annotated[int, msgspec.Meta(ge=1)] = FORMAT
    name: str
    licence: str
    author: str = ""
    data: str = ""
    step: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    weights: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    files: dict[str, Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]]


def read_manifest(file: Path, where: str) -> Manifest:
    """Read an ``artgan.json``; ``where`` is what errors call the shared run.

    Raises:
        RunError: It is damaged, of a newer artgan, or names files that no run has.
    """
    manifest = read_json(file, Manifest, RunError, "file")
    if manifest.format > FORMAT:
        raise RunError(
            f"{where} has format {manifest.format}, this artgan reads up to {FORMAT}; update artgan"
        )
    odd = [name for name in manifest.files if not RUN_FILE.fullmatch(name)]
    if odd or "run.toml" not in manifest.files or manifest.weights not in manifest.files.values():
        named = f" it names {join_names(odd[:3], 'and')}" if odd else " files are missing in it"
        raise RunError(f"{where} holds no run that artgan has shared:{named}")
    return manifest


def find_manifest(folder: Path) -> Manifest | None:
    """Read what the folder of a run says of itself if it was shared; None for any other."""
    file = folder / FILE
    return read_manifest(file, f"'{folder}'") if file.is_file() else None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write ``artgan.json`` into the folder of a shared run."""
    text = json.dumps(msgspec.to_builtins(manifest), indent=1, ensure_ascii=False)
    write_text(folder / FILE, text + "\n")


def file_sha256(file: Path) -> str:
    """Compute the SHA-256 of a file.

    Raises:
        RunError: It cannot be read.
    """
    try:
        with file.open("rb") as data:
            return hashlib.file_digest(data, "sha256").hexdigest()
    except OSError as error:
        raise RunError(f"'{file}' cannot be read: {error.strerror}") from error
