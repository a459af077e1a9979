"""Wind the picture into a disc, or unwind a disc."""

import math

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_space import PolarOptions
from artgan.plugins.filters._warp import Places, distance, warp


def apply(picture: Picture, options: PolarOptions, context: FilterContext) -> Picture:
    """Swap columns for angles and rows for distances; ``picture`` is linear."""
    if options.strength == 0:
        return picture
    height, width = picture.height, picture.width
    turn = math.radians(options.angle)
    share = np.float32(options.strength)
    closed = picture.wraps[0] or not options.fold

    def disc(down: FloatArray, across: FloatArray) -> Places:
        y, x = down - np.float32(height / 2), across - np.float32(width / 2)
        radius = distance(y, x) / np.float32(picture.shorter_side / 2)
        turns = (np.arctan2(x, -y) - turn) / (2 * math.pi)
        turns -= np.floor(turns)
        columns = (turns if closed else 1 - np.abs(1 - 2 * turns)) * width
        rows = height * (radius if options.inside_out else 1 - radius)
        rows = np.clip(rows, 0.5, height - 0.5)
        shrink = (
            width
            * (1 if closed else 2)
            / (math.pi * picture.shorter_side * np.maximum(radius, 1e-3))
        )
        return rows, columns, shrink.astype(np.float32)

    def strip(down: FloatArray, across: FloatArray) -> Places:
        angle = across * np.float32(2 * math.pi / width) + np.float32(turn)
        radius = down / height if options.inside_out else 1 - down / height
        radius = radius * np.float32(picture.shorter_side / 2)
        return height / 2 - radius * np.cos(angle), width / 2 + radius * np.sin(angle), None

    def places(down: FloatArray, across: FloatArray) -> Places:
        rows, columns, shrink = (disc if options.shape == "disc" else strip)(down, across)
        return down + (rows - down) * share, across + (columns - across) * share, shrink

    return warp(picture, places)
