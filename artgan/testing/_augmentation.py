"""Promises of an augmentation."""

from typing import Any

import torch
from torch import Tensor

from artgan.testing._checks import Checks, Subject, expect
from artgan.testing._torch import draw, keyed, pictures

CHECKS = Checks()


def _augmented(part: Any, images: Tensor, seed: int = 0) -> Tensor:
    with keyed(seed):
        result = part(images)
    expect(isinstance(result, Tensor), f"it gave {type(result).__name__}; expected a tensor")
    return result  # type: ignore[no-any-return]


@CHECKS.add("keeps-shape")
def keeps_shape(subject: Subject) -> None:
    """Images keep their shape, for any size, batch and number of channels."""
    for shape in ((4, 1, 16, 16), (1, 3, 13, 17), (2, 4, 16, 8)):
        result = _augmented(subject.build(), pictures(*shape))
        expect(result.shape == shape, f"shape {shape} became {tuple(result.shape)}")


@CHECKS.add("stays-finite", after=("keeps-shape",))
def stays_finite(subject: Subject) -> None:
    """Images stay finite."""
    for value in (-1.0, 0.0, 1.0):
        result = _augmented(subject.build(), torch.full((2, 3, 8, 8), value))
        expect(result.isfinite().all(), f"images of {value} become values that are not finite")


@CHECKS.add("keeps-type", after=("keeps-shape",))
def keeps_type(subject: Subject) -> None:
    """Images keep their type, double precision too."""
    result = _augmented(subject.build(), pictures().double())
    expect(result.dtype == torch.float64, f"images of float64 became {result.dtype}")


@CHECKS.add("keeps-input", after=("keeps-shape",))
def keeps_input(subject: Subject) -> None:
    """The images that it is given stay as they were."""
    images = pictures(4, 3, 16, 16)
    before = images.clone()
    for seed in range(4):
        _augmented(subject.build(), images, seed)
    expect(torch.equal(images, before), "it changes the images that it is given: work on a copy")


@CHECKS.add("has-gradients", after=("keeps-shape",))
def has_gradients(subject: Subject) -> None:
    """Gradients pass through it, so that the generator can learn."""
    images = pictures(4, 3, 16, 16).requires_grad_()
    result = _augmented(subject.build(), images)
    expect(result.requires_grad, "gradients do not pass through it: a detach() is too much")
    (gradient,) = torch.autograd.grad(result.sum(), images)
    expect(gradient.isfinite().all(), "its gradient is not finite")


@CHECKS.add("same-seed-same-images", after=("keeps-shape",))
def same_seed_same_images(subject: Subject) -> None:
    """Random numbers come from torch's global generator, which the host keys."""
    for seed in range(4):
        first, second = (
            _augmented(subject.build(), pictures(4, 3, 16, 16), seed) for _ in range(2)
        )
        expect(torch.equal(first, second), "the same seed gives other images: use torch.rand alone")


@CHECKS.add("observes", after=("keeps-shape",), applies=lambda s: hasattr(s.build(), "observe"))
def observes(subject: Subject) -> None:
    """``observe`` takes the logits of real pictures (N,), and the next images are sound."""
    part = subject.build()
    for seed in range(3):
        part.observe(draw(4, seed=seed) * 10)
    result = _augmented(part, pictures(4, 3, 16, 16))
    expect(result.isfinite().all(), "after observe() its images are not finite")


@CHECKS.add(
    "state-returns", after=("keeps-shape",), applies=lambda s: hasattr(s.build(), "state_dict")
)
def state_returns(subject: Subject) -> None:
    """What ``state_dict`` gives, ``load_state_dict`` brings back."""
    part, fresh = subject.build(), subject.build()
    if hasattr(part, "observe"):
        part.observe(torch.full((4,), 10.0))
    fresh.load_state_dict(part.state_dict())
    images = pictures(4, 3, 16, 16)
    same = torch.equal(_augmented(part, images), _augmented(fresh, images))
    expect(same, "with its state put back it gives other images: keep all of it in state_dict")
