"""Checks of a plugin's observer hooks, in a training run of four steps."""

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from artgan.core.observers import Observers
from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.core.run_folder import RunFolder
from artgan.core.runner import Attached, run, start
from artgan.monitoring.diagnostics import Diagnostics
from artgan.planning.plan import make_plan
from artgan.planning.settings import PartSettings, Settings
from artgan.plugin_manager.load import load_registry
from artgan.sampling.samples import SampleRequest
from artgan.sampling.write import write_samples
from artgan.testing._checks import CheckedPlugin, Checks, Subject, expect

CHECKS = Checks()
SETTINGS = Settings(
    architecture=PartSettings("dcgan", {"base_channels": 4, "latent_size": 8}),
    dataset=PartSettings("mnist"),
    training={"steps": 4, "batch": 4, "checkpoint_every": 2},
    style="invert",
    count=2,
    device="cpu",
)


@dataclass(frozen=True)
class ToyRun:
    """Results of a toy run; its weights as SHA-256, and what observers raised, or ""."""

    weights: str
    pictures: tuple[bytes, ...]
    failed: str
    outcome: str


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
    with tempfile.TemporaryDirectory() as folder:
        plan = make_plan(SETTINGS, registry)
        attached = Attached(monitor=Diagnostics())
        place = RunFolder(Path(folder, "run"))
        session = start(plan.config, plan.table, place, registry, attached)
        run(session)
        made = TrainedRun.open(place.path, registry)
        observers = Observers(registry)
        samples = Path(folder, "samples")
        write_samples(made, SampleRequest([7, 8], "invert"), samples, observers=observers)
        pictures = tuple(path.read_bytes() for path in sorted(samples.glob("*.png")))
        failed = {**observers.failed, **session.observers.failed}.get(plugin_id, "")
        return ToyRun(made.checkpoint.sha256, pictures, failed, session.outcome)


@CHECKS.add("survives-a-run")
def survives_a_run(subject: Subject) -> None:
    """It observes a whole run without raising an error."""
    observed = _observed(subject.checked)
    expect(not observed.failed, f"it is switched off: {observed.failed}")


@CHECKS.add("changes-nothing", after=("survives-a-run",))
def changes_nothing(subject: Subject) -> None:
    """Weights and pictures are the same as without it."""
    alone, observed = _unobserved(), _observed(subject.checked)
    expect(observed.weights == alone.weights, "a run that it observes ends with other weights")
    expect(observed.pictures == alone.pictures, "a run that it observes gives other pictures")
    expect(observed.outcome == alone.outcome, f"a run that it observes ends '{observed.outcome}'")
