"""Catalogue of the built-in updates: how a training step is made."""

from collections.abc import Iterator

from artgan.plugin import Update, hookimpl


@hookimpl
def artgan_updates() -> Iterator[Update]:
    """Yield the built-in updates."""
    yield Update(
        name="alternating",
        summary="The generator answers the updated discriminator: the usual way.",
        build="artgan.plugins.updates.alternating:Alternating",
        repeats_discriminator=True,
    )
    yield Update(
        name="simultaneous",
        summary="Both networks answer the same logits in one pass, which is cheaper.",
        build="artgan.plugins.updates.simultaneous:Simultaneous",
        needs_independent=True,
        backward_twice=True,
        logits_alone=True,
    )
