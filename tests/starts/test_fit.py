"""Weights of other sizes, channels and labels go where they belong."""

from typing import Any

import pytest
import torch

import artgan
from artgan.core.build import build_networks
from artgan.core.config import RunConfig
from artgan.core.registry import Registry
from artgan.starts.fit import OPAQUE, Fitting, channel_mix, copy_weights
from artgan.starts.origin import Origin
from tests.conftest import TOY

Networks = dict[str, torch.nn.Module]


def planned(registry: Registry, **facts: Any) -> RunConfig:
    import msgspec

    config = artgan.plan(dataset="mnist", registry=registry, **TOY).config
    return msgspec.structs.replace(config, **{"classes": 0, "seed": 1, **facts})


def networks_of(config: RunConfig, registry: Registry) -> Networks:
    return build_networks(config, registry)


def fitted(
    before: RunConfig, now: RunConfig, registry: Registry
) -> tuple[Networks, Networks, float]:
    """Build both, copy, and return them with the share of weights that was taken."""
    origin = Origin(
        "base", before.architecture, before.height, before.width, before.channels,
        before.classes, "", dict,
    )  # fmt: skip
    old, new = networks_of(before, registry), networks_of(now, registry)
    taken = total = 0
    for name, network in new.items():
        taken += copy_weights(network, Fitting(origin, now, name, old[name].state_dict()))
        total += sum(value.numel() for value in network.state_dict().values())
    return old, new, taken / total


@pytest.mark.parametrize(("before", "now"), [(1, 3), (1, 4), (3, 1), (3, 4), (4, 1), (4, 3)])
def test_all_weights_fit_other_channels(before: int, now: int, registry: Registry) -> None:
    one, other = planned(registry, channels=before), planned(registry, channels=now)
    old, new, share = fitted(one, other, registry)
    assert share == 1
    latents = torch.randn(4, 8)
    drawn, again = (networks["generator"].eval()(latents) for networks in (old, new))
    if 3 in (before, now) and 4 in (before, now):
        torch.testing.assert_close(drawn[:, :3], again[:, :3])
    if now == 4 and before != 4:
        # The transposed convolutions of a picture without colours leave alpha where it begins.
        torch.testing.assert_close(again[:, 3], torch.full_like(again[:, 3], OPAQUE).tanh())


def test_the_discriminator_judges_opaque_pictures_as_before(registry: Registry) -> None:
    one, other = planned(registry, channels=4), planned(registry, channels=3)
    old, new, _ = fitted(one, other, registry)
    images = torch.rand(4, 3, 16, 16) * 2 - 1
    opaque = torch.cat([images, torch.ones(4, 1, 16, 16)], 1)
    layers = [networks["discriminator"].get_submodule("features.0") for networks in (old, new)]
    before, after = layers[0](opaque), layers[1](images)
    # At the edges, beyond which alpha is 0, something changes.
    torch.testing.assert_close(before[..., 1:-1, 1:-1], after[..., 1:-1, 1:-1])


def test_mixing_channels_keeps_grey_grey() -> None:
    grey = torch.full((3,), 0.5)
    assert channel_mix(3, 1) @ grey == torch.tensor([0.5])
    torch.testing.assert_close(channel_mix(1, 3) @ torch.tensor([0.5]), grey)
    torch.testing.assert_close(
        channel_mix(4, 3) @ torch.tensor([0.1, 0.2, 0.3, 1.0]), torch.tensor([0.1, 0.2, 0.3])
    )


def test_larger_pictures_keep_the_layers_next_to_the_picture(registry: Registry) -> None:
    one, other = planned(registry), planned(registry, height=32, width=32)
    old, new, share = fitted(one, other, registry)
    before, now = old["generator"].state_dict(), new["generator"].state_dict()
    assert torch.equal(now["stages.1.0.weight"], before["stages.0.0.weight"])
    assert torch.equal(now["last.weight"], before["last.weight"])
    assert 0.1 < share < 0.9


@pytest.mark.parametrize("size", [(24, 24), (16, 24), (28, 28)])
def test_sizes_of_as_many_levels_keep_everything(size: tuple[int, int], registry: Registry) -> None:
    one, other = planned(registry), planned(registry, height=size[0], width=size[1])
    old, new, share = fitted(one, other, registry)
    assert share == 1
    if size == (28, 28):
        return
    # Every place of the old grid has the same share of the new one, so means stay.
    grid = (size[0] // 4, size[1] // 4)
    before, now = (networks["generator"].state_dict()["dense.weight"] for networks in (old, new))
    drawn, was = now.view(-1, *grid, now.shape[1]), before.view(-1, 4, 4, now.shape[1])
    torch.testing.assert_close(drawn.mean((1, 2)), was.mean((1, 2)))
    # And a discriminator says of features that are the same everywhere what it said before.
    before, now = (network["discriminator"].state_dict()["score.weight"] for network in (old, new))
    torch.testing.assert_close(now.view(-1, *grid).sum((1, 2)), before.view(-1, 4, 4).sum((1, 2)))


def test_new_labels_begin_as_the_mean_of_the_old(registry: Registry) -> None:
    one, other = planned(registry, classes=3), planned(registry, classes=5)
    old, new, share = fitted(one, other, registry)
    mean = old["generator"].state_dict()["labels.weight"].mean(0)
    assert share == 1
    torch.testing.assert_close(new["generator"].state_dict()["labels.weight"][4], mean)
