"""Promises of a plugin's observer hooks, kept in a training run of four steps."""

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
class Watched:
    """A toy run.

    Attributes:
        weights: Hash of what was trained.
        pictures: Bytes of the samples.
        failed: What observers raised, or "".
        outcome: How training ended.
    """

    weights: str
    pictures: tuple[bytes, ...]
    failed: str
    outcome: str


def _watched(checked: CheckedPlugin) -> Watched:
    """Train a toy run with the plugin watching, once."""
    if "watched" not in checked.notes:
        checked.notes["watched"] = _train(checked.registry, checked.plugin.id)
    watched: Watched = checked.notes["watched"]
    return watched


@cache
def _alone() -> Watched:
    """Train the same run with nobody watching."""
    return _train(load_registry(packages=False), "")


def _train(registry: Registry, plugin_id: str) -> Watched:
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
        return Watched(made.checkpoint.sha256, pictures, failed, session.outcome)


@CHECKS.add("survives-a-run")
def survives_a_run(subject: Subject) -> None:
    """It watches a whole run without raising anything."""
    watched = _watched(subject.checked)
    expect(not watched.failed, f"it is switched off: {watched.failed}")


@CHECKS.add("changes-nothing", after=("survives-a-run",))
def changes_nothing(subject: Subject) -> None:
    """Weights and pictures are the same as if nobody watched."""
    alone, watched = _alone(), _watched(subject.checked)
    expect(watched.weights == alone.weights, "the run that it watches ends with other weights")
    expect(watched.pictures == alone.pictures, "the run that it watches gives other pictures")
    expect(watched.outcome == alone.outcome, f"the run that it watches ends '{watched.outcome}'")
