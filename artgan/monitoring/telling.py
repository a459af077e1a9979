"""Keeps what a training has measured so far, for whoever shows it while it goes on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from artgan.base.contributions import Observer
from artgan.base.identity import Plugin
from artgan.base.options import build_options
from artgan.core.config import RunConfig
from artgan.core.registry import Registry
from artgan.core.run_folder import RunFolder
from artgan.core.state import StepReport
from artgan.monitoring.words import Sight, guessing_loss, sparkline
from artgan.version import __version__

OWN = Plugin("core", __version__, "built-in")


@dataclass
class Telling:
    """What can be told of a training: how well fakes are told, and how near samples came.

    Attributes:
        sight: What the discriminator makes of the fakes.
        quality: Distances of samples from real pictures so far, oldest first; small is good.
        last: The last step, or None before it.
    """

    sight: Sight
    quality: list[float] = field(default_factory=list)
    last: StepReport | None = None

    def begin(self, folder: Path) -> None:
        """Take over what the run had measured before."""
        self._keep(RunFolder(folder).read_metrics())

    def step(self, report: StepReport, measured: Mapping[str, float]) -> None:
        """Take a step into account."""
        self.last = report
        self.sight.see(report)
        self._keep([measured])

    def _keep(self, lines: Iterable[Mapping[str, float]]) -> None:
        self.quality += [line["quality"] for line in lines if "quality" in line]

    @property
    def distance(self) -> str:
        """How the distance from the real pictures went, with its last value; "" if unmeasured."""
        return f"distance {sparkline(self.quality)} {self.quality[-1]:.2f}" if self.quality else ""

    @property
    def table(self) -> dict[str, str]:
        """All that can be told, a sentence for each matter; empty before the first step."""
        if self.last is None:
            return {}
        losses = f"D {self.last.discriminator_loss:.2f}, G {self.last.generator_loss:.2f}"
        told = {"losses": losses, "what they mean": self.sight.words, "how near": self.distance}
        return {name: text for name, text in told.items() if text}

    @property
    def observers(self) -> list[Observer]:
        """What calls this object during a training."""
        return [
            Observer(OWN, "artgan_run_started", self.begin, ("folder",)),
            Observer(OWN, "artgan_step_finished", self.step, ("report", "measured")),
        ]


def telling_of(config: RunConfig, registry: Registry) -> Telling:
    """Return what will tell of a training with this config."""
    loss: Any = registry.find("loss", config.loss.name)
    options = build_options(loss.declaration.options, config.loss.options, loss.where)
    # What a loss that sees more than logits gives for a guess is not known.
    plain = not loss.declaration.sees
    return Telling(Sight(guessing_loss(loss.call("build", options)) if plain else 0.0))
