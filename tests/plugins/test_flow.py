"""Averages along a flow, and cells around points, against slow plain versions."""

import numpy as np
import pytest

from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._flow import FlowLines, smooth_along, tangents
from artgan.plugins.filters._warp import fetch
from artgan.plugins.filters._worley import cells


@pytest.mark.parametrize("wraps", [(False, False), (True, True)])
def test_averages_along_a_flow_equal_steps_of_single_reads(wraps: tuple[bool, bool]) -> None:
    rng = np.random.default_rng(3)
    plane = rng.random((17, 23), np.float32)
    flow = tangents(rng.random((17, 23), np.float32), 1.0, wraps)
    lines = FlowLines(flow, 4.0, wraps, keep=True)
    for given in (plane, plane * plane):
        expected = _stepwise(given, flow, 4.0, wraps)
        assert np.array_equal(lines.smooth(given), expected)
        assert np.array_equal(smooth_along(given, flow, 4.0, wraps), expected)


def _stepwise(
    plane: FloatArray, flow: FloatArray, reach: float, wraps: tuple[bool, bool]
) -> FloatArray:
    weights: FloatArray = np.exp(-0.5 * (np.arange(4) * 2 / 3) ** 2).astype(np.float32)
    places: FloatArray = np.indices(plane.shape).astype(np.float32) + np.float32(0.5)
    joined, total = np.dstack([plane, flow]), plane * weights[0]
    for side in (-1, 1):
        heading: FloatArray = flow * np.float32(side)
        rows, columns = places
        for weight in weights[1:]:
            rows = rows + np.float32(reach / 3) * heading[..., 0]
            columns = columns + np.float32(reach / 3) * heading[..., 1]
            found = fetch(joined, rows, columns, wraps)
            total += found[..., 0] * weight
            along = np.sign((found[..., 1:] * heading).sum(axis=2, keepdims=True))
            heading = np.where(along == 0, heading, found[..., 1:] * along)
    mean: FloatArray = total / (weights[0] + 2 * weights[1:].sum())
    return mean


def test_cells_know_the_two_nearest_points() -> None:
    picture = Picture(np.zeros((24, 36, 1), np.float32))
    near, far, which = cells(picture, 0.25, np.random.default_rng(4))
    points = np.random.default_rng(4).uniform(0.1, 0.9, (8, 10, 2)).astype(np.float32)
    corners = np.indices((8, 10)).transpose(1, 2, 0) - 2
    spots = (points + corners).reshape(-1, 2)
    places = (np.indices((24, 36)).transpose(1, 2, 0) + 0.5) / 6
    away = np.linalg.norm(places[:, :, None] - spots, axis=3)
    assert np.array_equal(which, away.argmin(axis=2))
    assert np.abs(np.sort(away, axis=2)[:, :, 0] - near).max() < 1e-6
    assert np.abs(np.sort(away, axis=2)[:, :, 1] - far).max() < 1e-6
