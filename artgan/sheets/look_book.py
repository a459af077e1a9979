"""A page with every style on the same picture."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from artgan.base.contributions import Entry
from artgan.base.grounds import on_ground
from artgan.base.marks import Mark, mark_packet
from artgan.base.templates import data_uri, render
from artgan.core.registry import Registry
from artgan.errors import ArtganError
from artgan.pictures.files import to_pil
from artgan.plugin.picture import Picture
from artgan.sheets.cells import fitted
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

CROP_SHARE = 0.3
"""Side of the piece that is shown pixel by pixel, as a share of the whole as it is stored."""

LEAST_CROP = 64
"""Pixels of a side of that piece, at least."""


@dataclass(frozen=True)
class StoredPictures:
    """How the pictures of a page are stored.

    Attributes:
        side: Longer side of each whole in pixels.
        mark: How they came about, for machines; None writes nothing.
    """

    side: int = 640
    mark: Mark | None = None

    def whole(self, picture: Image.Image) -> str:
        """Return a picture as JPEG: a page of thirty grainy ones stays at a few megabytes."""
        # Colours at full size too: halved, red lines on blue become lilac.
        return self._data_uri(fitted(picture, (self.side, self.side)), "jpeg", **JPEG)

    def piece(self, picture: Image.Image, place: tuple[float, float]) -> str:
        """Return a square of a picture at 1:1, without loss, around a place: (x, y), 0 to 1."""
        side = max(LEAST_CROP, round(self.side * CROP_SHARE))
        wide, high = min(side, picture.width), min(side, picture.height)
        left = min(max(0, round(place[0] * picture.width - wide / 2)), picture.width - wide)
        top = min(max(0, round(place[1] * picture.height - high / 2)), picture.height - high)
        cut = picture.crop((left, top, left + wide, top + high))
        return self._data_uri(cut, "webp", lossless=True, quality=60)

    def _data_uri(self, picture: Image.Image, kind: str, **how: Any) -> str:
        file = io.BytesIO()
        about = {} if self.mark is None else {"xmp": mark_packet(self.mark)}
        on_ground(picture).save(file, format=kind.upper(), **how, **about)
        return data_uri(file.getvalue(), kind)


JPEG = {"quality": 88, "subsampling": 0}


def busiest_place(picture: Picture) -> tuple[float, float]:
    """Find the middle of the busiest part of a picture: (x, y) as shares of its sides.

    It is the mean place of its edges, weighted by their strength squared; of an even picture, its
    middle.
    """
    grey = np.asarray(fitted(to_pil(picture), (96, 96)).convert("L"), np.float64)
    across, down = (
        np.gradient(grey, axis=axis) if grey.shape[axis] > 1 else 0 * grey for axis in (1, 0)
    )
    edges = across**2 + down**2
    if not edges.any():
        return 0.5, 0.5
    high, wide = edges.shape
    rows, columns = (np.arange(high) + 0.5) / high, (np.arange(wide) + 0.5) / wide
    total = edges.sum()
    return float(edges.sum(0) @ columns / total), float(edges.sum(1) @ rows / total)


def style_page(
    picture: Picture,
    name: str,
    registry: Registry,
    *,
    entries: Iterable[Entry] | None = None,
    seed: int = 0,
    stored: StoredPictures = StoredPictures(),
) -> str:
    """Return a self-contained HTML page with a picture in every style, or in those of ``entries``.

    Beside the whole, which is shrunk, stands a piece at its own size and without loss, from the
    same place of each. A style that fails shows its message in place of the picture.
    """
    place = busiest_place(picture)

    def styled(entry: Entry) -> dict[str, str]:
        declared = entry.declaration
        facts = dict.fromkeys(("address", "piece", "problem"), "")
        facts |= {"name": declared.name, "summary": declared.summary}
        try:
            chain = parse_style(declared.name, registry)
            result = apply_style(chain, picture, registry=registry, seed=seed).picture
            image = to_pil(result)
            facts |= {"address": stored.whole(image), "piece": stored.piece(image, place)}
        except ArtganError as error:
            facts["problem"] = str(error)
        return facts

    styles = [styled(entry) for entry in entries or registry.entries("style")]
    return render("sheets/look_book.html", title=f"Look book: {name}", name=name, styles=styles)
