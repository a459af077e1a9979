"""Says in one sentence what a training reached, and what more of it would bring.

Both come from what was measured on the way: the distance of samples from the pictures at each
checkpoint, whose fall is taken to go on as a power of the steps, and the variety at each preview.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import linear_regression

from artgan.monitoring.collapse import FROM_STEP
from artgan.monitoring.diagnostics import COLLAPSE

FEWEST = 4
"""Checkpoints from which their trend says something."""

FROM = 0.25
"""Share of the steps from which the trend is taken: the first ones fall faster."""

LITTLE = 0.07
"""Share by which the distance must fall in twice the steps, to be worth it; noise alone is less."""


@dataclass(frozen=True)
class Reached:
    """What was measured of a training.

    ``before`` and ``now`` are distances from the pictures early on and at the end, as the trend has
    them; ``twice`` the one expected after as many steps again. They are None after too few
    checkpoints. ``variety`` is the last one, or None, and ``steps`` how many there were.
    """

    before: float | None = None
    now: float | None = None
    twice: float | None = None
    variety: float | None = None
    steps: int = 0

    @property
    def alike(self) -> bool:
        """Whether the pictures look alike."""
        return self.variety is not None and not self.variety >= COLLAPSE

    @property
    def collapsed(self) -> bool:
        """Whether they look alike after so many steps that they will not become different."""
        return self.alike and self.steps >= FROM_STEP

    @property
    def worth_more(self) -> bool:
        """Whether as many steps again would bring much."""
        return (
            self.now is not None and self.twice is not None and self.twice < (1 - LITTLE) * self.now
        )

    def sentence(self, go_on: str) -> str:
        """Say it; ``go_on`` is the command that trains on."""
        if self.collapsed:
            return (
                f"The pictures look alike (variety {self.variety:.0%} of the real ones): the "
                "generator has collapsed."
            )
        if self.alike:
            few = "1 step is few" if self.steps == 1 else f"{self.steps} steps are few"
            return f"{few}, and the pictures still look alike. Go on with: {go_on}"
        if self.now is None or self.before is None or self.twice is None:
            return f"Too few checkpoints tell what more time would bring. Go on with: {go_on}"
        reached = f"Reached: distance {self.now:.2f} from the pictures, early on {self.before:.2f}"
        if self.variety is not None:
            reached += f"; variety {min(1.0, self.variety):.0%} of theirs"
        if not self.worth_more:
            return f"{reached}. More time of the same would bring little."
        return f"{reached}. As long again would bring about {self.twice:.2f}: {go_on}"


def what_was_reached(metrics: Sequence[Mapping[str, float]]) -> Reached:
    """Gather it from the lines of a run's metrics."""
    rated = [
        (line["step"], line["quality"]) for line in metrics if _positive(line.get("quality", 0.0))
    ]
    varieties = [line["variety"] for line in metrics if "variety" in line]
    variety = varieties[-1] if varieties else None
    steps = int(metrics[-1]["step"]) if metrics else 0
    last = max((step for step, _ in rated), default=0)
    late = [(step, quality) for step, quality in rated if step >= FROM * last]
    if len(late) < FEWEST or late[0][0] == late[-1][0]:
        return Reached(variety=variety, steps=steps)
    logs = [(math.log(step), math.log(quality)) for step, quality in late]
    slope, intercept = linear_regression(*zip(*logs, strict=True))

    def at(step: float) -> float:
        return math.exp(intercept + slope * math.log(step))

    return Reached(rated[0][1], at(last), at(2 * last), variety, steps)


def _positive(quality: float) -> bool:
    return math.isfinite(quality) and quality > 0
