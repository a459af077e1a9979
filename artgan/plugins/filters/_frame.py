"""Puts a picture on a larger ground of one colour."""

import numpy as np

from artgan.plugin import StyleError
from artgan.plugin.color import parse_hex, to_rgb
from artgan.plugin.memory import check_size
from artgan.plugin.picture import FloatArray, Picture


def flat_color(color: str) -> FloatArray:
    """Read a colour given as hex: sRGB (3,).

    Raises:
        StyleError: The text is not a colour.
    """
    try:
        return np.array(parse_hex(color), np.float32)
    except ValueError as error:
        raise StyleError(str(error)) from error


def thickness(picture: Picture, share: float) -> int:
    """Convert a share of the shorter side to whole pixels; at least one unless it is 0."""
    return max(1, round(share * picture.shorter_side)) if share > 0 else 0


def canvas(picture: Picture, margins: tuple[int, int, int, int], color: FloatArray) -> Picture:
    """Put the picture (sRGB) on an opaque ground of one colour, sRGB (3,).

    Margins are in pixels: to the left, above, to the right and below. Planes are 0 on the ground.
    """
    left, top, right, bottom = margins
    height, width = picture.height + top + bottom, picture.width + left + right
    grey = picture.color.shape[2] == 1 and len(np.unique(color)) == 1
    check_size(width, height, 4, "the framed picture")
    ground = [color[0]] if grey else list(color)
    ground = [*ground, np.float32(1)] if picture.has_alpha else ground
    pixels = np.empty((height, width, len(ground)), np.float32)
    inside = pixels[top : top + picture.height, left : left + picture.width]
    # numpy copies a line of numbers at once, but pixels of three numbers one by one.
    line, lines = np.tile(np.array(ground, np.float32), width), pixels.reshape(height, -1)
    first, last = left * len(ground), (width - right) * len(ground)
    lines[:top] = lines[height - bottom :] = line
    lines[top : height - bottom, :first] = line[:first]
    lines[top : height - bottom, last:] = line[last:]
    inner = picture.color if grey else to_rgb(picture.color)
    inside[:, :, : inner.shape[2]] = inner
    if picture.alpha is not None:
        inside[:, :, -1:] = picture.alpha
    around = ((top, bottom), (left, right))
    planes = {name: np.pad(plane, around) for name, plane in picture.planes.items()}
    return picture.replace(pixels=pixels, planes=planes, wraps=(False, False))
