"""Losses and regularizers that see more than logits, and that remember."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import artgan
from artgan.base.identity import Plugin
from artgan.base.judgements import Judgements, last_layer
from artgan.core.checkpoint import read_tensors
from artgan.core.registry import Registry
from artgan.errors import OptionError, PluginError
from artgan.plugin import Loss, Regularizer
from artgan.plugin.losses import Judged, RunningMean
from artgan.testing import check_plugin
from tests.conftest import TOY

RUN: dict[str, Any] = {**TOY, "dataset": "mnist"}
BOTH: dict[str, Any] = {"r1": {}, "feature-matching": {}, "lecam": {"decay": 0.5}}


class Sees:
    """A loss that notes all that it sees."""

    seen: list[tuple[str, Judged]]
    none: list[bool]

    def __init__(self, options: object) -> None:
        Sees.seen, Sees.none = [], []

    def discriminator(self, real: torch.Tensor, fake: torch.Tensor, judged: Judged) -> torch.Tensor:
        Sees.seen.append(("discriminator", judged))
        return nn.functional.softplus(fake - real).mean()

    def generator(self, real: None, fake: torch.Tensor, judged: Judged) -> torch.Tensor:
        Sees.none.append(real is None)
        Sees.seen.append(("generator", judged))
        assert judged.fake_features is not None
        return nn.functional.softplus(-fake).mean() + 0 * judged.fake_features.sum()


def with_loss(registry: Registry, **declared: Any) -> Registry:
    """Return the registry with the loss ``own/seeing``."""

    class Own:
        @staticmethod
        def artgan_losses() -> list[Loss]:
            return [Loss(name="seeing", summary="S.", build=Sees, **declared)]

    from artgan.plugin import hookimpl

    hookimpl(Own.artgan_losses)
    assert registry.add(Plugin("own", "1", "file"), lambda: [Own])
    return registry


ALL = ("features", "images", "labels", "step")


@pytest.mark.parametrize("arch", ["dcgan", "fastgan", "stylegan2", "r3gan"])
def test_a_loss_sees_what_the_discriminator_saw(registry: Registry, arch: str) -> None:
    run = {**RUN, "arch": arch, "arch_options": {"base_channels": 4}, "steps": 1, "size": 32}
    registry = with_loss(registry, sees=ALL)
    artgan.train(out="r", loss="seeing", registry=registry, **run)
    (_, judged), (_, answered) = Sees.seen
    assert judged.step == 0
    assert judged.real_images is not None
    assert judged.real_images.shape == (4, 1, 32, 32)
    assert judged.real_features is not None
    assert judged.fake_features is not None
    assert judged.real_features.shape == judged.fake_features.shape
    assert judged.real_features.ndim == 2
    assert judged.labels is not None
    assert judged.labels.shape == (4,)
    assert answered.real_logits is answered.real_images is answered.real_features is None
    assert answered.fake_features is not None
    assert answered.fake_features.requires_grad
    assert Sees.none == [True]


def test_a_loss_sees_only_what_it_declares(registry: Registry) -> None:
    registry = with_loss(registry, sees=("features",))
    artgan.train(out="r", loss="seeing", registry=registry, **{**RUN, "steps": 1})
    (_, judged), _ = Sees.seen
    assert judged.real_images is judged.fake_images is judged.labels is None
    assert judged.real_logits is not None


def test_what_they_remember_resumes_exactly(registry: Registry, tmp_path: Path) -> None:
    run: dict[str, Any] = {**RUN, "regularizers": BOTH, "registry": registry}
    options = {"updates": "alternating", "checkpoint_every": 2}
    whole = artgan.train(out=tmp_path / "whole", training_options=options, **run)
    for report in artgan.training(out=tmp_path / "parts", training_options=options, **run):
        if report.step == 2:
            break
    assert report.penalties["core/feature-matching"] > 0
    assert report.penalties["core/lecam"] > 0
    resumed = artgan.resume(tmp_path / "parts", registry=registry)
    ours, theirs = read_tensors(resumed.checkpoint), read_tensors(whole.checkpoint)
    assert ours["part.core/lecam.means"].shape == (2, 2)
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_a_batch_in_parts_is_remembered_as_the_whole(registry: Registry, tmp_path: Path) -> None:
    run: dict[str, Any] = {**RUN, "regularizers": {"lecam": {}}, "registry": registry, "steps": 1}
    run["arch_options"] = {**TOY["arch_options"], "normalization": "group"}
    # Of the first step all logits are those of the same weights.
    means = []
    for parts in (1, 2):
        options = {"updates": "alternating", "accumulate": parts}
        made = artgan.train(out=tmp_path / str(parts), training_options=options, **run)
        means.append(read_tensors(made.checkpoint)["part.core/lecam.means"])
    torch.testing.assert_close(*means)


@pytest.mark.parametrize(
    ("regularizer", "options", "says"),
    [
        ("lecam", {"updates": "simultaneous"}, "sees logits, which update 'simultaneous'"),
        (
            "feature-matching",
            {"updates": "alternating", "accumulate": 2},
            "'feature-matching' looks at the whole batch",
        ),
    ],
)
def test_what_cannot_be_is_refused(
    registry: Registry, regularizer: str, options: dict[str, Any], says: str
) -> None:
    run: dict[str, Any] = {**RUN, "regularizers": {regularizer: {}}, "registry": registry}
    with pytest.raises(OptionError, match=says):
        artgan.train(out="r", training_options=options, **run)


def test_logits_that_nobody_judged_are_refused() -> None:
    judgements = Judgements(frozenset({"images"}))
    with pytest.raises(PluginError, match="update 'own/odd' hands the loss other logits"):
        judgements.of(None, torch.zeros(3), 0, "own/odd")


def test_sees_is_checked_when_declared() -> None:
    with pytest.raises(PluginError, match="sees 'weights'; expected some of logits, features"):
        Loss(name="l", summary="S.", build=Sees, sees=("weights",))  # type: ignore[arg-type]
    with pytest.raises(PluginError, match=r"sees 'images'; expected some of .* as a tuple"):
        Regularizer(name="r", summary="S.", build=Sees, sees="images")  # type: ignore[arg-type]


FORGOT = """
from artgan.plugin import Loss, Regularizer, hookimpl

class Two:
    def __init__(self, options): pass
    def discriminator(self, real, fake): return (fake - real).mean()
    def generator(self, real, fake): return -fake.mean()

class Dark:
    def __init__(self, options): pass
    def penalty(self, judged): return judged.real_images.mean() * judged.fake_images.mean()

class Three:
    def __init__(self, options): pass
    def penalty(self, network, real, fake): return network(real).mean()

@hookimpl
def artgan_losses():
    yield Loss(name="two", summary="S.", build=Two, sees=("images",))

@hookimpl
def artgan_regularizers():
    yield Regularizer(name="dark", summary="S.", build=Dark, side="generator", sees=("images",))
    yield Regularizer(name="three", summary="S.", build=Three, sees=("images",))
"""


def test_the_kit_tells_what_was_forgotten() -> None:
    Path("forgot.py").write_text(FORGOT)
    failed = check_plugin("forgot.py", kinds=["loss", "regularizer"]).failed
    reasons = {result.name: result.reason for result in failed}
    assert "discriminator takes no third argument" in reasons["two"]
    assert "declare compares_pairs=True" in reasons["dark"]
    assert "penalty takes one argument" in reasons["three"]


def test_the_last_layer_is_the_one_that_is_called_last() -> None:
    network = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.utils.spectral_norm(nn.Linear(3, 1)))
    before = [value.clone() for value in network.state_dict().values()]
    assert last_layer(network, torch.zeros(2, 4)) == "2"
    after = network.state_dict().values()
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))
    with pytest.raises(PluginError, match="no layer of its own"):
        last_layer(nn.Flatten(), torch.zeros(2, 4))


def test_running_mean_is_corrected_for_its_beginning() -> None:
    mean = RunningMean(0.99)
    for value in (2.0, 2.0, 5.0):
        mean.add(value)
    assert mean.value == pytest.approx(3.0, abs=0.02)


def test_lecam_is_the_distance_from_the_other_sides_mean(registry: Registry) -> None:
    part = registry.find("regularizer", "lecam").load("build")(
        registry.find("regularizer", "lecam").declaration.options(weight=0.5, decay=0.0)
    )
    part.observe(torch.tensor([1.0, 3.0]), torch.tensor([-1.0, -1.0]))
    real, fake = torch.tensor([1.0, 2.0]), torch.tensor([0.0, 1.0])
    value = part.penalty(Judged(step=1, real_logits=real, fake_logits=fake))
    assert float(value) == pytest.approx(0.5 * ((4 + 9) / 2 + (4 + 1) / 2))
