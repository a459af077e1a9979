"""Starts are found, begun from, written down, repeated and made of runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import Result
from PIL import Image, ImageDraw
from safetensors.torch import load_file

import artgan
from artgan.api import start
from artgan.core.build import build_networks
from artgan.core.registry import Registry
from artgan.core.run_toml import to_toml
from artgan.core.state import TrainingState, new_state
from artgan.errors import OptionError, PluginError, RunError, UnknownNameError
from artgan.planning.begin import OTHER_NETWORKS
from artgan.planning.outlook import look_ahead
from artgan.planning.plan import make_plan
from artgan.planning.settings import PartSettings, Settings, read_settings
from artgan.planning.take import ALONE, MANY_STEPS, NO_CLUSTERS, NONE_TAKEN
from artgan.plugin.starts import read_start
from artgan.plugin_manager.scaffold import write_package
from artgan.plugins.architectures._dcgan_recipe import SHORT_LATENTS
from artgan.run import load_run
from artgan.starts.fit import begin
from artgan.starts.ship import StartFacts, run_facts, start_toml, start_weights
from artgan.testing import check_plugin

SHORT: dict[str, Any] = {"steps": 1, "batch": 4, "device": "cpu"}


@pytest.fixture
def shipped(trained: Path, registry: Registry) -> Path:
    """A file plugin in the registry with a start made of the toy run, called "digits"."""
    run = load_run(trained, registry)
    Path("digits.safetensors").write_bytes(start_weights(run))
    facts = StartFacts("digits", "S.", "MIT", trained_on=("digits",))
    Path("digits.toml").write_text(start_toml(facts, [("digits.safetensors", run)]))
    plugin = Path("ours.py")
    plugin.write_text(
        "from pathlib import Path\n"
        "from artgan.plugin import hookimpl\n"
        "from artgan.plugin.starts import read_start\n"
        "@hookimpl\n"
        "def artgan_starts():\n"
        "    yield read_start(Path('digits.toml').resolve())\n"
    )
    registry.add_file(plugin)
    return plugin


def test_a_run_begins_with_a_start_and_repeats(shipped: Path, registry: Registry) -> None:
    first = artgan.train(base="start:digits", size=16, out="first", registry=registry, **SHORT)
    assert first.config.base == "start:ours/digits"
    assert first.config.architecture.options["base_channels"] == 4
    again = artgan.train(config="first/run.toml", out="again", registry=registry)
    assert again.checkpoint.sha256 == first.checkpoint.sha256
    other = artgan.train(
        base="none",
        size=16,
        out="other",
        registry=registry,
        **SHORT,
        arch_options=dict(first.config.architecture.options),
    )
    assert other.checkpoint.sha256 != first.checkpoint.sha256


def test_other_weights_than_those_written_down_are_refused(
    shipped: Path, registry: Registry
) -> None:
    run = artgan.train(base="start:digits", size=16, out="first", registry=registry, **SHORT)
    text = (run.path / "run.toml").read_text().replace(run.config.base_weights, "0" * 64)
    Path("other.toml").write_text(text)
    with pytest.raises(RunError, match="holds other weights"):
        artgan.plan(config="other.toml", registry=registry)


def test_names_that_do_not_fit_are_told(shipped: Path, registry: Registry) -> None:
    with pytest.raises(UnknownNameError, match=r"there is no start 'digit'\. Did you mean"):
        artgan.plan(base="start:digit", registry=registry)
    with pytest.raises(OptionError, match="do not fit 'r3gan'"):
        artgan.plan("r3gan", base="start:digits", registry=registry)


def test_the_discriminator_alone_is_taken_if_asked_for(shipped: Path, registry: Registry) -> None:
    given: dict[str, Any] = {"base": "start:digits", "size": 16, "registry": registry, **SHORT}
    given["arch_options"] = {"latent_size": 8}

    def begun(networks: str) -> TrainingState:
        plan = artgan.plan(training_options={"from_networks": networks}, **given)
        state = new_state(plan.config, registry)
        begin(plan.config, state, registry)
        return state

    def same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
        tensors = other.state_dict()
        return all(torch.equal(value, tensors[key]) for key, value in one.state_dict().items())

    fresh = new_state(artgan.plan(**given).config, registry)
    both, alone = begun("all"), begun("discriminator")
    for name, network in alone.saved.items():
        drawn = name.startswith("generator")
        assert same(network, fresh.saved[name]) == drawn, name
        assert same(network, both.saved[name]) != drawn, name


def test_many_steps_take_the_discriminator_alone(registry: Registry) -> None:
    flat = draw_icons(Path("flat"), 32)

    def networks(**given: Any) -> tuple[str, bool]:
        plan = artgan.plan(dataset=flat, device="cpu", registry=registry, **given)
        return plan.config.training.from_networks, ALONE in plan.reasons

    assert networks(steps=MANY_STEPS - 1) == ("all", False)
    assert networks(steps=MANY_STEPS) == ("discriminator", True)
    assert networks(steps=MANY_STEPS, base="none") == ("all", False)
    both = {"from_networks": "all"}
    assert networks(steps=MANY_STEPS, training_options=both) == ("all", False)
    assert networks(minutes=0.1, size=32) == ("all", False)


def test_a_generator_that_begins_trained_gets_larger_clusters(registry: Registry) -> None:
    flat = draw_icons(Path("flat"), 32, count=60)

    def clusters(**given: Any) -> int:
        plan = artgan.plan(dataset=flat, device="cpu", registry=registry, **given)
        config = plan.config
        assert config.classes == len(config.class_shares) == config.training.clusters
        if config.classes:
            assert plan.table.labels is not None
            assert plan.table.labels.max() == config.classes - 1
        assert (NO_CLUSTERS in plan.reasons) == (not config.classes)
        told = [why for why in plan.reasons if why.startswith("No labels: 6 clusters of pictures")]
        assert len(told) == (config.classes == 6)
        return config.classes

    assert clusters(steps=100) == 0
    assert clusters(steps=100, training_options={"clusters": 5}) == 5
    assert clusters(steps=100, base="none") == 6
    assert clusters(steps=MANY_STEPS) == 6
    run = artgan.train(
        dataset=flat, size=32, base="none", out="run", registry=registry, **SHORT | {"steps": 1}
    )
    assert clusters(steps=MANY_STEPS, base=str(run.path)) == 0


def test_a_generator_that_begins_anew_is_that_of_the_recipe(registry: Registry) -> None:
    flat = draw_icons(Path("flat"), 32, count=60)

    def latents(**given: Any) -> int:
        plan = artgan.plan("dcgan", flat, device="cpu", registry=registry, **given)
        build_networks(plan.config, registry)
        told = [why for why in plan.reasons if why.startswith("Latent size")]
        assert len(told) == (plan.config.architecture.options["latent_size"] == SHORT_LATENTS)
        assert (OTHER_NETWORKS in plan.reasons) == (given.keys() == {"steps", "arch_options"})
        return int(plan.config.architecture.options["latent_size"])

    assert latents(steps=MANY_STEPS) == latents(steps=MANY_STEPS, base="none") == SHORT_LATENTS
    assert latents(steps=100) == 64
    alone = {"from_networks": "discriminator"}
    assert latents(steps=100, training_options=alone) == SHORT_LATENTS
    assert latents(steps=100, base="none", arch_options={"latent_size": 5}) == 5
    assert latents(steps=100, arch_options={"latent_size": 5}) == 5
    assert latents(steps=100, base="start:icons", arch_options={"latent_size": 64}) == 64


def test_what_is_told_beforehand_is_what_a_run_takes(registry: Registry) -> None:
    settings = Settings(
        dataset=PartSettings(str(draw_icons(Path("flat"), 32, count=60))),
        training={"steps": MANY_STEPS - 1},
        device="cpu",
    )
    assert NO_CLUSTERS in look_ahead(settings, registry, ()).reasons


def test_a_run_from_nothing_says_that_no_networks_are_taken(registry: Registry) -> None:
    asked = {"from_networks": "discriminator"}
    plan = artgan.plan(size=16, base="none", training_options=asked, registry=registry, **SHORT)
    assert plan.config.training.from_networks == "all"
    assert NONE_TAKEN in plan.reasons


def test_a_record_of_before_takes_all_networks(registry: Registry) -> None:
    flat = draw_icons(Path("flat"), 32)
    plan = artgan.plan(dataset=flat, steps=MANY_STEPS, device="cpu", registry=registry)
    text = to_toml(plan.config, {"artgan": "0.1.0"})
    assert 'from_networks = "discriminator"\n' in text
    Path("now.toml").write_text(text)
    assert artgan.plan(config="now.toml", registry=registry).config == plan.config
    Path("before.toml").write_text(text.replace('from_networks = "discriminator"\n', ""))
    before = artgan.plan(config="before.toml", registry=registry).config
    assert before.base == plan.config.base
    assert before.training.from_networks == "all"


def test_a_record_without_a_start_repeats_without_one(trained: Path) -> None:
    assert read_settings(trained / "run.toml").base == "none"
    assert read_settings(trained / "run.toml").training["from_networks"] == "all"
    Path("mine.toml").write_text("seed = 3\n")
    assert read_settings(Path("mine.toml")).base == ""


def draw_icons(folder: Path, size: int, count: int = 12) -> Path:
    """Draw rings and bars in flat colours on white, smoothly."""
    folder.mkdir()
    for index in range(count):
        turn, row = index % 12, index // 12
        picture = Image.new("RGB", (128, 128), "white")
        pen, color = ImageDraw.Draw(picture), f"hsl({30 * turn}, 60%, 45%)"
        pen.ellipse((30 - 6 * row, 24 + 12 * row, 98, 92 + turn), outline=color, width=8 + turn)
        pen.rectangle((52 + 12 * row, 50 + turn, 76 + 10 * row, 108), color)
        picture.resize((size, size), Image.Resampling.LANCZOS).save(folder / f"{index:02}.png")
    return folder


def test_ones_own_pictures_begin_with_the_nearest_start(registry: Registry) -> None:
    flat = draw_icons(Path("flat"), 32)
    plan = artgan.plan(dataset=flat, device="cpu", registry=registry)
    assert plan.config.base == "start:core/icons"
    assert plan.config.base_weights
    (told,) = [reason for reason in plan.reasons if reason.startswith("Start icons")]
    assert "near these pictures" in told
    assert "--from none" in told
    named = artgan.plan(dataset=flat, base="start:icons", device="cpu", registry=registry)
    assert named.config == plan.config
    clear = artgan.plan(
        dataset=flat, dataset_options={"channels": "rgba"}, device="cpu", registry=registry
    )
    assert clear.config.base == "start:core/icons"
    large: dict[str, Any] = {"size": 64, "dataset_options": {"channels": "rgba"}}
    others: tuple[dict[str, Any], ...] = (
        {"base": "none"}, {"size": 48}, {"arch_options": {"base_channels": 8}}, large
    )  # fmt: skip
    for more in others:
        plan = artgan.plan(dataset=flat, device="cpu", registry=registry, **more)
        assert plan.config.base == ""
        why = [reason for reason in plan.reasons if "Start" in reason]
        assert why == ([OTHER_NETWORKS] if "arch_options" in more else [])
    # Networks for 48 x 48 have the same layers as those for 32 x 32.
    plan = artgan.plan(dataset=flat, base="start:icons", size=48, device="cpu", registry=registry)
    assert plan.config.base_weights == named.config.base_weights
    assert any("the coarsest layer is stretched" in reason for reason in plan.reasons)


def draw_blocks(folder: Path) -> Path:
    """Draw symmetric figures in two colours on black, pixel by pixel."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for index in range(30):
        half = rng.random((20, 8)) < 0.7
        drawn = np.hstack([half, half[:, ::-1]])[..., None]
        colors = rng.integers(0, 256, (2, 3), dtype=np.uint8)
        picture = np.zeros((32, 32, 3), np.uint8)
        picture[6:26, 8:24] = np.where(drawn, colors[rng.integers(0, 2, (20, 16))], 0)
        Image.fromarray(picture).save(folder / f"{index}.png")
    return folder


def test_pixel_art_begins_with_networks_that_draw_blocks(registry: Registry) -> None:
    blocks = draw_blocks(Path("blocks"))
    plan = artgan.plan(dataset=blocks, device="cpu", steps=MANY_STEPS, registry=registry)
    assert plan.config.base == "start:core/pixels"
    assert plan.config.training.from_networks == "all"
    assert plan.config.architecture.options["upsampling"] == "nearest"


def test_layers_that_begin_as_nothing_are_added_to_a_start_and_to_no_run(
    registry: Registry,
) -> None:
    blocks = draw_blocks(Path("blocks"))

    def modulates(**given: Any) -> bool:
        plan = artgan.plan(dataset=blocks, device="cpu", registry=registry, **given)
        if plan.config.base:
            assert begin(plan.config, new_state(plan.config, registry), registry) > 0.9
        return bool(plan.config.architecture.options["self_modulation"])

    assert modulates()
    assert modulates(base="none")
    off = {"self_modulation": False}
    assert not modulates(base="start:pixels", arch_options=off)
    # Options that add such layers keep the start, which others would drive away.
    named = artgan.plan(
        dataset=blocks, device="cpu", registry=registry, arch_options={"self_modulation": True}
    )
    assert named.config.base == "start:core/pixels"
    run = artgan.train(dataset=blocks, base="none", out="run", registry=registry, **SHORT)
    assert modulates(base="run")
    lost = artgan.plan(dataset=blocks, base="run", registry=registry, arch_options=off)
    assert (
        "Weights: of networks with self-modulation true; what fits no more is lost." in lost.reasons
    )
    older = (run.path / "run.toml").read_text()
    assert "self_modulation = true" in older
    (run.path / "run.toml").write_text(older.replace("self_modulation = true\n", ""))
    again = make_plan(read_settings(run.path), registry)
    assert not again.config.architecture.options["self_modulation"]
    assert not modulates(base="run")


def test_shipped_weights_fit_cut_outs_and_grey(registry: Registry) -> None:
    flat = draw_icons(Path("flat"), 32)
    for channels, size in (("rgba", 32), ("grey", 32), ("rgba", 48), ("grey", "64x32")):
        plan = artgan.plan(
            dataset=flat,
            size=size,
            base="start:icons",
            dataset_options={"channels": channels},
            training_options={"clusters": 0},
            registry=registry,
            **SHORT,
        )
        state = new_state(plan.config, registry)
        assert begin(plan.config, state, registry) == 1


def test_our_own_pictures_begin_with_random_weights(registry: Registry) -> None:
    for name in ("mnist", "gervais"):
        plan = artgan.plan(dataset=name, device="cpu", registry=registry)
        assert plan.config.base == ""
        assert not any("Start" in reason for reason in plan.reasons)


def test_damaged_files_are_told(shipped: Path, registry: Registry) -> None:
    Path("digits.safetensors").write_bytes(b"no tensors")
    plan = artgan.plan(base="start:digits", size=16, registry=registry, **SHORT)
    with pytest.raises(PluginError, match="are damaged"):
        start(plan, "run", registry=registry)
    Path("broken.toml").write_text('name = "x"\n')
    with pytest.raises(PluginError, match=r"'broken\.toml' is no start"):
        read_start(Path("broken.toml"))


def test_a_run_becomes_a_package(trained: Path, registry: Registry) -> None:
    run = load_run(trained, registry)
    toml = start_toml(run_facts(run, "mine"), [("mine.safetensors", run)])
    files = {"mine.toml": toml.encode(), "mine.safetensors": start_weights(run)}
    made = write_package("artgan-mine", ["start"], Path(), files)
    held = load_file(made / "src/artgan_mine/starts/mine.safetensors")
    assert {str(value.dtype) for value in held.values()} == {"torch.float16", "torch.int64"}
    read = read_start(made / "src/artgan_mine/starts/mine.toml")
    assert read.trained_on == ["mnist (CC BY-SA 3.0, Yann LeCun and Corinna Cortes, from NIST)"]


def test_a_start_keeps_its_contract(shipped: Path) -> None:
    report = check_plugin(shipped)
    assert report.passed, report.failed


def test_the_command_line_makes_lists_and_shows(
    trained: Path, shipped: Path, artgan_cli: Callable[..., Result]
) -> None:
    made = artgan_cli("plugins", "new", "artgan-ours", str(trained), "--kind", "start")
    assert made.exit_code == 0, made.output
    wrong = artgan_cli("plugins", "new", "artgan-other", "--kind", "start")
    assert wrong.exit_code == 2
    assert "a start is made of a run" in wrong.output
    listed = artgan_cli("list", "start", "--plugin", str(shipped))
    assert "ours/digits  S." in listed.output
    shown = artgan_cli("show", "start", "ours/digits", "--plugin", str(shipped), "--json")
    assert '"trained_on"' in shown.output
