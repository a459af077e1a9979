"""TIFF 6.0, compressed without loss."""

import io
from pathlib import Path

from PIL import TiffImagePlugin

from artgan.plugin.files import FileContent
from artgan.plugins.writers._common import profile, resolution, tags

XMP_TAG = 700


def write_tiff(content: FileContent, path: Path) -> None:
    """Write a TIFF; the XMP packet is tag 700."""
    image, own = content.image, TiffImagePlugin.ImageFileDirectory_v2()
    own.update(tags(content))
    if content.xmp is not None:
        own.tagtype[XMP_TAG] = 1
        own[XMP_TAG] = content.xmp
    more = {**profile(content, image), **resolution(content)}
    # libtiff takes a name in UTF-8 alone.
    file = io.BytesIO()
    image.save(file, format="TIFF", compression="tiff_adobe_deflate", tiffinfo=own, **more)
    path.write_bytes(file.getvalue())
