"""Writes OpenRaster (openraster.org, version 0.0.3): layers that Krita, GIMP and MyPaint open.

It is a ZIP of PNG files and a list of them, ``stack.xml``, the uppermost first.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
from PIL import Image, PngImagePlugin

from artgan.base.marks import XMP_KEYWORD, Mark, mark_packet
from artgan.base.paths import replacing
from artgan.layering.compose import compose
from artgan.layering.stack import MadeLayer
from artgan.pictures.records import KEYWORD, record_text
from artgan.plugin.picture import FloatArray

OPERATIONS: Mapping[str, str] = {
    "normal": "svg:src-over",
    "multiply": "svg:multiply",
    "screen": "svg:screen",
    "add": "svg:plus",
    "lighten": "svg:lighten",
    "darken": "svg:darken",
    "overlay": "svg:overlay",
    "soft-light": "svg:soft-light",
}
"""Blend mode -> composite operation."""

THUMBNAIL = 256

TIME = (1980, 1, 1, 0, 0, 0)
"""Of all files inside, so that the same layers give the same bytes."""


def as_image(pixels: FloatArray) -> Image.Image:
    """Return pixels (H, W, 4) in [0, 1] as RGBA."""
    return Image.fromarray((pixels * 255 + 0.5).astype(np.uint8))


def write_openraster(
    layers: Sequence[MadeLayer],
    path: Path,
    record: Mapping[str, Any] | None = None,
    *,
    mark: Mark | None = None,
    overwrite: bool = False,
) -> None:
    """Write layers, the lowest first, whole or not at all.

    The merged picture inside carries the record and the mark.

    Raises:
        RunError: A different file is there and ``overwrite`` is off.
    """
    merged = as_image(compose(layers))
    about = PngImagePlugin.PngInfo()
    if record is not None:
        about.add_itxt(KEYWORD, record_text(record))
    if mark is not None:
        about.add_itxt(XMP_KEYWORD, mark_packet(mark).decode())
    small = merged.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    with (
        replacing(path, keep=not overwrite) as temporary,
        zipfile.ZipFile(temporary, "w") as file,
    ):
        # First and without compression, so that programs know the kind by its first bytes.
        _add(file, "mimetype", b"image/openraster")
        _add(file, "stack.xml", stack_xml(layers).encode())
        for number, made in enumerate(layers):
            _add(file, f"data/layer{number}.png", _png(as_image(made.pixels)))
        _add(file, "mergedimage.png", _png(merged, about))
        _add(file, "Thumbnails/thumbnail.png", _png(small))


def stack_xml(layers: Sequence[MadeLayer]) -> str:
    """Return the list of layers, the uppermost first."""
    height, width = layers[0].pixels.shape[:2]
    rows = [
        f'    <layer name={quoteattr(made.layer.title)} src="data/layer{number}.png" x="0" y="0" '
        f'opacity="{made.layer.opacity:g}" visibility="visible" '
        f'composite-op="{OPERATIONS[made.layer.blend]}"/>'
        for number, made in reversed(list(enumerate(layers)))
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    image = f'<image version="0.0.3" w="{width}" h="{height}">'
    return "\n".join([head, image, "  <stack>", *rows, "  </stack>", "</image>", ""])


def _png(image: Image.Image, about: PngImagePlugin.PngInfo | None = None) -> bytes:
    file = io.BytesIO()
    image.save(file, format="PNG", pnginfo=about)
    return file.getvalue()


def _add(file: zipfile.ZipFile, name: str, data: bytes) -> None:
    # PNG is packed already.
    file.writestr(zipfile.ZipInfo(name, TIME), data, zipfile.ZIP_STORED)
