"""Alternating updates: Goodfellow et al. 2014, "Generative Adversarial Nets", algorithm 1."""

import torch
from torch import Tensor

from artgan.plugin import Options
from artgan.plugin.updates import Batch, UpdateContext, add_share, mean_logits, without_gradients


class Alternating:
    """Updates the discriminator, then the generator against the updated discriminator."""

    def __init__(self, options: Options) -> None:
        pass

    def step(self, context: UpdateContext) -> dict[str, Tensor]:
        """Take one training step."""
        # The discriminator may learn from several batches for each of the generator's.
        first = context.step * context.discriminator_steps
        last = first + context.discriminator_steps - 1
        for extra in range(first, last):
            discriminator_step(context, context.draw(extra))

        # The fakes of the last batch serve both: first as examples, then as the generator's
        # attempt.
        batch = context.draw(last)
        fake = context.generate(batch) if context.accumulate == 1 else None
        measured = discriminator_step(context, batch, fake)
        return measured | generator_step(context, batch, fake)


def discriminator_step(
    context: UpdateContext, batch: Batch, fake: Tensor | None = None
) -> dict[str, Tensor]:
    """Teach the discriminator to tell real from fake images.

    ``fake`` holds the fakes (N, C, H, W) of the batch, if they are made already.
    """
    measured: dict[str, Tensor] = {}
    seen: list[tuple[Tensor, Tensor]] = []
    for share, part in context.split(batch):
        if fake is None:
            with torch.no_grad():
                shown = context.generate(part)
        else:
            shown = fake.detach()
        real_logits, fake_logits, own = context.judge_pairs(part.real, shown, part.labels)
        loss = context.loss("discriminator", real_logits, fake_logits)
        penalty, each = context.penalty("discriminator", part.real, shown, part.labels)
        (share * sum(own.values(), loss + penalty)).backward()
        seen.append((real_logits.detach(), fake_logits.detach()))
        means = mean_logits(real_logits, fake_logits)
        add_share(measured, share, {"discriminator_loss": loss, **means, **own, **each})
    measured = context.update("discriminator", measured)
    real_seen, fake_seen = (torch.cat(part) for part in zip(*seen, strict=True))
    return measured | context.adapt_augmentations(real_seen, fake_seen)


def generator_step(
    context: UpdateContext, batch: Batch, fake: Tensor | None = None
) -> dict[str, Tensor]:
    """Teach the generator to make images that the discriminator takes for real.

    ``fake`` holds the fakes (N, C, H, W) of the batch with their graph, if they are made already.
    """
    measured: dict[str, Tensor] = {}
    with without_gradients(context.networks["discriminator"]):
        for share, part in context.split(batch):
            shown = context.generate(part) if fake is None else fake
            real_logits = None
            if context.compares_pairs:
                with torch.no_grad():
                    real_logits = context.judge(part.real, part.labels)
            loss = context.loss("generator", real_logits, context.judge(shown, part.labels))
            penalty, each = context.penalty("generator", part.latents, part.latents, part.labels)
            (share * (loss + penalty)).backward()
            add_share(measured, share, {"generator_loss": loss, **each})
    return context.update("generator", measured)
