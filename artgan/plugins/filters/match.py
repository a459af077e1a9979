"""Colour transfer in OKLab: by mean and covariance, or by the whole distribution of colours.

Mean and covariance: the linear map between two Gaussians that moves colours least (Pitie and
Kokaram 2007, "The linear Monge-Kantorovitch linear colour mapping"). Histogram: in a series of
rotated frames, each axis gets the reference's quantiles (Pitie, Kokaram and Dahyot 2005,
"N-dimensional probability density function transfer"). The rotations are fixed, so that results
repeat.
"""

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import FilterContext
from artgan.plugin.color import oklab_to_srgb, srgb_to_oklab
from artgan.plugin.masks import PICTURES
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_color import MatchOptions
from artgan.plugins.filters._inner import palette_colors, read_picture

FLOOR = 1e-6
"""Added to variances, so that a flat picture can be mapped."""
TURNS = 12
QUANTILES = 256
MOST_SAMPLES = 200_000


def apply(picture: Picture, options: MatchOptions, context: FilterContext) -> Picture:
    """Transfer the colours of the reference to the picture."""
    if options.strength == 0:
        return picture
    wanted = _reference(options.reference, picture, context)
    lab = srgb_to_oklab(picture.color)
    own = _samples(lab, picture.alpha)
    if options.method == "histogram":
        mapped = _by_quantiles(lab.reshape(-1, 3), own, wanted).reshape(lab.shape)
    else:
        mapped = _by_moments(lab, own, wanted)
    mapped = lab + (mapped - lab) * np.float32(options.strength)
    return picture.replace(color=oklab_to_srgb(mapped))


def _reference(reference: str | list[str], picture: Picture, context: FilterContext) -> FloatArray:
    """Look up the reference's colours (N, 3) in OKLab."""
    if isinstance(reference, str) and reference.lower().endswith(PICTURES):
        other = read_picture(context, reference.removeprefix("picture:")).to("srgb")
        return _samples(srgb_to_oklab(other.color), other.alpha)
    return srgb_to_oklab(palette_colors(context, reference, picture))


def _samples(lab: FloatArray, alpha: FloatArray | None) -> FloatArray:
    """Take every so-many-th of the colours (N, 3); clear pixels do not count."""
    colors = lab.reshape(-1, 3)
    if alpha is not None and (alpha > 0.5).any():
        colors = colors[alpha.reshape(-1) > 0.5]
    return colors[:: max(1, len(colors) // MOST_SAMPLES)]


def _by_moments(lab: FloatArray, own: FloatArray, wanted: FloatArray) -> FloatArray:
    mean, spread = _moments(own)
    target_mean, target_spread = _moments(wanted)
    root = _power(spread, 0.5)
    inverse = _power(spread, -0.5)
    moved = inverse @ _power(root @ target_spread @ root, 0.5) @ inverse
    mapped: FloatArray = (lab - mean.astype(np.float32)) @ moved.T.astype(np.float32)
    mapped += target_mean.astype(np.float32)
    return mapped


def _moments(colors: FloatArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute mean (3,) and covariance (3, 3) of colours (N, 3)."""
    mean = colors.mean(axis=0, dtype=np.float64)
    apart = colors - mean
    return mean, apart.T @ apart / len(colors) + FLOOR * np.eye(3)


def _power(matrix: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    powered: NDArray[np.float64] = (
        vectors * np.maximum(values, FLOOR * FLOOR) ** exponent
    ) @ vectors.T
    return powered


def _by_quantiles(lab: FloatArray, own: FloatArray, wanted: FloatArray) -> FloatArray:
    """Map colours (N, 3); their sample ``own`` gives the quantiles and is mapped along."""
    turns = np.random.Generator(np.random.PCG64(5))
    mapped: FloatArray = lab
    guide: FloatArray = own
    for turn in range(TURNS):
        frame: FloatArray = np.eye(3, dtype=np.float32)
        if turn:
            frame = np.linalg.qr(turns.standard_normal((3, 3)))[0].astype(np.float32)
        here: FloatArray = mapped @ frame
        stands: FloatArray = guide @ frame
        there: FloatArray = wanted @ frame
        for axis in range(3):
            old, back = np.unique(_quantiles(stands[:, axis]), return_inverse=True)
            # Equal colours all get the mean of the quantiles that they take up.
            new = np.bincount(back, _quantiles(there[:, axis])) / np.bincount(back)
            for colors in (here, stands):
                colors[:, axis] = np.interp(colors[:, axis], old, new).astype(np.float32)
        mapped, guide = here @ frame.T, stands @ frame.T
    return mapped


def _quantiles(values: FloatArray) -> NDArray[np.float64]:
    """Compute evenly spaced quantiles (QUANTILES,)."""
    ordered = np.sort(values.astype(np.float64))
    places = np.linspace(0, len(ordered) - 1, QUANTILES)
    quantiles: NDArray[np.float64] = np.interp(places, np.arange(len(ordered)), ordered)
    return quantiles
