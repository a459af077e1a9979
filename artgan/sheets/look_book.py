"""A page with every style on the same picture."""

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from artgan.base.grounds import on_ground
from artgan.base.marks import Mark, mark_packet
from artgan.base.templates import data_uri, render
from artgan.core.registry import Entry, Registry
from artgan.errors import ArtganError
from artgan.pictures.files import to_pil
from artgan.plugin.picture import Picture
from artgan.sheets.cells import fitted
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style


@dataclass(frozen=True)
class StoredPictures:
    """How the pictures of a page are stored.

    Attributes:
        side: Longer side of each in pixels.
        mark: How they came about, for machines; None writes nothing.
    """

    side: int = 640
    mark: Mark | None = None

    def data_uri(self, picture: Image.Image) -> str:
        """Return a picture as JPEG: a page of thirty grainy ones stays at a few megabytes."""
        file = io.BytesIO()
        about = {} if self.mark is None else {"xmp": mark_packet(self.mark)}
        fitting = on_ground(fitted(picture, (self.side, self.side)))
        fitting.save(file, format="JPEG", quality=88, **about)
        return data_uri(file.getvalue(), "jpeg")


def style_page(
    picture: Picture,
    name: str,
    registry: Registry,
    *,
    seed: int = 0,
    stored: StoredPictures = StoredPictures(),
    show: Callable[[str], None] = lambda _: None,
) -> str:
    """Return a self-contained HTML page with a picture in every style.

    A style that fails shows its message in place of the picture. ``show`` is called with each
    style's name before it is applied.
    """

    def styled(entry: Entry) -> dict[str, str]:
        declared = entry.declaration
        show(declared.name)
        facts = {"name": declared.name, "summary": declared.summary, "address": "", "problem": ""}
        try:
            chain = parse_style(declared.name, registry)
            result = apply_style(chain, picture, registry=registry, seed=seed).picture
            facts["address"] = stored.data_uri(to_pil(result))
        except ArtganError as error:
            facts["problem"] = str(error)
        return facts

    styles = [styled(entry) for entry in registry.entries("style")]
    return render("sheets/look_book.html", title=f"Look book: {name}", name=name, styles=styles)
