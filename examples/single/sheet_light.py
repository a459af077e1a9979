"""All pictures of a set get the mean light of all of them."""

from typing import Annotated

import msgspec

from artgan.plugin import Filter, Meta, Options, hookimpl


class Light(Options):
    mean: Annotated[float, Meta(ge=0, le=1, description="0 takes that of all pictures")] = 0.0


def survey(pictures, options, context):
    if options.mean:
        return options
    means = [float(picture.color.mean()) for picture in pictures]
    return msgspec.structs.replace(options, mean=sum(means) / len(means))


def apply(picture, options, context):
    gain = options.mean / max(float(picture.color.mean()), 1e-3)
    return picture.replace(color=picture.color * gain)


@hookimpl
def artgan_filters():
    yield Filter(
        name="sheet-light",
        summary="All pictures get the mean light of all of them.",
        apply=apply,
        survey=survey,
        options=Light,
        space="linear",
    )
