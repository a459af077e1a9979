"""Simultaneous updates: both networks learn from the same logits."""

import torch
from torch import Tensor

from artgan.plugin import Options
from artgan.plugin.updates import UpdateContext, add_share, mean_logits

TINY = 1e-20


class Simultaneous:
    """Updates both networks from one forward pass of the discriminator."""

    def __init__(self, options: Options) -> None:
        pass

    def step(self, context: UpdateContext) -> dict[str, Tensor]:
        """Take one training step."""
        return simultaneous_step(context)


def simultaneous_step(context: UpdateContext) -> dict[str, Tensor]:
    """Update both networks from one forward pass of the discriminator.

    Both losses see the same logits, so the discriminator runs forward once. Where each logit
    depends on its own picture alone, so does the gradient that flows back to a fake, and it only
    differs by a factor per picture between the two losses: one backward pass serves both.
    """
    measured: dict[str, Tensor] = {}
    seen: list[tuple[Tensor, Tensor]] = []
    for share, part in context.split(context.draw(context.step)):
        fake = context.generate(part)
        shown = fake.detach().requires_grad_(True)
        real_logits, fake_logits, own = context.judge_pairs(part.real, shown, part.labels)
        seen.append((real_logits.detach(), fake_logits.detach()))

        # Gradient of each loss with respect to the fake logits.
        loss, generator_loss, d_slope, g_slope = _slopes(context, real_logits, fake_logits)

        # Back through the discriminator: this fills its gradients and that of the fakes.
        penalty, each = context.penalty("discriminator", part.real, fake.detach(), part.labels)
        one_pass = bool((d_slope.abs() > TINY).all())
        (share * sum(own.values(), loss + penalty)).backward(retain_graph=not one_pass)
        if one_pass:
            assert shown.grad is not None
            slope = shown.grad * (g_slope / d_slope).view(-1, 1, 1, 1)
        else:
            slope = share * torch.autograd.grad(fake_logits, shown, g_slope)[0]

        # Back through the generator, from the fakes.
        g_penalty, g_penalties = context.penalty(
            "generator", part.latents, part.latents, part.labels
        )
        if g_penalty.requires_grad:
            (share * g_penalty).backward()
        fake.backward(slope)
        losses = {"discriminator_loss": loss, "generator_loss": generator_loss}
        add_share(
            measured,
            share,
            losses | mean_logits(real_logits, fake_logits) | own | each | g_penalties,
        )
    measured = context.update("discriminator", measured)
    context.update("generator", {})
    real_seen, fake_seen = (torch.cat(part) for part in zip(*seen, strict=True))
    return measured | context.adapt_augmentations(real_seen, fake_seen)


def _slopes(
    context: UpdateContext, real_logits: Tensor, fake_logits: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Compute both losses, and the derivative of each with respect to the fake logits (N,)."""
    loss = context.loss("discriminator", real_logits, fake_logits)
    (d_slope,) = torch.autograd.grad(loss, fake_logits, retain_graph=True)
    seen = fake_logits.detach().requires_grad_(True)
    pairs = real_logits.detach() if context.compares_pairs else None
    generator_loss = context.loss("generator", pairs, seen)
    (g_slope,) = torch.autograd.grad(generator_loss, seen)
    return loss, generator_loss, d_slope, g_slope
