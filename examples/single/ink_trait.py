"""How much of a picture is ink: its dark pixels."""

from artgan.plugin import MeasuredTrait, hookimpl


def measure(picture):
    return float((picture.color.mean(axis=2) < 0.25).mean())


@hookimpl
def artgan_traits():
    yield MeasuredTrait(
        name="ink", summary="Share of dark pixels.", measure=measure, title="Ink", step=0.05
    )
