"""What the time buys: a size that suffices, a collapse that stops early, and what was reached."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from PIL import Image, ImageDraw

import artgan
from artgan.core import runner
from artgan.core.registry import Registry
from artgan.core.run_folder import RunFolder
from artgan.errors import TrainingError
from artgan.monitoring import diagnostics
from artgan.monitoring.collapse import CollapseWatch
from artgan.monitoring.costs import Costs, TimeLimit
from artgan.monitoring.outcome import what_was_reached
from artgan.planning import in_time, rescue
from artgan.planning.attempts import stopping, train_or_rescue
from artgan.planning.plan import Plan, make_plan
from artgan.planning.settings import PartSettings, Settings
from artgan.plugins.datasets import _pictures
from tests.conftest import TOY

TINY: dict[str, Any] = {"arch_options": {"base_channels": 4}, "batch": 4, "device": "cpu"}


@pytest.fixture
def paced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps take a tenth of a millisecond for each 32 x 32 pixels, whatever the machine."""

    def costs(plan: Plan, *_: Any) -> Costs:
        pixels = plan.config.height * plan.config.width
        return Costs(pixels / 32**2 / 10_000, 0, 0, 0)

    monkeypatch.setattr(in_time, "measure_costs", costs)


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    """A folder of eight pictures of 100 x 100 pixels."""
    folder = tmp_path / "photographs"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for index in range(8):
        pixels = rng.integers(0, 255, (100, 100, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{index}.png")
    return folder


@pytest.mark.parametrize(
    ("seconds", "size", "says"),
    [
        # 500 steps of 32 x 32 take 0.05 s, 3000 of 64 x 64 take 1.2 s.
        (0.07, 32, "too few for figures (from about 3000); this one buys about"),
        (0.5, 48, "--size 64 keeps it"),
        (1.5, 64, "about"),
        (15.0, 96, "there is time for about"),
    ],
)
@pytest.mark.usefixtures("paced")
def test_the_size_follows_from_the_time(
    seconds: float, size: int, says: str, photographs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However long the pictures take to open.
    monkeypatch.setattr(in_time.Deadline, "left", property(lambda self: seconds))
    plan = artgan.plan("dcgan", photographs, minutes=seconds / 60, **TINY)
    assert (plan.config.height, plan.config.width) == (size, size)
    assert says in " ".join(plan.reasons)


@pytest.mark.usefixtures("paced")
def test_notes_on_pictures_are_told_once_though_they_are_read_for_two_sizes(
    photographs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photographs / "broken.png").write_bytes(b"none")
    monkeypatch.setattr(in_time.Deadline, "left", property(lambda self: 0.2))
    monkeypatch.setattr(_pictures, "MANY", 5)
    told: list[str] = []
    artgan.plan("dcgan", photographs, minutes=0.2 / 60, report=told.append, **TINY)
    assert told[0] == "Reading 9 files; the result is kept for next time."
    assert told[2].startswith("Skipped 1 of 9 files: broken.png")
    assert len(told) == 3


@pytest.mark.usefixtures("paced")
def test_a_size_that_was_asked_for_is_kept_with_a_warning(
    photographs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_time.Deadline, "left", property(lambda self: 0.06))
    plan = artgan.plan("dcgan", photographs, size=64, minutes=0.001, **TINY)
    assert plan.config.width == 64
    (told,) = (reason for reason in plan.reasons if reason.startswith("Time: "))
    assert (
        "too few for figures (from about 3000); --size 32 buys about 599, or take 1 minute." in told
    )


@pytest.mark.usefixtures("paced")
def test_what_would_be_enough_is_told_where_nothing_is_smaller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(in_time.Deadline, "left", property(lambda self: 0.01))
    plan = artgan.plan("dcgan", "gervais", minutes=0.001, **TINY)
    assert "too few for figures (from about 500); 1 minute would be enough." in plan.reasons[0]


@pytest.mark.usefixtures("paced")
def test_what_some_times_would_buy_is_told(photographs: Path, registry: Registry) -> None:
    settings = Settings(PartSettings("dcgan"), PartSettings(str(photographs)), device="cpu")
    plan = make_plan(settings, registry)
    told = list(in_time.what_time_buys(plan, settings, registry, [0.001, 0.008, 0.1]))
    assert told == [
        "0 minutes: 32x32, about 599 steps",
        "0 minutes: 48x48, about 2133 steps",
        "0.1 minutes: 64x64, about 15000 steps",
    ]


@pytest.mark.usefixtures("paced")
def test_a_start_taken_unasked_counts_only_at_sizes_that_it_has(
    tmp_path: Path, registry: Registry
) -> None:
    for index in range(8):
        drawn = Image.new("RGB", (100, 100), "white")
        ImageDraw.Draw(drawn).ellipse((20, 30, 40 + 5 * index, 80), (30 * index, 90, 160))
        drawn.save(tmp_path / f"{index}.png")
    settings = Settings(PartSettings("dcgan"), PartSettings(str(tmp_path)), device="cpu")
    plan = make_plan(settings, registry)
    assert plan.config.base.startswith("start:core/")
    sizes = in_time.SizePaces(plan, settings, registry)
    medium, small = sizes.at((48, 48), 0.0675), sizes.at((32, 32), 0.0675)
    # Nothing is taken unasked at a size that no start was trained at.
    assert medium.plan.config.base == ""
    assert not medium.suffices(0.0675)
    assert small.plan.config.base == plan.config.base
    # Trained weights do not bring figures sooner.
    assert small.enough == 500
    smaller = sizes.smaller(0.0675)
    assert smaller
    assert smaller.size == (32, 32)
    # One that is asked for is fitted to every size.
    asked = replace(settings, base="start:icons")
    sizes = in_time.SizePaces(make_plan(asked, registry), asked, registry)
    assert sizes.at((48, 48), 0.0675).plan.config.base == "start:core/icons"


def test_pixel_art_is_only_halved() -> None:
    plan = artgan.plan("dcgan", "gervais", size=64, **TINY)
    from artgan.plugin_manager.load import default_registry

    assert in_time.sizes_below(plan, default_registry()) == [(32, 32)]


def test_pictures_alike_after_many_steps_are_a_collapse() -> None:
    def watched(varieties: dict[int, float], steps: int = 2000) -> str:
        watch = CollapseWatch()
        for step, variety in varieties.items():
            watch.look({"variety": variety}, step, step / steps)
        return watch.found

    assert "variety 4% of the real ones at step 300" in watched({200: 0.05, 300: 0.04})
    assert watched({200: 0.05, 300: float("nan")})
    # A slow start, one that grows, a hiccup, the second half, and a healthy run.
    assert not watched({50: 0.02, 100: 0.03, 150: 0.03, 200: 0.4})
    assert not watched({200: 0.05, 300: 0.1, 400: 0.15, 500: 0.19})
    assert not watched({200: 0.1, 300: 0.5, 400: 0.1})
    assert not watched({1100: 0.05, 1200: 0.04})
    assert not watched({100: 0.7, 200: 0.9, 300: 0.95})


@pytest.fixture
def collapses(monkeypatch: pytest.MonkeyPatch) -> None:
    """All runs collapse until the generator's rate is a quarter of what it was."""

    def look(parts: Any, config: Any, state: Any, report: Any) -> tuple[dict[str, float], str]:
        slow = config.training.generator_lr < 4e-4
        return {"variety": 0.9 if slow else 0.01}, ""

    monkeypatch.setattr(diagnostics, "inspect_training", look)
    monkeypatch.setattr("artgan.monitoring.collapse.FROM_STEP", 1)


COLLAPSING = {**TOY, "steps": 12, "dataset": "mnist"}


@pytest.mark.usefixtures("collapses")
def test_a_collapse_stops_the_run_and_says_what_to_try(artgan_cli: Callable[..., Result]) -> None:
    with pytest.raises(TrainingError, match="Stopped at step 2 of 12: all pictures look alike"):
        artgan.train(out="run", **COLLAPSING)
    last = RunFolder(Path("run")).last_checkpoint()
    assert last
    assert last.step == 2
    toy = ["--steps", 12, "--size", 16, "--batch", 4, "--arch.base-channels", 4, "--device", "cpu"]
    result = artgan_cli("run", *toy, "--out", "other")
    assert result.exit_code == 1
    assert "Done" not in result.output
    assert "artgan run --config other/run.toml --train.generator-lr 0.00025" in result.output
    # To go on all the same is the user's to choose.
    assert artgan.resume("run").checkpoint.step == 12


@pytest.mark.usefixtures("collapses")
def test_a_rescue_begins_anew_with_what_helps(artgan_cli: Callable[..., Result]) -> None:
    run = artgan.train(out="run", rescue=True, **COLLAPSING)
    assert run.config.training.generator_lr == 0.00025
    assert run.checkpoint.step == 12
    assert "begun anew with --train.generator-lr 0.00025" in (run.path / "run.toml").read_text()
    assert artgan.load_run("run-collapsed-1").config.training.generator_lr == 0.001
    # And repeated, it does not collapse.
    assert artgan.plan(config="run/run.toml").config == run.config


@pytest.mark.usefixtures("collapses")
def test_a_rescue_keeps_to_the_time(tmp_path: Path, registry: Registry) -> None:
    planned = artgan.plan(**COLLAPSING, registry=registry)
    limit = TimeLimit(50.0, 40.0, Costs(2.0, 0.0, 0.0, 0.0))
    left = []

    def start(chosen: Plan) -> runner.Session:
        assert chosen.limit
        left.append(chosen.limit.left)
        # The time itself is not waited for.
        return artgan.api.start(replace(chosen, limit=None), tmp_path / "run", registry=registry)

    def follow(opened: runner.Session) -> None:
        runner.run(opened, stopping(opened, lambda _: None))

    timed = replace(planned, limit=limit)
    session = train_or_rescue(timed, start, follow, registry, rescue=True)
    assert left[1] < left[0] == 40
    # As many steps as fit into what is left.
    assert session.config.training.steps == max(1, int(left[1] / 2))


@pytest.mark.usefixtures("collapses")
def test_a_collapse_at_the_end_is_not_called_done(artgan_cli: Callable[..., Result]) -> None:
    toy = ["--steps", 4, "--size", 16, "--batch", 4, "--arch.base-channels", 4, "--device", "cpu"]
    with pytest.MonkeyPatch.context() as patch:
        # It came too late to stop.
        patch.setattr("artgan.monitoring.collapse.UP_TO", 0.0)
        patch.setattr("artgan.monitoring.outcome.FROM_STEP", 1)
        result = artgan_cli("run", *toy, "--count", 1, "--out", "late")
    assert result.exit_code == 0, result.output
    assert "Done" not in result.output
    assert "the generator has collapsed. Try a quarter of the generator's rate" in result.output


def test_remedies_come_in_order(registry: Registry) -> None:
    hinge = artgan.plan(loss="hinge", regularizers={"r1": {}}, registry=registry, **TOY)
    first = rescue.remedy(hinge.config)
    assert first.flags == "--loss rpgan --regularizer r1 --regularizer r2"
    paired = rescue.remedied(hinge, first, registry)
    assert [part.name for part in paired.config.regularizers] == ["core/r1", "core/r2"]
    rates = []
    for _ in range(2):
        cure = rescue.remedy(paired.config)
        paired = rescue.remedied(paired, cure, registry)
        rates.append((paired.config.training.generator_lr, paired.config.training.discriminator_lr))
    assert rates == [(0.00025, 0.002), (0.0000625, 0.0005)]


def lines(quality: Callable[[int], float], variety: float = 0.9) -> list[dict[str, float]]:
    steps = range(100, 900, 100)
    return [{"step": step, "quality": quality(step), "variety": variety} for step in steps]


def test_what_was_reached_is_told_with_what_more_would_bring() -> None:
    falling = what_was_reached(lines(lambda step: 10 / step**0.5))
    assert falling.now == pytest.approx(10 / 800**0.5)
    assert falling.twice == pytest.approx(10 / 1600**0.5)
    told = falling.sentence("artgan resume r --steps 1600")
    assert told == (
        "Reached: distance 0.35 from the pictures, early on 1.00; variety 90% of theirs. As long "
        "again would bring about 0.25: artgan resume r --steps 1600"
    )
    level = what_was_reached(lines(lambda step: 0.2))
    assert "More time of the same would bring little" in level.sentence("go")
    alike = what_was_reached(lines(lambda step: 0.2, variety=0.1))
    assert "the generator has collapsed" in alike.sentence("go")
    assert "60 steps are few" in replace(alike, steps=60).sentence("go")
    assert "Too few checkpoints" in what_was_reached([]).sentence("go")
