"""Shorthand for declaring the filters of this package."""

from typing import Any

from artgan.plugin import Filter, Options

PALETTE, RAMP, COLOR = {"means": "palette"}, {"means": "ramp"}, {"means": "color"}
"""What an option's value names; artgan looks it up before the first picture."""
SHARE = "as a share of the picture's shorter side"


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
