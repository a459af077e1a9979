"""Pictures of a folder or archive that are decoded one by one, when each is asked for.

Size, channels and alpha are found from some of them, since looking into a million files takes as
long as decoding them.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from artgan.plugin import DataError, PictureError
from artgan.plugins.datasets import PicturesOptions
from artgan.plugins.datasets._decode import Decoded, SourceFile, decode_frames, read_header
from artgan.plugins.datasets._tables import Pixels

if TYPE_CHECKING:
    from artgan.plugin.vary import Vary

LOOKED_AT = 256
"""Files by which size and channels are found."""


@dataclass(frozen=True)
class OnDemand:
    """A set of files that are decoded when asked for; see ``artgan.plugin.ImageSource``.

    Attributes:
        files: All that may be pictures, in order.
        size: (height, width) of every picture.
        mode: PIL's mode of every picture.
        options: How pictures are fitted.
        labels: Label of each, int64 (N,), or None.
        class_names: Names of the labels.
        vary: Random change of a batch, or None.
        facts: Plain values for the run's record.
        slow: True: whoever trains on them packs them first.
    """

    files: Sequence[SourceFile]
    size: tuple[int, int]
    mode: str
    options: PicturesOptions
    labels: NDArray[np.int64] | None = None
    class_names: Sequence[str] = ()
    vary: "Vary | None" = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    slow: bool = True

    def __len__(self) -> int:
        """Return the number of files."""
        return len(self.files)

    def __getitem__(self, index: int) -> Pixels | tuple[Pixels, int]:
        """Decode one file, with its label if there are labels.

        Raises:
            PictureError: It cannot be used.
        """
        decoded = decode_frames(self.files[index], self.size, self.mode, self.options)[0]
        if decoded.pixels is None:
            raise PictureError(f"{decoded.finding.name}: {decoded.finding.skipped}")
        return decoded.pixels if self.labels is None else (decoded.pixels, int(self.labels[index]))


def spread(files: Sequence[SourceFile]) -> list[SourceFile]:
    """Choose some files from all parts of a set."""
    places = np.unique(np.linspace(0, len(files) - 1, min(len(files), LOOKED_AT)).astype(int))
    return [files[place] for place in places]


def sizes_of(files: Sequence[SourceFile]) -> list[tuple[int, int]]:
    """Read (width, height) of those files that are pictures."""
    headers = [read_header(file, False) for file in files]
    return [header.size for header in headers if header]


def look_at(
    files: Sequence[SourceFile], size: tuple[int, int], options: PicturesOptions
) -> list[Decoded]:
    """Decode some files, to see what all are like.

    Raises:
        DataError: None is a picture.
    """
    found = [decode_frames(file, size, "RGB", options)[0] for file in files]
    usable = [one for one in found if one.pixels is not None]
    if not usable:
        raise DataError(
            f"none of {len(found)} files can be used, such as {found[0].finding.name}: "
            f"{found[0].finding.skipped}"
        )
    return usable


def stamp_of(files: Sequence[SourceFile], options: PicturesOptions) -> str:
    """Hash names and stamps of all files, and how they are decoded."""
    kept = msgspec.to_builtins(options)
    plain = {k: v for k, v in kept.items() if k not in ("flip", "rotate", "crop")}
    digest = hashlib.sha256(json.dumps(plain, sort_keys=True).encode())
    for file in files:
        digest.update(f"{file.name}|{file.stamp}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()
