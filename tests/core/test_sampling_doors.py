"""Latents and samplers: what lies between a seed and its picture is a contribution."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import Result

import artgan
from artgan.core.registry import Registry
from artgan.curation.picks import discriminator_logit
from artgan.errors import ArtganError, OptionError
from artgan.latents.rendering import Renderer
from artgan.latents.steering import SamplingChoice, Steering
from artgan.plugin_manager.load import load_registry
from artgan.plugins.latents import rejection
from tests.core.styled import StyledGenerator, run_of

WOBBLE = """
from typing import Annotated
from artgan.plugin import Latents, Meta, Options, Sampler, hookimpl

class Amount(Options, frozen=True, kw_only=True):
    amount: Annotated[float, Meta(description="How far")] = 0.5

class Wobble:
    def __init__(self, options):
        self.amount = options.amount
    def change(self, values, labels, context):
        return values + self.amount * context.noise("wobble")

class Short:
    def __init__(self, options): pass
    def change(self, values, labels, context): return values[:, 1:]

class Failing:
    def __init__(self, options): pass
    def sample(self, values, labels, context): raise ValueError("no pictures today")

class Half(Failing):
    def sample(self, values, labels, context): return context.generate(values, labels)[:, :, ::2]

class Nothing(Failing):
    def sample(self, values, labels, context):
        return float("nan") * context.generate(values, labels)

@hookimpl
def artgan_latents():
    yield Latents(name="wobble", summary="S.", build=Wobble, options=Amount)
    yield Latents(name="other", summary="S.", build=Wobble, options=Amount, draws=True)
    yield Latents(name="short", summary="S.", build=Short)

@hookimpl
def artgan_samplers():
    yield Sampler(name="failing", summary="S.", build=Failing)
    yield Sampler(name="half", summary="S.", build=Half)
    yield Sampler(name="nothing", summary="S.", build=Nothing)
"""


@pytest.fixture
def run(trained: Path, tmp_path: Path, registry: Registry) -> artgan.Run:
    Path("wobbling.py").write_text(WOBBLE)
    registry.add_file(Path("wobbling.py"))
    return artgan.load_run(shutil.copytree(trained, tmp_path / "run"), registry)


def logits(run: artgan.Run, **steered: Any) -> list[float]:
    made = list(run.samples(range(12), label=3, **steered))
    return [discriminator_logit(run, sample.raw, 3) for sample in made]


@pytest.mark.parametrize(
    "steered", [{"latents": "rejection:keep=0.1"}, {"sampler": "langevin:steps=4,step=0.5"}]
)
def test_what_asks_the_discriminator_is_more_to_its_taste(
    run: artgan.Run, steered: dict[str, Any]
) -> None:
    assert np.mean(logits(run, **steered)) > np.mean(logits(run))


def test_all_latents_are_taken_if_all_are_kept(run: artgan.Run) -> None:
    for latents in ("rejection:keep=1", "normal", "clipped:limit=10"):
        (kept,) = run.samples([4], latents=latents)
        assert np.array_equal(kept.raw, next(run.samples([4])).raw)


def test_clipped_latents_stay_within_the_limit(run: artgan.Run) -> None:
    (sample,) = run.samples([4], latents="clipped:limit=0.3")
    values = run.recorded(sample.record)[0].values
    assert float(values.abs().max()) <= 0.3
    own = run.points([4])[0].values
    assert torch.equal(values[own.abs() <= 0.3], own[own.abs() <= 0.3])


@pytest.mark.parametrize(
    "steered",
    [
        {"latents": "rejection:keep=0.2,most=9"},
        {"latents": "wobble:amount=0.7 | other"},
        {"sampler": "langevin:steps=2,noise=1", "truncation": 0.8},
    ],
)
def test_a_seed_has_one_picture_and_its_record_makes_it_again(
    run: artgan.Run, steered: dict[str, Any]
) -> None:
    together = [sample.raw for sample in run.samples([3, 7, 9], **steered)]
    (alone,) = run.samples([7], **steered)
    assert np.array_equal(alone.raw, together[1])
    record = json.loads(json.dumps(alone.record))
    point, steering = run.recorded(record)
    (again,) = run.samples([point], steering=steering)
    assert np.array_equal(again.raw, alone.raw)
    assert json.loads(json.dumps(again.record)) == record


def test_files_are_remade_to_the_byte(run: artgan.Run, artgan_cli: Callable[..., Result]) -> None:
    flags = ("--plugin", "wobbling.py", "--latents", "wobble", "--sampler", "langevin:steps=2")
    made = artgan_cli("sample", run.path, "--seeds", "3", "--style", "ember", *flags)
    assert made.exit_code == 0, made.output
    (file,) = run.path.glob("samples/s00003-wobble-langevin-steps-2-ember.png")
    assert artgan.remake(file, plugins=["wobbling.py"]).identical
    out = artgan_cli(
        "animate", run.path, "--seeds", "3,4", "--seconds", "0.2", "--out", "a.gif", *flags,
        "--latents", "clipped",
    )  # fmt: skip
    assert out.exit_code == 0, out.output
    assert artgan.remake("a.gif", plugins=["wobbling.py"]).identical


def test_a_drawn_latent_is_kept_and_a_move_needs_its_plugin(run: artgan.Run) -> None:
    plain = load_registry(packages=False)
    (drawn,), (moved,) = run.samples([5], latents="other"), run.samples([5], latents="wobble")
    bare = artgan.Run.open(run.path, plain)
    point, steering = bare.recorded(drawn.record)
    assert np.array_equal(next(bare.samples([point], steering=steering)).raw, drawn.raw)
    assert moved.record["plugins"] == {"wobbling": run.registry.plugins[-1].version}
    point, steering = bare.recorded(moved.record)
    with pytest.raises(ArtganError, match="no latents 'wobbling/wobble'"):
        next(bare.samples([point], steering=steering))


def test_flags_and_the_chain_say_the_same(run: artgan.Run) -> None:
    run.find_directions(2)
    (by_flags,) = run.samples([2], truncation=0.6, moves={"1": 2.0})
    chain = "direction:name=1,amount=2 | truncation:amount=0.6"
    (by_chain,) = run.samples([2], latents=chain)
    assert by_chain.record == by_flags.record
    with pytest.raises(OptionError, match="truncation is given twice"):
        run.steering(truncation=0.5, latents=chain)


@pytest.mark.parametrize(
    ("steered", "says"),
    [
        ({"latents": "wobbl"}, "no latents 'wobbl'. Did you mean 'wobble'"),
        ({"latents": "wobble:1"}, "expected NAME or NAME:option=value"),
        ({"latents": "rejection | other"}, "'rejection' and 'wobbling/other' both say"),
        ({"latents": "rejection:keep=2"}, "keep"),
        ({"latents": "short"}, r"latents 'short' of wobbling .* gave \(1, 7\); expected \(1, 8\)"),
        ({"sampler": "failing"}, "sampler 'failing' of wobbling .* ValueError: no pictures today"),
        ({"sampler": "half"}, "sampler 'half' of wobbling .* gave images of 16x8; expected 16x16"),
        ({"sampler": "nothing"}, "sampler 'nothing' of wobbling .* not finite"),
        ({"sampler": "hasty"}, "no sampler 'hasty'"),
        ({"latents": "style-mixing"}, "no styles that could be mixed"),
    ],
)
def test_what_does_not_fit_is_refused(run: artgan.Run, steered: dict[str, Any], says: str) -> None:
    with pytest.raises(ArtganError, match=says):
        list(run.samples([1], **steered))


def test_only_seeds_are_drawn(run: artgan.Run, artgan_cli: Callable[..., Result]) -> None:
    with pytest.raises(OptionError, match="draws latents of seeds, and no seed is given"):
        list(run.samples(run.points(blend="3 - 5"), latents="clipped"))
    mixed = list(run.samples(run.points([3], blend="3 - 5"), latents="clipped:limit=0.2"))
    plain = list(run.samples(run.points([3], blend="3 - 5")))
    same = [np.array_equal(a.raw, b.raw) for a, b in zip(mixed, plain, strict=True)]
    assert same == [False, True]


def test_styles_climb_around_where_they_begin(trained: Path) -> None:
    run = run_of(StyledGenerator(), trained)
    vars(run)["discriminator"] = torch.nn.Flatten()
    run.discriminator.forward = lambda images, labels: images.mean((1, 2, 3))
    latents, means = run.points([0])[0].values[None], []
    for steps in (1, 8):
        options = {"steps": steps, "step": 0.2, "strength": 50.0, "noise": 0.0}
        choice = SamplingChoice("core/langevin", options)
        renderer = Renderer(run, Steering(truncation=0.5, sampler=choice))
        labels = torch.zeros(1, dtype=torch.long)
        means.append(float(renderer.images(latents, labels, False, [0]).mean()))
    plain = Renderer(run, Steering(truncation=0.5)).images(latents, labels, False, [0]).mean()
    assert float(plain) < means[0] < means[1]


def test_evaluation_tells_steered_samples_apart(
    run: artgan.Run, artgan_cli: Callable[..., Result]
) -> None:
    said = []
    for more in ((), ("--latents", "clipped", "--sampler", "langevin:steps=1")):
        done = artgan_cli("evaluate", run.path, "--count", "16", "--extractor", "random", *more)
        assert done.exit_code == 0, done.output
        said.append(done.output)
    assert "16 samples (clipped-langevin-steps-1) against" in said[1]
    kept = json.loads((run.path / "evaluation.json").read_text())
    assert [one.get("sampling", "") for one in kept] == ["", "clipped-langevin-steps-1"]
    assert kept[0]["scores"] != kept[1]["scores"]


def test_latents_are_drawn_once_for_all_styles(
    trained: Path, artgan_cli: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds: list[int] = []
    change = rejection.Rejection.change

    def count(self: Any, values: Any, labels: Any, context: Any) -> Any:
        seeds.extend(context.seeds)
        return change(self, values, labels, context)

    monkeypatch.setattr(rejection.Rejection, "change", count)
    args = ["--seeds", "3,5", "--latents", "rejection", "--each-style", "--style", "invert"]
    done = artgan_cli("sample", trained, *args, "--style", "posterize", "--out", "o")
    assert done.exit_code == 0, done.output
    assert seeds == [3, 5]
