from typing import Any

import pytest
import torch

from artgan.core.options import build_options
from artgan.core.registry import Entry, load_registry
from artgan.plugin import ArchContext, Sizes

ENTRIES = load_registry(packages=False).entries("architecture")
DCGAN = load_registry(packages=False).find("architecture", "dcgan")
SMALL = {"base_channels": 4, "latent_size": 8}


def networks(entry: Entry, context: ArchContext, **options: Any) -> tuple[Any, Any]:
    built = build_options(entry.declaration.options, {**SMALL, **options}, entry.where)
    return entry.load("generator")(context, built), entry.load("discriminator")(context, built)


def context(height: int, width: int, channels: int = 1, classes: int = 0) -> ArchContext:
    return ArchContext(height=height, width=width, channels=channels, classes=classes)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.declaration.name)
@pytest.mark.parametrize(
    "size", [(16, 16), (28, 28), (32, 32), (64, 64), (32, 64), (128, 96), (256, 256)]
)
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_shapes_at_every_size(entry: Entry, size: tuple[int, int], channels: int) -> None:
    with torch.device("meta"):
        generator, discriminator = networks(entry, context(*size, channels))
        images = generator(torch.empty(2, *generator.latent_shape))
        assert images.shape == (2, channels, *size)
        assert discriminator(images).shape == (2,)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"layers": "classic"},
        {"upsampling": "nearest"},
        {"normalization": "group", "spectral_norm": False},
        {"normalization": "none", "dropout": 0.2},
    ],
)
@pytest.mark.parametrize("classes", [0, 3])
def test_every_parameter_gets_a_finite_gradient(options: dict[str, Any], classes: int) -> None:
    entry = DCGAN
    generator, discriminator = networks(entry, context(16, 16, 1, classes), **options)
    labels = torch.tensor([0, 1, 2, 0]) if classes else None
    images = generator(torch.randn(4, 8), labels)
    assert images.abs().max() <= 1
    discriminator(images, labels).sum().backward()
    for network in (generator, discriminator):
        for name, parameter in network.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.isfinite().all(), name


def test_classic_layers_are_the_lessons() -> None:
    entry = DCGAN
    generator, discriminator = networks(entry, context(28, 28), layers="classic", latent_size=100)
    shapes = [tuple(p.shape) for p in generator.parameters() if p.ndim > 1]
    assert shapes == [(12544, 100), (256, 128, 5, 5), (128, 64, 5, 5), (64, 1, 5, 5)]
    shapes = [tuple(p.shape) for p in discriminator.parameters() if p.ndim > 1]
    assert shapes == [(64, 1, 5, 5), (128, 64, 5, 5), (1, 6272)]
    drops = [m.p for m in discriminator.modules() if isinstance(m, torch.nn.Dropout)]
    assert drops == [0.3, 0.3]


def test_logits_are_not_squashed() -> None:
    entry = DCGAN
    _, discriminator = networks(entry, context(16, 16), spectral_norm=False)
    loud = discriminator(torch.randn(64, 1, 16, 16) * 1000)
    assert loud.min() < 0 or loud.max() > 1


def test_oblong_sizes_fit_the_strides() -> None:
    assert Sizes().halvings(32, 64) == 3
