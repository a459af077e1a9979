"""Converts pictures to sRGB by the colour profile (ICC.1) that their file holds.

A profile is judged by what it does, never by its name: where it changes no colour by more than one
level of 255, it is sRGB, and the pixels stay as they are.
"""

import io
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from artgan.plugin.matrix_profiles import read_matrix_profile

CONVERTED = "colour profile converted to sRGB"
DAMAGED = "colour profile damaged and ignored"
MISFIT = "colour profile is for other colours than the picture has, and ignored"

MODES = {"RGB": "RGB", "CMYK": "CMYK", "GRAY": "L"}
"""Colour space of a profile (ICC.1, 7.2.6) -> Pillow's mode of the pixels that it describes."""


class _MisfitError(ValueError):
    """A profile describes other channels than the picture has."""


def to_srgb(image: Image.Image, profile: bytes) -> tuple[Image.Image, str]:
    """Convert a picture to sRGB; alpha stays as it is.

    Args:
        image: Mode L, LA, RGB, RGBA or CMYK.
        profile: The ICC profile that describes its colours.

    Returns:
        The picture (CMYK becomes RGB unless the profile is not used), and what was done, or "".
    """
    try:
        if image.mode in ("L", "LA"):
            curve = grey_curve(profile)
            return (image, "") if curve is None else (_along(image, curve), CONVERTED)
        mode = "CMYK" if image.mode == "CMYK" else "RGB"
        transform = _transform(profile, mode)
    except _MisfitError:
        return image, MISFIT
    # Pillow raises these for bytes that are no profile.
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image, DAMAGED
    if transform is None:
        return image, ""
    converted = transform.apply(image if image.mode == mode else image.convert(mode))
    if image.mode == "RGBA":
        converted.putalpha(image.getchannel("A"))
    converted.info = dict(image.info)
    return converted, CONVERTED


def deep_to_srgb(
    levels: NDArray[np.float32], profile: bytes
) -> tuple[NDArray[np.float32] | None, str]:
    """Convert levels (H, W, C) in [0, 1] of 1 to 4 channels to sRGB; alpha stays as it is.

    Returns:
        The levels, or None if the profile can only be used with 8 bits; and what was done, or "".
    """
    grey = levels.shape[2] < 3
    try:
        curve = grey_curve(profile) if grey else None
        transform = None if grey else _transform(profile, "RGB")
    except _MisfitError:
        return levels, MISFIT
    # Pillow raises these for bytes that are no profile.
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return levels, DAMAGED
    if curve is None and transform is None:
        return levels, ""
    converted = levels.copy()
    if curve is not None:
        converted[:, :, 0] = np.interp(levels[:, :, 0], np.linspace(0, 1, 256), curve / 255)
        return converted, CONVERTED
    space = read_matrix_profile(profile)
    if space is None:
        return None, ""
    converted[:, :, :3] = space.to_srgb(levels[:, :, :3])
    return converted, CONVERTED


@lru_cache(maxsize=32)
def grey_curve(profile: bytes) -> NDArray[np.uint8] | None:
    """Compute the sRGB level, 0 to 255, of each of 256 levels of grey; None if they are the same.

    A profile for RGB, which many programs put into grey pictures too, is asked for its greys.

    Raises:
        ValueError: The profile is for CMYK or another space.
        PIL.ImageCms.PyCMSError: It is damaged.
    """
    ramp = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    mode = _mode_of(_read(profile))
    if mode == "CMYK":
        raise _MisfitError(mode)
    transform = _build(profile, mode)
    curve = np.asarray(transform.apply(ramp.convert(mode)))[0, :, 1]
    return None if _same(curve, np.arange(256)) else curve


def _along(image: Image.Image, curve: NDArray[np.uint8]) -> Image.Image:
    table = curve.tolist()
    return image.point(table if image.mode == "L" else [*table, *range(256)])


@lru_cache(maxsize=32)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """Build the transform to sRGB; None if the profile is sRGB."""
    if _mode_of(_read(profile)) != mode:
        raise _MisfitError(mode)
    transform = _build(profile, mode)
    if mode == "CMYK":
        return transform
    steps = np.linspace(0, 255, 18).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(18, -1, 3)
    changed = np.asarray(transform.apply(Image.fromarray(cube)))
    return None if _same(changed, cube) else transform


def _same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return int(np.abs(one.astype(int) - other).max()) <= 1


def _read(profile: bytes) -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(io.BytesIO(profile))


def _mode_of(profile: ImageCms.ImageCmsProfile) -> str:
    mode = MODES.get(profile.profile.xcolor_space.strip())
    if mode is None:
        raise _MisfitError(profile.profile.xcolor_space)
    return mode


def _build(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform:
    """Build a transform from a profile to sRGB, with perceptual intent."""
    return ImageCms.buildTransform(_read(profile), ImageCms.createProfile("sRGB"), mode, "RGB")
