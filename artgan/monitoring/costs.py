"""What the parts of a run take in seconds, and how many steps fit into a time."""

import math
from dataclasses import dataclass

from artgan.base.schedule import CHECKPOINTS, PREVIEWS
from artgan.core.config import RunConfig, TrainingOptions, change_training

MOST_STEPS = 10**8


@dataclass(frozen=True)
class Costs:
    """Seconds that the parts of a run take here: ``step`` as the mean over all kinds.

    A ``look`` is a preview with what is measured, a ``save`` a checkpoint that is judged, and the
    ``end`` what comes after the last step: an animation, samples and pages.
    """

    step: float
    look: float
    save: float
    end: float

    def total(self, config: RunConfig) -> float:
        """Add up the seconds of a whole run."""
        # The first preview comes before the first step.
        return self.look + self.rest(config.training.steps, config.training)

    def rest(self, steps: int, training: TrainingOptions, share: float = 0.0) -> float:
        """Add up the seconds of the last ``steps`` steps, once a ``share`` of the run is done."""
        looks = _times_due(steps, training.preview_every, PREVIEWS * (1 - share))
        saves = _times_due(steps, training.checkpoint_every, CHECKPOINTS * (1 - share))
        return steps * self.step + looks * self.look + saves * self.save + self.end

    def steps_within(self, seconds: float, training: TrainingOptions, share: float = 0.0) -> int:
        """Return how many steps fit into the seconds that are left; 0 if none does."""
        low, high = 0, MOST_STEPS
        while low < high:
            middle = (low + high + 1) // 2
            fits = self.rest(middle, training, share) <= seconds
            low, high = (middle, high) if fits else (low, middle - 1)
        return low

    def fitted(self, config: RunConfig, seconds: float) -> RunConfig:
        """Return the config with as many steps as fit into ``seconds``, at least one."""
        steps = self.steps_within(seconds - self.look, config.training)
        return change_training(config, steps=max(1, steps))


@dataclass(frozen=True)
class TimeLimit:
    """A time that a run has to end in: ``total`` seconds, of which ``left`` are left to train.

    ``costs`` are what its parts are thought to take, before the first step.
    """

    total: float
    left: float
    costs: Costs


def _times_due(steps: int, every: int, times: float) -> int:
    """Count how often something is due in so many steps; the last one always brings it."""
    return max(1, math.ceil(steps / every) if every else min(steps, math.ceil(times)))
