"""A seed stands for the darkest of some pictures."""

from artgan.plugin import Latents, hookimpl


class Darkest:
    def __init__(self, options):
        pass

    def change(self, values, labels, context):
        import torch

        count = context.together
        others = [context.noise("other", number) for number in range(1, count)]
        candidates = torch.cat([values, *others])
        labels = None if labels is None else labels.expand(count)
        light = context.generate(candidates, labels).mean((1, 2, 3))
        return candidates[light.argmin()][None]


@hookimpl
def artgan_latents():
    yield Latents(
        name="darkest", summary="The darkest of some pictures.", build=Darkest, draws=True
    )
