"""Plates: a grey sheet for each spot ink, as riso printers and screen printers take them.

White is no ink and black is full ink; a grey is the share of paper that the ink covers. The covers
are those with which the inks, one over the other, come nearest to the picture. In a PDF each
plate is a page in a Separation colour space with the name of its ink (ISO 32000-1, 8.6.6.4).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from artgan.base.marks import write_marked_png, write_packet
from artgan.base.paths import replacing
from artgan.base.suggest import slug
from artgan.errors import OptionError
from artgan.plugin.color import linear_to_srgb, parse_hex, srgb_to_linear
from artgan.plugin.inks import covers, ink_light
from artgan.plugin.picture import Picture
from artgan.printing.layout import crop_marks, draw_marks, print_strips
from artgan.printing.paper import SLUG, Sheet
from artgan.printing.pdf import PlatePdf
from artgan.printing.press_job import PressJob
from artgan.printing.raster import write_grey_tiff

PREVIEW_SIDE = 1600
"""Pixels of the longer side of the overprint preview, at most."""

TARGET = 5.0
"""Width of a registration mark in millimetres."""

MOST_INKS = 8

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class Inks:
    """Spot inks by name or hex, and the colour of the paper."""

    names: tuple[str, ...]
    paper: str = "#ffffff"

    def __post_init__(self) -> None:
        if not 1 <= len(self.names) <= MOST_INKS:
            raise OptionError(f"{len(self.names)} inks do not fit; expected 1 to {MOST_INKS}")
        if len(set(self.names)) < len(self.names):
            raise OptionError(f"an ink is named twice in {', '.join(self.names)}")

    def lights(self) -> list[FloatArray]:
        """Return the linear light (3,) that each ink lets through."""
        return [ink_light(name) for name in self.names]

    def split(self, strip: NDArray[np.uint16]) -> FloatArray:
        """Return the covers (rows, width, K), 0 to 1, of 16-bit sRGB (rows, width, 3)."""
        light = srgb_to_linear(strip.astype(np.float32) / 65535)
        share = np.clip(light / np.maximum(self.bare(), np.float32(1e-4)), 0, 1, dtype=np.float32)
        found = covers(share.reshape(-1, 3), self.lights())
        return found.reshape(*strip.shape[:2], len(self.names))

    def bare(self) -> FloatArray:
        """Return the linear light (3,) of the paper."""
        return srgb_to_linear(np.asarray(parse_hex(self.paper), np.float32))

    def overprint(self, cover: FloatArray) -> FloatArray:
        """Return the linear light (rows, width, 3) of all inks on the paper."""
        light = np.broadcast_to(self.bare(), (*cover.shape[:2], 3)).copy()
        for number, ink in enumerate(self.lights()):
            light *= 1 - cover[:, :, number : number + 1] * (1 - ink)
        return light


def write_plates(job: PressJob, inks: Inks, target: Path) -> list[Path]:
    """Write the plates of a picture and an overprint preview.

    Args:
        job: The picture on its sheet; crop and registration marks are added.
        inks: The inks in the order of printing.
        target: A .pdf with a page for each plate, or a folder of .tif files.

    Returns:
        The files: plates first, the preview last.

    Raises:
        ArtganError: An ink is not known, or a different file is there.
    """
    inks.lights()
    marked = replace(job, sheet=replace(job.sheet, marks=True, bits=16, paper=inks.paper))
    if target.suffix.lower() == ".pdf":
        preview = target.with_name(f"{target.stem}-overprint.png")
        files = [_write_pdf(marked, inks, target)]
    else:
        preview = target / "overprint.png"
        files = _write_tiffs(marked, inks, target)
    shown = overprint_preview(job.picture, job.sheet, inks)
    write_marked_png(shown, preview, job.mark, overwrite=job.overwrite)
    job.show(1)
    return [*files, preview]


def _write_pdf(job: PressJob, inks: Inks, target: Path) -> Path:
    names = inks.names
    with replacing(target, keep=not job.overwrite) as temporary, temporary.open("wb") as file:
        pdf = PlatePdf(file, len(names), target.stem)
        for number, name in enumerate(names):
            color = linear_to_srgb(ink_light(name))
            # 255 is full ink in a Separation.
            strips = plate_strips(job.picture, job.sheet, inks, number)
            rows = ((255 - strip).tobytes() for strip in strips)
            pdf.plate(number, job.sheet, name, color, rows)
            job.show((number + 1) / (len(names) + 1))
        pdf.close(write_packet({} if job.mark is None else job.mark.properties))
    return target


def _write_tiffs(job: PressJob, inks: Inks, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    names, files = inks.names, []
    for number, name in enumerate(names):
        path = folder / f"{number + 1}-{slug(name)}.tif"
        with replacing(path, keep=not job.overwrite) as temporary:
            told = f"plate {number + 1}: {name}"
            strips = plate_strips(job.picture, job.sheet, inks, number)
            write_grey_tiff(temporary, strips, job.sheet, told)
        files.append(path)
        job.show((number + 1) / (len(names) + 1))
    return files


def plate_strips(
    picture: Picture, sheet: Sheet, inks: Inks, number: int
) -> Iterator[NDArray[np.uint8]]:
    """Yield a plate from top to bottom, in grey strips (rows, width) with its marks."""
    drawing = _drawn_marks(sheet, f"{number + 1} {inks.names[number]}")
    cutting = crop_marks(sheet)
    start = 0
    for strip in print_strips(picture, sheet):
        stop = start + len(strip)
        cover = inks.split(strip.astype(np.uint16))[:, :, number]
        grey = (255.5 - 255 * cover).astype(np.uint8)
        # Where the sheet's own marks stand, every plate has full ink or none.
        _clear_slug(grey, sheet, start)
        draw_marks(grey, cutting, start)
        grey[drawing[start:stop]] = 0
        yield grey
        start = stop


def _clear_slug(grey: NDArray[np.uint8], sheet: Sheet, start: int) -> None:
    """Leave the border outside the bleed bare on some rows of a plate."""
    edge = sheet.pixels(SLUG)
    top, bottom = max(0, edge - start), max(0, sheet.size[1] - edge - start)
    grey[:top], grey[bottom:] = 255, 255
    grey[:, :edge], grey[:, sheet.size[0] - edge :] = 255, 255


def _drawn_marks(sheet: Sheet, text: str) -> NDArray[np.bool_]:
    """Draw registration marks in the middle of each side, and the plate's name at the foot."""
    width, height = sheet.size
    drawn = Image.new("1", (width, height))
    draw, slug_side = ImageDraw.Draw(drawn), sheet.pixels(SLUG)
    reach, line = sheet.pixels(TARGET) // 2, max(1, sheet.pixels(0.1))
    near = slug_side // 2
    middles = [(width // 2, near), (width // 2, height - near)]
    middles += [(near, height // 2), (width - near, height // 2)]
    for x, y in middles:
        draw.line((x - reach, y, x + reach, y), 1, line)
        draw.line((x, y - reach, x, y + reach), 1, line)
        ring = reach // 2
        draw.ellipse((x - ring, y - ring, x + ring, y + ring), outline=1, width=line)
    font = ImageFont.load_default(max(6, slug_side // 3))
    draw.text((slug_side + sheet.pixels(10), height - near), text, 1, font, anchor="lm")
    return np.asarray(drawn)


def overprint_preview(picture: Picture, sheet: Sheet, inks: Inks) -> Image.Image:
    """Return what the inks give on the paper, trimmed, at most ``PREVIEW_SIDE`` pixels long."""
    shrink = min(1.0, PREVIEW_SIDE / max(sheet.trim))
    small = replace(
        sheet, dpi=max(1.0, sheet.dpi * shrink), bits=16, marks=False, bleed=0, paper=inks.paper
    )
    strips = [inks.split(strip.astype(np.uint16)) for strip in print_strips(picture, small)]
    light = inks.overprint(np.concatenate(strips))
    return Image.fromarray((linear_to_srgb(np.clip(light, 0, 1)) * 255 + 0.5).astype(np.uint8))
