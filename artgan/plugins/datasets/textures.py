"""Cuts pieces out of three photographed textures: brick, grass and gravel."""

from pathlib import Path

import numpy as np
from PIL import Image

from artgan.plugin import DataContext
from artgan.plugins.datasets import TexturesOptions
from artgan.plugins.datasets._tables import Pixels, Table

FOLDER = Path(__file__).parent / "data"
KINDS = ("brick", "grass", "gravel")
SIDE = 64


def open_textures(options: TexturesOptions, context: DataContext) -> Table:
    """Cut pieces out of the textures, always the same ones; the texture is the label."""
    height, width = context.size or (SIDE, SIDE)
    if options.kind != "all":
        return Table(pieces(options.kind, height, width, options))
    images = np.concatenate([pieces(kind, height, width, options) for kind in KINDS])
    labels = np.repeat(np.arange(len(KINDS)), options.count)
    return Table(images, labels, KINDS)


def pieces(kind: str, height: int, width: int, options: TexturesOptions) -> Pixels:
    """Cut pieces (N, height, width, 1) whose longer side is the wanted share of the texture."""
    with Image.open(FOLDER / f"texture-{kind}.webp") as file:
        texture = file.convert("L")
    longer = options.share * texture.width
    tall, wide = longer * height / max(height, width), longer * width / max(height, width)
    rng = np.random.Generator(np.random.PCG64([KINDS.index(kind), options.count]))
    corners = rng.random((options.count, 2)) * (texture.width - wide, texture.height - tall)
    cut = [
        texture.resize(
            (width, height), Image.Resampling.LANCZOS, (left, top, left + wide, top + tall)
        )
        for left, top in corners
    ]
    return np.stack([np.asarray(piece) for piece in cut])[:, :, :, None]
