"""Updates: how a step is made, and networks beyond the two."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import Result

import artgan
from artgan.base.identity import Plugin
from artgan.core.checkpoint import read_tensors
from artgan.core.images import to_pixels
from artgan.core.registry import Registry
from artgan.errors import OptionError, PluginError, RunError, UnknownNameError
from artgan.plugin import Update
from artgan.plugin_manager.load import load_registry
from tests.conftest import TOY

EXAMPLES = Path(__file__).parents[2] / "examples"
BIGAN: dict[str, Any] = {
    **TOY,
    "dataset": "mnist",
    "training_options": {"updates": "bigan", "checkpoint_every": 2},
    "regularizers": {"r1": {"every": 1}, "r2": {"every": 1}},
    "method_options": {"update": {"channels": 4}},
}


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.syspath_prepend(EXAMPLES / "artgan-bigan/src")
    registry = load_registry(packages=False)
    plugin = Plugin("artgan-bigan", "0.1.0", "package")
    assert registry.add(plugin, lambda: [importlib.import_module("artgan_bigan")]), registry.broken
    return registry


def test_three_networks_are_trained_saved_and_resumed_exactly(
    registry: Registry, tmp_path: Path
) -> None:
    whole = artgan.train(out=tmp_path / "whole", registry=registry, **BIGAN)
    for report in artgan.training(out=tmp_path / "parts", registry=registry, **BIGAN):
        if report.step == 2:
            break
    assert set(report.penalties) == {"encoder_loss", "core/r1", "core/r2"}
    resumed = artgan.resume(tmp_path / "parts", registry=registry)
    ours, theirs = read_tensors(resumed.checkpoint), read_tensors(whole.checkpoint)
    assert {name.partition(".")[0] for name in ours} >= {"encoder", "encoder_ema"}
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    latents = resumed.network("encoder")(torch.zeros(2, 1, 16, 16))
    assert latents.shape == (2, 8)
    with pytest.raises(RunError, match="no network 'decoder'; it has generator, discriminator"):
        resumed.network("decoder")


def test_a_run_keeps_its_update_with_its_options(registry: Registry, tmp_path: Path) -> None:
    artgan.train(out=tmp_path / "run", registry=registry, **BIGAN)
    text = (tmp_path / "run/run.toml").read_text()
    assert 'updates = "artgan-bigan/bigan"' in text
    assert "[update]\nchannels = 4\n" in text
    assert 'artgan-bigan = "0.1.0"' in text
    again = artgan.plan(config=tmp_path / "run", registry=registry).config
    assert again.methods == {"update": {"channels": 4}}


def test_samples_need_no_plugin_of_the_update(registry: Registry, tmp_path: Path) -> None:
    artgan.train(out=tmp_path / "run", registry=registry, **BIGAN)
    run = artgan.load_run(tmp_path / "run", registry=load_registry(packages=False))
    assert len(run.sample([0])) == 1


def test_bigan_is_short() -> None:
    files = (EXAMPLES / "artgan-bigan/src/artgan_bigan").glob("*.py")
    lines = [line for path in files for line in path.read_text().splitlines() if line.strip()]
    assert len(lines) < 150


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"updates": "simultaneous", "discriminator_steps": 2}, "one discriminator step each"),
        ({"updates": "simultaneus"}, "Did you mean 'simultaneous'"),
    ],
)
def test_what_an_update_cannot_do_is_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises((OptionError, UnknownNameError), match=says):
        artgan.plan(**TOY, dataset="mnist", training_options=options)


def test_options_of_a_kind_that_is_none_are_refused() -> None:
    said = r"given by kind: update, optimizer or schedule, not 'updates'. Did you mean 'update'\?"
    with pytest.raises(OptionError, match=said):
        artgan.plan(**TOY, dataset="mnist", method_options={"updates": {"weight": 2.0}})


def test_an_update_that_needs_whole_batches_refuses_parts(registry: Registry) -> None:
    whole = Update(name="whole", summary="S.", build="a:b", accumulates=False)
    entry = registry.find("update", "bigan")
    registry._entries["update"].append(type(entry)(whole, entry.plugin))
    with pytest.raises(OptionError, match="not in 2 parts"):
        artgan.plan(
            **TOY, registry=registry, training_options={"updates": "whole", "accumulate": 2}
        )


@pytest.mark.parametrize(
    ("networks", "says"),
    [
        ({"generator": "generator"}, "'generator' is no name for a further network"),
        ({"my_net": "generator"}, "'my_net' is no name"),
        ({"juror": "judge"}, "follows 'judge'"),
        ({"juror": "discriminator"}, "belong together"),
        ({"juror": "discriminator"}, "'painter' cannot draw"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(networks: Any, says: str) -> None:
    builder = None if "together" in says else "a:b"
    draws = "painter" if "draw" in says else "generator"
    with pytest.raises(PluginError, match=says):
        Update(
            name="mine", summary="S.", build="a:b", networks=networks, build_networks=builder,
            draws=draws,
        )  # fmt: skip


def test_options_of_an_update_are_flags_of_the_command_line(
    artgan_cli: Callable[..., Result], tmp_path: Path
) -> None:
    artgan_cli("plugins", "new", "weighted", "--kind", "update", "--file")
    toy = ["--arch", "dcgan", "--arch.base-channels", "4", "--size", "16", "--batch", "4"]
    chosen = ["--plugin", "weighted.py", "--train.updates", "weighted", "--update.weight", "0.5"]
    done = artgan_cli("train", *toy, *chosen, "--steps", "1", "--out", "run", "--quiet")
    assert done.exit_code == 0, done.output
    assert "[update]\nweight = 0.5\n" in Path("run/run.toml").read_text()
    assert "simultaneous" in artgan_cli("list", "update").output
    assert "needs independent: yes" in artgan_cli("show", "update", "simultaneous").output


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Registry]:
    """A run whose pictures are drawn by a network that its update brings."""
    registry = load_registry(packages=False)
    registry.add_file(EXAMPLES / "single/student.py")
    out = tmp_path_factory.mktemp("taught") / "run"
    training = {"updates": "student", "generator_lr": 0.02, "checkpoint_every": 2}
    settings = {**TOY, "dataset": "mnist", "training_options": training}
    artgan.train(out=out, registry=registry, **settings)
    return out, registry


def test_the_network_that_an_update_names_draws_everywhere(
    taught: tuple[Path, Registry], tmp_path: Path
) -> None:
    out, registry = taught
    run = artgan.load_run(out, registry)
    tensors = read_tensors(run.checkpoint)
    weight = run.generator.get_parameter("first.weight").cpu()
    assert torch.equal(weight, tensors["student_ema.first.weight"])
    assert not torch.equal(weight, tensors["student.first.weight"])
    assert type(run.network("generator")).__name__ != type(run.generator).__name__
    latents = run.points([3])[0].values[None].expand(32, -1)
    label = torch.full((32,), run.points([3])[0].label or 0)
    wanted = to_pixels(run.generator(latents, label))[0]
    (sample,) = run.samples([3])
    assert np.array_equal(sample.raw, wanted)
    assert sample.record["plugins"] == {"student": registry.plugins[-1].version}
    # The page holds the small network, so it is small too.
    page = artgan.export(run, tmp_path / "page.html")
    assert page.stat().st_size < 300_000
    assert 'draws = "student"' in (out / "run.toml").read_text()


def test_who_draws_is_missed_with_its_plugin(taught: tuple[Path, Registry]) -> None:
    with pytest.raises(PluginError, match=r"needs the plugin file student\.py"):
        artgan.load_run(taught[0], load_registry(packages=False))


def test_a_run_that_another_network_draws_resumes_exactly(
    taught: tuple[Path, Registry], tmp_path: Path
) -> None:
    out, registry = taught
    settings = {**TOY, "dataset": "mnist"}
    training = {"updates": "student", "generator_lr": 0.02, "checkpoint_every": 2}
    for report in artgan.training(
        out=tmp_path / "r", registry=registry, training_options=training, **settings
    ):
        if report.step == 2:
            break
    resumed = artgan.resume(tmp_path / "r", registry=registry)
    ours, theirs = (
        read_tensors(each)
        for each in (resumed.checkpoint, artgan.load_run(out, registry).checkpoint)
    )
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
