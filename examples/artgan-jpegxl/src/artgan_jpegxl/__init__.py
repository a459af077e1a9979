"""JPEG XL for artgan: its pictures are read as any others."""

from collections.abc import Iterator

from artgan.plugin import Reader, hookimpl


@hookimpl
def artgan_readers() -> Iterator[Reader]:
    """Yield the reader of JPEG XL files."""
    yield Reader(
        name="jpeg-xl",
        summary="JPEG XL, by libjxl.",
        open="artgan_jpegxl.reader:open_jpeg_xl",
        endings=(".jxl",),
        # A bare codestream, and one in a container of boxes.
        signs=((0, b"\xff\x0a"), (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n")),
    )
