"""Checks of a loss."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from artgan.plugin.losses import Judged
from artgan.testing._checks import Checks, Subject, expect
from artgan.testing._torch import (
    draw,
    expect_exact_resume,
    expect_real_shown,
    expect_scalar,
    expect_still_within_a_step,
    expect_takes,
    halves,
    judged,
    keyed,
    observed,
)

CHECKS = Checks()


def _values(subject: Subject, real: Tensor, fake: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Yield each side and its loss for logits (N,)."""
    yield from _values_of(subject.build(), subject.declared, real, fake)


def _values_of(
    loss: Any, declared: Any, real: Tensor, fake: Tensor, labels: bool = True
) -> Iterator[tuple[str, Tensor]]:
    for side in ("discriminator", "generator"):
        seen = judged(declared, side, real, fake, labels)
        yield side, _value(loss, declared, side, seen)


def _value(loss: Any, declared: Any, side: str, seen: Judged) -> Tensor:
    """Compute the loss of a side of what is seen of a batch."""
    more = (seen,) if declared.sees else ()
    value = getattr(loss, side)(seen.real_logits, seen.fake_logits, *more)
    return expect_scalar(value, f"{side} loss")


@CHECKS.add("gives-scalars")
def gives_scalars(subject: Subject) -> None:
    """Both losses are scalars; the generator's uses real logits only with compares_pairs."""
    if subject.declared.sees:
        loss = subject.build()
        for side in ("discriminator", "generator"):
            told = f"{side} takes no third argument, in which it gets what it declares to see"
            expect_takes(getattr(loss, side), 3, told)
    for count in (1, 5):
        try:
            list(_values(subject, draw(count), draw(count, seed=1)))
        except (AttributeError, TypeError) as error:
            expect_real_shown(subject.declared, error)
            raise
    if "labels" in subject.declared.sees:
        # Most runs have none.
        list(_values_of(subject.build(), subject.declared, draw(4), draw(4, seed=1), labels=False))


@CHECKS.add("stays-finite", after=("gives-scalars",))
def stays_finite(subject: Subject) -> None:
    """Both losses and their gradients are finite at logits of +-1e4."""
    far = torch.tensor([-1e4, 1e4, -1e4, 1e4, 0.0])
    real, fake = far.clone().requires_grad_(), far[[0, 1, 3, 2, 4]].clone().requires_grad_()
    for side, value in _values(subject, real, fake):
        expect(value.isfinite(), f"the {side} loss of logits of +-1e4 is {value.item()}")
        if not value.requires_grad:
            continue
        for gradient in torch.autograd.grad(value, [real, fake], allow_unused=True):
            finite = gradient is None or bool(gradient.isfinite().all())
            expect(finite, f"the gradient of the {side} loss at logits of +-1e4 is not finite")


@CHECKS.add("has-gradients", after=("gives-scalars",))
def has_gradients(subject: Subject) -> None:
    """Each loss has a gradient by the logits that its side can change."""
    real, fake = (draw(4, seed=s).mul(0.3).requires_grad_() for s in (0, 1))
    for side, value in _values(subject, real, fake):
        expect(value.requires_grad, f"the {side} loss does not depend on the logits differentiably")
        wanted = [real, fake] if side == "discriminator" else [fake]
        for gradient in torch.autograd.grad(value, wanted, allow_unused=True):
            seen = gradient is not None and bool(gradient.abs().sum() > 0)
            expect(seen, f"the {side} loss does not change with the logits")


@CHECKS.add("rewards-separation", after=("gives-scalars",))
def rewards_separation(subject: Subject) -> None:
    """The discriminator's loss falls when real logits rise and fake logits fall."""
    at = [torch.full((4,), level) for level in (-1.0, -0.5, 0.0, 0.5)]
    falling = [float(dict(_values(subject, level, -level))["discriminator"]) for level in at]
    falls = all(a >= b for a, b in pairwise(falling)) and falling[0] > falling[-1]
    expect(
        falls,
        f"the discriminator's loss is {_listed(falling)} as real logits rise and fake "
        "logits fall; expected it to fall",
    )


@CHECKS.add("rewards-deceit", after=("gives-scalars",))
def rewards_deceit(subject: Subject) -> None:
    """The generator's loss falls when fake logits rise."""
    real = torch.full((4,), 0.5)
    at = [torch.full((4,), level) for level in (-1.0, -0.5, 0.0, 0.5)]
    falling = [float(dict(_values(subject, real, level))["generator"]) for level in at]
    expect(
        all(a > b for a, b in pairwise(falling)),
        f"the generator's loss is {_listed(falling)} as fake logits rise; expected it to fall",
    )


@CHECKS.add("keeps-type", after=("gives-scalars",))
def keeps_type(subject: Subject) -> None:
    """Losses have the dtype of the logits, double precision included."""
    for dtype in (torch.float32, torch.float64):
        for side, value in _values(subject, draw(4).to(dtype), draw(4, seed=1).to(dtype)):
            expect(value.dtype == dtype, f"the {side} loss of {dtype} logits is {value.dtype}")


@CHECKS.add("per-picture", after=("keeps-still",), applies=lambda s: s.declared.per_picture)
def per_picture(subject: Subject) -> None:
    """The loss of a batch is the mean of its halves', unless per_picture=False is declared."""
    real, fake = draw(8).double(), draw(8, seed=1).double()
    loss, declared = subject.build(), subject.declared
    for side in ("discriminator", "generator"):
        whole = judged(declared, side, real, fake)
        value = _value(loss, declared, side, whole)
        parts = [_value(loss, declared, side, half) for half in halves(whole)]
        apart = float((value - sum(parts) / 2).abs())
        expect(
            apart < 1e-4 * (1 + float(value.abs())),
            f"the {side} loss of a batch differs by {apart:.3g} from the mean of its halves': "
            "declare per_picture=False, so that it is never computed in parts",
        )


@CHECKS.add("keeps-still", after=("gives-scalars",))
def keeps_still(subject: Subject) -> None:
    """What it remembers changes in observe alone, so that the parts of a batch add up."""
    expect_still_within_a_step(subject.build, lambda part: _both(subject, part))


@CHECKS.add("resumes-exactly", after=("keeps-still",))
def resumes_exactly(subject: Subject) -> None:
    """What it remembers from step to step is saved with a run and restored."""
    expect_exact_resume(subject.build, lambda part: observed(part, _both(subject, part)))


def _both(subject: Subject, loss: Any) -> Tensor:
    """Compute both losses of the same logits."""
    with keyed():
        values = _values_of(loss, subject.declared, draw(4, seed=2), draw(4, seed=3))
        return torch.stack([value.detach() for _, value in values])


def _listed(values: list[float]) -> str:
    return ", ".join(f"{value:.3g}" for value in values)
