"""The picture that filters take and return: float pixels and facts about them."""

from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import color as _color

FloatArray = NDArray[np.float32]


class WrapPair(NamedTuple):
    """Along which axes a picture repeats without a seam: a pair that is true if it does at all.

    Attributes:
        across: Whether its right edge goes on at its left one.
        down: Whether its lower edge goes on at its upper one.
    """

    across: bool = False
    down: bool = False

    def __bool__(self) -> bool:
        """Return whether it repeats along any axis; ``all(wraps)`` is along both."""
        return self.across or self.down


@dataclass(frozen=True)
class Picture:
    """Pixels with the facts that a chain of filters must not lose.

    Attributes:
        pixels: float32 (H, W, C) in [0, 1]; C is 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA);
            alpha is straight (not multiplied in) and never gamma-encoded.
        space: Encoding of the colour channels: "srgb" (as in a file) or "linear" (light).
        wraps: Whether the picture repeats without a seam, (across, down); any pair of booleans is
            taken. False where it repeats along neither axis.
        indexed: Colours (K, 3) in sRGB [0, 1] if every pixel is exactly one of them, else None.
        dpi: Printed pixels per inch, or None.
    """

    pixels: FloatArray
    space: Literal["srgb", "linear"] = "srgb"
    wraps: tuple[bool, bool] = WrapPair()
    indexed: FloatArray | None = None
    dpi: float | None = None

    def __post_init__(self) -> None:
        """Make ``wraps`` a pair that reads as it works."""
        object.__setattr__(self, "wraps", WrapPair(*self.wraps))

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
        """The shorter side in pixels; filters state their lengths as shares of it."""
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

    def replace(
        self,
        *,
        color: NDArray[Any] | None = None,
        alpha: NDArray[Any] | None = None,
        **facts: Any,
    ) -> "Picture":
        """Copy the picture with other colours, alpha or facts.

        Args:
            color: New colours (H, W, 1 or 3) in the picture's space; None keeps them.
            alpha: New alpha (H, W, 1) in [0, 1]; None keeps the picture's own, if it has one.
            **facts: Any of pixels, space, wraps, indexed, dpi.

        Raises:
            ValueError: Colours and alpha differ in size. To resize a picture with alpha, pass
                ``pixels``, or both.
        """
        if color is not None or alpha is not None:
            alpha = self.alpha if alpha is None else alpha
            facts["pixels"] = np.asarray(self.color if color is None else color, dtype=np.float32)
            if alpha is not None:
                parts = [facts["pixels"], np.asarray(alpha, dtype=np.float32)]
                facts["pixels"] = np.concatenate(parts, axis=2)
        return replace(self, **facts)

    def to(self, space: Literal["srgb", "linear"]) -> "Picture":
        """Convert the colours to another encoding; alpha stays."""
        if space == self.space:
            return self
        convert = _color.srgb_to_linear if space == "linear" else _color.linear_to_srgb
        return self.replace(color=convert(self.color), space=space)
