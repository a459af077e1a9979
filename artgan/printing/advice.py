"""What printing a picture on a sheet costs: how much is cut off, and how fine it is on paper."""

from dataclasses import dataclass

from artgan.plugin.picture import Picture
from artgan.printing.layout import choose_method, picture_lengths
from artgan.printing.paper import INCH, Sheet

FINE_DPI = 150.0
"""Pixels of the picture itself per inch, from which prints look sharp at arm's length."""

SHOWN = 0.01
"""Share of a picture that may be cut off without a word."""


@dataclass(frozen=True)
class Fineness:
    """How a picture lies on a sheet.

    Attributes:
        dpi: Pixels of the picture itself per inch of paper.
        cut: Shares of its width and height that lie beyond the paper, 0 to 1.
        square: Side of one of its pixels in millimetres.
    """

    dpi: float
    cut: tuple[float, float]
    square: float


def measure_fit(picture: Picture, sheet: Sheet) -> Fineness:
    """Measure how a picture lies on a sheet."""
    method = choose_method(picture) if sheet.method == "auto" else sheet.method
    length = picture_lengths(picture, sheet, method)
    margin = 2 * sheet.pixels(sheet.margin)
    cut = tuple(
        max(0.0, 1 - (room - margin) / long) if sheet.fit == "fill" else 0.0
        for room, long in zip(sheet.trim, length, strict=True)
    )
    dpi = sheet.dpi * picture.width / length[0]
    return Fineness(dpi, (cut[0], cut[1]), INCH / dpi)


def fit_notes(name: str, fit: Fineness) -> list[str]:
    """Return a sentence for what is cut off, and one if the print will be coarse."""
    sides = ("left and right", "above and below")
    lost = [
        f"{share:.0%} {side}" for share, side in zip(fit.cut, sides, strict=True) if share > SHOWN
    ]
    notes = []
    if lost:
        notes.append(
            f"'{name}': the paper has another shape, so {' and '.join(lost)} is cut off; "
            "--fit inside keeps it whole"
        )
    if fit.dpi < FINE_DPI:
        notes.append(
            f"'{name}' has {fit.dpi:.3g} pixels an inch of its own on this paper, each "
            f"{fit.square:.2g} mm wide; {FINE_DPI:g} look sharp: take smaller paper, or "
            "--method crisp, which draws its edges anew"
        )
    return notes
