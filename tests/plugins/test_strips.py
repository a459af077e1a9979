"""Work in strips: every row once, errors come through, results as from whole arrays."""

import numpy as np
import pytest

from artgan.plugin import color, fast, raster
from artgan.plugin.color import linear_to_srgb, nearest, srgb_to_linear
from artgan.plugin.raster import blurred_sum, gaussian_blur, halve
from artgan.plugin.strips import STRIP_VALUES, in_strips


@pytest.mark.parametrize("rows", [0, 1, 7, 1000])
@pytest.mark.parametrize("values", [1, STRIP_VALUES // 3, 2 * STRIP_VALUES])
def test_every_row_is_worked_on_once(rows: int, values: int) -> None:
    seen = np.zeros(rows, int)

    def work(start: int, stop: int) -> None:
        seen[start:stop] += 1

    in_strips(work, rows, values)
    assert (seen == 1).all()


def test_an_error_in_a_strip_comes_through() -> None:
    def work(start: int, stop: int) -> None:
        raise ValueError("strip")

    with pytest.raises(ValueError, match="strip"):
        in_strips(work, 10, STRIP_VALUES)


def test_srgb_there_and_back_is_the_same_over_many_strips() -> None:
    values = np.linspace(0, 1, 3 * STRIP_VALUES + 5, dtype=np.float32).reshape(1, -1, 1)
    light = srgb_to_linear(values)
    knee = values <= 0.04045
    assert np.allclose(light[knee], values[knee] / 12.92, atol=1e-7)
    assert np.allclose(light[~knee], ((values[~knee] + 0.055) / 1.055) ** 2.4, atol=1e-6)
    assert np.abs(linear_to_srgb(light) - values).max() < 2e-6


@pytest.mark.parametrize("wraps", [(False, False), (True, False), (True, True)])
def test_a_sum_of_blurs_is_the_sum_of_the_blurs(wraps: tuple[bool, bool]) -> None:
    picture = np.random.default_rng(1).random((96, 64, 3), dtype=np.float32)
    parts = [(0.0, 0.5), (2.0, 1.0), (9.0, 0.3), (14.0, 2.0)]
    single = sum(weight * gaussian_blur(picture, sigma, wraps) for sigma, weight in parts)
    assert np.abs(blurred_sum(picture, parts, wraps) - single).max() < 1e-5


def test_machine_code_gives_the_same_light() -> None:
    pytest.importorskip("numba", reason="artgan[fast] is not installed")
    values = np.linspace(-0.2, 1.2, 1001, dtype=np.float32)
    light = np.empty_like(values)
    quick = fast.compiled(color.linear_each)
    assert quick is not None
    quick(values, light)
    assert np.array_equal(light, color._looked_up(values))


@pytest.mark.parametrize("space", ["oklab", "srgb"])
def test_nearest_by_cells_is_nearest_by_measure(
    space: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    points, palette = rng.random((100, 100, 3), np.float32), rng.random((8, 3), np.float32)
    points[0, 0], points[0, 1] = 0, 1
    measured = nearest(points, palette, space)
    monkeypatch.setattr(color, "WORTH_CELLS", 1)
    assert (color._cells(palette.tobytes(), space, 32) >= 0).mean() > 0.3
    assert np.array_equal(nearest(points, palette, space), measured)


@pytest.mark.parametrize("wraps", [(False, False), (True, False), (False, True)])
@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 3, 1), (33, 18, 4), (101, 7, 3)])
def test_machine_code_halves_alike(
    shape: tuple[int, ...], wraps: tuple[bool, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba", reason="artgan[fast] is not installed")
    picture = np.random.default_rng(4).random(shape, dtype=np.float32)
    monkeypatch.setattr(raster, "compiled", lambda *functions, seconds: None)
    slow = halve(picture, wraps)
    monkeypatch.setattr(raster, "compiled", lambda *functions, seconds: fast.compiled(*functions))
    assert np.array_equal(halve(picture, wraps), slow)


def test_bytes_of_light_are_those_of_its_encoding() -> None:
    steps = np.linspace(0, 1, 200_001, dtype=np.float32)
    edges = srgb_to_linear((np.arange(255, dtype=np.float32) + 0.5) / 255)
    light = np.concatenate([steps, edges, np.nextafter(edges, 0), np.nextafter(edges, 1)])
    rounded = linear_to_srgb(light) * np.float32(255) + np.float32(0.5)
    assert np.array_equal(color.light_to_bytes(light), rounded.astype(np.uint8))


def test_quick_cube_roots_are_near() -> None:
    values = np.geomspace(1e-12, 1, 10_001).astype(np.float32)
    assert np.abs(color.quick_cbrt(values) / np.cbrt(values.astype(float)) - 1).max() < 1e-6
    assert color.quick_cbrt(np.zeros(3, np.float32)).max() < 1e-9
