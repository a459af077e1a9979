"""Simultaneous updates: both networks learn from the same logits."""

import torch
from torch import Tensor

from artgan.core.step import Turn, _add_up, _means

TINY = 1e-20


def simultaneous_step(turn: Turn) -> dict[str, Tensor]:
    """Update both networks from one look of the discriminator at real and fake.

    Both losses see the same logits, so the discriminator runs forward once. Where each logit
    depends on its own picture alone, so does the gradient that flows back to a fake, and it only
    differs by a factor per picture between the two losses: one backward pass serves both.
    """
    measured: dict[str, Tensor] = {}
    seen: list[tuple[Tensor, Tensor]] = []
    for share, part in turn.divided(turn.draw(turn.state.step)):
        fake = turn.generate(part)
        shown = fake.detach().requires_grad_(True)
        real_logits, fake_logits, own = turn.judge_pairs(part.real, shown, part.labels)
        seen.append((real_logits.detach(), fake_logits.detach()))

        # How either loss wants each fake's logit to move.
        loss, answer, push, pull = _slopes(turn, real_logits, fake_logits)

        # Back through the discriminator: its own gradients, and the fakes' by the way.
        penalty, each = turn.penalty("discriminator", part.real, fake.detach(), part.labels)
        one_pass = bool((push.abs() > TINY).all())
        (share * sum(own.values(), loss + penalty)).backward(retain_graph=not one_pass)
        if one_pass:
            assert shown.grad is not None
            slope = shown.grad * (pull / push).view(-1, 1, 1, 1)
        else:
            slope = share * torch.autograd.grad(fake_logits, shown, pull)[0]

        # Back through the generator, from the fakes.
        held, more = turn.penalty("generator", part.latents, part.latents, part.labels)
        if held.requires_grad:
            (share * held).backward()
        fake.backward(slope)
        losses = {"discriminator_loss": loss, "generator_loss": answer}
        _add_up(measured, share, losses | _means(real_logits, fake_logits) | own | each | more)
    turn.update("discriminator")
    turn.update("generator")
    real_seen, fake_seen = (torch.cat(part) for part in zip(*seen, strict=True))
    return measured | turn.observe(real_seen, fake_seen)


def _slopes(
    turn: Turn, real_logits: Tensor, fake_logits: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Give both losses, and the derivative of each by the fake logits (N,)."""
    loss = turn.loss("discriminator", real_logits, fake_logits)
    (push,) = torch.autograd.grad(loss, fake_logits, retain_graph=True)
    seen = fake_logits.detach().requires_grad_(True)
    pairs = real_logits.detach() if turn.parts.compares_pairs else None
    answer = turn.loss("generator", pairs, seen)
    (pull,) = torch.autograd.grad(answer, seen)
    return loss, answer, push, pull
