"""Points come nearer to each other: pictures of one family."""

from artgan.plugin import Latents, hookimpl


class Calm:
    def __init__(self, options):
        pass

    def change(self, values, labels, context):
        if context.in_styles:
            return context.style_mean + 0.6 * (values - context.style_mean)
        middle, _ = context.draw([7])
        return 0.6 * values + 0.8 * middle


@hookimpl
def artgan_latents():
    yield Latents(name="calm", summary="Every picture is a relative of seed 7's.", build=Calm)
