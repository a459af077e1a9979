"""Shorthand for declaring the filters of this package."""

from typing import Annotated, Any

from artgan.plugin import Filter, Meta, Options

PALETTE, RAMP, COLOR = {"means": "palette"}, {"means": "ramp"}, {"means": "color"}
"""What the value of an option names; artgan looks it up before the first picture."""
SHARE = "as a share of the picture's shorter side"


def between(low: float, high: float, description: str, **more: Any) -> Meta:
    """Describe a number with limits, which are part of its range."""
    return Meta(ge=low, le=high, description=description, **more)


Strength = Annotated[float, between(0, 1, "0 leaves the picture as it is, 1 has the full effect")]
Ink = Annotated[str, Meta(description="Name of an ink, or a colour as hex")]
Paper = Annotated[str, Meta(description="Colour of the paper as hex")]

DRAWN: dict[str, Any] = {"rolls": False, "adds_color": True}
"""Facts of a filter with a grid, a screen or random numbers, in colours of its own."""
LIT: dict[str, Any] = {"group": "light", "space": "linear"}
"""Facts of a filter that changes light."""
MOVED: dict[str, Any] = {"group": "space", "rolls": False, "planes": "move"}
"""Facts of a filter that moves pixels."""
WARPED: dict[str, Any] = {**MOVED, "space": "linear", "keeps_range": True}
"""Facts of a filter that moves pixels by fractions."""
FRAMED: dict[str, Any] = {"group": "frame", "keeps_size": False, "keeps_wrap": False, **DRAWN}
"""Facts of a filter that puts the picture on a larger ground."""
WHOLE_PIXELS: dict[str, Any] = {
    "space": "any",
    "keeps_size": False,
    "keeps_indexed": True,
    "rolls": False,
    "size_free": False,
}
"""Facts of a filter that copies pixels to a picture of another size."""


def declare(name: str, summary: str, options: type[Options], **facts: Any) -> Filter:
    """Declare the filter whose code is ``apply`` in the module of the same name."""
    module = name.replace("-", "_")
    return Filter(
        name=name,
        summary=summary,
        apply=f"artgan.plugins.filters.{module}:apply",
        options=options,
        **facts,
    )
