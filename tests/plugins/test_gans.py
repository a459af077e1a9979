"""What ``stylegan2``, ``fastgan`` and what came with them promise beyond the contract."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

import artgan
from artgan.base.freezing import freeze
from artgan.base.options import build_options
from artgan.core.sample import draw_inputs
from artgan.exporting.export import export_run
from artgan.exporting.web_page import web_model
from artgan.plugin import ArchContext
from artgan.plugin_manager.load import load_registry
from artgan.plugins.architectures._layers import MinibatchStddev, doubled
from artgan.plugins.architectures.r3gan import halved
from artgan.plugins.architectures.stylegan2 import Modulated
from artgan.plugins.regularizers import PathLengthOptions
from artgan.plugins.regularizers.path_length import PathLength
from tests.conftest import TOY
from tests.core.test_export import ask, needs_node

REGISTRY = load_registry(packages=False)
BOTH = ["stylegan2", "fastgan"]


def networks(name: str, size: tuple[int, int] = (16, 16), **options: Any) -> tuple[Any, Any]:
    entry = REGISTRY.find("architecture", name)
    small = {"base_channels": 4, "latent_size": 8, **options}
    built = build_options(entry.declaration.options, small, entry.where)
    tileable = bool(options.get("tileable", False))
    context = ArchContext(height=size[0], width=size[1], channels=3, tileable=tileable)
    torch.manual_seed(0)
    return entry.load("generator")(context, built), entry.load("discriminator")(context, built)


def test_pictures_are_those_of_their_styles() -> None:
    generator, _ = networks("stylegan2", (16, 32))
    latents = torch.randn(3, 8)
    styles = generator.eval().mapping(latents)
    assert styles.shape == (3, generator.layers, len(generator.style_mean))
    assert torch.equal(generator.synthesis(styles), generator(latents))


def test_training_mixes_styles_and_follows_their_mean() -> None:
    generator, _ = networks("stylegan2", mixing=1.0)
    styles = generator.mapping(torch.randn(6, 8))
    assert (styles[:, 0] != styles[:, -1]).any(1).all()
    assert generator.style_mean.abs().max() > 0
    plain = networks("stylegan2", mixing=0.0)[0].mapping(torch.randn(6, 8))
    assert torch.equal(plain[:, 0], plain[:, -1])


def test_modulation_is_that_of_weights_for_each_picture() -> None:
    torch.manual_seed(0)
    layer = Modulated(3, 5, 3, 4, wraps=False)
    x, style = torch.randn(2, 3, 6, 6), torch.randn(2, 4)
    features, factor = layer(x, style)
    for index, scale in enumerate(layer.scale(style) * layer.gain):
        weight = layer.weight * scale[:, None, None]
        weight = weight * torch.rsqrt(weight.square().sum((1, 2, 3), keepdim=True) + 1e-8)
        expected = functional.conv2d(x[index : index + 1], weight, padding=1)[0]
        torch.testing.assert_close(features[index] * factor[index, :, None, None], expected)


def test_noise_is_new_in_training_and_fixed_else() -> None:
    for name in BOTH:
        generator, _ = networks(name, mixing=0.0) if name == "stylegan2" else networks(name)
        for key, value in generator.named_parameters():
            if "strength" in key:
                value.data.fill_(1.0)
        latents = torch.randn(2, 8)
        assert not torch.equal(generator(latents), generator(latents)), name
        generator.eval()
        assert torch.equal(generator(latents), generator(latents)), name


@torch.no_grad()
def test_each_seed_has_its_own_grain_and_so_has_the_mean_style() -> None:
    generator, _ = networks("stylegan2", (32, 32))
    generator.eval()
    layer, features = generator.convolutions[-1], torch.zeros(64, 4, 32, 32)
    styles = generator.mapping(torch.randn(64, 8))[:, -1]
    grain = layer._noise(features, styles).flatten(1)
    assert float(grain.std()) == pytest.approx(1, abs=0.1)
    alike = torch.corrcoef(grain).fill_diagonal_(0)
    assert float(alike.abs().mean()) < 0.45
    # What truncation shrinks keeps its grain, and a small move changes it a little.
    assert torch.allclose(layer._noise(features, styles * 0.7).flatten(1), grain, atol=0.1)
    moved = layer._noise(features, styles + 0.05 * torch.randn_like(styles)).flatten(1)
    assert 0 < float((moved - grain).std()) < 0.2
    mean = layer._noise(features[:1], torch.zeros(1, styles.shape[1]))
    assert float(mean.std()) == pytest.approx(1, abs=0.1)


def test_without_noise_styles_carry_none_on() -> None:
    for noise, more in ((True, 8), (False, 0)):
        generator, _ = networks("stylegan2", noise=noise, style_size=12)
        assert generator.mapping(torch.randn(2, 8)).shape[2] == 12 + more
        assert len(generator.style_mean) == 12 + more


def steps_of(images: Tensor) -> tuple[float, float]:
    """Give the mean step across both wrap edges, and inside."""
    edge = (images[..., 0] - images[..., -1]).abs().mean()
    edge = edge + (images[:, :, 0] - images[:, :, -1]).abs().mean()
    return float(edge / 2), float(images.diff(dim=3).abs().mean())


def test_tileable_pictures_have_no_seam() -> None:
    ratios = {}
    for tileable in (False, True):
        generator, _ = networks("fastgan", (32, 32), tileable=tileable, noise=False)
        with torch.no_grad():
            edge, inside = steps_of(generator.eval()(torch.randn(64, 8)))
        ratios[tileable] = edge / inside
    assert ratios[True] < 1.15
    assert ratios[True] < ratios[False]


@pytest.mark.parametrize("tileable", [False, True])
def test_tileable_styles_know_no_edge(tileable: bool) -> None:
    generator, _ = networks("stylegan2", (16, 32), tileable=tileable, noise=False)
    styles = generator.eval().mapping(torch.randn(2, 8))
    with torch.no_grad():
        expected = generator.synthesis(styles).roll((4, 4), (2, 3))
        generator.start.copy_(generator.start.roll((1, 1), (2, 3)))
        moved = generator.synthesis(styles)
    assert torch.allclose(moved, expected, atol=1e-4) == tileable


def test_minibatch_deviation_sees_a_collapse() -> None:
    layer = MinibatchStddev()
    assert layer(torch.ones(6, 2, 3, 3))[:, 2].max() < 1e-3
    assert layer(torch.randn(6, 2, 3, 3))[:, 2].min() > 0.3


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize("options", [{}, {"tileable": True}])
def test_the_page_can_compute_both(name: str, options: dict[str, Any]) -> None:
    generator, _ = networks(name, (32, 32), **options)
    model = web_model(generator, (), ())
    assert model["operations"]


def test_a_discriminator_adds_its_own_loss(tmp_path: Path) -> None:
    for weight, reported in ((0.0, False), (1.0, True)):
        settings = {**TOY, "arch": "fastgan", "steps": 2}
        settings["arch_options"] = {"base_channels": 4, "latent_size": 8, "rebuilding": weight}
        run = artgan.train(dataset="mnist", out=tmp_path / str(weight), **settings)
        assert ("own_loss" in (run.path / "metrics.jsonl").read_text()) == reported


def test_rebuilding_learns() -> None:
    _, discriminator = networks("fastgan", (32, 32))
    optimizer = torch.optim.Adam(discriminator.parameters(), 2e-3)
    images = torch.randn(4, 3, 1, 1).clamp(-1, 1).expand(-1, -1, 32, 32)
    losses = []
    for _ in range(20):
        loss = discriminator.with_own_loss(images, None)[1]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.7 * losses[0]


def test_large_pictures_are_judged_small_as_well() -> None:
    with torch.device("meta"):
        made = [networks("fastgan", (side, side)) for side in (16, 32, 64, 128, 256)]
    assert [len(generator.gates) for generator, _ in made] == [1, 1, 1, 2, 3]
    assert [discriminator.small_eye is None for _, discriminator in made] == [True] * 4 + [False]


def test_a_frozen_layer_of_bounded_slope_counts_once() -> None:
    _, discriminator = networks("fastgan")
    freeze(discriminator, 1)
    frozen = {k.split(".")[2] for k, p in discriminator.named_parameters() if not p.requires_grad}
    assert frozen == {"0"}
    assert discriminator.eye.halvings[0].main[0].parametrizations.weight.original.requires_grad


def test_path_length_measures_the_slope_and_remembers_it() -> None:
    penalty = PathLength(PathLengthOptions(weight=1.0, decay=1.0))
    latents = torch.randn(16, 3 * 8 * 8)
    penalty.penalty(lambda z: 2 * z.view(-1, 3, 8, 8), latents, latents)
    # A random direction of 3 colours has a length of about the root of 3.
    assert float(penalty.state_dict()["mean"]) == pytest.approx(2 * 3**0.5, rel=0.1)
    other = PathLength(PathLengthOptions())
    other.load_state_dict(penalty.state_dict())
    assert other.mean == penalty.mean


@pytest.mark.parametrize("name", BOTH)
def test_resuming_is_exact(tmp_path: Path, name: str) -> None:
    settings: dict[str, Any] = {**TOY, "arch": name, "steps": 6}
    settings["regularizers"] = {"path-length": {"every": 2}} if name == "stylegan2" else {}
    settings["training_options"] = {"checkpoint_every": 2, "preview_every": 6}
    artgan.train(dataset="mnist", out=tmp_path / "whole", **settings)
    for report in artgan.training(dataset="mnist", out=tmp_path / "parts", **settings):
        if report.step == 3:
            break
    artgan.resume(tmp_path / "parts")
    one, other = (
        hashlib.sha256((tmp_path / n / "checkpoints" / "000006.safetensors").read_bytes()).digest()
        for n in ("whole", "parts")
    )
    assert one == other


@pytest.mark.parametrize("name", BOTH)
def test_a_run_starts_from_another_of_its_kind(tmp_path: Path, name: str) -> None:
    settings: dict[str, Any] = {**TOY, "arch": name, "steps": 2}
    first = artgan.train(dataset="mnist", out=tmp_path / "first", **settings)
    frozen = {"freeze_discriminator": 2}
    again = artgan.train(
        base=first.path, out=tmp_path / "second", steps=2, batch=4, device="cpu", count=1,
        training_options=frozen,
    )  # fmt: skip
    assert again.config.architecture.name == f"core/{name}"


def test_loose_margins_stay_below_the_margin() -> None:
    entry = REGISTRY.find("loss", "hinge")
    loss = entry.load("build")(build_options(entry.declaration.options, {"looseness": 0.5}, "l"))
    far, near = torch.full((64,), 1.0), torch.full((64,), 0.7)
    assert loss.discriminator(far, -far) == 0
    assert 0 < loss.discriminator(near, -near) < 0.6


@pytest.mark.parametrize("wraps", [False, True])
def test_r3gan_blurs_with_1_2_1_where_the_size_changes(wraps: bool) -> None:
    x = torch.randn(2, 3, 4, 6, dtype=torch.float64)
    mode = "circular" if wraps else "replicate"

    def blurred(y: Tensor) -> Tensor:
        line = torch.tensor([1.0, 2.0, 1.0], dtype=torch.float64) / 4
        kernel = torch.outer(line, line).expand(3, 1, 3, 3)
        return functional.conv2d(functional.pad(y, (1, 1, 1, 1), mode=mode), kernel, groups=3)

    repeated = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
    assert torch.allclose(doubled(x, wraps), blurred(repeated))
    assert torch.allclose(halved(x, wraps), functional.avg_pool2d(blurred(x), 2))


@pytest.mark.slow
@needs_node
@pytest.mark.parametrize("name", BOTH)
def test_the_page_makes_the_same_pictures(name: str, tmp_path: Path) -> None:
    settings: dict[str, Any] = {**TOY, "arch": name, "steps": 2}
    settings["training_options"] = {"generator_lr": 0.02, "ema_half_life": 0}
    run = artgan.train(dataset="mnist", out=tmp_path / "run", **settings)
    answers = ask(export_run(run, tmp_path / "page.html"), [0, 7])
    for answer, picture in zip(answers, run.sample([0, 7]), strict=True):
        pixels = np.reshape(answer["pixels"], (16, 16, 4))[:, :, 0]
        assert np.abs(pixels - np.asarray(picture, int)).max() <= 2


@pytest.mark.slow
@pytest.mark.parametrize("name", BOTH)
def test_onnx_makes_the_same_pictures(name: str, tmp_path: Path) -> None:
    runtime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    settings: dict[str, Any] = {**TOY, "arch": name, "steps": 2}
    run = artgan.train(dataset="mnist", out=tmp_path / "run", **settings)
    path = export_run(run, tmp_path / "digits.onnx")
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    latents, labels = draw_inputs(run.generator, range(3), run.config.label_weights)
    assert labels is not None
    (images,) = session.run(None, {"latents": latents.numpy(), "labels": labels.numpy()})
    with torch.no_grad():
        expected = run.generator(latents, labels).numpy()
    assert abs(images - expected).max() < 1e-4


@pytest.mark.parametrize("name", ["r3gan", "stylegan2"])
def test_above_32_pixels_a_laptop_s_generator_learns_at_a_quarter_of_its_judge(name: str) -> None:
    for dataset, ratio in (("textures", 0.25), ("mnist", 1.0)):
        training = artgan.plan(arch=name, dataset=dataset, device="cpu").config.training
        assert training.generator_lr == ratio * training.discriminator_lr
