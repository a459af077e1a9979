"""What the built-in writers share: tags of EXIF and TIFF, profile, resolution."""

from typing import Any

from PIL import Image

from artgan.plugin.files import FileContent

TITLE, TOOL, ARTIST, LICENCE = 0x010E, 0x0131, 0x013B, 0x8298
"""Tags that TIFF and EXIF share."""

EXIF_PART, USER_COMMENT = 0x8769, 0x9286


def tags(content: FileContent) -> dict[int, str]:
    """List title, tool, artist and licence by their tags; none without a record."""
    if content.record is None:
        return {}
    texts = {
        TITLE: content.title,
        TOOL: content.tool,
        ARTIST: content.artist,
        LICENCE: content.licence,
    }
    return {tag: text.encode("ascii", "replace").decode() for tag, text in texts.items() if text}


def exif_and_xmp(content: FileContent) -> dict[str, Any]:
    """Return what Pillow takes as EXIF and XMP."""
    more: dict[str, Any] = {}
    if content.record is not None:
        exif = Image.Exif()
        exif.update(tags(content))
        line = (content.parameters or "").encode("ascii", "replace")
        exif.get_ifd(EXIF_PART)[USER_COMMENT] = b"ASCII\0\0\0" + line
        more["exif"] = exif
    return more if content.xmp is None else {**more, "xmp": content.xmp}


def profile(content: FileContent, image: Image.Image) -> dict[str, Any]:
    """Return what Pillow takes as profile; grey has none."""
    return {"icc_profile": content.profile} if image.mode in ("RGB", "RGBA") else {}


def resolution(content: FileContent) -> dict[str, Any]:
    """Return what Pillow takes as resolution."""
    dpi = content.image.info.get("dpi")
    return {"dpi": dpi} if dpi else {}
