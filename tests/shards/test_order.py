import numpy as np
import pytest

from artgan.base.permutation import Permutation
from artgan.datasets.order import GroupedOrder, Shown, hold_out
from benchmarks import order as benchmark


@pytest.mark.parametrize("size", [1, 2, 3, 16, 17, 1000, 65537])
def test_a_permutation_has_each_number_once_and_can_be_undone(size: int) -> None:
    shuffled = Permutation(size, 3, "test")
    found = shuffled.at(np.arange(size))
    assert sorted(found) == list(range(size))
    assert np.array_equal(shuffled.place_of(found), np.arange(size))


def test_a_permutation_is_a_function_of_its_key() -> None:
    first, again, other = (Permutation(10**8, *k).at(np.arange(50)) for k in ("a", "a", "b"))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_every_number_comes_to_every_place_about_as_often() -> None:
    seen = np.zeros((12, 12))
    for seed in range(1200):
        seen[np.arange(12), Permutation(12, seed).at(np.arange(12))] += 1
    # Chi-squared over its degrees of freedom is near 1 for chance.
    assert ((seen - 100) ** 2 / 100).sum() / 121 < 1.5


@pytest.mark.parametrize("lengths", [[7, 3, 12, 5, 1, 20], [40], [4] * 30, [1, 100, 1]])
def test_an_epoch_shows_every_picture_once_and_none_that_is_held_out(lengths: list[int]) -> None:
    held = np.array([1, 4, sum(lengths) - 1])
    order = GroupedOrder(lengths, held, seed=3, window=10)
    length = len(order.shown)
    epochs = [order.at(np.arange(e * length, (e + 1) * length)) for e in range(3)]
    for epoch in epochs:
        assert sorted(epoch) == sorted(set(range(sum(lengths))) - set(held.tolist()))
    assert not np.array_equal(epochs[0], epochs[1])


def test_what_is_read_lies_in_the_groups_of_the_window() -> None:
    lengths = [7, 3, 12, 5, 1, 20]
    order = GroupedOrder(lengths, np.empty(0, np.int64), seed=1, window=16)
    group_of = np.repeat(np.arange(6), lengths)
    now: list[int] = []
    for place in range(2 * sum(lengths)):
        now, later = (part.tolist() for part in order.windows_from(place))
        assert group_of[order.at(np.array([place]))[0]] in now
        assert later
    assert len(now) == 2


def test_held_out_pictures_are_the_same_whoever_asks() -> None:
    held = hold_out(10_000, 0.02, seed=5)
    assert len(set(held.tolist())) == 200
    assert np.array_equal(held, hold_out(10_000, 0.02, seed=5))
    shown = Shown(10_000, held)
    assert sorted({*shown[:].tolist(), *held.tolist()}) == list(range(10_000))


def test_the_benchmark_finds_pictures_again_in_a_large_set() -> None:
    lengths = benchmark.shard_lengths(3_000_001, 1000)
    held = hold_out(3_000_001, 0.02, benchmark.SEED)
    order = GroupedOrder(lengths, held, benchmark.SEED)
    assert benchmark.check_window(order, np.array(lengths), held) > 60_000
    assert benchmark.find_again(order, np.array(lengths), held, 2) > 90_000
    benchmark.check_ranks(order, 640, 64)
