"""Straight lines: rates warm up, hold and fall; penalties fall; the average grows longer."""

from artgan.plugin import Levels, Moment, Options, ScheduleContext


class Linear:
    """The schedule of a run that names none."""

    def __init__(self, options: Options, context: ScheduleContext) -> None:
        self.wished = context

    def at(self, moment: Moment) -> Levels:
        """Compute the levels of one step."""
        return Levels(
            learning_rate=self.rate(moment),
            penalties=1 - moment.part(1 - self.wished.penalty_final),
            half_life=ramped(self.wished, moment),
        )

    def rate(self, moment: Moment) -> float:
        """Let the rates rise over the first steps, hold them, and let them fall linearly."""
        share = 1 - (1 - self.wished.final) * falling(self.wished, moment)
        return share * warmed(self.wished, moment)


def falling(wished: ScheduleContext, moment: Moment) -> float:
    """Return how much of the way down is done, from 0 while the rates are held to 1."""
    past = max(0.0, moment.part(1.0) - wished.hold) / max(1e-9, 1 - wished.hold)
    return min(1.0, past)


def warmed(wished: ScheduleContext, moment: Moment) -> float:
    """Return how much of the way up is done, 1 after the warm-up."""
    return min(1.0, (moment.step + 1) / (wished.warmup + 1))


def ramped(wished: ScheduleContext, moment: Moment) -> float:
    """Return the half-life of averages in pictures.

    It grows with training at first (StyleGAN2's ramp), so that the blur of the first steps is soon
    forgotten.
    """
    return min(wished.half_life, wished.ramp * wished.batch * (moment.step + 1))
