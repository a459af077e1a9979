"""The schedule: how rates, penalties and averages follow the progress of a run."""

from artgan.plugin import Levels, Moment, ScheduleContext
from artgan.plugin_manager.scaffold.templates.plugin import ScheduleOptions


class Stairs:
    """Halves the learning rate at each stair; penalties stay, and so does the average."""

    def __init__(self, options: ScheduleOptions, context: ScheduleContext) -> None:
        self.stairs = options.stairs
        self.half_life = context.half_life

    def at(self, moment: Moment) -> Levels:
        """Compute the levels of one step; moment.part(1.0) is the share of the run that is done."""
        stair = int(moment.part(self.stairs + 1.0))
        return Levels(
            learning_rate=0.5 ** min(stair, self.stairs), penalties=1.0, half_life=self.half_life
        )
