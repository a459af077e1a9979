"""Picture formats: what goes into a file beside the pixels, handed to the writer of its ending."""

import struct
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms

from artgan.base.suggest import join_names
from artgan.errors import RunError
from artgan.pictures.marks import Metadata
from artgan.pictures.records import (
    Record,
    parameters_line,
    record_text,
    rights_of,
    title_of,
    year_of,
)
from artgan.pictures.xmp import xmp_packet
from artgan.plugin.files import (
    Contribution,
    FileContent,
    FileLayer,
    find_writer,
    write_file,
    written_endings,
)
from artgan.version import __version__

FORMATS = ("png", "jpg", "webp", "tiff")
"""Choices of --format that are artgan's own."""


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """Build an sRGB profile; the bytes are always the same."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Bytes 24 to 35 hold the date (ICC.1, 7.2.1).
    return made[:24] + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + made[36:]


def writer_of(path: Path) -> Contribution:
    """Find what writes files with the ending of a path.

    Raises:
        RunError: Nothing does.
    """
    writer = find_writer(path)
    if writer is None:
        raise RunError(f"'{path}' ends in none of {join_names(written_endings())}")
    return writer


def takes_layers(path: Path) -> bool:
    """Tell whether files with the ending of a path hold the pictures that one was made of."""
    writer = find_writer(path)
    return writer is not None and bool(writer.declaration.layers)


def write_image(
    image: Image.Image, path: Path, about: Metadata, layers: tuple[FileLayer, ...] = ()
) -> None:
    """Write an image with its record, mark, profile and resolution.

    ``layers`` are what lies below it, the lowest first; a format without layers leaves them out.

    Raises:
        RunError: Nothing writes files with that ending.
        PluginError: The writer of a plugin failed, or left out record and mark.
    """
    writer = writer_of(path)
    content = FileContent(
        image=image,
        xmp=xmp_packet(about),
        profile=srgb_profile(),
        layers=(*layers, FileLayer("picture", image)) if writer.declaration.layers else (),
        **_told(about.record, image.size),
    )
    write_file(writer, content, path)


def _told(record: Record | None, size: tuple[int, int]) -> dict[str, Any]:
    """Return what a file says of a picture in texts, by its record."""
    if record is None:
        return {}
    (artist, licence), year = rights_of(record), year_of(record)
    return {
        "record": record_text(record),
        "parameters": parameters_line(record, size),
        "title": title_of(record),
        "tool": f"artgan {__version__}",
        "artist": artist,
        "licence": f"{year} {licence}" if year and licence else licence,
    }
