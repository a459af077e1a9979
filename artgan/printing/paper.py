"""Paper sizes, and the sheet: trim, bleed, resolution."""

import re
from dataclasses import dataclass, fields
from typing import Any, Literal

from artgan.base.suggest import suggest
from artgan.errors import OptionError
from artgan.plugin.color import parse_hex

INCH = 25.4

PAPERS: dict[str, tuple[float, float]] = {
    **{f"a{n}": size for n, size in enumerate(
        [(841, 1189), (594, 841), (420, 594), (297, 420), (210, 297), (148, 210), (105, 148)]
    )},
    "letter": (8.5 * INCH, 11 * INCH),
    "legal": (8.5 * INCH, 14 * INCH),
    "tabloid": (11 * INCH, 17 * INCH),
    "card": (85, 55),
    "poker": (63, 88),
    "tarot": (70, 120),
    "square": (210, 210),
}  # fmt: skip
"""Name of a paper -> width and height in millimetres (ISO 216; North American sizes)."""

SLUG = 8.0
"""Millimetres around the bleed for crop marks."""

LARGEST_SIDE = 200_000
"""Pixels."""

Fit = Literal["fill", "inside", "tile"]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The sheet that a picture is printed on, and how the picture lies on it.

    Attributes:
        width: Trimmed width in millimetres.
        height: Trimmed height in millimetres.
        dpi: Pixels per inch.
        bleed: Millimetres of picture beyond the trim, to be cut off.
        marks: Whether there are crop marks outside the bleed.
        paper: Colour where no picture covers the paper, such as "#ffffff".
        fit: "fill" covers the sheet and crops, "inside" keeps the whole picture, "tile" repeats it.
        margin: Millimetres of bare paper inside the trim.
        across: With "tile": how many pictures lie side by side.
        method: How it is enlarged; "auto" keeps the pixels of pictures with few colours square,
            "crisp" draws edges of small pictures anew.
        bits: Bits a channel in the file.
    """

    width: float
    height: float
    dpi: float = 300.0
    bleed: float = 0.0
    marks: bool = False
    paper: str = "#ffffff"
    fit: Fit = "fill"
    margin: float = 0.0
    across: float = 4.0
    method: Literal["auto", "smooth", "crisp", "lanczos", "nearest"] = "auto"
    bits: Literal[8, 16] = 8

    def __post_init__(self) -> None:
        """Check that the values make a sheet."""
        try:
            parse_hex(self.paper)
        except ValueError as error:
            raise OptionError(f"the paper's colour {error}") from error
        if not 1 <= self.dpi <= 4800:
            raise OptionError(f"{self.dpi:g} dpi does not fit; expected 1 to 4800")
        if min(self.width, self.height) <= 2 * self.margin:
            raise OptionError(
                f"a margin of {self.margin:g} mm leaves nothing of {self.width:g} x "
                f"{self.height:g} mm; make it smaller"
            )
        if max(self.size) > LARGEST_SIDE:
            raise OptionError(
                f"the sheet would have {self.size[0]} x {self.size[1]} pixels; expected at most "
                f"{LARGEST_SIDE} a side: lower --dpi"
            )

    def pixels(self, millimetres: float) -> int:
        """Convert a length to whole pixels."""
        return round(millimetres / INCH * self.dpi)

    @property
    def trim(self) -> tuple[int, int]:
        """Width and height after cutting, in pixels."""
        return max(1, self.pixels(self.width)), max(1, self.pixels(self.height))

    @property
    def edge(self) -> int:
        """Pixels between the trim and the border of the file: bleed and crop marks."""
        return self.pixels(self.bleed) + (self.pixels(SLUG) if self.marks else 0)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the file in pixels."""
        width, height = self.trim
        return width + 2 * self.edge, height + 2 * self.edge

    @property
    def about(self) -> dict[str, Any]:
        """Fields that differ from their defaults; ``Sheet(**about)`` is the sheet again."""
        values = {field.name: (getattr(self, field.name), field.default) for field in fields(self)}
        return {name: value for name, (value, default) in values.items() if value != default}


def make_sheet(
    paper: str | tuple[int, int], dpi: float = 300.0, /, *, landscape: bool = False, **layout: Any
) -> Sheet:
    """Build the sheet of a paper, or of (height, width) in pixels; ``layout`` has other fields."""
    if isinstance(paper, str):
        width, height = parse_paper(paper, dpi)
    else:
        # The sheet itself refuses a resolution that cannot be.
        height, width = (side * INCH / max(dpi, 1) for side in paper)
    if landscape and height > width:
        width, height = height, width
    return Sheet(width=width, height=height, dpi=dpi, **layout)


def parse_paper(text: str, dpi: float = 300.0) -> tuple[float, float]:
    """Parse a paper's name, or a size such as 30x40cm, 8x10in or 210x297mm, into millimetres.

    ``dpi`` converts sizes in pixels, such as 20000x20000px.
    """
    name = text.strip().lower()
    if name in PAPERS:
        return PAPERS[name]
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*x\s*(\d+(?:\.\d+)?)\s*(mm|cm|in|px)", name)
    if match is None:
        raise OptionError(
            f"paper '{text}' is not known.{suggest(name, PAPERS)} Expected a name "
            f"({', '.join(PAPERS)}) or a size as in 30x40cm, 8x10in, 210x297mm, 6000x4000px"
        )
    unit = {"mm": 1.0, "cm": 10.0, "in": INCH, "px": INCH / max(dpi, 1)}[match[3]]
    width, height = float(match[1]) * unit, float(match[2]) * unit
    if not 1 <= min(width, height) <= max(width, height) <= 50_000:
        raise OptionError(f"paper '{text}' does not fit; expected 1 mm to 50 m a side")
    return width, height
