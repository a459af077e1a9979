"""Wraps the picture around a point, or unwraps a disc: polar coordinates."""

import math

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_space import PolarOptions
from artgan.plugins.filters._warp import SHRINKS, Places, distance, warp


def apply(picture: Picture, options: PolarOptions, context: FilterContext) -> Picture:
    """Turn columns into angles and rows into distances, or back; ``picture`` is linear."""
    if options.strength == 0:
        return picture
    height, width = picture.height, picture.width
    turn = math.radians(options.angle)
    share = np.float32(options.strength)
    closed = picture.wraps[0] or not options.fold

    def disc(down: FloatArray, across: FloatArray) -> Places:
        y, x = down - np.float32(height / 2), across - np.float32(width / 2)
        radius = distance(y, x)
        radius /= np.float32(picture.shorter_side / 2)
        columns = np.arctan2(x, -y)
        columns -= np.float32(turn)
        columns /= np.float32(2 * math.pi)
        columns -= np.floor(columns)
        if not closed:
            columns *= 2
            np.abs(np.subtract(1, columns, out=columns), out=columns)
            np.subtract(1, columns, out=columns)
        columns *= width
        shrink = None
        # The smaller the radius, the more the picture shrinks on its circle.
        around = width * (1 if closed else 2), math.pi * picture.shorter_side
        if radius.min() * around[1] * SHRINKS <= around[0]:
            shrink = np.maximum(radius, np.float32(1e-3))
            shrink *= np.float32(around[1])
            np.divide(np.float32(around[0]), shrink, out=shrink)
        rows = radius if options.inside_out else np.subtract(1, radius, out=radius)
        rows *= height
        return np.clip(rows, 0.5, height - 0.5, out=rows), columns, shrink

    def strip(down: FloatArray, across: FloatArray) -> Places:
        angle = across * np.float32(2 * math.pi / width) + np.float32(turn)
        radius = down / height if options.inside_out else 1 - down / height
        radius = radius * np.float32(picture.shorter_side / 2)
        return height / 2 - radius * np.cos(angle), width / 2 + radius * np.sin(angle), None

    def places(down: FloatArray, across: FloatArray) -> Places:
        rows, columns, shrink = (disc if options.shape == "disc" else strip)(down, across)
        for there, here in ((rows, down), (columns, across)):
            there -= here
            if share != 1:
                there *= share
            there += here
        return rows, columns, shrink

    return warp(picture, places)
