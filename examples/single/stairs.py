"""The learning rate is halved three times."""

from artgan.plugin import Levels, TrainingSchedule, hookimpl


class Stairs:
    def __init__(self, options, context):
        self.half_life = context.half_life

    def at(self, moment):
        stair = min(3, int(moment.part(4.0)))
        return Levels(learning_rate=0.5**stair, penalties=1.0, half_life=self.half_life)


@hookimpl
def artgan_schedules():
    yield TrainingSchedule(name="stairs", summary="The rate goes down in stairs.", build=Stairs)
