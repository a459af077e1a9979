from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import torch
from click.testing import Result

import artgan
from artgan.base.freezing import freeze
from artgan.core.checkpoint import read_tensors
from artgan.core.registry import Registry
from artgan.core.state import new_state
from artgan.errors import OptionError, RunError
from artgan.planning.plan import Plan
from artgan.planning.settings import read_settings
from artgan.plugin.updates import without_gradients
from artgan.starts.fit import begin as start_from

SHORT: dict[str, Any] = {"steps": 1, "batch": 4, "device": "cpu"}


def state_of(plan: Plan, registry: Registry) -> Any:
    return new_state(plan.config, registry)


def test_a_run_starts_with_the_weights_and_networks_of_another(
    trained: Path, registry: Registry
) -> None:
    plan = artgan.plan(base=trained, registry=registry, **SHORT)
    assert plan.config.architecture == artgan.load_run(trained).config.architecture
    state = state_of(plan, registry)
    assert start_from(plan.config, state, registry) == 1
    before = artgan.load_run(trained).generator.state_dict()
    after = state.generator_ema.state_dict()
    assert all(torch.equal(value, before[name].cpu()) for name, value in after.items())


def test_other_pictures_and_labels_take_what_fits(
    trained: Path, pictures: Path, registry: Registry
) -> None:
    plan = artgan.plan(dataset=pictures, base=trained, registry=registry, **SHORT)
    assert plan.config.channels == 3
    share = start_from(plan.config, state_of(plan, registry), registry)
    assert share == 1
    assert plan.reasons[0].startswith("Channels: the weights are for grey pictures")


def test_another_shape_takes_what_fits(tmp_path: Path, registry: Registry) -> None:
    networks = {"base_channels": 4, "max_channels": 8, "latent_size": 8}
    first = artgan.train("r3gan", "mnist", size=16, arch_options=networks, out="square", **SHORT)
    plan = artgan.plan(base=first.path, size="16x32", registry=registry, **SHORT)
    share = start_from(plan.config, state_of(plan, registry), registry)
    assert 0.8 < share < 1
    again = artgan.train(base=first.path, size="16x32", out="tall", **SHORT)
    assert again.sample([3])[0].size == (16, 32)


def test_the_start_is_written_down_and_repeats(trained: Path, tmp_path: Path) -> None:
    first = artgan.train(base=trained, out="first", **SHORT)
    settings = read_settings(first.path / "run.toml")
    assert settings.base_weights == artgan.load_run(trained).checkpoint.sha256
    again = artgan.train(base=trained, out="again", **SHORT)
    assert first.checkpoint.sha256 == again.checkpoint.sha256


def test_a_base_that_has_changed_is_refused(
    trained: Path, artgan_cli: Callable[..., Result]
) -> None:
    copytree(trained, "base")
    artgan.train(base="base", out="first", **SHORT)
    text = Path("first/run.toml").read_text()
    weights = artgan.load_run("base").checkpoint.sha256
    Path("other.toml").write_text(text.replace(weights, "0" * 64))
    result = artgan_cli("run", "--config", "other.toml", "--out", "second")
    assert result.exit_code == 1
    assert "has changed since" in result.output


def test_what_does_not_fit_is_told(trained: Path, registry: Registry) -> None:
    with pytest.raises(OptionError, match="do not fit 'other'"):
        artgan.plan("other", base=trained, registry=registry)
    wide = artgan.plan(base=trained, registry=registry, arch_options={"base_channels": 16}, **SHORT)
    with pytest.raises(RunError, match="of the weights of"):
        start_from(wide.config, state_of(wide, registry), registry)


def test_frozen_layers_keep_their_weights(trained: Path, registry: Registry) -> None:
    options = {"freeze_discriminator": 1, "discriminator_lr": 0.1}
    run = artgan.train(base=trained, out="frozen", training_options=options, **SHORT)
    state = state_of(artgan.plan(base=trained, registry=registry, **SHORT), registry)
    start_from(run.config, state, registry)
    old = state.discriminator.named_parameters()
    new = read_tensors(run.checkpoint)
    same = [torch.equal(value, new[f"discriminator.{name}"]) for name, value in old]
    assert same[0]
    assert not all(same)


def test_freezing_all_is_refused_and_passing_through_restores() -> None:
    network = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1))
    with pytest.raises(OptionError, match="leaves nothing to train"):
        freeze(network, 2)
    freeze(network, 1)
    with without_gradients(network):
        assert not any(p.requires_grad for p in network.parameters())
    assert [p.requires_grad for p in network.parameters()] == [False, False, True, True]
