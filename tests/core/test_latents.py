"""Ways through latent space: they start, close and go on as told."""

import math
from itertools import pairwise

import pytest
import torch

from artgan.errors import OptionError
from artgan.latents.paths import LatentPath, blend, lerp, parse_sum, slerp, walk, with_way_points


def keys(count: int, *shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, *(shape or (16,)), generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("shape", [(16,), (8, 2, 3)])
def test_slerp_ends_at_its_ends_and_keeps_the_length(shape: tuple[int, ...]) -> None:
    start, end = keys(2, *shape)
    assert torch.allclose(slerp(start, end, 0), start)
    assert torch.allclose(slerp(start, end, 1), end)
    middle = slerp(start, end, 0.5).norm(dim=0)
    assert torch.allclose(middle, (start.norm(dim=0) + end.norm(dim=0)) / 2)


def test_slerp_is_the_arc_between_two_axes() -> None:
    east, north = torch.eye(2, dtype=torch.float64)
    third = slerp(east, north, 1 / 3)
    assert torch.allclose(third, torch.tensor([math.cos(math.pi / 6), 0.5], dtype=torch.float64))
    assert torch.equal(slerp(east, east, 0.4), east)
    assert torch.allclose(lerp(east, north, 0.25), torch.tensor([0.75, 0.25]).double())


@pytest.mark.parametrize("way", ["smooth", "spherical", "linear"])
@pytest.mark.parametrize("count", [3, 7])
def test_paths_pass_their_keys(way: str, count: int) -> None:
    points = keys(count)
    for closed in (False, True):
        path = LatentPath(points, closed=closed, way=way)
        for index, key in enumerate(points):
            assert torch.allclose(path.at_key(index), key)
            assert torch.allclose(path.at_key(index - 1e-7 if index else 0.0), key, atol=1e-5)
    assert torch.equal(LatentPath(points, closed=True, way=way).at(1.0), points[0])
    assert torch.equal(LatentPath(points, way=way).at(1.0), points[-1])


@pytest.mark.parametrize("shape", [(16,), (8, 2, 3)])
def test_a_closed_path_has_no_jump_in_place_or_speed(shape: tuple[int, ...]) -> None:
    path = LatentPath(keys(4, *shape), closed=True)
    step = 1e-4
    for place in (0.0, 1.0, 2.0):
        before = (path.at_key(place) - path.at_key(place - step)) / step
        after = (path.at_key(place + step) - path.at_key(place)) / step
        assert (before - after).norm() < 0.01 * after.norm()
        bend = (
            path.at_key(place + step) - 2 * path.at_key(place) + path.at_key(place - step)
        ).norm()
        assert bend < 50 * step**2 * after.norm()


def test_frames_of_a_path_are_evenly_spaced() -> None:
    path = LatentPath(keys(3), closed=True)
    frames = [path.at(index / 48) for index in range(49)]
    steps = torch.tensor([(b - a).norm() for a, b in pairwise(frames)])
    assert steps.max() < 1.05 * steps.min()
    assert torch.equal(frames[0], frames[48])


def test_smooth_paths_stay_on_the_sphere() -> None:
    points = keys(5, 64)
    path = LatentPath(points, closed=True)
    lengths = torch.stack([path.at(share / 50).norm() for share in range(50)])
    assert lengths.min() > 0.8 * points.norm(dim=1).min()
    assert lengths.max() < 1.2 * points.norm(dim=1).max()


@pytest.mark.parametrize("count", [1, 2])
def test_short_loops_do_not_stand_still_or_turn_back(count: int) -> None:
    given = keys(count)
    filled = with_way_points(given, keys(3, seed=1))
    assert len(filled) == 4
    assert torch.equal(filled[0], given[0])
    path = LatentPath(filled, closed=True)
    assert not torch.allclose(path.at(0.3), path.at(0.7), atol=0.5)


def test_a_walk_leaves_comes_back_and_is_keyed() -> None:
    start = keys(1)[0]
    way, same, other = walk(start, 3, "a", 1), walk(start, 3, "a", 1), walk(start, 3, "a", 2)
    assert torch.allclose(way(0), start)
    assert torch.equal(way(1), way(0))
    assert torch.equal(way(0.3), same(0.3))
    assert not torch.allclose(way(0.3), other(0.3))
    assert (way(0.5) - start).norm() > 1


def test_walks_stay_where_latents_are() -> None:
    starts = keys(200, 8)
    reached = torch.stack([walk(start, 4, index)(0.37) for index, start in enumerate(starts)])
    assert abs(float(reached.std()) - 1) < 0.06
    assert abs(float(reached.mean())) < 0.08


def test_sums_of_seeds() -> None:
    assert parse_sum("3 - 5 + 9") == {3: 1, 5: -1, 9: 1}
    assert parse_sum("0.7*3+.3*9") == {3: 0.7, 9: 0.3}
    assert parse_sum("3 + 3") == {3: 2}
    latents = keys(3)
    assert torch.allclose(blend(latents[:1], [2.0]), latents[0])
    assert torch.allclose(
        blend(latents, [1, -1, 1]), (latents[0] - latents[1] + latents[2]) / 3**0.5
    )


@pytest.mark.parametrize("text", ["", "a", "3 +", "3 5", "3 - 3", "3 ** 5", "--3"])
def test_wrong_sums_are_told(text: str) -> None:
    with pytest.raises(OptionError, match="3 - 5 \\+ 9"):
        parse_sum(text)
