"""The picture that filters take and return: float pixels, planes beside them, and facts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from artgan.errors import StyleError
from artgan.plugin import color as _color

BEYOND = 0.5
"""How far values of a plane may lie outside 0 to 1, as what is resampled does."""

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
        planes: What is known of each pixel beyond its colour, by name, such as its depth: float32
            (H, W) in [0, 1].

    Raises:
        ValueError: A plane has another size than the pixels, or its name does not fit.
    """

    pixels: FloatArray
    space: Literal["srgb", "linear"] = "srgb"
    wraps: tuple[bool, bool] = WrapPair()
    indexed: FloatArray | None = None
    dpi: float | None = None
    planes: Mapping[str, FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make ``wraps`` a pair that reads as it works, and check the planes."""
        object.__setattr__(self, "wraps", WrapPair(*self.wraps))
        for name, plane in self.planes.items():
            _check_plane(name, plane, self.pixels.shape[:2])

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

        Planes stay, unless the copy has another size: then it has those that ``planes`` names.

        Args:
            color: New colours (H, W, 1 or 3) in the picture's space; None keeps them.
            alpha: New alpha (H, W, 1) in [0, 1]; None keeps the picture's own, if it has one.
            **facts: Any of pixels, space, wraps, indexed, dpi, planes.

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
        if "pixels" in facts and facts["pixels"].shape[:2] != self.pixels.shape[:2]:
            facts.setdefault("planes", {})
        return replace(self, **facts)

    def plane(self, name: str) -> FloatArray:
        """Return the plane (H, W) of that name.

        Raises:
            StyleError: The picture has none of that name; the message says which it has.
        """
        if name not in self.planes:
            has = f"it has {', '.join(self.planes)}" if self.planes else "it has none"
            raise StyleError(
                f"the picture has no plane '{name}' here, {has}; a step before makes one, such as "
                f"remember:{name}, or the network that drew it"
            )
        return self.planes[name]

    def with_plane(self, name: str, values: NDArray[Any]) -> "Picture":
        """Copy the picture with a further plane, or another one in its place.

        Args:
            name: Lower-case letters and digits, such as "depth".
            values: (H, W) or (H, W, 1), one number for each pixel, from 0 to 1; what lies a little
                beyond is clipped.

        Raises:
            ValueError: The name or the size does not fit, or a value is not finite or far beyond.
        """
        plane = np.asarray(values, dtype=np.float32)
        plane = plane[:, :, 0] if plane.ndim == 3 and plane.shape[2] == 1 else plane
        if not np.isfinite(plane).all():
            raise ValueError(f"plane {name!r} has values that are not finite")
        least, most = float(plane.min(initial=0)), float(plane.max(initial=1))
        if least < -BEYOND or most > 1 + BEYOND:
            raise ValueError(f"plane {name!r} goes from {least:g} to {most:g}; expected 0 to 1")
        return replace(self, planes={**self.planes, name: np.clip(plane, 0, 1)})

    def to(self, space: Literal["srgb", "linear"]) -> "Picture":
        """Convert the colours to another encoding; alpha stays."""
        if space == self.space:
            return self
        convert = _color.srgb_to_linear if space == "linear" else _color.linear_to_srgb
        return self.replace(color=convert(self.color), space=space)


def is_plane_name(name: str) -> bool:
    """Tell whether a plane may have that name: lower-case letters and digits, as in "depth"."""
    return bool(re.fullmatch(r"[a-z][a-z0-9]{0,31}", name))


def mixed_planes(
    under: Picture, over: Picture, weight: "FloatArray | np.float32 | float"
) -> dict[str, FloatArray]:
    """Mix the planes of two pictures of one size, of which one is laid over the other.

    Args:
        under: The picture below.
        over: The picture above; planes that it alone has are taken as they are.
        weight: Its opacity: a number, or (H, W, 1).

    Returns:
        All planes of ``over``: one that only ``under`` has did not go through what made ``over``.
    """
    share = weight[:, :, 0] if isinstance(weight, np.ndarray) and weight.ndim == 3 else weight
    mixed = {}
    for name, plane in over.planes.items():
        below = under.planes.get(name, plane)
        mixed[name] = plane if below is plane else below + (plane - below) * np.float32(share)
    return mixed


def _check_plane(name: str, plane: FloatArray, size: tuple[int, ...]) -> None:
    if not is_plane_name(name):
        raise ValueError(f"{name!r} is no name for a plane; expected such as 'depth'")
    if plane.shape != size:
        raise ValueError(
            f"plane {name!r} has shape {plane.shape}; expected one number for each pixel, {size}"
        )
