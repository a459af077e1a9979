"""JPEG of high quality."""

from pathlib import Path

from PIL import Image

from artgan.plugin.files import FileContent, FileError
from artgan.plugins.writers._common import exif_and_xmp, profile, resolution

MOST_XMP = 65_500
"""Bytes of an XMP packet that fit into the APP1 segment of a JPEG beside its header."""


def write_jpeg(content: FileContent, path: Path) -> None:
    """Write a JPEG; clear pixels are laid on white.

    Raises:
        FileError: The record is too long for the format.
    """
    image, more = content.image, exif_and_xmp(content)
    length = len(content.xmp or b"")
    if length > MOST_XMP:
        raise FileError(
            f"the record of '{path.name}' takes {length} bytes and a JPEG holds {MOST_XMP}: write "
            "PNG, WebP or TIFF, or leave it out with --no-record"
        )
    if image.mode in ("LA", "RGBA"):
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image.convert("RGBA")).convert("RGB")
    more |= {**profile(content, image), **resolution(content)}
    image.save(path, format="JPEG", quality=95, subsampling=0, **more)
