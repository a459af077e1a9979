"""Planes of pictures as grey pictures of 8 bits: layers of a file, or files beside it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from artgan.pictures.files import save_picture
from artgan.pictures.marks import Metadata
from artgan.plugin.files import FileLayer
from artgan.plugin.picture import FloatArray


def plane_layers(planes: Mapping[str, FloatArray]) -> tuple[FileLayer, ...]:
    """Return planes (H, W) in [0, 1] as layers, by their names."""
    return tuple(
        FileLayer(name, Image.fromarray((plane * 255 + 0.5).astype(np.uint8)))
        for name, plane in planes.items()
    )


def save_planes(
    planes: Iterable[FileLayer], path: Path, about: Metadata, *, overwrite: bool = False
) -> None:
    """Write planes beside the file of their picture: ``a.depth.png`` beside ``a.png``.

    The record is that of the picture, so only its mark goes into them.

    Raises:
        RunError: A different file is there and ``overwrite`` is off.
    """
    for plane in planes:
        beside = path.with_name(f"{path.stem}.{plane.name}.png")
        save_picture(plane.image, beside, Metadata(mark=about.mark), overwrite=overwrite)
