"""Items of a dataset, as plugins return them: an image, or an (image, label) pair."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.errors import PluginError

Pixels = NDArray[np.uint8]


def split_item(item: Any) -> tuple[Pixels, int | None]:
    """Return image and label of an item."""
    image, label = item if isinstance(item, tuple) else (item, None)
    return np.asarray(image), None if label is None else int(label)


def check_shape(shape: tuple[int, ...], dtype: Any, where: str) -> None:
    """Refuse images that are not uint8 with a shape that ends in (H, W, C).

    Raises:
        PluginError: They are not.
    """
    if len(shape) != 4 or dtype != np.uint8 or shape[3] not in (1, 3, 4):
        raise PluginError(
            f"{where} gave images of shape {shape} and type {dtype}; expected uint8 "
            "(N, H, W, C) with C 1, 3 or 4"
        )


def unlike(where: str, index: int, this: Any, first: Any) -> PluginError:
    """Build the error for a picture that differs from the first one; both are (image, label)."""
    return PluginError(
        f"{where}: picture {index} has shape {this[0].shape} and label {this[1]}, picture "
        f"0 shape {first[0].shape} and label {first[1]}; all must be of one size, and "
        "all have a label or none"
    )
