"""Flags that several commands share: what is printed on."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from artgan.printing.paper import Sheet

_FLAGS = (
    click.option("--landscape", is_flag=True, help="The longer side lies."),
    click.option("--dpi", type=float, default=300, show_default=True, help="Pixels per inch."),
    click.option(
        "--bleed",
        type=click.FloatRange(0, 50),
        default=0,
        help="Picture beyond the cut on each side, in mm.",
    ),
    click.option("--marks", is_flag=True, help="Crop marks outside the bleed."),
    click.option(
        "--bits",
        type=click.Choice(["8", "16"]),
        default="8",
        show_default=True,
        help="Depth of a channel.",
    ),
)


def sheet_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the flags that ``read_sheet`` reads, but for the paper's name."""
    for flag in reversed(_FLAGS):
        command = flag(command)
    return command


def read_sheet(
    given: dict[str, Any], pixels: tuple[int, int] | None = None, **more: Any
) -> "Sheet":
    """Give the sheet that was asked for.

    Args:
        given: Flags, ``paper`` among them.
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
