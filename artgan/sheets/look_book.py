"""A page with every style on the same picture."""

import io
from collections.abc import Callable

from PIL import Image

from artgan.base.templates import data_uri, render
from artgan.core.registry import Entry, Registry
from artgan.errors import ArtganError
from artgan.pictures.files import to_pil
from artgan.plugin.picture import Picture
from artgan.sheets.cells import fitted, on_dark
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style


def style_page(
    picture: Picture,
    name: str,
    registry: Registry,
    *,
    seed: int = 0,
    side: int = 640,
    show: Callable[[str], None] = lambda _: None,
) -> str:
    """Return a self-contained HTML page with a picture in every style.

    A style that fails shows its message in place of the picture. ``side`` is the longer side of
    each picture in pixels; ``show`` is called with each style's name before it is applied.
    """

    def styled(entry: Entry) -> dict[str, str]:
        declared = entry.declaration
        show(declared.name)
        facts = {"name": declared.name, "summary": declared.summary, "address": "", "problem": ""}
        try:
            chain = parse_style(declared.name, registry)
            result = apply_style(chain, picture, registry=registry, seed=seed).picture
            facts["address"] = _jpeg_uri(fitted(on_dark(to_pil(result)), (side, side)))
        except ArtganError as error:
            facts["problem"] = str(error)
        return facts

    styles = [styled(entry) for entry in registry.entries("style")]
    return render("sheets/look_book.html", title=f"Look book: {name}", name=name, styles=styles)


def _jpeg_uri(image: Image.Image) -> str:
    # JPEG keeps a page of thirty grainy pictures at a few megabytes.
    file = io.BytesIO()
    image.save(file, format="JPEG", quality=88)
    return data_uri(file.getvalue(), "jpeg")
