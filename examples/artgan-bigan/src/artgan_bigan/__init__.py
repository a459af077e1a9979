"""BiGAN: an encoder learns beside generator and discriminator, and reads pictures into latents."""

from collections.abc import Iterator
from typing import Annotated

from artgan.plugin import Meta, Options, Update, hookimpl


class BiganOptions(Options, frozen=True, kw_only=True):
    """Options of the update ``bigan``."""

    channels: Annotated[
        int, Meta(ge=1, le=512, description="Channels of the first layer of the encoder")
    ] = 32


@hookimpl
def artgan_updates() -> Iterator[Update]:
    """Yield the update."""
    yield Update(
        name="bigan",
        summary="Trains an encoder too, which finds the latents of a picture (BiGAN).",
        build="artgan_bigan.update:Bigan",
        options=BiganOptions,
        networks={"discriminator": "discriminator", "encoder": "generator"},
        build_networks="artgan_bigan.networks:build_networks",
    )
