import torch

from artgan.core.quality import sliced_distance, variety


def test_equal_sets_have_no_distance() -> None:
    images = torch.rand(32, 3, 32, 32) * 2 - 1
    assert sliced_distance(images, images) == 0


def test_distance_grows_with_damage() -> None:
    real = (torch.rand(64, 1, 28, 28) > 0.8).float() * 2 - 1
    noise = torch.randn(64, 1, 28, 28)
    near, far = sliced_distance(real, real + 0.1 * noise), sliced_distance(real, real + noise)
    assert 0 < near < far


def test_equal_pictures_have_no_variety() -> None:
    assert variety(torch.rand(1, 3, 32, 32).expand(8, -1, -1, -1)) < 1e-6
    assert variety(torch.rand(8, 3, 32, 32)) > 0.1
