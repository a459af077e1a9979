"""Each frame is exposed as long as four."""

from artgan.plugin import Filter, hookimpl


def apply(picture, options, context):
    frames = (picture, *context.frame.before)
    return picture.replace(pixels=sum(frame.pixels for frame in frames) / len(frames))


@hookimpl
def artgan_filters():
    yield Filter(
        name="exposure",
        summary="Each frame is exposed as long as four.",
        apply=apply,
        space="linear",
        keeps_range=True,
        frames_before=3,
    )
