"""Flags that say what is printed on: paper, resolution, bleed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from artgan.cli import flags

if TYPE_CHECKING:
    from artgan.printing.paper import Sheet

landscape_flag = click.option("--landscape", is_flag=True, help="Turn the paper on its side.")
background_flag = click.option(
    "--background", default="#ffffff", show_default=True, help="Colour of the paper."
)


def paper_flag(text: str, **more: Any) -> flags.Decorator:
    """Declare --paper, or --print; ``more`` goes to ``click.option``."""
    return click.option("--print", "--paper", "paper", help=text, **more)


def dpi_flag(default: int) -> flags.Decorator:
    """Declare --dpi."""
    return click.option(
        "--dpi", type=float, default=default, show_default=True, help="Pixels per inch."
    )


def margin_flag(default: int) -> flags.Decorator:
    """Declare --margin."""
    return click.option(
        "--margin",
        type=click.FloatRange(0),
        default=default,
        show_default=True,
        help="Blank paper on each side, in mm.",
    )


sheet_flags = flags.group(
    landscape_flag,
    dpi_flag(300),
    click.option(
        "--bleed",
        type=click.FloatRange(0, 50),
        default=0,
        help="Picture beyond the cut on each side, in mm.",
    ),
    click.option("--marks", is_flag=True, help="Add crop marks outside the bleed."),
    flags.choice("--bits", ("8", "16"), "Bits per channel."),
)
"""What ``read_sheet`` reads, but for the paper."""


def read_sheet(
    given: Mapping[str, Any], pixels: tuple[int, int] | None = None, **more: Any
) -> "Sheet":
    """Make the sheet that flags ask for.

    Args:
        given: Values of all flags, ``paper`` among them.
        pixels: (height, width) in place of the paper.
        **more: Further fields of the sheet.

    Raises:
        OptionError: The paper is not known, or the sheet cannot be.
    """
    from artgan.printing.paper import INCH, Sheet, parse_paper

    if pixels is None:
        width, height = parse_paper(given["paper"], given["dpi"])
    else:
        # The sheet itself refuses a resolution that cannot be.
        height, width = (side * INCH / max(given["dpi"], 1) for side in pixels)
    if given["landscape"] and height > width:
        width, height = height, width
    return Sheet(
        width=width,
        height=height,
        dpi=given["dpi"],
        bleed=given["bleed"],
        marks=given["marks"],
        bits=16 if given["bits"] == "16" else 8,
        **more,
    )
