"""Catalogue of the built-in metrics: one figure for how near samples come to real pictures."""

from collections.abc import Iterator

from artgan.plugin import Metric, hookimpl


@hookimpl
def artgan_metrics() -> Iterator[Metric]:
    """Yield the built-in metrics."""
    yield Metric(
        name="sliced-distance",
        summary="Sliced Wasserstein distance of features of random layers; 0 is best.",
        build="artgan.plugins.metrics.sliced:SlicedDistance",
    )
