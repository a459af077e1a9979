"""Ends a training in time, so that samples and pages are done when the time is up.

Now and then the pace of the last steps tells anew how many of them are left, and the schedule turns
towards that end: what was done stays done, and rates, penalties and previews follow. The turns go
into run.toml, so that a run that is repeated takes the same steps.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import fmean, median

from artgan.base.animated_webp import save_animation
from artgan.base.marks import OF_A_MODEL
from artgan.base.schedule import CHECKPOINTS, PREVIEWS
from artgan.core.config import TrainingOptions
from artgan.core.run_folder import RunFolder
from artgan.core.state import StepReport, TrainingState
from artgan.monitoring.costs import TimeLimit

OFTEN = 0.02
"""Share of the time after which the steps that are left are counted anew."""

WINDOW = 0.1
"""Share of the time that the pace is measured over; near the end half of what is left."""

SHORTEST = 0.03

FEWEST = 4
"""Steps that the pace is measured over at least: lazy penalties often come with every fourth."""

WARM_UP = 2
"""First steps of a process, which take longer than others."""

LUMPS = 3
"""Previews, and checkpoints, whose median tells what the next one takes."""

SMALL = 0.01
"""Share of the steps left by which their number must change for a turn."""

NOT_WORTH_IT = 0.004
"""Share of the time that is left unused rather than filled with a few steps more."""

SAFETY = 0.008
"""Share of the time that is kept for what nobody foresees; the end may miss it by 5 %."""

REHEARSALS = (0.3, 0.85)
"""Shares of the time after which the end is rehearsed; the second time only if it is long."""

LONG_END = 0.02

FASTEST, SLOWEST = 0.3, 6.0
"""Limits of how much faster or slower the end is taken to be than at its rehearsal."""


class Timekeeper:
    """The ``Timing`` of a training that has to end in time; it begins when this is made.

    ``rehearse`` measures how long what follows the last step will take, in seconds, by doing a part
    of it; None says that it cannot tell yet.
    """

    def __init__(
        self,
        limit: TimeLimit,
        training: TrainingOptions,
        rehearse: Callable[[], float | None] = lambda: None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.rehearse = rehearse
        self._training, self._clock, self._total = training, clock, limit.total
        now = clock()
        self._deadline = now + limit.left - SAFETY * limit.total
        self._next = now + OFTEN * limit.total
        self._costs = limit.costs
        self._looks, self._saves = deque[float](maxlen=LUMPS), deque[float](maxlen=LUMPS)
        # The usual step when the end was measured: if steps are slower now, so will the end be.
        self._step_of_end = 0.0
        self._times: deque[float] = deque()
        self._warm = 0
        self._rehearsals = list(REHEARSALS)

    @property
    def minutes(self) -> float:
        """The whole time that the run was given."""
        return round(self._total / 60, 3)

    def watch(self, steps: Iterator[StepReport], state: TrainingState) -> Iterator[StepReport]:
        """Yield the reports of ``steps``; turn ``state.schedule`` where the time asks for it."""
        begun = self._clock()
        while (report := next(steps, None)) is not None:
            now = self._clock()
            self._took(now - begun, now)
            self._keep_time(state, now)
            yield report
            begun = self._clock()
            self._note_outside(state, begun - now)
            if state.step < state.schedule.end and self._may_rehearse(begun):
                self._rehearse()
                begun = self._clock()

    def _may_rehearse(self, now: float) -> bool:
        """Tell whether it is time for a rehearsal, and there is time for it."""
        left = self._deadline - now
        due = self._rehearsals and 1 - left / self._total >= self._rehearsals[0]
        return bool(due) and left > 2 * self.end

    def _took(self, seconds: float, now: float) -> None:
        """Consider the seconds of a step."""
        self._warm += 1
        if self._warm <= WARM_UP:
            return
        self._times.append(seconds)
        window = min(WINDOW * self._total, max(SHORTEST * self._total, (self._deadline - now) / 2))
        while len(self._times) > FEWEST and sum(self._times) > window:
            self._times.popleft()
        if len(self._times) >= FEWEST:
            self._costs = replace(self._costs, step=fmean(self._times))
            self._step_of_end = self._step_of_end or median(self._times)

    def _due(self, state: TrainingState) -> tuple[bool, bool]:
        """Tell whether a preview is due after this step, and whether a checkpoint is."""
        due, training = state.schedule.due, self._training
        return (
            due(state.step, training.preview_every, PREVIEWS),
            due(state.step, training.checkpoint_every, CHECKPOINTS),
        )

    def _note_outside(self, state: TrainingState, seconds: float) -> None:
        """Consider the seconds between two steps: a preview, a checkpoint, or next to nothing."""
        look, save = self._due(state)
        if save:
            self._saves.append(max(0.0, seconds - (self._costs.look if look else 0.0)))
            self._costs = replace(self._costs, save=median(self._saves))
        elif look:
            self._looks.append(seconds)
            self._costs = replace(self._costs, look=median(self._looks))
        elif self._times:
            self._times[-1] += seconds

    def _keep_time(self, state: TrainingState, now: float) -> None:
        """Turn the schedule if it is time to, or if it misses the end."""
        schedule, costs = state.schedule, replace(self._costs, end=self.end)
        look, save = self._due(state)
        between = costs.look * look + costs.save * save
        left = self._deadline - now
        # Ending here misses the time by less than ending after the next step.
        over = left - costs.rest(0, self._training) < (between + costs.step) / 2
        last = state.step >= schedule.end
        if not (over or last or now >= self._next):
            return
        self._next = now + OFTEN * self._total
        share = schedule.part(1.0, state.step)
        steps = 0 if over else costs.steps_within(left - between, self._training, share)
        change = abs(state.step + steps - schedule.end)
        worth = NOT_WORTH_IT * self._total / costs.step if last else SMALL * steps
        if change > (0 if over else max(1.0, worth)):
            state.schedule = schedule.turned(state.step, state.step + steps)

    @property
    def end(self) -> float:
        """Seconds that what follows the last step will take at the present pace."""
        slower = median(self._times) / self._step_of_end if self._step_of_end else 1.0
        return self._costs.end * min(SLOWEST, max(FASTEST, slower))

    def _rehearse(self) -> None:
        """Measure the end, unless it is short enough to be guessed."""
        first = len(self._rehearsals) == len(REHEARSALS)
        if first or self.end > LONG_END * self._total:
            seconds = self.rehearse()
            if seconds is None:
                return
            self._costs = replace(self._costs, end=seconds)
            self._step_of_end = median(self._times) if self._times else 0.0
        self._rehearsals.pop(0)


def animation_seconds(folder: RunFolder, keep_mark: bool) -> float | None:
    """Make the animation of a training so far; return how long that of all of it will take."""
    frames = len(folder.previews())
    if frames < 2:
        return None
    begun = time.perf_counter()
    mark = OF_A_MODEL if keep_mark else None
    save_animation(folder.previews(), folder.path / "training.webp", mark)
    return (time.perf_counter() - begun) * max(1.0, (PREVIEWS + 1) / frames)
