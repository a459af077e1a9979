"""The mean colours of fakes and real pictures stay near each other."""

from typing import Annotated

from artgan.plugin import Meta, Options, Regularizer, hookimpl


class ToneOptions(Options, frozen=True, kw_only=True):
    weight: Annotated[float, Meta(ge=0, le=100, description="Strength")] = 1.0


class Tone:
    def __init__(self, options):
        self.weight = options.weight

    def penalty(self, judged):
        from artgan.plugin.ranks import gather

        images = judged.fake_images, judged.real_images
        fake, real = (gather(each).mean((0, 2, 3)) for each in images)
        return self.weight * (fake - real).square().mean()


@hookimpl
def artgan_regularizers():
    yield Regularizer(
        name="tone",
        summary="Fakes have the mean colour of the pictures.",
        build=Tone,
        options=ToneOptions,
        side="generator",
        sees=("images",),
        compares_pairs=True,
        per_picture=False,
    )
