"""Masks: text that says which part of a picture a filter changes.

A mask is a range of lightness (``light``, ``dark``, ``middle`` or ``0.2-0.6``), a place
(``circle``, ``edges``, ``top``, ``bottom``, ``left``, ``right``), a plane of the picture
(``plane:depth``), or a picture file; of the last two the light parts are selected. ``not`` before
any of them inverts it.
"""

import re
from collections.abc import Callable

import numpy as np

from artgan.plugin import StyleError
from artgan.plugin.color import light_lightness, lightness
from artgan.plugin.picture import FloatArray, Picture, is_plane_name
from artgan.plugin.raster import resize

TONES = {"dark": (0.0, 1 / 3), "middle": (1 / 3, 2 / 3), "light": (0.5, 1.0)}
PLACES = ("circle", "edges", "top", "bottom", "left", "right")
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
SOFTNESS = 0.1
"""Width of the soft edge: in lightness, or as a share of the shorter side for a place."""
HELP = (
    "light, dark, middle, a range of lightness as in 0.2-0.6, circle, edges, top, bottom, left, "
    "right, a plane as in plane:depth, or a picture file; not before any of them inverts it"
)


def mask_weights(
    where: str,
    picture: Picture,
    read: Callable[[str], Picture] | None = None,
    softness: float = SOFTNESS,
) -> FloatArray:
    """Compute how much a mask selects of each pixel.

    Args:
        where: The mask, as described at the top of this module.
        picture: Picture that the mask is laid on.
        read: Reads a picture file; without it a mask cannot be a file.
        softness: Width of the soft edge, 0 to 1.

    Returns:
        Weights (H, W, 1) in [0, 1].

    Raises:
        StyleError: ``where`` is not a mask, or names a plane that the picture does not have.
    """
    name, opposite = _split(where)
    plane = _plane_named(name)
    if plane:
        weights = picture.plane(plane)[:, :, None]
    elif name.lower().endswith(PICTURES):
        weights = _from_file(name, picture, read)
    elif name in PLACES:
        weights = _fade(_inside(name, picture) / np.float32(max(softness, 1e-4)) + 0.5)
    else:
        weights = _tones(name, where, picture, softness)
    return 1 - weights if opposite else weights


def check_mask(where: str) -> None:
    """Check that text is a mask, before there is a picture.

    Raises:
        StyleError: ``where`` is not a mask.
    """
    name, _ = _split(where)
    if name not in PLACES and not name.lower().endswith(PICTURES) and not _plane_named(name):
        _range(name, where)


def _plane_named(name: str) -> str:
    """Return the plane that a mask names, as in "plane:depth", or ""."""
    found = re.fullmatch(r"plane:(\S+)", name)
    return found[1] if found and is_plane_name(found[1]) else ""


def is_picture_mask(where: str) -> bool:
    """Check whether a mask is a picture file."""
    return where.lower().endswith(PICTURES)


def mask_wraps(where: str) -> tuple[bool, bool]:
    """Find along which axes (across, down) a mask continues across the border.

    A picture that tiles along such an axis still tiles after something was done inside the mask.
    """
    name, _ = _split(where)
    # Whether a file or a plane goes on beyond its border is not known.
    if name.lower().endswith(PICTURES) or _plane_named(name):
        return (False, False)
    return (name not in ("left", "right"), name not in ("top", "bottom"))


def _split(where: str) -> tuple[str, bool]:
    """Split a mask into its name and whether "not" stands before it."""
    name = where.strip()
    opposite = re.match(r"not\s+|!", name)
    return (name[opposite.end() :], True) if opposite else (name, False)


def _tones(name: str, where: str, picture: Picture, softness: float) -> FloatArray:
    low, high = _range(name, where)
    measure = lightness if picture.space == "srgb" else light_lightness
    light = measure(picture.color)[:, :, None]
    soft = np.float32(max(softness, 1e-4))
    weights = np.ones_like(light)
    if low > 0:
        weights *= _fade((light - np.float32(low)) / soft + 0.5)
    if high < 1:
        weights *= _fade((np.float32(high) - light) / soft + 0.5)
    return weights


def _range(name: str, where: str) -> tuple[float, float]:
    given = re.fullmatch(r"(\d*\.?\d+)\s*(?:-|\.\.)\s*(\d*\.?\d+)", name)
    low, high = map(float, given.groups()) if given else TONES.get(name, (1.0, 0.0))
    if not 0 <= low <= high <= 1:
        raise StyleError(f"mask '{where}' does not fit; expected {HELP}")
    return low, high


def _inside(place: str, picture: Picture) -> FloatArray:
    """Compute how far inside a place each pixel lies (H, W, 1), in shorter sides."""
    height, width, side = picture.height, picture.width, picture.shorter_side
    down = ((np.arange(height, dtype=np.float32) + 0.5 - height / 2) / side)[:, None, None]
    across = ((np.arange(width, dtype=np.float32) + 0.5 - width / 2) / side)[None, :, None]
    if place in ("circle", "edges"):
        # Both are measured in half sides, so that they fit pictures that are not square.
        wide, tall = across * (side / width), down * (side / height)
        if place == "circle":
            return (0.4 - np.hypot(wide, tall)).astype(np.float32)
        return (np.maximum(np.abs(wide), np.abs(tall)) - np.float32(0.4)).astype(np.float32)
    straight = {"top": -down, "bottom": down, "left": -across, "right": across}[place]
    return np.broadcast_to(straight, (height, width, 1))


def _from_file(name: str, picture: Picture, read: Callable[[str], Picture] | None) -> FloatArray:
    if read is None:
        raise StyleError("a picture as a mask can only be read inside a chain")
    fitted = resize(read(name), picture.height, picture.width, "smooth")
    weights = light_lightness(fitted.color)[:, :, None]
    return weights if fitted.alpha is None else weights * fitted.alpha


def _fade(share: FloatArray) -> FloatArray:
    clipped = np.clip(share, 0, 1)
    smooth: FloatArray = (clipped * clipped * (3 - 2 * clipped)).astype(np.float32)
    return smooth
