"""Flags that say what is printed on: paper, resolution, bleed."""

from collections.abc import Mapping
from typing import Any

import click

from artgan.cli import flags

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
"""What ``sheet_settings`` reads."""


def sheet_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the flags of ``sheet_flags`` ask for, as ``artgan.canvas`` takes it."""
    names = ("landscape", "dpi", "bleed", "marks")
    return {name: given[name] for name in names} | {"bits": int(given["bits"])}
