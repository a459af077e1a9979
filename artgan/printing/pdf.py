"""Writes a PDF page by page, so that many pages take no more memory than one.

ISO 32000-1 (PDF 1.7), sections 7.5 (the file), 8.9.5 (images), 14.3.2 (metadata) and 14.11.2 (page
boundaries: trim and bleed). Colours are sRGB with the profile embedded (8.6.5.5).
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from artgan.base.marks import Mark, join_marks, write_packet
from artgan.base.paths import replacing
from artgan.errors import OptionError
from artgan.pictures.files import read_picture
from artgan.pictures.formats import srgb_profile
from artgan.pictures.told import styled_mark
from artgan.pictures.xmp import dublin_core
from artgan.printing.layout import MARK_WIDTH, choose_method, print_strips
from artgan.printing.paper import Sheet

POINT = 72
"""Points an inch, PDF's unit of length."""

CAPTION = 4.0
"""Height of a caption's letters in millimetres."""

CUT, CUT_INK = 4.0, "#808080"
"""Length in millimetres and colour of the lines that show where to cut."""

MOST_AT_ONCE = 60_000_000
"""Pixels of a page above which it is compressed strip by strip, without loss."""

CATALOG, PAGES, INFO, PROFILE, FIRST = 1, 2, 3, 4, 5
"""Numbers of objects; those of the first page begin at FIRST."""

EACH = 4
"""Objects of a page: itself, its content, its image, and the length of that."""


@dataclass(frozen=True)
class Words:
    """Title, artist, year and licence of a PDF, as text; "" leaves one out."""

    title: str = ""
    artist: str = ""
    year: str = ""
    licence: str = ""

    @property
    def xmp(self) -> str:
        """The words as XMP elements; "" if there are none."""
        if not any((self.title, self.artist, self.year, self.licence)):
            return ""
        return dublin_core(self.title, self.artist, self.licence, self.year)

    def info(self, otherwise: str) -> str:
        """Return the entries of the PDF's Info (14.3.3); ``otherwise`` is the title without one."""
        rights = ", ".join(filter(None, (self.year, self.licence)))
        entries = {"Title": self.title or otherwise, "Author": self.artist, "Subject": rights}
        return " ".join(f"/{key} <{_utf16(text)}>" for key, text in entries.items() if text)


def _utf16(text: str) -> str:
    return ("\ufeff" + text).encode("utf-16-be").hex()


@dataclass(frozen=True)
class PdfLayout:
    """How pictures lie on the pages of a PDF; bleed and trim of the sheet become the page's boxes.

    A larger ``page`` holds as many of the sheets as fit; None is a page each. Captions are a line
    under each picture; the mark says for machines how they came about, the words whose it is.
    """

    sheet: Sheet
    captions: Sequence[str] = ()
    page: Sheet | None = None
    keep_mark: bool = True
    words: Words = Words()


def write_pdf(
    pictures: Sequence[Path],
    layout: PdfLayout,
    path: Path,
    *,
    overwrite: bool = False,
    show: Callable[[int], None] = lambda _: None,
) -> None:
    """Write a PDF with one page for each picture, or with many pictures on a page.

    Pictures with few colours, and pages too large for memory, are stored without loss; others as
    JPEG of quality 95 with full colour resolution. ``show`` is called with the number of pictures
    that are done.
    """
    sheet, page = layout.sheet, layout.page
    if sheet.bits != 8:
        raise OptionError("a PDF holds 8 bits a channel; write .png or .tif for 16")

    marks: list[Mark] = []

    def make() -> Iterator[_Page]:
        for number, source in enumerate(pictures):
            picture = read_picture(source)
            marks.append(styled_mark(source))
            text = layout.captions[number] if layout.captions else ""
            few = "nearest" in (sheet.method, choose_method(picture))
            yield _Page(sheet, _with_caption(print_strips(picture, sheet), sheet, text), few)
            show(number + 1)

    columns, rows = (1, 1) if page is None else _fit_on_page(sheet, page)
    with replacing(path, keep=not overwrite) as temporary, temporary.open("wb") as file:
        info = layout.words.info(path.stem)
        marked = layout.keep_mark or bool(layout.words.xmp)
        pdf = _Pdf(file, -(-len(pictures) // (columns * rows)), info, marked)
        pages = make() if page is None else _impose(make(), columns, rows, page)
        for number, one in enumerate(pages):
            pdf.page(number, one)
        mark = join_marks(marks).properties if layout.keep_mark else {}
        pdf.close(write_packet(mark, layout.words.xmp))


@dataclass(frozen=True)
class _Page:
    """A page: its sheet, its strips (rows, width, 3), and whether it has few colours."""

    sheet: Sheet
    strips: Iterable[NDArray[np.uint8]]
    few: bool


def _fit_on_page(sheet: Sheet, page: Sheet) -> tuple[int, int]:
    """Return how many sheets fit on a page, side by side and below each other."""
    edge = 2 * (page.pixels(page.margin) + page.edge)
    columns, rows = (
        (room - edge) // side for side, room in zip(sheet.size, page.size, strict=True)
    )
    if columns < 1 or rows < 1:
        raise OptionError(
            f"{sheet.width:g} x {sheet.height:g} mm does not fit on {page.width:g} x "
            f"{page.height:g} mm with a margin of {page.margin:g} mm; take a larger paper"
        )
    return columns, rows


def _impose(sheets: Iterable[_Page], columns: int, rows: int, page: Sheet) -> Iterator[_Page]:
    """Lay sheets edge to edge on larger pages; lines outside show where to cut."""
    stream, (width, height) = iter(sheets), page.size
    reach, thick = page.pixels(CUT), max(1, page.pixels(MARK_WIDTH))
    while together := list(islice(stream, columns * rows)):
        wide, high = together[0].sheet.size
        left, top = (width - columns * wide) // 2, (height - rows * high) // 2
        right, bottom = left + columns * wide, top + rows * high
        whole = Image.new("RGB", (width, height), page.paper)
        draw = ImageDraw.Draw(whole)
        for x in range(left, right + 1, wide):
            draw.line((x, top - reach, x, bottom + reach), CUT_INK, thick)
        for y in range(top, bottom + 1, high):
            draw.line((left - reach, y, right + reach, y), CUT_INK, thick)
        for index, one in enumerate(together):
            row, column = divmod(index, columns)
            piece = Image.fromarray(np.concatenate(list(one.strips)))
            whole.paste(piece, (left + column * wide, top + row * high))
        yield _Page(page, [np.asarray(whole)], all(one.few for one in together))


class _Pdf:
    """Writes the objects of a PDF and remembers where each begins."""

    def __init__(
        self, file: IO[bytes], count: int, info: str, marked: bool, press: bytes = b""
    ) -> None:
        self.file = file
        self.metadata = FIRST + EACH * count if marked else None
        self.count = FIRST + EACH * count + marked
        self.starts: dict[int, int] = {}
        file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        kids = " ".join(f"{FIRST + EACH * number} 0 R" for number in range(count))
        about = f" /Metadata {self.metadata} 0 R" if self.metadata else ""
        if press:
            # For what press it is meant (14.11.5).
            about += (
                " /OutputIntents [<< /Type /OutputIntent /S /GTS_PDFX /OutputConditionIdentifier "
                f"(Custom) /DestOutputProfile {PROFILE} 0 R >>]"
            )
        self.object(CATALOG, f"<< /Type /Catalog /Pages {PAGES} 0 R{about} >>")
        self.object(PAGES, f"<< /Type /Pages /Count {count} /Kids [{kids}] >>")
        self.object(INFO, f"<< /Producer (artgan) {info} >>")
        channels, profile = (4, press) if press else (3, srgb_profile())
        about = f"/N {channels} /Filter /FlateDecode"
        self.stream(PROFILE, about, zlib.compress(profile, 9))

    def object(self, number: int, text: str) -> None:
        self.starts[number] = self.file.tell()
        self.file.write(f"{number} 0 obj\n{text}\nendobj\n".encode("ascii"))

    def stream(self, number: int, about: str, data: bytes) -> None:
        self._begin(number, f"{about} /Length {len(data)}")
        self.file.write(data + b"\nendstream\nendobj\n")

    def _begin(self, number: int, about: str) -> None:
        self.starts[number] = self.file.tell()
        self.file.write(f"{number} 0 obj\n<< {about} >>\nstream\n".encode("ascii"))

    def compressed(self, number: int, about: str, pieces: Iterable[bytes]) -> None:
        """Write a stream of unknown length; the object after it holds the length."""
        self._begin(number, f"{about} /Filter /FlateDecode /Length {number + 1} 0 R")
        packer, begun = zlib.compressobj(6), self.file.tell()
        for piece in pieces:
            self.file.write(packer.compress(piece))
        self.file.write(packer.flush())
        length = self.file.tell() - begun
        self.file.write(b"\nendstream\nendobj\n")
        self.object(number + 1, str(length))

    def page(self, number: int, page: _Page) -> None:
        own, sheet = FIRST + EACH * number, page.sheet
        self.object(own, self.page_head(own, sheet))
        self.stream(own + 1, "", self.drawn(sheet))
        about = (
            f"/Type /XObject /Subtype /Image /Width {sheet.size[0]} /Height {sheet.size[1]} "
            f"/ColorSpace [/ICCBased {PROFILE} 0 R] /BitsPerComponent 8"
        )
        if page.few or sheet.size[0] * sheet.size[1] > MOST_AT_ONCE:
            self.compressed(own + 2, about, (strip.tobytes() for strip in page.strips))
            return
        held = BytesIO()
        whole = Image.fromarray(np.concatenate(list(page.strips)))
        whole.save(held, format="JPEG", quality=95, subsampling=0)
        self.stream(own + 2, f"{about} /Filter /DCTDecode", held.getvalue())
        self.object(own + 3, str(len(held.getvalue())))

    def page_head(self, own: int, sheet: Sheet) -> str:
        """Return the object of a page that shows one image over all of it, with its boxes."""
        width, height = (side / sheet.dpi * POINT for side in sheet.size)
        trim = sheet.edge / sheet.dpi * POINT
        bleed = (sheet.edge - sheet.pixels(sheet.bleed)) / sheet.dpi * POINT
        boxes = f"/MediaBox {_box(width, height, 0)} /TrimBox {_box(width, height, trim)}"
        boxes += f" /BleedBox {_box(width, height, bleed)}"
        return (
            f"<< /Type /Page\n/Parent {PAGES} 0 R {boxes} /Contents {own + 1} 0 R "
            f"/Resources << /XObject << /Picture {own + 2} 0 R >> >> >>"
        )

    def drawn(self, sheet: Sheet) -> bytes:
        """Return the content of a page: its image, as large as the sheet."""
        width, height = (side / sheet.dpi * POINT for side in sheet.size)
        return f"q {width:.4f} 0 0 {height:.4f} 0 0 cm /Picture Do Q".encode("ascii")

    def close(self, packet: bytes) -> None:
        """Write XMP (14.3.2), the table of the places of all objects (7.5.4), and the end."""
        if self.metadata:
            self.stream(self.metadata, "/Type /Metadata /Subtype /XML", packet)
        table = self.file.tell()
        lines = [f"{self.starts[number]:010d} 00000 n \n" for number in range(1, self.count)]
        self.file.write(f"xref\n0 {self.count}\n0000000000 65535 f \n".encode("ascii"))
        self.file.write("".join(lines).encode("ascii"))
        about = f"<< /Size {self.count} /Root {CATALOG} 0 R /Info {INFO} 0 R >>"
        self.file.write(f"trailer\n{about}\nstartxref\n{table}\n%%EOF\n".encode("ascii"))


class PlatePdf(_Pdf):
    """Writes plates: each page an image in a Separation of its own (ISO 32000-1, 8.6.6.4)."""

    def __init__(self, file: IO[bytes], count: int, title: str) -> None:
        super().__init__(file, count, f"/Title <{_utf16(title)}>", marked=True)

    def plate(
        self,
        number: int,
        sheet: Sheet,
        ink: str,
        color: NDArray[np.float32],
        rows: Iterable[bytes],
    ) -> None:
        """Write the plate of an ink, 255 for full ink; ``color`` (3,) is sRGB, for the screen."""
        own = FIRST + EACH * number
        self.object(own, self.page_head(own, sheet))
        self.stream(own + 1, "", self.drawn(sheet))
        full = " ".join(f"{value:.4f}" for value in color)
        tint = f"<< /FunctionType 2 /Domain [0 1] /C0 [1 1 1] /C1 [{full}] /N 1 >>"
        name = "".join(c if c.isalnum() else f"#{ord(c):02x}" for c in ink if ord(c) < 128)
        about = (
            f"/Type /XObject /Subtype /Image /Width {sheet.size[0]} /Height {sheet.size[1]} "
            f"/ColorSpace [/Separation /{name} /DeviceRGB {tint}] /BitsPerComponent 8"
        )
        self.compressed(own + 2, about, rows)


class CmykPdf(_Pdf):
    """Writes one page in the CMYK of a press, whose profile it carries; inks are not converted."""

    def __init__(self, file: IO[bytes], title: str, press: bytes, marked: bool) -> None:
        super().__init__(file, 1, f"/Title <{_utf16(title)}>", marked, press)

    def inks(self, sheet: Sheet, strips: Iterable[NDArray[np.uint8]]) -> None:
        """Write strips (rows, width, 4), 255 for full ink, without loss."""
        self.object(FIRST, self.page_head(FIRST, sheet))
        self.stream(FIRST + 1, "", self.drawn(sheet))
        about = (
            f"/Type /XObject /Subtype /Image /Width {sheet.size[0]} /Height {sheet.size[1]} "
            f"/ColorSpace [/ICCBased {PROFILE} 0 R] /BitsPerComponent 8"
        )
        self.compressed(FIRST + 2, about, (strip.tobytes() for strip in strips))


def _box(width: float, height: float, inset: float) -> str:
    """Return the rectangle that lies this far inside a page, in points."""
    return f"[{inset:.4f} {inset:.4f} {width - inset:.4f} {height - inset:.4f}]"


def _with_caption(
    strips: Iterable[NDArray[np.uint8] | NDArray[np.uint16]], sheet: Sheet, text: str
) -> Iterator[NDArray[np.uint8]]:
    """Write a line of text at the foot of a sheet, in a grey that shows on the paper."""
    size = max(6, sheet.pixels(CAPTION))
    width, height = sheet.size
    middle = height - sheet.edge - 2 * size
    first = middle - size
    line = Image.new("L", (width, 2 * size), 0)
    if text:
        font = ImageFont.load_default(size)
        ImageDraw.Draw(line).text((width / 2, size), text, fill=255, font=font, anchor="mm")
    cover = np.asarray(line, np.float32)[:, :, None] / 255
    dark = sum(Image.new("RGB", (1, 1), sheet.paper).getpixel((0, 0))) < 384  # type: ignore[arg-type]
    ink = np.float32(0xB0 if dark else 0x50)
    top = 0
    for strip in strips:
        page = strip.astype(np.uint8)
        low, high = max(first, top), min(first + len(cover), top + len(page))
        if text and low < high:
            part = page[low - top : high - top].astype(np.float32)
            share = cover[low - first : high - first]
            page[low - top : high - top] = part + (ink - part) * share + 0.5
        yield page
        top += len(page)
