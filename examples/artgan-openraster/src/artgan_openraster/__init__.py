"""OpenRaster for artgan: pictures in layers, as GIMP, Krita and MyPaint open them."""

from collections.abc import Iterator

from artgan.plugin import Reader, Writer, hookimpl

ENDINGS = (".ora",)


@hookimpl
def artgan_writers() -> Iterator[Writer]:
    """Yield the writer of OpenRaster files."""
    yield Writer(
        name="openraster",
        summary="OpenRaster: a layer for the raw picture and one for the styled.",
        write="artgan_openraster.layers:write",
        endings=ENDINGS,
        layers=True,
    )


@hookimpl
def artgan_readers() -> Iterator[Reader]:
    """Yield the reader of OpenRaster files."""
    yield Reader(
        name="openraster",
        summary="OpenRaster: the merged picture.",
        open="artgan_openraster.layers:open_merged",
        endings=ENDINGS,
        # What the first file of the archive is called and holds.
        signs=((30, b"mimetypeimage/openraster"),),
    )
