"""Catalogue of the built-in schedules."""

from collections.abc import Iterator

from artgan.plugin import TrainingSchedule, hookimpl


@hookimpl
def artgan_schedules() -> Iterator[TrainingSchedule]:
    """Yield the built-in schedules."""
    yield TrainingSchedule(
        name="linear",
        summary="Rates rise, hold and fall in straight lines, and so do penalties.",
        build="artgan.plugins.schedules.linear:Linear",
    )
    yield TrainingSchedule(
        name="cosine",
        summary="The same along half a cosine: slow at first and at the end.",
        build="artgan.plugins.schedules.cosine:Cosine",
    )
