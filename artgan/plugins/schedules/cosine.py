"""Half a cosine: Loshchilov and Hutter 2017, "SGDR", equation 5, without restarts.

Huang et al. 2024, "The GAN is dead; long live the GAN!", appendix, let rates and penalties of a GAN
fall so.
"""

from math import cos, pi

from artgan.plugin import Levels, Moment, Options, ScheduleContext
from artgan.plugins.schedules.linear import falling, ramped, warmed


class Cosine:
    """Rates and penalties fall slowly at first, fastest half-way, and slowly at the end."""

    def __init__(self, options: Options, context: ScheduleContext) -> None:
        self.wished = context

    def at(self, moment: Moment) -> Levels:
        """Compute the levels of one step."""
        wished = self.wished
        rate = curve(wished.final, falling(wished, moment)) * warmed(wished, moment)
        penalties = curve(wished.penalty_final, min(1.0, moment.part(1.0)))
        return Levels(learning_rate=rate, penalties=penalties, half_life=ramped(wished, moment))


def curve(final: float, done: float) -> float:
    """Fall from 1 to ``final`` while ``done`` rises from 0 to 1."""
    return final + (1 - final) * (1 + cos(pi * done)) / 2
