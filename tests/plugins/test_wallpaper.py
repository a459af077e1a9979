"""The 17 wallpaper groups: exact under all their elements, complete, and none swapped."""

import numpy as np
import pytest
from numpy.typing import NDArray

from artgan.plugin.picture import Picture
from artgan.plugin_manager.load import load_registry
from artgan.plugins.filters._declared_space import WallpaperOptions
from artgan.plugins.filters._groups import (
    GENERATORS,
    HEXAGONAL,
    Element,
    combine,
    elements,
    images,
    plane,
)
from artgan.plugins.filters.wallpaper import make_cell
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

REGISTRY = load_registry(packages=False)
each_group = pytest.mark.parametrize("group", GENERATORS)
ORDERS = {"p1": 1, "p2": 2, "pm": 2, "pg": 2, "cm": 2, "pmm": 4, "pmg": 4, "pgg": 4, "cmm": 4}
ORDERS |= {"p4": 4, "p4m": 8, "p4g": 8, "p3": 3, "p3m1": 6, "p31m": 6, "p6": 6, "p6m": 12}


def noise(height: int = 40, width: int = 56) -> Picture:
    return Picture(np.random.default_rng(5).random((height, width, 3), dtype=np.float32))


def matrix(element: Element) -> NDArray[np.int64]:
    return np.array(element[:4]).reshape(2, 2)


@each_group
def test_the_point_group_has_the_right_order(group: str) -> None:
    turns = {element[:4] for element in elements(group)}
    assert len(turns) == ORDERS[group]
    assert {combine(a, b) for a in elements(group) for b in elements(group)} == set(elements(group))


@each_group
def test_every_element_keeps_lengths(group: str) -> None:
    basis = np.stack(plane(group, np.array([1.0, 0.0]), np.array([0.0, 1.0])))
    for element in elements(group):
        turned = basis @ matrix(element) @ np.linalg.inv(basis)
        assert np.allclose(turned @ turned.T, np.eye(2), atol=1e-12)


@each_group
@pytest.mark.parametrize("mix", [0.0, 0.6])
@pytest.mark.parametrize("side", [2, 20, 48])
def test_a_cell_equals_its_images_exactly(group: str, mix: float, side: int) -> None:
    cell = make_cell(noise(), WallpaperOptions(group=group, mix=mix), side)  # type: ignore[arg-type]
    flat = cell.reshape(side * side, -1)
    for image in images(group, side):
        assert np.array_equal(flat[image], flat)


@each_group
def test_a_cell_has_no_more_symmetry_than_its_group(group: str) -> None:
    side = 24
    options = WallpaperOptions(group=group)  # type: ignore[arg-type]
    flat = make_cell(noise(), options, side).reshape(side * side, -1)
    others = HEXAGONAL if group in HEXAGONAL else [g for g in GENERATORS if g not in HEXAGONAL]
    for other in others:
        for element, image in zip(elements(other), images(other, side), strict=True):
            assert np.array_equal(flat[image], flat) == (element in elements(group))


@pytest.mark.parametrize(("group", "all_on_mirrors"), [("p3m1", True), ("p31m", False)])
def test_p3m1_and_p31m_are_not_swapped(group: str, all_on_mirrors: bool) -> None:
    centers = [(0, 0), (1, 2), (2, 1)]
    mirrors = [e for e in elements(group) if round(float(np.linalg.det(matrix(e)))) == -1]

    def on_mirror(center: tuple[int, int]) -> bool:
        return any(not ((matrix(m) @ center - center) % 3).any() for m in mirrors)

    assert [on_mirror(c) for c in centers] == [True, all_on_mirrors, all_on_mirrors]


@each_group
def test_the_result_repeats_and_square_groups_copy_pixels(group: str) -> None:
    what = noise(64, 96).replace(indexed=None)
    styled = apply_style(parse_style(f"wallpaper:{group}", REGISTRY), what, registry=REGISTRY)
    result = styled.picture
    assert result.wraps == (True, True)
    assert result.width == 96
    down = 64 if group not in HEXAGONAL else 55
    assert result.height == down
    assert np.array_equal(np.roll(result.pixels, 32, axis=1), result.pixels)
    if group not in HEXAGONAL:
        seen = {tuple(c) for c in result.pixels.reshape(-1, 3).tolist()}
        assert seen <= {tuple(c) for c in what.pixels.reshape(-1, 3).tolist()}


def test_a_drawn_p6_pattern_looks_the_same_turned_by_sixty_degrees() -> None:
    from artgan.plugin.raster import gaussian_blur
    from artgan.plugins.filters._warp import fetch
    from artgan.plugins.filters.wallpaper import draw_hexagonal

    soft = Picture(gaussian_blur(noise(200, 200).pixels, 6))
    period = draw_hexagonal(make_cell(soft, WallpaperOptions(group="p6", mix=1), 112))
    down, across = np.mgrid[:40, :40] + 0.5
    turn, stretch = np.pi / 3, len(period) / (112 * 3**0.5)
    # The turn's centre is lattice point 0, the middle of the first pixel.
    y, x = (down - 0.5) / stretch, across - 0.5
    turned = fetch(
        period,
        ((x * np.sin(turn) + y * np.cos(turn)) * stretch + 0.5).astype(np.float32),
        (x * np.cos(turn) - y * np.sin(turn) + 0.5).astype(np.float32),
        (True, True),
    )
    assert np.abs(turned - period[:40, :40]).max() < 0.01 < np.ptp(period)
