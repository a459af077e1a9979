"""Checks of a plugin's observer hooks, in a training run of a dozen steps."""

import tempfile
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from artgan.base.contributions import Observer
from artgan.core.observers import Observers
from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.core.run_folder import RunFolder
from artgan.core.runner import Attached, run, start
from artgan.monitoring.diagnostics import Diagnostics
from artgan.monitoring.judge import find_judge
from artgan.planning.plan import make_plan
from artgan.planning.settings import PartSettings, Settings
from artgan.plugin_manager.load import load_registry
from artgan.sampling.samples import SampleRequest
from artgan.sampling.write import write_samples
from artgan.testing._checks import CheckedPlugin, Checks, Subject, expect

CHECKS = Checks()
STEPS = 12
"""Steps of the run: an observer may fail at a later one than the first."""
SLOW_SECONDS = 0.1
SETTINGS = Settings(
    architecture=PartSettings("dcgan", {"base_channels": 4, "latent_size": 8}),
    dataset=PartSettings("mnist"),
    training={"steps": STEPS, "batch": 4, "checkpoint_every": 2},
    style="invert",
    count=2,
    device="cpu",
)


@dataclass(frozen=True)
class ToyRun:
    """Results of a toy run.

    Attributes:
        weights: SHA-256 of the checkpoint.
        pictures: Two samples as files.
        failed: What observers raised, or "".
        outcome: How the run ended.
        seconds: Median time of a step that its observers took.
    """

    weights: str
    pictures: tuple[bytes, ...]
    failed: str
    outcome: str
    seconds: float


def _observed(checked: CheckedPlugin) -> ToyRun:
    """Train the toy run with the plugin's observers, once."""
    if "observed" not in checked.notes:
        checked.notes["observed"] = _train(checked.registry, checked.plugin.id)
    observed: ToyRun = checked.notes["observed"]
    return observed


@cache
def _unobserved() -> ToyRun:
    """Train the same run without observers."""
    return _train(load_registry(packages=False), "")


def _train(registry: Registry, plugin_id: str) -> ToyRun:
    seconds: list[float] = []
    registry = replace(registry, _observers=[_timed(o, seconds) for o in registry.observers()])
    with tempfile.TemporaryDirectory() as folder:
        plan = make_plan(SETTINGS, registry)
        judge = find_judge(plan.config.training.best_by, registry)
        attached = Attached(monitor=Diagnostics(judge))
        place = RunFolder(Path(folder, "run"))
        session = start(plan.config, plan.table, place, registry, attached)
        run(session)
        made = TrainedRun.open(place.path, registry)
        observers = Observers(registry)
        samples = Path(folder, "samples")
        write_samples(made, SampleRequest([7, 8], "invert"), samples, observers=observers)
        pictures = tuple(path.read_bytes() for path in sorted(samples.glob("*.png")))
        failed = {**observers.failed, **session.observers.failed}.get(plugin_id, "")
        took = median(seconds) if seconds else 0.0
        return ToyRun(made.checkpoint.sha256, pictures, failed, session.outcome, took)


def _timed(observer: Observer, seconds: list[float]) -> Observer:
    """Return an observer that notes how long it takes after each step."""
    if observer.hook != "artgan_step_finished":
        return observer

    def call(*given: Any) -> None:
        begun = time.perf_counter()
        observer.function(*given)
        seconds.append(time.perf_counter() - begun)

    return replace(observer, function=call)


@CHECKS.add("survives-a-run")
def survives_a_run(subject: Subject) -> None:
    """It observes a whole run without raising an error."""
    observed = _observed(subject.checked)
    expect(not observed.failed, f"it is switched off: {observed.failed}")


@CHECKS.add("is-quick", after=("survives-a-run",))
def is_quick(subject: Subject) -> None:
    """It takes less than a tenth of a second of a step, which training waits for."""
    took = _observed(subject.checked).seconds
    expect(
        took < SLOW_SECONDS,
        f"every step waits {took:.2f} seconds for it: do its work every so many steps, or in a "
        "thread",
    )


@CHECKS.add("changes-nothing", after=("survives-a-run",))
def changes_nothing(subject: Subject) -> None:
    """Weights and pictures are the same as without it."""
    alone, observed = _unobserved(), _observed(subject.checked)
    expect(observed.weights == alone.weights, "a run that it observes ends with other weights")
    expect(observed.pictures == alone.pictures, "a run that it observes gives other pictures")
    expect(observed.outcome == alone.outcome, f"a run that it observes ends '{observed.outcome}'")
