"""Catalogue of the built-in writers; the ending of a file's name chooses among them."""

from collections.abc import Iterator

from artgan.plugin import Writer, hookimpl


@hookimpl
def artgan_writers() -> Iterator[Writer]:
    """Yield the built-in writers."""
    yield Writer(
        name="png",
        summary="Lossless; holds records, marks and alpha.",
        write="artgan.plugins.writers.png:write_png",
        endings=(".png",),
    )
    yield Writer(
        name="jpeg",
        summary="Small, not lossless, without alpha.",
        write="artgan.plugins.writers.jpeg:write_jpeg",
        endings=(".jpg", ".jpeg"),
        lossless=False,
    )
    yield Writer(
        name="webp",
        summary="Lossless, smaller than PNG.",
        write="artgan.plugins.writers.webp:write_webp",
        endings=(".webp",),
    )
    yield Writer(
        name="tiff",
        summary="Lossless, for print.",
        write="artgan.plugins.writers.tiff:write_tiff",
        endings=(".tif", ".tiff"),
    )
