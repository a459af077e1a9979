"""PNG (third edition)."""

from pathlib import Path

from PIL import PngImagePlugin

from artgan.plugin.files import FileContent
from artgan.plugins.writers._common import resolution


def write_png(content: FileContent, path: Path) -> None:
    """Write a PNG; the XMP packet is iTXt ``XML:com.adobe.xmp``."""
    info = PngImagePlugin.PngInfo()
    # One byte in place of a profile: sRGB with perceptual intent (PNG, 11.3.2.5).
    info.add(b"sRGB", b"\0")
    if content.record is not None:
        info.add_itxt("artgan", content.record)
        info.add_itxt("parameters", content.parameters or "")
    if content.xmp is not None:
        info.add_itxt("XML:com.adobe.xmp", content.xmp.decode())
    if content.record is not None:
        info.add_text("Software", content.tool)
    content.image.save(path, format="PNG", pnginfo=info, **resolution(content))
