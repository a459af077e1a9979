"""Checks of an extractor."""

from typing import Any

import torch
from torch import Tensor

from artgan.testing._checks import Checks, Subject, expect, expect_type
from artgan.testing._torch import pictures

CHECKS = Checks()


def _features(subject: Subject, images: Tensor) -> Tensor:
    part: Any = subject.contribution.call("build", subject.options(), "cpu")
    return expect_type(part(images), Tensor, "it", "a tensor")


def _offline(subject: Subject) -> bool:
    return not subject.declared.fetches


@CHECKS.add("gives-rows", applies=_offline)
def gives_rows(subject: Subject) -> None:
    """Images (N, 3, H, W) of any size give features (N, D) with the same D."""
    widths = set()
    for count, height, width in ((4, 16, 16), (1, 13, 17), (3, 32, 24)):
        result = _features(subject, pictures(count, 3, height, width))
        expect(
            result.ndim == 2 and len(result) == count,
            f"{count} images gave shape {tuple(result.shape)}; expected ({count}, D)",
        )
        widths.add(result.shape[1])
    expect(
        len(widths) == 1,
        f"the number of features changes with the size of the images: {sorted(widths)}",
    )


@CHECKS.add("stays-finite", after=("gives-rows",), applies=_offline)
def stays_finite(subject: Subject) -> None:
    """Features are finite, also where all pixels are equal."""
    for value in (-1.0, 0.0, 1.0):
        result = _features(subject, torch.full((2, 3, 16, 16), value))
        expect(result.isfinite().all(), f"images of {value} give features that are not finite")


@CHECKS.add("same-images-same-features", after=("gives-rows",), applies=_offline)
def same_images_same_features(subject: Subject) -> None:
    """The same images give the same features each time it is built."""
    first, second = (_features(subject, pictures(4, 3, 16, 16)) for _ in range(2))
    expect(
        torch.equal(first, second),
        "the same images give other features each time: use fixed weights and no random numbers",
    )


@CHECKS.add("tells-apart", after=("gives-rows",), applies=_offline)
def tells_apart(subject: Subject) -> None:
    """Different images give different features."""
    result = _features(subject, pictures(4, 3, 16, 16))
    expect(result.std(0).max() > 0, "all images give the same features")


@CHECKS.add("judges-alone", after=("same-images-same-features",), applies=_offline)
def judges_alone(subject: Subject) -> None:
    """The features of an image do not depend on the rest of its batch."""
    images = pictures(4, 3, 16, 16)
    together, alone = _features(subject, images), _features(subject, images[:1])
    near = torch.allclose(together[:1], alone, rtol=1e-3, atol=1e-4)
    expect(near, "the features of an image depend on the rest of its batch: use evaluation mode")
