"""Says in words what the losses of a training mean, and draws a row of values as small bars.

What a loss is says little by itself: 0.4 is good for one kind and bad for another. Held against the
loss of a discriminator that can only guess, it tells how well fakes are told from real pictures,
whatever the kind; of a cross-entropy, the share s means that the truth gets the probability
2^-s on average (Goodfellow et al. 2014, "Generative Adversarial Nets", theorem 1, has s = 1 where
both are alike).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from artgan.core.state import StepReport
from artgan.plugin import LossPart

MEMORY = 50
"""Steps over which losses are averaged, roughly: single batches jump."""

SIGHT = (
    (0.05, "tells every fake"),
    (0.35, "tells nearly all fakes"),
    (0.7, "tells most fakes"),
    (0.95, "suspects fakes"),
    (math.inf, "cannot tell fakes"),
)
"""Share of the guesser's loss below which the discriminator does this. With cross-entropy the truth
gets a probability over 0.97, 0.78, 0.62 and 0.52."""

CLEARLY = 0.15
"""Share by which the loss must change to count as rising or falling."""

BARS = "▁▂▃▄▅▆▇█"

WIDTH = 12
"""Values that a sparkline shows, the last ones."""


def guessing_loss(loss: LossPart) -> float:
    """Compute the smallest loss of a discriminator that says the same of all pictures.

    It is 0 for losses without a scale, such as Wasserstein's.
    """
    with torch.no_grad():
        same = torch.linspace(-2, 2, 81)
        losses = [float(loss.discriminator(value[None], value[None])) for value in same]
    return min(losses)


@dataclass
class Sight:
    """How well the discriminator tells fakes, over the last steps and over more.

    Attributes:
        guess: Loss of a discriminator that guesses; 0 if the loss has no scale, so that only its
            trend says something.
        near: Mean loss over about ``MEMORY`` steps.
        far: The same over four times as many.
        steps: Steps seen.
    """

    guess: float
    near: float = 0.0
    far: float = 0.0
    steps: int = 0

    def see(self, report: StepReport) -> None:
        """Take a step into account."""
        loss = report.discriminator_loss
        self.steps += 1
        self.near += (loss - self.near) / min(self.steps, MEMORY)
        self.far += (loss - self.far) / min(self.steps, 4 * MEMORY)

    @property
    def words(self) -> str:
        """What the discriminator does, and whether the generator keeps up; "" before any step."""
        if not self.steps or not math.isfinite(self.near):
            return ""
        scaled = self.guess > 1e-6
        share = self.near / self.guess if scaled else 0.0
        sight = next(words for below, words in SIGHT if share < below)
        said = [f"D {sight}"] if scaled else []
        return ", ".join([*said, *self._trend()])

    def _trend(self) -> list[str]:
        moved = self.near - self.far
        if self.steps < 2 * MEMORY or abs(moved) <= CLEARLY * max(abs(self.far), self.guess / 20):
            return []
        return ["G catches up"] if moved > 0 else ["G falls behind"]


def sparkline(values: Sequence[float], width: int = WIDTH) -> str:
    """Draw the last values as bars from 0 on, so that noise looks small; "?" is not finite."""
    shown = list(values)[-width:]
    finite = [value for value in shown if math.isfinite(value)]
    low = min([0.0, *finite])
    spread = max([0.0, *finite]) - low
    return "".join(
        BARS[round((value - low) / (spread or 1.0) * (len(BARS) - 1))]
        if math.isfinite(value)
        else "?"
        for value in shown
    )
