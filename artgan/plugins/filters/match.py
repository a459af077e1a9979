"""Colour transfer in OKLab: by mean and covariance, or by the whole spread of colours.

Mean and covariance: the linear map between two Gaussians that moves colours least (Pitie and
Kokaram 2007, "The linear Monge-Kantorovitch linear colour mapping"). Histogram: one axis after
another of turned frames is given the reference's quantiles (Pitie, Kokaram and Dahyot 2005,
"N-dimensional probability density function transfer"), with fixed turns, so that it repeats.
"""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext, StyleError
from artgan.plugin.color import oklab_to_srgb, srgb_to_oklab
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_color import MatchOptions

FLOOR = 1e-6
"""Added to variances, so that a flat picture can be mapped."""
TURNS = 12
QUANTILES = 256
MOST_SAMPLES = 200_000
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")


def apply(picture: Picture, options: MatchOptions, context: FilterContext) -> Picture:
    """Give the picture the reference's colours."""
    if options.strength == 0:
        return picture
    wanted = _reference(options.reference, picture, context)
    lab = srgb_to_oklab(picture.color)
    seen = _samples(lab, picture.alpha)
    if options.method == "histogram":
        mapped = _by_quantiles(lab.reshape(-1, 3), seen, wanted).reshape(lab.shape)
    else:
        mapped = _by_moments(lab, seen, wanted)
    mapped = lab + (mapped - lab) * np.float32(options.strength)
    return picture.replace(color=oklab_to_srgb(mapped))


def _reference(reference: str | list[str], picture: Picture, context: FilterContext) -> FloatArray:
    """Give colours (N, 3) in OKLab."""
    if context.palette is None or context.read is None:
        raise StyleError("palettes and pictures can only be looked up inside a chain")
    if isinstance(reference, str) and reference.lower().endswith(PICTURES):
        other = context.read(reference.removeprefix("picture:")).to("srgb")
        return _samples(srgb_to_oklab(other.color), other.alpha)
    return srgb_to_oklab(context.palette(reference, picture))


def _samples(lab: FloatArray, alpha: FloatArray | None) -> FloatArray:
    """Give some of the colours (N, 3), evenly spread; clear pixels do not count."""
    colors = lab.reshape(-1, 3)
    if alpha is not None and (alpha > 0.5).any():
        colors = colors[alpha.reshape(-1) > 0.5]
    return colors[:: max(1, len(colors) // MOST_SAMPLES)]


def _by_moments(lab: FloatArray, seen: FloatArray, wanted: FloatArray) -> FloatArray:
    mean, spread = _moments(seen)
    target_mean, target_spread = _moments(wanted)
    root = _power(spread, 0.5)
    inverse = _power(spread, -0.5)
    moved = inverse @ _power(root @ target_spread @ root, 0.5) @ inverse
    mapped: FloatArray = (lab - mean.astype(np.float32)) @ moved.T.astype(np.float32)
    mapped += target_mean.astype(np.float32)
    return mapped


def _moments(colors: FloatArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give mean (3,) and covariance (3, 3) of colours (N, 3)."""
    mean = colors.mean(axis=0, dtype=np.float64)
    apart = colors - mean
    return mean, apart.T @ apart / len(colors) + FLOOR * np.eye(3)


def _power(matrix: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    powered: NDArray[np.float64] = (
        vectors * np.maximum(values, FLOOR * FLOOR) ** exponent
    ) @ vectors.T
    return powered


def _by_quantiles(lab: FloatArray, seen: FloatArray, wanted: FloatArray) -> FloatArray:
    """Move colours (N, 3); ``seen`` are those that stand for them and move along."""
    turns = np.random.Generator(np.random.PCG64(5))
    mapped: FloatArray = lab
    guide: FloatArray = seen
    for turn in range(TURNS):
        frame: FloatArray = np.eye(3, dtype=np.float32)
        if turn:
            frame = np.linalg.qr(turns.standard_normal((3, 3)))[0].astype(np.float32)
        here: FloatArray = mapped @ frame
        stands: FloatArray = guide @ frame
        there: FloatArray = wanted @ frame
        for axis in range(3):
            old, back = np.unique(_quantiles(stands[:, axis]), return_inverse=True)
            # Where colours pile up, all of them get the mean of what they would get in turn.
            new = np.bincount(back, _quantiles(there[:, axis])) / np.bincount(back)
            for colors in (here, stands):
                colors[:, axis] = np.interp(colors[:, axis], old, new).astype(np.float32)
        mapped, guide = here @ frame.T, stands @ frame.T
    return mapped


def _quantiles(values: FloatArray) -> NDArray[np.float64]:
    """Give evenly spread quantiles (QUANTILES,)."""
    ordered = np.sort(values.astype(np.float64))
    places = np.linspace(0, len(ordered) - 1, QUANTILES)
    quantiles: NDArray[np.float64] = np.interp(places, np.arange(len(ordered)), ordered)
    return quantiles
