"""Every hook of the reference does what its docstring says, and costs nothing in results."""

import json
from pathlib import Path

import pytest

import artgan
from artgan.api import start
from artgan.base.contributions import hook_names
from artgan.core.observers import Observers
from artgan.core.registry import Registry
from artgan.core.runner import run
from artgan.errors import PluginError
from artgan.plugin import hookspecs
from artgan.run import load_run
from artgan.sampling.samples import SampleRequest
from artgan.sampling.write import write_samples
from tests.conftest import TOY

EVERY_KIND = """
from artgan.plugin import *
from artgan.plugin import Meta, hookimpl

def part(*args):
    raise NotImplementedError

@hookimpl
def artgan_architectures():
    yield Architecture(name="one", summary="S.", generator=part, discriminator=part)

@hookimpl
def artgan_losses():
    yield Loss(name="one", summary="S.", build=part)

@hookimpl
def artgan_regularizers():
    yield Regularizer(name="one", summary="S.", build=part)

@hookimpl
def artgan_augmentations():
    yield Augmentation(name="one", summary="S.", build=part)

@hookimpl
def artgan_datasets():
    yield Dataset(name="one", summary="S.", open=part, licence="CC0-1.0")

@hookimpl
def artgan_filters():
    return [Filter(name="one", summary="S.", apply=part)]

@hookimpl
def artgan_styles():
    yield Style(name="one", summary="S.", steps=[{"filter": "one"}])

@hookimpl
def artgan_palettes():
    yield Palette(name="one", colors=["000000", "ffffff"])

@hookimpl
def artgan_extractors():
    yield Extractor(name="one", summary="S.", build=part)

HELD = StartWeights(file="one.safetensors", height=8, width=8, channels=3)

@hookimpl
def artgan_starts():
    yield Start(name="one", summary="S.", architecture="dcgan", weights=[HELD], licence="MIT")

@hookimpl
def artgan_metrics():
    yield Metric(name="one", summary="S.", build=part)

@hookimpl
def artgan_readers():
    yield Reader(name="one", summary="S.", open=part, endings=(".one",), signs=((0, b"one"),))

@hookimpl
def artgan_writers():
    yield Writer(name="one", summary="S.", write=part, endings=(".one",))

@hookimpl
def artgan_palette_formats():
    yield PaletteFormat(name="one", summary="S.", read=part, endings=(".one",))

@hookimpl
def artgan_animation_formats():
    yield AnimationFormat(name="one", summary="S.", read=part, endings=(".one",))

@hookimpl
def artgan_exporters():
    yield Exporter(name="one", summary="S.", export=part, ending=".one")

@hookimpl
def artgan_run_hosts():
    yield RunHost(name="one", summary="S.", example="a", fetch=part)

@hookimpl
def artgan_traits():
    yield MeasuredTrait(name="one", summary="S.", measure=part)

@hookimpl
def artgan_panels():
    yield Panel(name="one", summary="S.", html="<p>one</p>")

@hookimpl
def artgan_settings():
    yield PluginSettings(name="one", options=NoOptions)

@hookimpl
def artgan_updates():
    yield Update(name="one", summary="S.", build=part)

@hookimpl
def artgan_optimizers():
    yield Optimizer(name="one", summary="S.", build=part)

@hookimpl
def artgan_schedules():
    yield TrainingSchedule(name="one", summary="S.", build=part)

@hookimpl
def artgan_latents():
    yield Latents(name="one", summary="S.", build=part)

@hookimpl
def artgan_samplers():
    yield Sampler(name="one", summary="S.", build=part)

@hookimpl
def artgan_commands():
    yield Command(name="one", summary="S.", command=part)
"""

EVERY_OBSERVER = """
import json
from pathlib import Path
from artgan.plugin import hookimpl

def tell(hook, **facts):
    with Path("seen.jsonl").open("a") as file:
        file.write(json.dumps([hook, {k: str(v) for k, v in facts.items()}]) + "\\n")

@hookimpl
def artgan_run_started(config, folder):
    tell("artgan_run_started", seed=config.seed, folder=folder)

@hookimpl
def artgan_step_finished(report):
    tell("artgan_step_finished", step=report.step)

@hookimpl
def artgan_preview_saved(path, step, folder):
    tell("artgan_preview_saved", step=step, there=path.exists())

@hookimpl
def artgan_checkpoint_saved(path, step):
    tell("artgan_checkpoint_saved", step=step, there=path.exists())

@hookimpl
def artgan_sample_saved(path, seed, style):
    tell("artgan_sample_saved", seed=seed, style=style, there=path.exists())

@hookimpl
def artgan_run_finished(folder, outcome):
    tell("artgan_run_finished", outcome=outcome)
"""


def write(name: str, text: str) -> Path:
    Path(name).write_text(text)
    return Path(name)


def test_every_contribution_hook_brings_its_kind(registry: Registry) -> None:
    registry.add_file(write("every.py", EVERY_KIND))
    brings = registry.brought_by("every")
    assert len(brings) == len(hook_names(hookspecs.ContributionHooks)) == 26
    for kind in brings:
        assert registry.find(kind, "every/one").declaration.kind == kind


def test_every_observer_is_told_in_order(registry: Registry, tmp_path: Path) -> None:
    registry.add_file(write("watch.py", EVERY_OBSERVER))
    planned = artgan.plan(**TOY, training_options={"checkpoint_every": 2}, registry=registry)
    run(start(planned, tmp_path / "r", registry=registry))
    made = load_run(tmp_path / "r", registry)
    write_samples(made, SampleRequest([7], "ember"), tmp_path / "s")
    seen = [json.loads(line) for line in Path("seen.jsonl").read_text().splitlines()]
    step, saved = "artgan_step_finished", "artgan_checkpoint_saved"
    picture, shown = "artgan_sample_saved", "artgan_preview_saved"
    assert [hook for hook, _ in seen] == [
        "artgan_run_started", shown, shown, step, shown, saved, step, shown, step, shown, saved,
        step, "artgan_run_finished", picture, picture,
    ]  # fmt: skip
    facts = dict(seen)
    assert facts["artgan_run_finished"] == {"outcome": "finished"}
    assert facts[saved] == {"step": "4", "there": "True"}
    assert facts[picture] == {"seed": "7", "style": "ember", "there": "True"}
    assert {hook for hook, _ in seen} == set(hook_names(hookspecs.ObserverHooks))


def test_watched_run_has_the_weights_of_an_unwatched_one(
    registry: Registry, tmp_path: Path
) -> None:
    draws = "def tell(hook, **facts):\n    import torch\n    torch.rand(3)\n"
    text = EVERY_OBSERVER.replace("def tell(hook, **facts):\n", draws)
    weights = []
    for name in ("unwatched", "watched"):
        planned = artgan.plan(**TOY, registry=registry)
        run(start(planned, tmp_path / name, registry=registry))
        weights.append(artgan.load_run(tmp_path / name).checkpoint.sha256)
        registry.add_file(write("watch.py", text))
    assert Path("seen.jsonl").exists()
    assert weights[0] == weights[1]


def test_observer_that_fails_leaves_the_others(registry: Registry) -> None:
    for name in ("first", "second"):
        body = "raise SystemExit(1)" if name == "first" else "report.append(1)"
        head = "from artgan.plugin import hookimpl\n@hookimpl\ndef artgan_step_finished(report):\n"
        registry.add_file(write(f"{name}.py", f"{head}    {body}\n"))
    told: list[int] = []
    observers = Observers(registry)
    for _ in range(3):
        observers.call("artgan_step_finished", report=told, folder=Path())
    assert told == [1, 1, 1]
    assert observers.failed == {"first": "artgan_step_finished: SystemExit: 1"}


def test_hooks_are_documented() -> None:
    for hooks in (hookspecs.ContributionHooks, hookspecs.ObserverHooks):
        for name in hook_names(hooks):
            assert getattr(hooks, name).__doc__


def test_plugins_of_one_name_are_refused(registry: Registry) -> None:
    Path("a").mkdir()
    for path in ("every.py", "a/every.py"):
        write(path, EVERY_KIND)
    registry.add_file(Path("every.py"))
    with pytest.raises(PluginError, match=r"another plugin is called 'every' \(.*every\.py\)"):
        registry.add_file(Path("a/every.py"))
    assert [p.id for p in registry.plugins] == ["core", "every"]


def test_pin_decides_between_files(registry: Registry) -> None:
    for name in ("one", "two"):
        registry.add_file(write(f"{name}.py", EVERY_KIND))
    registry.pins = {"palette/one": "two"}
    assert registry.find("palette", "one").full_name == "two/one"
