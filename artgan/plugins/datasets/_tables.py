"""A dataset's pictures in one array, and resizing of the embedded sets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Table:
    """Pictures in one array.

    Attributes:
        images: uint8 (N, H, W, C).
        labels: int64 (N,) or None.
        class_names: Names of the labels.
        vary: Random change of a batch, or None.
        facts: Plain values for the run's record.
        original: Index of a picture -> the picture as it was, and (left, top, right, bottom) in
            pixels of the part that is used; None where there is nothing else than the array.
    """

    images: Pixels
    labels: NDArray[np.int64] | None = None
    class_names: Sequence[str] = ()
    vary: Callable[[Any], Any] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    original: Callable[[int], Any] | None = None

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.images)

    def __getitem__(self, index: int) -> Any:
        """Return an image (H, W, C), with its label if there are labels."""
        if self.labels is None:
            return self.images[index]
        return self.images[index], int(self.labels[index])


def resize_all(images: Pixels, size: tuple[int, int] | None) -> Pixels:
    """Resize pictures (N, H, W, C): by repeating pixels for whole factors, else with Lanczos."""
    height, width = images.shape[1:3]
    if size is None or size == (height, width):
        return images
    if size[0] % height == 0 and size[1] % width == 0:
        return images.repeat(size[0] // height, axis=1).repeat(size[1] // width, axis=2)
    resized = [
        np.asarray(
            Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image).resize(
                (size[1], size[0]), Image.Resampling.LANCZOS
            )
        )
        for image in images
    ]
    return np.stack(resized).reshape(len(images), *size, images.shape[3])
