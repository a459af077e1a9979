"""Catalogue of the built-in places where runs are shared."""

from collections.abc import Iterator

from artgan.plugin import RunHost, hookimpl


@hookimpl
def artgan_run_hosts() -> Iterator[RunHost]:
    """Yield the built-in hosts of runs."""
    yield RunHost(
        name="hf",
        summary="The Hugging Face hub; needs artgan[hub].",
        example="ada/mushrooms@v1",
        fetch="artgan.hub.fetch:fetch_from_hub",
        publish="artgan.hub.upload:publish_on_hub",
        how_to_use="artgan.hub.upload:how_to_use",
    )
