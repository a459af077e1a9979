"""Writes sheets strip by strip: PNG, TIFF, and PDF with a page for each picture.

Pillow writes whole pictures only, so the PNG writer is our own (PNG specification, third edition,
sections 5 and 11); TIFF comes from ``tifffile``.
"""

import json
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageDraw, ImageFont

from artgan.core.paths import replacing
from artgan.core.pictures import read_picture
from artgan.core.printing import INCH, MARK_WIDTH, Sheet, print_strips
from artgan.core.records import KEYWORD, XMP_KEYWORD, xmp_packet
from artgan.errors import MissingExtraError, OptionError
from artgan.plugin.picture import Picture

Strip = NDArray[np.uint8] | NDArray[np.uint16]
CAPTION = 4.0
"""Height of a caption's letters on a page in millimetres."""
CUT, INK = 4.0, "#808080"
"""Length in millimetres and colour of the lines that show where to cut."""


def srgb_profile() -> bytes:
    """Give an sRGB profile, always the same bytes."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Bytes 24 to 35 hold the time of making (ICC.1, 7.2.1).
    return made[:24] + struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + made[36:]


def write_sheet(
    picture: Picture,
    sheet: Sheet,
    path: Path,
    *,
    record: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    show: Callable[[float], None] = lambda _: None,
) -> None:
    """Print a picture into a .png or .tif file, in little memory.

    Args:
        picture: Any picture.
        sheet: Size and layout.
        path: The file.
        record: What made the picture; goes along.
        overwrite: Replace a different file of that name.
        show: Told the share that is done.

    Raises:
        OptionError: The ending is neither.
        MissingExtraError: TIFF without ``artgan[print]``.
        RunError: Another file of that name is there.
    """
    writers = {".png": write_png, ".tif": write_tiff, ".tiff": write_tiff}
    if path.suffix.lower() not in writers:
        raise OptionError(f"'{path}' has no known ending; expected .png, .tif or .pdf")

    def strips() -> Iterator[Strip]:
        done = 0
        for strip in print_strips(picture, sheet):
            done += len(strip)
            show(done / sheet.size[1])
            yield strip

    with replacing(path, keep=not overwrite) as temporary:
        writers[path.suffix.lower()](temporary, strips(), sheet, record)


def write_png(
    path: Path, strips: Iterable[Strip], sheet: Sheet, record: Mapping[str, Any] | None
) -> None:
    """Write strips (rows, width, 3) as one RGB PNG."""
    width, height, bits = *sheet.size, sheet.bits
    per_metre = round(sheet.dpi / INCH * 1000)
    with path.open("wb") as file:

        def chunk(kind: bytes, data: bytes) -> None:
            check = zlib.crc32(kind + data)
            file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check))

        file.write(b"\x89PNG\r\n\x1a\n")
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 2, 0, 0, 0))
        chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(srgb_profile(), 9))
        chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
        if record is not None:
            text = json.dumps(record, ensure_ascii=False, sort_keys=True)
            chunk(b"iTXt", KEYWORD.encode() + b"\0\0\0\0\0" + text.encode())
            chunk(b"iTXt", XMP_KEYWORD.encode() + b"\0\0\0\0\0" + xmp_packet(record))
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
                chunk(b"IDAT", data)
        chunk(b"IDAT", packer.flush())
        chunk(b"IEND", b"")


def write_tiff(
    path: Path, strips: Iterable[Strip], sheet: Sheet, record: Mapping[str, Any] | None
) -> None:
    """Write strips (rows, width, 3) as one RGB TIFF, compressed without loss."""
    try:
        import tifffile
    except ImportError as error:
        raise MissingExtraError(
            "TIFF needs the package tifffile: pip install 'artgan[print]', or write a .png"
        ) from error
    width, height, bits = *sheet.size, sheet.bits
    dtype = np.dtype(np.uint8 if bits == 8 else np.uint16)
    rows = iter(strips)
    first = next(rows)
    description = None if record is None else json.dumps(record, sort_keys=True)
    packet = None if record is None else xmp_packet(record)

    def packed() -> Iterator[bytes]:
        for strip in chain([first], rows):
            # The horizontal predictor (TIFF 6.0, section 14): each pixel less its left neighbour.
            left = strip.astype(dtype.newbyteorder("<"))
            left[:, 1:] -= strip[:, :-1]
            yield zlib.compress(left.tobytes(), 6)

    tifffile.imwrite(
        path,
        packed(),
        shape=(height, width, 3),
        dtype=dtype,
        photometric="rgb",
        byteorder="<",
        compression="zlib",
        predictor=True,
        rowsperstrip=len(first),
        resolution=(sheet.dpi, sheet.dpi),
        resolutionunit="INCH",
        iccprofile=srgb_profile(),
        description=description,
        extratags=[] if packet is None else [(700, 1, len(packet), packet, True)],
        software="artgan",
        metadata=None,
        bigtiff=width * height * 3 * dtype.itemsize > 2**31,
    )


def write_pdf(
    pictures: Sequence[Path],
    sheet: Sheet,
    path: Path,
    *,
    captions: Sequence[str] = (),
    page: Sheet | None = None,
    overwrite: bool = False,
) -> None:
    """Write a PDF with one page for each picture, or with many pictures on a page.

    Args:
        pictures: Picture files.
        sheet: Size and layout of each picture's page.
        path: The .pdf file.
        captions: A line under each picture, or none.
        page: A larger page, on which as many of the sheets are laid as it holds.
        overwrite: Replace a different file of that name.

    Raises:
        OptionError: Not even one sheet fits on the page.
    """

    def pages() -> Iterator[Image.Image]:
        for index, file in enumerate(pictures):
            strips = list(print_strips(read_picture(file), sheet))
            page = Image.fromarray(np.concatenate(strips))
            if captions:
                _caption(page, captions[index], sheet)
            yield page

    made = pages() if page is None else _gathered(pages(), sheet, page)
    first, *rest = [_as_jpeg(page) for page in made]
    with replacing(path, keep=not overwrite) as temporary:
        first.save(
            temporary, format="PDF", save_all=True, append_images=rest, resolution=sheet.dpi,
            quality=95, title=path.stem, producer="artgan", creationDate=None, modDate=None,
        )  # fmt: skip


def _gathered(pieces: Iterable[Image.Image], sheet: Sheet, page: Sheet) -> Iterator[Image.Image]:
    """Lay sheets edge to edge on larger pages; lines outside show where to cut."""
    (wide, high), (width, height) = sheet.size, page.size
    columns, rows = (
        (room - 2 * page.pixels(page.margin)) // side
        for room, side in ((width, wide), (height, high))
    )
    if columns < 1 or rows < 1:
        raise OptionError(
            f"{sheet.width:g} x {sheet.height:g} mm does not fit on {page.width:g} x "
            f"{page.height:g} mm with a margin of {page.margin:g} mm; take a larger paper"
        )
    left, top = (width - columns * wide) // 2, (height - rows * high) // 2
    stream = iter(pieces)
    while together := list(islice(stream, columns * rows)):
        gathered = Image.new("RGB", (width, height), page.paper)
        draw = ImageDraw.Draw(gathered)
        reach, thick = page.pixels(CUT), max(1, page.pixels(MARK_WIDTH))
        for x in range(left, left + columns * wide + 1, wide):
            draw.line((x, top - reach, x, top + rows * high + reach), INK, thick)
        for y in range(top, top + rows * high + 1, high):
            draw.line((left - reach, y, left + columns * wide + reach, y), INK, thick)
        for index, piece in enumerate(together):
            row, column = divmod(index, columns)
            gathered.paste(piece, (left + column * wide, top + row * high))
        yield gathered


def _as_jpeg(page: Image.Image) -> Image.Image:
    """Keep a page packed until it is written."""
    packed = BytesIO()
    page.save(packed, format="JPEG", quality=95, subsampling=0)
    return Image.open(packed)


def _caption(page: Image.Image, text: str, sheet: Sheet) -> None:
    """Write a line at the foot of a page, in a grey that shows on the paper."""
    size = max(6, sheet.pixels(CAPTION))
    font = ImageFont.load_default(size)
    dark = sum(Image.new("RGB", (1, 1), sheet.paper).getpixel((0, 0))) < 384  # type: ignore[arg-type]
    place = (page.width / 2, page.height - sheet.edge - 2 * size)
    draw = ImageDraw.Draw(page)
    draw.text(place, text, fill="#b0b0b0" if dark else "#505050", font=font, anchor="mm")
