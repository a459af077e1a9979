"""Checks of a regularizer."""

from typing import Any

import torch
from torch import Tensor

from artgan.plugin.losses import Judged
from artgan.testing._checks import Checks, Subject, expect
from artgan.testing._torch import (
    ToyDiscriminator,
    ToyGenerator,
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
    pictures,
)

CHECKS = Checks()


def _network(subject: Subject) -> Any:
    return ToyDiscriminator() if subject.declared.side == "discriminator" else ToyGenerator()


def _shown(subject: Subject) -> tuple[Tensor, Tensor]:
    """Return what a training step passes as real and fake: images, or the latents twice."""
    if subject.declared.side == "discriminator":
        return pictures(), pictures().flip(0) * 0.5
    latents = draw(4, 8)
    return latents, latents


def _given(subject: Subject, network: Any, dtype: torch.dtype = torch.float32) -> tuple[Any, ...]:
    """Return what the penalty is called with."""
    real, fake = (images.to(dtype) for images in _shown(subject))
    if not subject.declared.sees:
        return network, real, fake
    if subject.declared.side == "generator":
        # What is judged are fakes, whose logits follow the generator.
        judge = ToyDiscriminator().to(dtype)
        fakes = network(real)
        return _judged(subject, judge(pictures().to(dtype)), judge(fakes), fakes)
    return _judged(subject, network(real), network(fake))


def _judged(
    subject: Subject, real: Tensor, fake: Tensor, fakes: Tensor | None = None
) -> tuple[Judged]:
    return (judged(subject.declared, subject.declared.side, real, fake, fakes=fakes),)


def _penalty(subject: Subject, network: Any, dtype: torch.dtype = torch.float32) -> Tensor:
    part, given = subject.build(), _given(subject, network, dtype)
    # One that remembers may do nothing before its first step is over.
    observed(part, torch.zeros(()))
    with keyed():
        value = part.penalty(*given)
    return expect_scalar(value, "the penalty")


@CHECKS.add("gives-a-scalar")
def gives_a_scalar(subject: Subject) -> None:
    """The penalty is one finite number."""
    if subject.declared.sees:
        told = "penalty takes one argument where sees is declared: what it sees, no network"
        expect_takes(subject.build().penalty, 1, told)
    try:
        value = _penalty(subject, _network(subject))
    except (AttributeError, TypeError) as error:
        expect_real_shown(subject.declared, error)
        raise
    expect(value.isfinite(), f"the penalty is {value.item()}")


@CHECKS.add("stays-finite", after=("gives-a-scalar",))
def stays_finite(subject: Subject) -> None:
    """The penalty is finite for logits of +-1e4 and for a network whose output is constant."""
    network = _network(subject)
    for scale in (1e4, 0.0):
        value = _penalty(subject, lambda x, scale=scale: network(x) * scale)
        expect(value.isfinite(), f"the penalty is {value.item()} for a network scaled by {scale:g}")


@CHECKS.add("reaches-weights", after=("gives-a-scalar",))
def reaches_weights(subject: Subject) -> None:
    """The penalty has a finite gradient by the network's weights."""
    network = _network(subject)
    value = _penalty(subject, network)
    expect(
        value.requires_grad,
        "the penalty does not depend on the network's weights: pass create_graph=True, or "
        "remove detach()",
    )
    value.backward()
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    expect(gradients, "no weight of the network gets a gradient from the penalty")
    expect(all(bool(g.isfinite().all()) for g in gradients), "a weight's gradient is not finite")


@CHECKS.add("keeps-inputs", after=("gives-a-scalar",), applies=lambda s: not s.declared.sees)
def keeps_inputs(subject: Subject) -> None:
    """It does not change its inputs in place."""
    real, fake = _shown(subject)
    before = real.clone(), fake.clone()
    with keyed():
        subject.build().penalty(_network(subject), real, fake)
    kept = torch.equal(real, before[0]) and torch.equal(fake, before[1])
    expect(kept, "it changes its input in place: work on a copy")
    expect(
        not (real.requires_grad or fake.requires_grad),
        "it sets requires_grad on its inputs: call detach() first",
    )


@CHECKS.add("keeps-type", after=("gives-a-scalar",))
def keeps_type(subject: Subject) -> None:
    """The penalty has the dtype of the images, double precision included."""
    for dtype in (torch.float32, torch.float64):
        value = _penalty(subject, _network(subject).to(dtype), dtype)
        expect(value.dtype == dtype, f"the penalty of {dtype} images is {value.dtype}")


@CHECKS.add("resumes-exactly", after=("gives-a-scalar",))
def resumes_exactly(subject: Subject) -> None:
    """What it remembers from step to step is saved with a run and restored."""
    given = _given(subject, _network(subject))
    expect_exact_resume(subject.build, lambda part: observed(part, _value(part, given)))


def _value(part: Any, given: tuple[Any, ...]) -> Tensor:
    return expect_scalar(part.penalty(*given), "the penalty").detach()


@CHECKS.add("keeps-still", after=("gives-a-scalar",), applies=lambda s: bool(s.declared.sees))
def keeps_still(subject: Subject) -> None:
    """What it remembers changes in observe alone, so that the parts of a batch add up."""
    given = _given(subject, _network(subject))

    def value(part: Any) -> Tensor:
        with keyed():
            return _value(part, given)

    expect_still_within_a_step(subject.build, value)


@CHECKS.add(
    "per-picture",
    after=("keeps-still",),
    applies=lambda s: bool(s.declared.sees) and s.declared.per_picture,
)
def per_picture(subject: Subject) -> None:
    """The penalty of a batch is the mean of its halves', unless per_picture=False is declared."""
    part = subject.build()
    observed(part, torch.zeros(()))
    (whole,) = _judged(subject, draw(8, seed=2), draw(8, seed=3))
    parts = []
    for half in halves(whole):
        with keyed():
            parts.append(_value(part, (half,)))
    with keyed():
        apart = float((_value(part, (whole,)) - sum(parts) / 2).abs())
    expect(
        apart < 1e-4 * (1 + float(sum(parts).abs())),  # type: ignore[union-attr]
        f"the penalty of a batch differs by {apart:.3g} from the mean of its halves': declare "
        "per_picture=False, so that it is never computed in parts",
    )


@CHECKS.add("has-an-interval", applies=lambda s: hasattr(s.declared.options, "every"))
def has_an_interval(subject: Subject) -> None:
    """Its option every is a whole number of at least 1."""
    every = subject.options().every
    whole = isinstance(every, int) and not isinstance(every, bool) and every >= 1
    expect(whole, f"option every is {every!r}; expected a whole number of at least 1")
