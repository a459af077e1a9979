"""How far a run is at each step, from 0 to 1: what rates, penalties and previews follow.

A run of so many steps goes in a straight line. One that has to end at a time turns now and then,
towards as many steps as will have fitted into it at the pace that was measured last.
"""

from bisect import bisect_right
from dataclasses import dataclass

PREVIEWS = 24
"""Previews that are spread over a run, and checkpoints."""
CHECKPOINTS = 8

Knot = tuple[int, float, int]
"""From this step on, with this share of the run done, it aims at that last step."""


@dataclass(frozen=True)
class Schedule:
    """Knots (step, share, end) in order, the first at step 0; lines are straight in between."""

    knots: tuple[Knot, ...]

    @classmethod
    def straight(cls, steps: int) -> "Schedule":
        """Return the schedule of a run of ``steps`` steps."""
        return cls(((0, 0.0, steps),))

    @property
    def end(self) -> int:
        """The last step, as far as is known."""
        return self.knots[-1][2]

    def part(self, amount: float, step: int) -> float:
        """Return the part of ``amount`` that is due once ``step`` steps are done."""
        first, share, end = self._knot(step)
        if first == 0:
            return amount * step / end
        if step >= end:
            return amount
        return amount * (share + (1 - share) * (step - first) / (end - first))

    def due(self, step: int, every: int, times: int) -> bool:
        """Tell whether something is due after ``step`` steps.

        It comes with the last one, and else every so many steps, or where ``every`` is 0 so many
        times in the run.
        """
        first, _, end = self._knot(step)
        if step == self.end:
            return True
        if every or first == 0:
            return step % (every or max(1, end // times)) == 0
        return int(self.part(times, step)) > int(self.part(times, step - 1))

    def turned(self, step: int, end: int, share: float | None = None) -> "Schedule":
        """Return the schedule that aims at another end once ``step`` steps are done.

        What is done stays done, unless another ``share`` is wanted.
        """
        share = self.part(1.0, step) if share is None else share
        return Schedule(
            (*self.cut(step - 1).knots, (step, share, end)) if step else ((0, 0.0, end),)
        )

    def cut(self, step: int) -> "Schedule":
        """Return the schedule without what changed after ``step`` steps."""
        return Schedule(tuple(knot for knot in self.knots if knot[0] <= max(0, step)))

    def _knot(self, step: int) -> Knot:
        return self.knots[bisect_right(self.knots, step, key=lambda knot: knot[0]) - 1]
