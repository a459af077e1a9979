import pytest
import torch

from artgan.monitoring.quality import distances, variety
from artgan.plugins.metrics.sliced import sliced_distance


def test_equal_sets_have_no_distance() -> None:
    images = torch.rand(32, 3, 32, 32) * 2 - 1
    assert sliced_distance(images, images) == 0


def test_distance_grows_with_damage() -> None:
    real = (torch.rand(64, 1, 28, 28) > 0.8).float() * 2 - 1
    noise = torch.randn(64, 1, 28, 28)
    near, far = sliced_distance(real, real + 0.1 * noise), sliced_distance(real, real + noise)
    assert 0 < near < far


def test_equal_pictures_have_no_variety_and_others_all_of_it() -> None:
    reals = torch.rand(64, 3, 32, 32)
    assert variety(reals[:1].expand(64, -1, -1, -1), reals) < 1e-6
    assert variety(torch.rand(64, 3, 32, 32), reals) == pytest.approx(1, abs=0.05)


def test_one_picture_of_each_kind_is_little_variety() -> None:
    kinds = torch.rand(3, 1, 32, 32) * 8
    reals, fakes = (kinds.repeat(20, 1, 1, 1) + s * torch.randn(60, 1, 32, 32) for s in (1.0, 0.1))
    assert distances(fakes)[0] > 0.7 * distances(reals)[0]
    assert variety(fakes, reals) < 0.2


def test_a_few_pictures_that_come_again_are_not_held_against_the_nearest() -> None:
    few = torch.rand(10, 1, 32, 32)
    reals, fakes = (few[torch.randint(10, (64,))] for _ in "ab")
    assert variety(fakes, reals) == pytest.approx(1, abs=0.1)
