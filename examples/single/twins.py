"""A picture that lies between that of its seed and its opposite."""

from artgan.plugin import Sampler, hookimpl


class Twins:
    def __init__(self, options):
        pass

    def sample(self, values, labels, context):
        mean = context.style_mean if context.in_styles else 0
        opposite = mean - (values - mean)
        return (context.generate(values, labels) + context.generate(opposite, labels)) / 2


@hookimpl
def artgan_samplers():
    yield Sampler(name="twins", summary="A double exposure with the opposite.", build=Twins)
