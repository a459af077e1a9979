"""OpenRaster 0.0.5 (openraster.org): a zip archive of PNGs and an XML file that stacks them."""

import io
import zipfile
from pathlib import Path
from typing import IO
from xml.sax.saxutils import quoteattr

from artgan.plugin.files import FileContent, FileLayer
from PIL import Image, PngImagePlugin

THUMBNAIL = (256, 256)

MOST_BYTES = 1 << 30
"""A merged picture with more bytes than that is no picture."""


def write(content: FileContent, path: Path) -> None:
    """Write the layers, the merged picture with record and mark, and a thumbnail."""
    layers = content.layers or (FileLayer("picture", content.image),)
    places = [f"data/layer{number}.png" for number in range(len(layers))]
    small = content.image.copy()
    small.thumbnail(THUMBNAIL)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, "mimetype", b"image/openraster")
        _add(archive, "stack.xml", _stack(layers, places, content.image.size))
        for layer, place in zip(layers, places, strict=True):
            _add(archive, place, _png(layer.image))
        _add(archive, "mergedimage.png", _png(content.image, content))
        _add(archive, "Thumbnails/thumbnail.png", _png(small))


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Add a file as it is, without the time: the same picture always gives the same bytes."""
    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)


def _stack(layers: tuple[FileLayer, ...], places: list[str], size: tuple[int, int]) -> bytes:
    """Write stack.xml: the topmost layer comes first."""
    rows = [
        f'  <layer name={quoteattr(layer.name)} src="{place}" x="0" y="0" opacity="1.0" '
        'visibility="visible" composite-op="svg:src-over"/>'
        for layer, place in zip(layers, places, strict=True)
    ]
    head = f'<image version="0.0.5" w="{size[0]}" h="{size[1]}">\n <stack>\n'
    text = head + "\n".join(reversed(rows)) + "\n </stack>\n</image>\n"
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{text}".encode()


def _png(image: Image.Image, content: FileContent | None = None) -> bytes:
    """Write a PNG; that of the whole file carries what artgan says of it, not compressed."""
    info = PngImagePlugin.PngInfo()
    if content and content.record is not None:
        info.add_itxt("artgan", content.record)
    if content and content.xmp is not None:
        info.add_itxt("XML:com.adobe.xmp", content.xmp.decode())
    file = io.BytesIO()
    image.save(file, format="PNG", pnginfo=info)
    return file.getvalue()


def open_merged(file: IO[bytes], name: str) -> Image.Image:
    """Open the merged picture of a file; its pixels are decoded when they are asked for."""
    with zipfile.ZipFile(file) as archive, archive.open("mergedimage.png") as member:
        data = member.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError("its merged picture is too large")
    return PngImagePlugin.PngImageFile(io.BytesIO(data))
