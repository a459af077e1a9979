"""Filters for films, which look at the frames before: trails, long exposure, slit scan."""

from collections.abc import Iterator
from typing import Annotated, Literal

from artgan.plugin import Filter, Meta, Options, Style, hookimpl

DEPTH = 24
"""Frames before its own that a filter may see."""

Frames = Annotated[int, Meta(ge=1, le=DEPTH, description="How many frames before take part")]


class TrailsOptions(Options, frozen=True, kw_only=True):
    """Options of ``trails``."""

    frames: Frames = 8
    color: Annotated[
        str, Meta(description="Colour that trails fade into, as hex", extra={"means": "color"})
    ] = "3050ff"
    strength: Annotated[float, Meta(ge=0, le=1, description="Light of the newest trail")] = 0.8


class ExposureOptions(Options, frozen=True, kw_only=True):
    """Options of ``long-exposure``."""

    frames: Frames = 6


class SlitScanOptions(Options, frozen=True, kw_only=True):
    """Options of ``slit-scan``."""

    frames: Frames = 24
    later: Annotated[
        Literal["top", "bottom", "left", "right"],
        Meta(description="Edge that shows the present; the opposite one shows the past"),
    ] = "top"


@hookimpl
def artgan_filters() -> Iterator[Filter]:
    """Yield the filters."""
    yield Filter(
        name="trails",
        summary="Whatever moves leaves coloured light behind.",
        apply="artgan_afterimage.filters:trails",
        options=TrailsOptions,
        main="frames",
        group="light",
        space="linear",
        adds_color=True,
        keeps_range=True,
        neutral={"strength": 0},
        frames_before=DEPTH,
    )
    yield Filter(
        name="long-exposure",
        summary="Each frame is exposed as long as several.",
        apply="artgan_afterimage.filters:long_exposure",
        options=ExposureOptions,
        main="frames",
        group="light",
        space="linear",
        keeps_range=True,
        frames_before=DEPTH,
    )
    yield Filter(
        name="slit-scan",
        summary="Time runs across the picture: one edge shows the past.",
        apply="artgan_afterimage.filters:slit_scan",
        options=SlitScanOptions,
        main="frames",
        group="space",
        space="any",
        keeps_wrap=False,
        keeps_indexed=True,
        rolls=False,
        keeps_range=True,
        frames_before=DEPTH,
    )


@hookimpl
def artgan_styles() -> Iterator[Style]:
    """Yield the styles."""
    yield Style(
        name="traffic-at-night",
        summary="Long exposure with trails of light.",
        steps=[{"filter": "long-exposure", "frames": 3}, {"filter": "trails", "frames": 12}],
    )
