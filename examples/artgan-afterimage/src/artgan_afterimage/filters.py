"""The filters: each looks at ``context.frame.before``, the nearest frame first."""

import numpy as np
from artgan.plugin import FilterContext
from artgan.plugin.color import parse_hex, srgb_to_linear, to_rgb
from artgan.plugin.picture import FloatArray, Picture

from artgan_afterimage import ExposureOptions, SlitScanOptions, TrailsOptions


def trails(picture: Picture, options: TrailsOptions, context: FilterContext) -> Picture:
    """Lay what was lighter in earlier frames over the picture, the older the more in one colour."""
    before = context.frame.before[: options.frames]
    if not before or not options.strength:
        return picture
    tint = srgb_to_linear(parse_hex(options.color))
    cover = _cover(picture)
    light = to_rgb(picture.color) * cover
    for age, earlier in enumerate(before, 1):
        share = np.float32(age / (options.frames + 1))
        left = np.float32(options.strength) * (1 - share)
        old = to_rgb(earlier.color) * _cover(earlier)
        colored = old * (1 - share) + old.max(axis=2, keepdims=True) * tint * share
        light, cover = np.maximum(light, left * colored), np.maximum(cover, left * _cover(earlier))
    if picture.alpha is None:
        return picture.replace(color=light)
    return picture.replace(color=_uncovered(light, cover), alpha=cover)


def long_exposure(picture: Picture, options: ExposureOptions, context: FilterContext) -> Picture:
    """Average the picture with the frames before it, as a shutter that stays open does."""
    frames = (picture, *context.frame.before[: options.frames])
    cover: FloatArray = np.mean([_cover(one) for one in frames], axis=0, dtype=np.float32)
    covered = [one.color * _cover(one) for one in frames]
    light: FloatArray = np.mean(covered, axis=0, dtype=np.float32)
    if picture.alpha is None:
        return picture.replace(color=light)
    return picture.replace(color=_uncovered(light, cover), alpha=cover)


def slit_scan(picture: Picture, options: SlitScanOptions, context: FilterContext) -> Picture:
    """Take each line from another time: from the present at one edge to the past at the other."""
    frames = (picture, *context.frame.before[: options.frames])
    axis = 0 if options.later in ("top", "bottom") else 1
    length = picture.pixels.shape[axis]
    ages = np.arange(length) * (options.frames + 1) // length
    if options.later in ("bottom", "right"):
        ages = ages[::-1]
    result = picture.pixels.copy()
    for line, age in enumerate(np.minimum(ages, len(frames) - 1)):
        place = (line,) if axis == 0 else (slice(None), line)
        result[place] = frames[age].pixels[place]
    return picture.replace(pixels=result)


def _cover(picture: Picture) -> FloatArray:
    """Return alpha (H, W, 1), 1 where there is none."""
    return np.ones_like(picture.pixels[:, :, :1]) if picture.alpha is None else picture.alpha


def _uncovered(light: FloatArray, cover: FloatArray) -> FloatArray:
    """Turn light that is multiplied by alpha into colour."""
    color: FloatArray = np.minimum(light / np.maximum(cover, np.float32(1e-6)), 1)
    return color
