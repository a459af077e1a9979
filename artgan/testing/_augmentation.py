"""Checks of an augmentation."""

from typing import Any

import torch
from torch import Tensor

from artgan.testing._checks import Checks, Subject, expect, expect_type
from artgan.testing._torch import draw, expect_exact_resume, keyed, pictures

CHECKS = Checks()


def _augmented(part: Any, images: Tensor, seed: int = 0) -> Tensor:
    with keyed(seed):
        return expect_type(part(images), Tensor, "it", "a tensor")


@CHECKS.add("keeps-shape")
def keeps_shape(subject: Subject) -> None:
    """Images keep their shape for any size, batch and number of channels."""
    for shape in ((4, 1, 16, 16), (1, 3, 13, 17), (2, 4, 16, 8)):
        result = _augmented(subject.build(), pictures(*shape))
        expect(result.shape == shape, f"shape {shape} became {tuple(result.shape)}")


@CHECKS.add("stays-finite", after=("keeps-shape",))
def stays_finite(subject: Subject) -> None:
    """Images stay finite, also where all pixels are equal."""
    for value in (-1.0, 0.0, 1.0):
        result = _augmented(subject.build(), torch.full((2, 3, 8, 8), value))
        expect(result.isfinite().all(), f"images of {value} become values that are not finite")


@CHECKS.add("clear-stays-colourless", after=("keeps-shape",))
def clear_stays_colourless(subject: Subject) -> None:
    """No pixel of a clear RGBA image gets more colour than its alpha allows."""
    for seed in range(4):
        result = _augmented(subject.build(), torch.full((4, 4, 16, 16), -1.0), seed)
        most = float((result[:, :3] - result[:, 3:]).max())
        expect(
            most < 1e-3,
            "clear pixels of RGBA, which are -1 in all channels, get a colour: multiply what is "
            "added to a colour by alpha, (images[:, 3:] + 1) / 2",
        )


@CHECKS.add("keeps-type", after=("keeps-shape",))
def keeps_type(subject: Subject) -> None:
    """Images keep their dtype, double precision included."""
    result = _augmented(subject.build(), pictures().double())
    expect(result.dtype == torch.float64, f"images of float64 became {result.dtype}")


@CHECKS.add("keeps-input", after=("keeps-shape",))
def keeps_input(subject: Subject) -> None:
    """It does not change its input in place."""
    images = pictures(4, 3, 16, 16)
    before = images.clone()
    for seed in range(4):
        _augmented(subject.build(), images, seed)
    expect(torch.equal(images, before), "it changes its input in place: work on a copy")


@CHECKS.add("has-gradients", after=("keeps-shape",))
def has_gradients(subject: Subject) -> None:
    """Gradients pass through it, so that the generator can learn."""
    images = pictures(4, 3, 16, 16).requires_grad_()
    result = _augmented(subject.build(), images)
    expect(result.requires_grad, "gradients do not pass through it: remove detach()")
    (gradient,) = torch.autograd.grad(result.sum(), images)
    expect(gradient.isfinite().all(), "its gradient is not finite")


@CHECKS.add("same-seed-same-images", after=("keeps-shape",))
def same_seed_same_images(subject: Subject) -> None:
    """The same seed gives the same images: it draws from torch's global generator."""
    for seed in range(4):
        first, second = (
            _augmented(subject.build(), pictures(4, 3, 16, 16), seed) for _ in range(2)
        )
        expect(
            torch.equal(first, second),
            "the same seed gives other images: draw random numbers only from torch",
        )


@CHECKS.add("observes", after=("keeps-shape",), applies=lambda s: hasattr(s.build(), "observe"))
def observes(subject: Subject) -> None:
    """After observe(logits) with logits (N,) of real images, its images stay finite."""
    part = subject.build()
    for seed in range(3 if hasattr(part, "observe") else 0):
        part.observe(draw(4, seed=seed) * 10)
    result = _augmented(part, pictures(4, 3, 16, 16))
    expect(result.isfinite().all(), "after observe() its images are not finite")


@CHECKS.add(
    "resumes-exactly",
    after=("keeps-shape", "keeps-input", "same-seed-same-images", "observes"),
)
def resumes_exactly(subject: Subject) -> None:
    """What it remembers from step to step is saved with a run and restored."""
    images, logits = pictures(4, 3, 16, 16), torch.full((4,), 10.0)

    def step(part: Any) -> Tensor:
        result = part(images)
        if hasattr(part, "observe"):
            part.observe(logits)
        return expect_type(result, Tensor, "it", "a tensor")

    expect_exact_resume(subject.build, step)
