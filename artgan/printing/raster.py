"""Writes sheets strip by strip as PNG or TIFF.

Pillow writes whole pictures only, so PNG is written here (PNG specification, third edition,
sections 5 and 11); TIFF is written by ``tifffile``.
"""

import json
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.base.marks import XMP_KEYWORD
from artgan.base.paths import replacing
from artgan.errors import MissingExtraError, OptionError
from artgan.pictures.files import picture_with_record
from artgan.pictures.formats import srgb_profile
from artgan.pictures.marks import Metadata, as_metadata, metadata_of
from artgan.pictures.png_chunks import (
    SIGNATURE,
    write_chunk,
    write_profile,
    write_resolution,
    write_text,
)
from artgan.pictures.records import KEYWORD, Record, record_text, source_record
from artgan.pictures.told import told_by
from artgan.pictures.xmp import xmp_packet
from artgan.plugin.picture import Picture
from artgan.printing.layout import print_strips
from artgan.printing.paper import Sheet

Strip = NDArray[np.uint8] | NDArray[np.uint16]

StripWriter = Callable[[Path, Iterable[Strip], Sheet, Metadata], None]

TIFF_ROWS = 64
"""Rows that are compressed together."""


def write_sheet(
    picture: Picture,
    sheet: Sheet,
    path: Path,
    *,
    record: Metadata | Mapping[str, Any] | None = None,
    overwrite: bool = False,
    show: Callable[[float], None] = lambda _: None,
) -> None:
    """Print a picture into a .png or .tif file, in little memory.

    A record is written with its mark, None writes neither; ``show`` is called with the share that
    is done, 0 to 1.
    """
    write = strip_writer(path)

    def strips() -> Iterator[Strip]:
        done = 0
        for strip in print_strips(picture, sheet):
            done += len(strip)
            show(done / sheet.size[1])
            yield strip

    with replacing(path, keep=not overwrite) as temporary:
        write(temporary, strips(), sheet, as_metadata(record))


def strip_writer(path: Path) -> StripWriter:
    """Return the function that writes strips to a file with this ending."""
    writers = {".png": write_png, ".tif": write_tiff, ".tiff": write_tiff}
    if path.suffix.lower() not in writers:
        raise OptionError(f"'{path}' has no known ending; expected .png, .tif or .pdf")
    return writers[path.suffix.lower()]


def write_png(path: Path, strips: Iterable[Strip], sheet: Sheet, about: Metadata) -> None:
    """Write strips (rows, width, 3) as one RGB PNG."""
    record, packet = about.record, xmp_packet(about)
    width, height, bits = *sheet.size, sheet.bits
    with path.open("wb") as file:
        file.write(SIGNATURE)
        write_chunk(file, b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 2, 0, 0, 0))
        write_profile(file, srgb_profile())
        write_resolution(file, sheet.dpi)
        if record is not None:
            write_text(file, KEYWORD, record_text(record).encode())
        if packet is not None:
            write_text(file, XMP_KEYWORD, packet)
        packer = zlib.compressobj(6)
        before = np.zeros((1, width * 3 * bits // 8), np.uint8)
        for strip in strips:
            # PNG is big-endian; the filter "up" subtracts the row above.
            rows = strip.astype(">u2") if bits == 16 else strip
            raw = rows.reshape(len(strip), -1).view(np.uint8)
            above = np.concatenate([before, raw[:-1]])
            filtered = np.empty((len(raw), raw.shape[1] + 1), np.uint8)
            filtered[:, 0] = 2
            np.subtract(raw, above, out=filtered[:, 1:])
            before = raw[-1:].copy()
            data = packer.compress(filtered.tobytes())
            if data:
                write_chunk(file, b"IDAT", data)
        write_chunk(file, b"IDAT", packer.flush())
        write_chunk(file, b"IEND", b"")


def write_tiff(path: Path, strips: Iterable[Strip], sheet: Sheet, about: Metadata) -> None:
    """Write strips (rows, width, 3) as one RGB TIFF, compressed without loss."""
    description = None if about.record is None else json.dumps(about.record, sort_keys=True)
    packet = xmp_packet(about)
    inside = TiffInside("rgb", srgb_profile(), 3)
    _write_tiff(path, strips, sheet, inside, description, packet)


@dataclass(frozen=True)
class TiffInside:
    """What the numbers of a TIFF mean: "rgb", "minisblack" or "separated"; and its ICC profile."""

    photometric: str
    profile: bytes | None
    channels: int


def write_separated_tiff(
    path: Path, strips: Iterable[Strip], sheet: Sheet, profile: bytes, packet: bytes | None
) -> None:
    """Write strips (rows, width, 4) of CMYK as one TIFF that carries their profile."""
    _write_tiff(path, strips, sheet, TiffInside("separated", profile, 4), None, packet)


def write_grey_tiff(path: Path, strips: Iterable[Strip], sheet: Sheet, description: str) -> None:
    """Write strips (rows, width) of 8-bit grey as one TIFF with a description."""
    grey = replace(sheet, bits=8)
    _write_tiff(path, strips, grey, TiffInside("minisblack", None, 1), description, None)


def _write_tiff(
    path: Path,
    strips: Iterable[Strip],
    sheet: Sheet,
    inside: TiffInside,
    description: str | None,
    packet: bytes | None,
) -> None:
    """Write strips as one TIFF, compressed without loss."""
    try:
        import tifffile
    except ImportError as error:
        raise MissingExtraError(
            "TIFF needs the package tifffile: pip install 'artgan[print]', or write a .png or .pdf"
        ) from error
    width, height, bits = *sheet.size, sheet.bits
    dtype = np.dtype(np.uint8 if bits == 8 else np.uint16)
    channels = (inside.channels,) if inside.channels > 1 else ()

    def compressed() -> Iterator[bytes]:
        for strip in _recut(strips, TIFF_ROWS):
            # The horizontal predictor (TIFF 6.0, section 14): each pixel minus its left neighbour.
            left = strip.astype(dtype.newbyteorder("<"))
            left[:, 1:] -= strip[:, :-1]
            yield zlib.compress(left.tobytes(), 6)

    tifffile.imwrite(
        path,
        compressed(),
        shape=(height, width, *channels),
        dtype=dtype,
        photometric=inside.photometric,
        byteorder="<",
        compression="zlib",
        predictor=True,
        rowsperstrip=min(height, TIFF_ROWS),
        resolution=(sheet.dpi, sheet.dpi),
        resolutionunit="INCH",
        iccprofile=inside.profile,
        description=description,
        extratags=[] if packet is None else [(700, 1, len(packet), packet, True)],
        software="artgan",
        metadata=None,
        bigtiff=width * height * inside.channels * dtype.itemsize > 2**31,
    )


def _recut(strips: Iterable[Strip], rows: int) -> Iterator[Strip]:
    """Cut strips anew, so that all but the last have this many rows."""
    held: Strip | None = None
    for strip in strips:
        held = strip if held is None else np.concatenate([held, strip])
        while len(held) >= rows:
            yield held[:rows]
            held = held[rows:]
    if held is not None and len(held):
        yield held


def print_picture(
    source: Path,
    sheet: Sheet,
    path: Path,
    *,
    about: Callable[[Record], Metadata] = metadata_of,
    overwrite: bool = False,
    show: Callable[[float], None] = lambda _: None,
) -> None:
    """Print a picture file into a .png or .tif file that can record what it was made from.

    ``about`` returns what the file carries, by the record of how it was made.
    """
    strip_writer(path)
    picture, made_by = picture_with_record(source)
    told = {} if made_by else told_by(source)
    record = printed_record(sheet, picture, source.name, made_by, told)
    write_sheet(picture, sheet, path, record=about(record), overwrite=overwrite, show=show)


def printed_record(
    sheet: Sheet,
    picture: Picture,
    source: str,
    made_by: Record | None,
    told: Record | None = None,
) -> dict[str, Any]:
    """Return the record of a picture on a sheet."""
    about = source_record(picture.pixels, source=source, made_by=made_by, told=told)
    return {**about, "print": sheet.about}
