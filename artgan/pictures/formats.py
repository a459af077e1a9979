"""Picture formats: writing each with its record, colour profile and resolution."""

import io
import struct
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin, TiffImagePlugin

from artgan.base.marks import XMP_KEYWORD
from artgan.base.terminal import is_utf8
from artgan.errors import RunError
from artgan.pictures.marks import Metadata
from artgan.pictures.records import (
    KEYWORD,
    Record,
    parameters_line,
    record_text,
    rights_of,
    title_of,
)
from artgan.pictures.xmp import xmp_packet
from artgan.version import __version__

MOST_XMP_IN_JPEG = 65_500
"""Bytes of an XMP packet that fit into the APP1 segment of a JPEG beside its header."""


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """Build an sRGB profile; the bytes are always the same."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Bytes 24 to 35 hold the date (ICC.1, 7.2.1).
    return made[:24] + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + made[36:]


def _tags(record: Record) -> dict[int, str]:
    """List the tags that TIFF and EXIF share: title, tool, artist and licence."""
    artist, licence = rights_of(record)
    tags = {
        0x010E: title_of(record),
        0x0131: f"artgan {__version__}",
        0x013B: artist,
        0x8298: licence,
    }
    return {tag: text.encode("ascii", "replace").decode() for tag, text in tags.items() if text}


def _exif(record: Record, size: tuple[int, int]) -> Image.Exif:
    exif = Image.Exif()
    exif.update(_tags(record))
    line = parameters_line(record, size).encode("ascii", "replace")
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + line
    return exif


def _save_png(image: Image.Image, path: Path, about: Metadata) -> None:
    record, packet = about.record, xmp_packet(about)
    info = PngImagePlugin.PngInfo()
    # One byte in place of a profile: sRGB with perceptual intent (PNG, 11.3.2.5).
    info.add(b"sRGB", b"\0")
    if record is not None:
        info.add_itxt(KEYWORD, record_text(record))
        info.add_itxt("parameters", parameters_line(record, image.size))
    if packet is not None:
        info.add_itxt(XMP_KEYWORD, packet.decode())
    if record is not None:
        info.add_text("Software", f"artgan {__version__}")
    image.save(path, format="PNG", pnginfo=info, **_dpi(image))


def _save_jpeg(image: Image.Image, path: Path, about: Metadata) -> None:
    more = _exif_and_xmp(about, image.size)
    length = len(more.get("xmp", b""))
    if length > MOST_XMP_IN_JPEG:
        raise RunError(
            f"the record of '{path.name}' takes {length} bytes and a JPEG holds "
            f"{MOST_XMP_IN_JPEG}: write PNG, WebP or TIFF, or leave it out with --no-record"
        )
    if image.mode in ("LA", "RGBA"):
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image.convert("RGBA")).convert("RGB")
    more |= {**_profile(image), **_dpi(image)}
    image.save(path, format="JPEG", quality=95, subsampling=0, **more)


def _save_webp(image: Image.Image, path: Path, about: Metadata) -> None:
    more = _exif_and_xmp(about, image.size)
    shown = image.convert("RGBA" if image.mode in ("LA", "RGBA") else "RGB")
    shown.save(path, format="WEBP", lossless=True, exact=True, **_profile(shown), **more)


def _save_tiff(image: Image.Image, path: Path, about: Metadata) -> None:
    tags, packet = TiffImagePlugin.ImageFileDirectory_v2(), xmp_packet(about)
    if about.record is not None:
        tags.update(_tags(about.record))
    if packet is not None:
        tags.tagtype[700] = 1
        tags[700] = packet
    more = {**_profile(image), **_dpi(image)}
    # libtiff takes a name in UTF-8 alone.
    file = path if is_utf8(str(path)) else io.BytesIO()
    image.save(file, format="TIFF", compression="tiff_adobe_deflate", tiffinfo=tags, **more)
    if isinstance(file, io.BytesIO):
        path.write_bytes(file.getvalue())


def _exif_and_xmp(about: Metadata, size: tuple[int, int]) -> dict[str, Any]:
    record, packet = about.record, xmp_packet(about)
    more: dict[str, Any] = {} if record is None else {"exif": _exif(record, size)}
    return more if packet is None else {**more, "xmp": packet}


def _profile(image: Image.Image) -> dict[str, Any]:
    return {"icc_profile": srgb_profile()} if image.mode in ("RGB", "RGBA") else {}


def _dpi(image: Image.Image) -> dict[str, Any]:
    dpi = image.info.get("dpi")
    return {"dpi": dpi} if dpi else {}


WRITERS: dict[str, Callable[[Image.Image, Path, Metadata], None]] = {
    ".png": _save_png,
    ".jpg": _save_jpeg,
    ".jpeg": _save_jpeg,
    ".webp": _save_webp,
    ".tif": _save_tiff,
    ".tiff": _save_tiff,
}
"""Ending -> function that writes that format; the bytes depend only on its arguments."""

FORMATS = ("png", "jpg", "webp", "tiff")
"""Choices of --format."""

VIDEO_ENDINGS = (".mp4", ".webm")
