"""Catalogue of the built-in readers: formats beyond those that Pillow reads by itself."""

from collections.abc import Iterator

from artgan.plugin import Reader, hookimpl

BRANDS = (b"hei", b"hevc", b"hevx", b"mif1", b"msf1")
"""What stands behind "ftyp", or how it begins (ISO/IEC 23008-12, annex B)."""


@hookimpl
def artgan_readers() -> Iterator[Reader]:
    """Yield the built-in readers."""
    yield Reader(
        name="heic",
        summary="Photographs of phones; needs artgan[heic].",
        open="artgan.plugins.readers.heic:open_heic",
        endings=(".heic", ".heif"),
        signs=tuple((4, b"ftyp" + brand) for brand in BRANDS),
    )
