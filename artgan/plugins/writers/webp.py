"""Lossless WebP."""

from pathlib import Path

from artgan.plugin.files import FileContent
from artgan.plugins.writers._common import exif_and_xmp, profile


def write_webp(content: FileContent, path: Path) -> None:
    """Write a WebP that keeps the colours of clear pixels too."""
    image = content.image
    shown = image.convert("RGBA" if image.mode in ("LA", "RGBA") else "RGB")
    more = {**profile(content, shown), **exif_and_xmp(content)}
    shown.save(path, format="WEBP", lossless=True, exact=True, **more)
