from typing import Any

import pytest
import torch

from artgan.base.contributions import Entry
from artgan.base.options import build_options
from artgan.plugin import ArchContext, Sizes
from artgan.plugin_manager.load import load_registry
from artgan.plugins.architectures._layers import SmoothedTransposed

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
    ("size", "channels", "classes"),
    [
        ((28, 28), 3, 3), ((32, 64), 3, 0), ((128, 96), 4, 3), ((16, 512), 1, 0),
        ((512, 48), 1, 3),
    ],
)  # fmt: skip
def test_shapes_at_unusual_and_oblong_sizes(
    entry: Entry, size: tuple[int, int], channels: int, classes: int
) -> None:
    with torch.device("meta"):
        generator, discriminator = networks(entry, context(*size, channels, classes))
        labels = torch.zeros(2, dtype=torch.long) if classes else None
        images = generator(torch.empty(2, *generator.latent_shape), labels)
        assert images.shape == (2, channels, *size)
        assert discriminator(images, labels).shape == (2,)


@pytest.mark.parametrize(
    "options",
    [
        {"layers": "classic"},
        {"upsampling": "nearest"},
        {"upsampling": "smooth"},
        {"fine_channels": 6},
        {"fine_channels": 6, "self_modulation": True},
        {"fine_channels": 6, "normalization": "group", "spectral_norm": True},
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


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"layers": "classic"},
        {"fine_channels": 6},
        {"upsampling": "smooth"},
        {"upsampling": "nearest", "normalization": "group"},
        {"upsampling": "nearest", "normalization": "group", "fine_channels": 6},
    ],
)
def test_tileable_dcgan_knows_no_edge(options: dict[str, Any]) -> None:
    generator, _ = networks(DCGAN, context(16, 32), tileable=True, **options)
    generator.eval()
    generator.dense = torch.nn.Identity()
    generator.dense_norm = torch.nn.Identity()
    grid = torch.randn(2, *generator.coarse)
    rolled = grid.roll((1, 3), (2, 3))
    with torch.no_grad():
        picture, moved = (generator(cells.flatten(1)) for cells in (grid, rolled))
    # Group norm adds up in another order.
    assert torch.allclose(moved, picture.roll((4, 12), (2, 3)), atol=1e-5)


def test_smooth_upsampling_keeps_an_even_ground_even() -> None:
    layer = SmoothedTransposed(3, 2)
    ground = layer(torch.ones(1, 3, 4, 4))
    inside = ground[:, :, 2:-2, 2:-2]
    assert ground.shape == (1, 2, 8, 8)
    assert torch.allclose(inside, inside[:, :, :1, :1].expand_as(inside), atol=1e-5)


def test_fine_channels_are_hidden_features_at_full_size() -> None:
    generator, discriminator = networks(DCGAN, context(16, 32, 3), fine_channels=6)
    seen: list[tuple[int, ...]] = []
    generator.last[-1].register_forward_pre_hook(lambda _, given: seen.append(given[0].shape))
    discriminator.features[1].register_forward_hook(lambda _, __, out: seen.append(out.shape))
    discriminator(generator(torch.randn(2, 8)))
    assert seen == [(2, 6, 16, 32), (2, 6, 16, 32)]


TEXTURE = load_registry(packages=False).find("architecture", "texture")


@pytest.mark.parametrize("tileable", [False, True])
def test_window_of_a_texture_equals_that_of_a_larger_picture(tileable: bool) -> None:
    generator, _ = networks(TEXTURE, context(32, 64, 3, classes=3), tileable=tileable)
    generator.eval()
    beyond, cell = 0 if generator.wraps else generator.margin, generator.cell
    rows, columns = 12, 14
    grid = torch.randn(1, generator.latent_shape[0], rows, columns)
    grid[:, : generator.global_latents] = grid[:, : generator.global_latents, :1, :1]
    label = torch.tensor([1])
    with torch.no_grad():
        whole = generator(grid, label)
        assert whole.shape[2:] == ((rows - 2 * beyond) * cell, (columns - 2 * beyond) * cell)
        if tileable:
            moved = generator(grid.roll((2, 5), (2, 3)), label)
            assert torch.allclose(moved, whole.roll((2 * cell, 5 * cell), (2, 3)), atol=1e-6)
        else:
            window = generator(grid[:, :, 1:8, 3:10], label)
            same = whole[:, :, cell : 4 * cell, 3 * cell : 6 * cell]
            assert torch.allclose(window, same, atol=1e-6)


@pytest.mark.parametrize("tileable", [False, True])
def test_a_texture_makes_one_place_beyond_its_edges_and_no_more(tileable: bool) -> None:
    generator, _ = networks(TEXTURE, context(32, 64, 3), tileable=tileable)
    seen: list[tuple[int, ...]] = []
    for layer in generator.modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.register_forward_hook(lambda _, __, out: seen.append(tuple(out.shape[2:])))
    generator(torch.randn(2, *generator.latent_shape))
    *inner, picture = seen
    sizes = [(32 // scale, 64 // scale) for scale in (8, 4, 2)]
    assert inner == [(rows + 2, columns + 2) for rows, columns in sizes]
    assert picture == (32, 64)


def test_latents_of_a_texture_are_local_or_global() -> None:
    # Wide enough that at every place some rectified channel is alive, to carry the change on.
    generator, _ = networks(TEXTURE, context(32, 32, 3), base_channels=16)
    generator.eval()
    latents = torch.randn(1, *generator.latent_shape)
    local, everywhere, unused = latents.clone(), latents.clone(), latents.clone()
    local[:, -1, 2, 2] += 3
    everywhere[:, 0, 0, 0] += 3
    unused[:, 0, 3, 3] += 3
    with torch.no_grad():
        plain = generator(latents)
        changed = [(generator(x) - plain).abs().sum(1)[0] > 0 for x in (local, everywhere, unused)]
    assert [round(float(c.float().mean()), 1) for c in changed[1:]] == [1.0, 0.0]
    assert changed[0][:16, :16].any()
    assert not changed[0][-2:, -2:].any()


def test_self_modulation_takes_latents_to_each_layer() -> None:
    plain, modulated = (
        networks(DCGAN, context(32, 32), self_modulation=on, normalization="group")[0]
        for on in (False, True)
    )
    latents = torch.randn(2, 8)
    for generator in (plain, modulated):
        torch.nn.init.zeros_(generator.dense.weight)
    assert torch.equal(*plain(latents))
    modulated.load_state_dict(plain.state_dict(), strict=False)
    assert torch.equal(modulated(latents), plain(latents))
    for layer in modulated.modulations:
        torch.nn.init.normal_(layer.weight)
    first, second = modulated(latents)
    assert not torch.equal(first, second)
