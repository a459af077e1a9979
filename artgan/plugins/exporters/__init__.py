"""Catalogue of the built-in exporters: forms in which a trained generator leaves artgan."""

from collections.abc import Iterator
from typing import Annotated

from artgan.plugin import Exporter, Meta, Options, hookimpl


class WebOptions(Options, frozen=True, kw_only=True):
    """Options of the web page."""

    directions: Annotated[
        int, Meta(ge=0, le=32, description="Sliders along what changes the pictures most")
    ] = 6


@hookimpl
def artgan_exporters() -> Iterator[Exporter]:
    """Yield the built-in exporters."""
    yield Exporter(
        name="web",
        summary="One HTML file that runs the generator in a browser.",
        export="artgan.exporting.web_page:export_web",
        ending=".html",
        options=WebOptions,
    )
    yield Exporter(
        name="onnx",
        summary="An ONNX file for other programs; needs artgan[onnx].",
        export="artgan.exporting.onnx:export_onnx",
        ending=".onnx",
    )
