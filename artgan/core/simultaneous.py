"""Simultaneous updates: both networks learn from the same logits."""

import torch
from torch import Tensor

from artgan.core.step import StepContext, add_share, mean_logits

TINY = 1e-20


def simultaneous_step(context: StepContext) -> dict[str, Tensor]:
    """Update both networks from one forward pass of the discriminator.

    Both losses see the same logits, so the discriminator runs forward once. Where each logit
    depends on its own picture alone, so does the gradient that flows back to a fake, and it only
    differs by a factor per picture between the two losses: one backward pass serves both.
    """
    measured: dict[str, Tensor] = {}
    seen: list[tuple[Tensor, Tensor]] = []
    for share, part in context.split(context.draw(context.state.step)):
        fake = context.generate(part)
        shown = fake.detach().requires_grad_(True)
        real_logits, fake_logits, own = context.judge_pairs(part.real, shown, part.labels)
        seen.append((real_logits.detach(), fake_logits.detach()))

        # How either loss wants each fake's logit to move.
        loss, answer, push, pull = _slopes(context, real_logits, fake_logits)

        # Back through the discriminator: its own gradients, and the fakes' by the way.
        penalty, each = context.penalty("discriminator", part.real, fake.detach(), part.labels)
        one_pass = bool((push.abs() > TINY).all())
        (share * sum(own.values(), loss + penalty)).backward(retain_graph=not one_pass)
        if one_pass:
            assert shown.grad is not None
            slope = shown.grad * (pull / push).view(-1, 1, 1, 1)
        else:
            slope = share * torch.autograd.grad(fake_logits, shown, pull)[0]

        # Back through the generator, from the fakes.
        held, more = context.penalty("generator", part.latents, part.latents, part.labels)
        if held.requires_grad:
            (share * held).backward()
        fake.backward(slope)
        losses = {"discriminator_loss": loss, "generator_loss": answer}
        add_share(
            measured, share, losses | mean_logits(real_logits, fake_logits) | own | each | more
        )
    context.update("discriminator")
    context.update("generator")
    real_seen, fake_seen = (torch.cat(part) for part in zip(*seen, strict=True))
    return measured | context.observe(real_seen, fake_seen)


def _slopes(
    context: StepContext, real_logits: Tensor, fake_logits: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Compute both losses, and the derivative of each with respect to the fake logits (N,)."""
    loss = context.loss("discriminator", real_logits, fake_logits)
    (push,) = torch.autograd.grad(loss, fake_logits, retain_graph=True)
    seen = fake_logits.detach().requires_grad_(True)
    pairs = real_logits.detach() if context.parts.compares_pairs else None
    answer = context.loss("generator", pairs, seen)
    (pull,) = torch.autograd.grad(answer, seen)
    return loss, answer, push, pull
