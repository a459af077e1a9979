"""CMYK by a printer's own ICC profile, with a soft proof and a look at the inks.

The conversion is Little CMS's (Pillow's ``ImageCms``), relative colorimetric with black point
compensation, as printers usually ask for photographs and art.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from artgan.base.marks import mark_packet, write_packet
from artgan.base.paths import replacing
from artgan.errors import OptionError
from artgan.pictures.formats import srgb_profile
from artgan.plugin.picture import Picture
from artgan.printing.layout import print_strips
from artgan.printing.paper import Sheet
from artgan.printing.pdf import CmykPdf
from artgan.printing.press_job import PressJob
from artgan.printing.raster import write_separated_tiff

INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION

PROOF_SIDE = 1600
"""Pixels of the longer side of a soft proof, at most."""

DEEP = 90.0
"""Per cent of black from which a colour counts as black."""


@dataclass
class InkReport:
    """What the inks of a sheet add up to, in per cent of full ink.

    Attributes:
        limit: Most that the paper bears, all inks together.
        most: Most that any pixel has.
        over: Share of pixels above the limit, 0 to 1.
        black: C, M, Y and K that pure black became.
    """

    limit: float
    most: float = 0.0
    over: float = 0.0
    black: tuple[int, int, int, int] = (0, 0, 0, 0)
    pixels: int = field(default=0, repr=False)

    def add(self, strip: NDArray[np.uint8]) -> None:
        """Take a strip (rows, width, 4) into account."""
        total = strip.sum(axis=2, dtype=np.int32) / 2.55
        count = total.size
        self.most = max(self.most, float(total.max()))
        over = float((total > self.limit).mean())
        self.over = (self.over * self.pixels + over * count) / (self.pixels + count)
        self.pixels += count

    def sentences(self) -> list[str]:
        """Return what a printer would ask about: total ink, and what black is made of."""
        c, m, y, k = self.black
        told = [f"black prints as C {c} M {m} Y {y} K {k}, {c + m + y + k} % in all"]
        if c + m + y < 5:
            told[0] += ": black ink alone, which looks grey on large areas"
        most = f"at most {self.most:.0f} % ink"
        if self.over > 0:
            told.append(
                f"{most}, and {self.over:.1%} of the sheet above {self.limit:g} %, which may "
                "smear; ask the printer for a profile of this paper, or lighten the shadows: "
                "artgan apply --filter levels"
            )
        else:
            told.append(f"{most}, within {self.limit:g} %")
        return told


class Press:
    """Converts between sRGB and the CMYK of a profile."""

    def __init__(self, path: Path) -> None:
        """Read a profile.

        Raises:
            OptionError: The file is missing, no ICC profile, or not one of CMYK.
        """
        try:
            self.data = path.read_bytes()
            profile = ImageCms.ImageCmsProfile(BytesIO(self.data))
            space = profile.profile.xcolor_space.strip()
        except (OSError, ImageCms.PyCMSError) as error:
            raise OptionError(
                f"'{path}' is no ICC profile that can be read; ask the print shop for its .icc file"
            ) from error
        if space != "CMYK":
            raise OptionError(f"'{path}' is a profile of {space}; expected one of CMYK")
        self.name = str(profile.profile.profile_description or path.name)
        screen = ImageCms.ImageCmsProfile(BytesIO(srgb_profile()))
        try:
            build = ImageCms.buildTransform
            self._to = build(screen, profile, "RGB", "CMYK", INTENT, FLAGS)
            self._back = build(profile, screen, "CMYK", "RGB", INTENT, FLAGS)
        except ImageCms.PyCMSError as error:
            raise OptionError(f"'{path}' cannot convert to and from sRGB: {error}") from error

    def inks(self, strip: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Convert sRGB (rows, width, 3) to CMYK (rows, width, 4), 255 for full ink."""
        image = ImageCms.applyTransform(Image.fromarray(strip), self._to)
        return np.asarray(image)

    def on_screen(self, inks: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Convert CMYK back to sRGB: what the press can show of it."""
        image = ImageCms.applyTransform(Image.fromarray(inks, "CMYK"), self._back)
        return np.asarray(image)


def write_cmyk(job: PressJob, press: Press, path: Path, limit: float = 300.0) -> InkReport:
    """Print a picture into a CMYK TIFF or PDF; return what its inks add up to.

    ``limit`` is the most ink in per cent that the paper bears.
    """
    sheet = job.sheet
    as_pdf = path.suffix.lower() == ".pdf"
    if not as_pdf and path.suffix.lower() not in (".tif", ".tiff"):
        raise OptionError(f"CMYK goes into .tif or .pdf, not '{path.name}'")
    if sheet.bits != 8:
        raise OptionError("CMYK is written with 8 bits a channel; leave out --bits 16")
    black = press.inks(np.zeros((1, 1, 3), np.uint8))[0, 0]
    shares = [round(float(value) / 2.55) for value in black]
    report = InkReport(limit, black=(shares[0], shares[1], shares[2], shares[3]))

    def strips() -> Iterator[NDArray[np.uint8]]:
        done = 0
        for strip in print_strips(job.picture, sheet):
            inks = press.inks(strip.astype(np.uint8))
            report.add(inks)
            done += len(strip)
            job.show(done / sheet.size[1])
            yield inks

    packet = None if job.mark is None else mark_packet(job.mark)
    with replacing(path, keep=not job.overwrite) as temporary:
        if as_pdf:
            with temporary.open("wb") as file:
                pdf = CmykPdf(file, path.stem, press.data, job.mark is not None)
                pdf.inks(sheet, strips())
                pdf.close(write_packet({} if job.mark is None else job.mark.properties))
            return report
        write_separated_tiff(temporary, strips(), sheet, press.data, packet)
    return report


def soft_proof(picture: Picture, sheet: Sheet, press: Press) -> Image.Image:
    """Return how a sheet will look in print, trimmed, at most ``PROOF_SIDE`` pixels long."""
    shrink = min(1.0, PROOF_SIDE / max(sheet.trim))
    small = replace(sheet, dpi=max(1.0, sheet.dpi * shrink), bits=8, marks=False, bleed=0)
    strips = [strip.astype(np.uint8) for strip in print_strips(picture, small)]
    return Image.fromarray(press.on_screen(press.inks(np.concatenate(strips))))
