"""Donahue et al. 2017, "Adversarial Feature Learning", sections 3 and 3.4.

The discriminator tells pairs (picture, its encoding) from pairs (generated picture, its latents).
Encoder and generator learn to be taken for each other, with swapped labels as in section 3.4, and
so become each other's inverse.
"""

from functools import partial

import torch
from artgan.plugin.updates import Batch, UpdateContext, add_share, mean_logits, without_gradients
from torch import Tensor

from artgan_bigan import BiganOptions


class Bigan:
    """Updates the discriminator of pairs, then generator and encoder."""

    def __init__(self, options: BiganOptions) -> None:
        pass

    def step(self, context: UpdateContext) -> dict[str, Tensor]:
        """Take one training step."""
        batch = context.draw(context.step)
        return teach_discriminator(context, batch) | teach_both(context, batch)


def teach_discriminator(context: UpdateContext, batch: Batch) -> dict[str, Tensor]:
    """Teach the discriminator to tell the pairs apart."""
    measured: dict[str, Tensor] = {}
    seen: list[tuple[Tensor, Tensor]] = []
    for share, part in context.split(batch):
        with torch.no_grad():
            fake, codes = context.generate(part), context.call("encoder", part.real)
        real_logits = context.judge(part.real, part.labels, codes)
        fake_logits = context.judge(fake, part.labels, part.latents)
        loss = context.loss("discriminator", real_logits, fake_logits)
        penalty, each = context.penalty(
            "discriminator", part.real, fake, part.labels, partial(encoded, context, part.labels)
        )
        (share * (loss + penalty)).backward()
        means = mean_logits(real_logits, fake_logits)
        add_share(measured, share, {"discriminator_loss": loss, **means, **each})
        seen.append((real_logits.detach(), fake_logits.detach()))
    measured = context.update("discriminator", measured)
    real_seen, fake_seen = (torch.cat(logits) for logits in zip(*seen, strict=True))
    return measured | context.adapt_augmentations(real_seen, fake_seen)


def encoded(context: UpdateContext, labels: Tensor | None, images: Tensor) -> Tensor:
    """Compute the logits of images with their encodings, which penalties flatten."""
    with torch.no_grad():
        codes = context.networks["encoder"](images)
    logits: Tensor = context.networks["discriminator"](images, labels, codes)
    return logits


def teach_both(context: UpdateContext, batch: Batch) -> dict[str, Tensor]:
    """Teach generator and encoder to make pairs that are taken for each other's."""
    measured: dict[str, Tensor] = {}
    with without_gradients(context.networks["discriminator"]):
        for share, part in context.split(batch):
            fake, codes = context.generate(part), context.call("encoder", part.real)
            real_logits = context.judge(part.real, part.labels, codes)
            fake_logits = context.judge(fake, part.labels, part.latents)
            loss = context.loss("generator", real_logits.detach(), fake_logits)
            # The same with the roles swapped: the encoder lowers the logits of real pictures.
            swapped = context.loss("generator", -fake_logits.detach(), -real_logits)
            penalty, each = context.penalty("generator", part.latents, part.latents, part.labels)
            (share * (loss + swapped + penalty)).backward()
            add_share(measured, share, {"generator_loss": loss, "encoder_loss": swapped, **each})
    measured = context.update("generator", measured)
    context.update("encoder", {})
    return measured
