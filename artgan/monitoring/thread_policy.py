"""Finds the number of threads with which steps are fastest, by trying others now and then.

A trial is a few steps with another number, compared with those before it. It ends as soon as it
cannot win. Trials come when steps become slow, when the load of the machine changes, and else ever
more rarely. What is decided follows from the times that are handed in alone.
"""

import math
from collections import deque
from collections.abc import Collection, Sequence
from statistics import fmean

from artgan.base.threads import free_processors

TRIAL_SECONDS = 0.25
"""A trial takes as many steps as usually pass in this time, within the two limits below."""
FEWEST, MOST = 3, 12

PATIENCE = 1.0
"""Seconds after which a trial is lost that took three times its share, steps of all kinds counted;
the first step of a number prepares kernels in a fraction of them."""

GAIN = 0.95
"""Share of the time before that a trial may take at most to win."""

LOSS = 1.25
"""Times the time before from which the first steps of a trial decide that it is lost."""

SLOW = 1.5
"""Times as long as usual that two steps in a row must take to be a reason for a trial."""

FIRST_WAIT, LONGEST_WAIT = 2.0, 256.0
"""Seconds to the next trial; each trial that changes nothing doubles them."""

SOON = 0.6
"""Seconds to the next trial after one that was won."""

SHARE, ALLOWANCE = 0.01, 0.25
"""Share of the time so far, and seconds on top, that trials without a reason may cost."""

HYSTERESIS = 0.6
"""Processors by which the free ones must miss the number that suits before another one does."""


class ThreadPolicy:
    """Chooses ``count``, the number of threads for the next step.

    ``settled`` is the number that is not on trial, ``suited`` as many as other programs leave free.
    """

    def __init__(self, most: int, first: int) -> None:
        self.most = self.suited = most
        self.count = self.settled = first
        # Seconds of the last comparable steps of the settled number, and of those on trial.
        self._usual: deque[float] = deque(maxlen=MOST)
        self._slow: list[float] = []
        self._trial: list[float] = []
        self._before, self._length = 0.0, FEWEST
        self._warm: set[int] = set()
        self._fewest_penalties = math.inf
        self._load_known = self._refused = self._surprised = False
        self._turn = 0
        self._elapsed = self._spent = self._next_trial = self._begun = 0.0
        self._wait = FIRST_WAIT
        # What the last trial of each number cost.
        self._costs: dict[int, float] = {}

    def suit(self, others: float | None) -> None:
        """Consider how many processors others use, None if unknown; at first that alone decides."""
        if others is None:
            return
        self._load_known = True
        free = self.most - others
        if abs(free - self.suited) <= HYSTERESIS:
            return
        suited = free_processors(self.most, others)
        if suited != self.suited:
            self.suited, self._refused = suited, False
            self._wait, self._next_trial = FIRST_WAIT, self._elapsed
        if not self._elapsed:
            self.count = self.settled = self.suited

    def took(self, seconds: float, penalties: Collection[str] = ()) -> None:
        """Consider the seconds of a step; steps with the fewest penalties are compared."""
        self._elapsed += seconds
        longest = PATIENCE + 3 * self._length * self._before
        if self.count != self.settled and self._elapsed - self._begun > longest:
            self._judge(math.inf)
            return
        if self.count not in self._warm:
            # The first step of each number prepares its kernels.
            self._warm.add(self.count)
            return
        if len(penalties) < self._fewest_penalties:
            self._fewest_penalties = len(penalties)
            self._usual.clear()
        if len(penalties) > self._fewest_penalties:
            return
        if self.count == self.settled:
            self._compare(seconds)
        else:
            self._judge(seconds)

    def _compare(self, seconds: float) -> None:
        """Compare a step with the usual ones; start a trial if there is a reason."""
        usual = _typical(self._usual) if len(self._usual) >= FEWEST else math.inf
        if seconds > SLOW * usual:
            self._slow.append(seconds)
            if len(self._slow) == 2:
                self._usual = deque(self._slow, maxlen=MOST)
                self._slow, self._surprised = [], True
                fewer = self.suited if self.suited < self.settled else self.settled // 2
                self._try(max(1, fewer))
            return
        self._usual.extend([*self._slow, seconds])
        self._slow = []
        enough = len(self._usual) >= FEWEST or sum(self._usual) > 4 * TRIAL_SECONDS
        if enough and self._elapsed >= self._next_trial:
            self._try_another()

    def _try_another(self) -> None:
        """Start a trial of the number that suits the load, else of one nearby if it is cheap."""
        if self.suited != self.settled and not self._refused:
            self._try(self.suited)
            return
        near = self._neighbours()
        other = near[self._turn % len(near)] if near else self.settled
        # A number not tried yet may cost half a trial, and far more where processors are taken.
        guess = self._trial_length() * _typical(self._usual) * (4 if other > self.suited else 0.5)
        cost = self._costs.get(other, guess if self._load_known else 0.0)
        if self._spent + cost <= ALLOWANCE + SHARE * self._elapsed:
            self._try(other)

    def _neighbours(self) -> list[int]:
        """List numbers worth a trial from time to time."""
        now = self.settled
        near = (now // 2, 2 * now, 3 * now // 4, math.ceil(4 * now / 3))
        inside = (min(self.most, max(1, number)) for number in near)
        return [number for number in dict.fromkeys(inside) if number != now]

    def _trial_length(self) -> int:
        steps = math.ceil(TRIAL_SECONDS / _typical(self._usual))
        return min(MOST, max(FEWEST, steps))

    def _try(self, count: int) -> None:
        if count == self.settled:
            return
        self._before, self._length = _typical(self._usual), self._trial_length()
        self.count, self._trial, self._begun = count, [], self._elapsed

    def _judge(self, seconds: float) -> None:
        """Consider a step of the trial; end it once it has won or cannot win."""
        self._trial.append(seconds)
        lost = sum(self._trial) > GAIN * self._length * self._before or (
            len(self._trial) >= FEWEST and fmean(self._trial) > LOSS * self._before
        )
        if not lost and len(self._trial) < self._length:
            return
        cost = max(0.0, self._elapsed - self._begun - len(self._trial) * self._before)
        self._costs[self.count] = cost
        self._spent += cost
        if lost:
            self._refused = self._refused or self.count == self.suited
            self._turn += 1
            self._wait = min(LONGEST_WAIT, 2 * self._wait)
            self.count = self.settled
        else:
            # What wins while steps are slow may lose once they are not.
            self._refused = self.settled == self.suited and not self._surprised
            self.settled = self.count
            self._usual = deque(self._trial, maxlen=MOST)
            self._wait = FIRST_WAIT
        self._surprised = False
        self._next_trial = self._elapsed + (self._wait if lost else SOON)


def _typical(times: Sequence[float]) -> float:
    """Return the mean without the longest of four or more, which may be a hiccup."""
    return fmean(sorted(times)[:-1] if len(times) > 3 else times)
