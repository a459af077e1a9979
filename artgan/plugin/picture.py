"""The picture that travels between filters: float pixels and facts."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import color as _color

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class Picture:
    """Pixels with the facts that a chain of filters must not lose.

    Attributes:
        pixels: float32 (H, W, C) in [0, 1]; C is 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA);
            alpha is straight (not multiplied in) and never gamma-encoded.
        space: Encoding of the colour channels: "srgb" (as in a file) or "linear" (light).
        wraps: Whether the picture repeats without a seam along (x, y).
        indexed: Colours (K, 3) in sRGB [0, 1] if every pixel is exactly one of them, else None.
        dpi: Printed pixels per inch, or None.
    """

    pixels: FloatArray
    space: Literal["srgb", "linear"] = "srgb"
    wraps: tuple[bool, bool] = (False, False)
    indexed: FloatArray | None = None
    dpi: float | None = None

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def shorter_side(self) -> int:
        """The shorter side in pixels, which lengths are shares of."""
        return min(self.height, self.width)

    @property
    def color(self) -> FloatArray:
        """The colour channels alone, (H, W, 1 or 3)."""
        return self.pixels[:, :, : self.pixels.shape[2] - self.has_alpha]

    @property
    def has_alpha(self) -> bool:
        """Whether the last channel is alpha."""
        return self.pixels.shape[2] in (2, 4)

    @property
    def alpha(self) -> FloatArray | None:
        """Alpha (H, W, 1) in [0, 1], or None."""
        return self.pixels[:, :, -1:] if self.has_alpha else None

    def replace(self, *, color: NDArray[Any] | None = None, **facts: Any) -> "Picture":
        """Give a copy with other colour channels (alpha is kept if the size is) or other facts.

        Args:
            color: (H, W, 1 or 3) in the picture's space.
            **facts: Any of pixels, space, wraps, indexed, dpi.

        Raises:
            ValueError: The size changed while there is an alpha channel: then give ``pixels``.
        """
        if color is not None:
            color = np.asarray(color, dtype=np.float32)
            if self.alpha is not None:
                color = np.concatenate([color, self.alpha], axis=2)
            facts["pixels"] = color
        return replace(self, **facts)

    def to(self, space: Literal["srgb", "linear"]) -> "Picture":
        """Give the same picture with its colours encoded as ``space``."""
        if space == self.space:
            return self
        convert = _color.srgb_to_linear if space == "linear" else _color.linear_to_srgb
        return self.replace(color=convert(self.color), space=space)
