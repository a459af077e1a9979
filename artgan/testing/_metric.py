"""Checks of a metric."""

import math

import torch
from torch import Tensor

from artgan.base.options import build_options
from artgan.testing._checks import Checks, Subject, expect
from artgan.testing._torch import pictures

CHECKS = Checks()


def _measured(subject: Subject, real: Tensor, fake: Tensor) -> float:
    declared = subject.contribution.declaration
    options = build_options(declared.options, {}, subject.contribution.where)
    return float(subject.contribution.call("build", options)(real, fake))


@CHECKS.add("gives-a-number")
def gives_a_number(subject: Subject) -> None:
    """Of grey, colour and alpha it gives a number that is finite."""
    for channels in (1, 3, 4):
        for size in (16, 32):
            real, fake = (pictures(8, channels, size, size) for _ in range(2))
            value = _measured(subject, real, fake.flip(0) * 0.5)
            told = f"{channels} channels, {size} pixels"
            expect(math.isfinite(value), f"{told}: it gives {value}")


@CHECKS.add("same-images-same-number", after=("gives-a-number",))
def same_images_same_number(subject: Subject) -> None:
    """The same images give the same number, and random numbers of others stay as they are."""
    real = pictures(8, 3, 16, 16)
    fake = real.flip(3) * 0.5
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = _measured(subject, real, fake)
    expect(
        torch.equal(before, torch.get_rng_state()),
        "it draws from torch's global generator: use one of its own with a fixed seed",
    )
    expect(first == _measured(subject, real, fake), "the same images give another number each time")


@CHECKS.add("leaves-its-images", after=("gives-a-number",))
def leaves_its_images(subject: Subject) -> None:
    """The images that it is given stay as they are."""
    real, fake = (pictures(8, 3, 16, 16) for _ in range(2))
    kept = real.clone(), fake.clone()
    _measured(subject, real, fake)
    expect(torch.equal(real, kept[0]) and torch.equal(fake, kept[1]), "it changes its images")


@CHECKS.add("knows-better", after=("gives-a-number",))
def knows_better(subject: Subject) -> None:
    """Equal images are nearer to what it calls perfect than noise is."""
    perfect = subject.contribution.declaration.perfect
    real = pictures(16, 3, 16, 16)
    noise = torch.rand(real.shape, generator=torch.Generator().manual_seed(1)) * 2 - 1
    same, other = (abs(_measured(subject, real, one) - perfect) for one in (real, noise))
    expect(
        same < other,
        f"equal images are {same:.4g} away from perfect ({perfect:g}) and noise {other:.4g}",
    )
