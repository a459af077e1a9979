from typing import Any

import pytest
import torch
from torch import Tensor

import artgan
from artgan.core.checkpoint import list_checkpoints, read_tensors
from artgan.plugins.augmentations import AdaOptions, DiffAugmentOptions, MirrorOptions
from artgan.plugins.augmentations.ada import Ada, recolor, warp
from artgan.plugins.augmentations.diffaugment import DiffAugment, change_color, cut, shift
from artgan.plugins.augmentations.mirror import Mirror
from tests.conftest import TOY


def pictures(count: int = 64, channels: int = 3, height: int = 16, width: int = 16) -> Tensor:
    key = torch.Generator().manual_seed(0)
    return torch.rand(count, channels, height, width, generator=key) * 2 - 1


def test_colour_changes_levels_but_keeps_alpha() -> None:
    images = pictures(channels=4)
    changed = change_color(images)
    assert torch.equal(changed[:, 3], images[:, 3])
    shifts = changed[:, :3].mean((1, 2, 3)) - images[:, :3].mean((1, 2, 3))
    assert -0.5 <= float(shifts.min()) < -0.2 < 0.2 < float(shifts.max()) <= 0.5


def test_a_shift_moves_whole_pixels_up_to_its_reach() -> None:
    image = torch.zeros(200, 1, 16, 16)
    image[:, :, 8, 8] = 1
    places = shift(image, 0.125).flatten(1).argmax(1)
    rows, columns = places // 16, places % 16
    assert set(rows.tolist()) == set(columns.tolist()) == {6, 7, 8, 9, 10}


def test_a_hole_is_half_as_wide_wherever_it_lies_within() -> None:
    holes = (cut(torch.ones(300, 1, 16, 12), 0.5) == 0)[:, 0]
    assert int(holes.flatten(1).sum(1).max()) == 8 * 6
    assert int(holes.flatten(1).sum(1).min()) >= 4 * 3


def test_mirrored_pictures_are_whole_and_as_many_as_asked() -> None:
    images = pictures(count=400)
    changed = Mirror(MirrorOptions(probability=0.25))(images)
    mirrored = [bool(torch.equal(c, x.flip(2))) for c, x in zip(changed, images, strict=True)]
    kept = [bool(torch.equal(c, x)) for c, x in zip(changed, images, strict=True)]
    assert all(m != k for m, k in zip(mirrored, kept, strict=True))
    assert 60 < sum(mirrored) < 140


def test_each_part_can_be_left_out() -> None:
    images = pictures()
    options = DiffAugmentOptions(color=False, translation=0, cutout=0)
    assert torch.equal(DiffAugment(options)(images), images)


@pytest.mark.parametrize(("logit", "goes"), [(3.0, "up"), (-3.0, "down")])
def test_the_probability_follows_the_sign_of_the_logits(logit: float, goes: str) -> None:
    part = Ada(AdaOptions(ramp=1000.0, largest=0.5))
    part.probability = 0.25
    for _ in range(8):
        part.observe(torch.full((25,), logit))
    assert part.probability == pytest.approx(0.45 if goes == "up" else 0.05)
    for _ in range(40):
        part.observe(torch.full((25,), logit))
    assert part.probability == (0.5 if goes == "up" else 0.0)


def test_nothing_changes_while_the_probability_is_0() -> None:
    images = pictures()
    assert torch.equal(Ada(AdaOptions())(images), images)
    assert torch.allclose(warp(images, 0.0, True, True), images, atol=1e-5)
    assert torch.allclose(recolor(images, 0.0), images, atol=1e-5)


def test_flips_mirror_and_turn_without_blur() -> None:
    images = pictures(count=200)
    changed = warp(images, 1.0, flips=True, geometry=False)
    kinds = []
    for before, after in zip(images, changed, strict=True):
        both = [before, before.flip(2)]
        turned = [torch.rot90(x, k, (1, 2)) for x in both for k in range(4)]
        kinds.append([torch.allclose(after, x, atol=1e-4) for x in turned].index(True))
    assert set(kinds) == set(range(8))


def test_oblong_pictures_turn_without_shear() -> None:
    """A disc stays one: as wide as high in pixels after any turn."""
    y, x = torch.meshgrid(torch.arange(64) - 31.5, torch.arange(128) - 63.5, indexing="ij")
    disc = ((x**2 + y**2) < 100).float().expand(32, 1, 64, 128)
    torch.manual_seed(1)
    turned = warp(disc, 0.7, flips=False, geometry=True)
    assert float(turned.sum((1, 2, 3)).max()) < 4 * float(disc[0].sum())
    still = [i for i in range(32) if torch.allclose(turned[i], disc[i], atol=0.2)]
    assert len(still) < 16


def test_lightness_is_mirrored_for_some_grey_pictures() -> None:
    torch.manual_seed(0)
    changed = recolor(torch.ones(400, 1, 2, 2), 1.0)[:, 0, 0, 0]
    assert 0.4 < float((changed < 0).float().mean()) < 0.6


def test_a_resumed_run_with_ada_is_the_unbroken_one() -> None:
    more: dict[str, Any] = {**TOY, "augmentations": {"ada": {"ramp": 50.0}}, "steps": 12}
    whole = artgan.train(out="whole", **more)
    for report in artgan.training(out="part", **more):
        if report.step == 7:
            break
    again = artgan.resume("part")
    left, right = (
        read_tensors(list_checkpoints(run.folder.checkpoints)[-1]) for run in (whole, again)
    )
    assert all(torch.equal(value, right[name]) for name, value in left.items())
    assert float(left["part.core/ada.adapted"][0]) > 0
    assert whole.folder.read_metrics()[-1]["core/ada"] > 0
