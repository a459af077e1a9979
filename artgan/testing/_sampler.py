"""Checks of a sampler: the steps between points and pictures."""

from artgan.testing._checks import Checks, Subject, expect
from artgan.testing._sampling import (
    SIDE,
    call,
    expect_alone_as_together,
    expect_own_numbers,
    toy_networks,
)

CHECKS = Checks()
FAR = 1.01
"""Values beyond which images of a generator that ends in tanh were made by the sampler."""


@CHECKS.add("gives-images")
def gives_images(subject: Subject) -> None:
    """Of latents and styles, with labels too, it makes an image in [-1, 1] of each."""
    for architecture, classes, in_styles in (
        ("core/dcgan", 0, False), ("core/dcgan", 2, False), ("core/stylegan2", 0, True),
    ):  # fmt: skip
        networks = toy_networks(subject, architecture, classes)
        made = call(subject, "sample", networks, [3, 4], in_styles=in_styles)
        shape = tuple(made.shape)
        wanted = (2, 3, SIDE, SIDE)
        expect(shape == wanted, f"of two points it makes images {shape}; expected {wanted}")
        expect(bool(made.isfinite().all()), "its images hold numbers that are not finite")
        low, high = float(made.min()), float(made.max())
        expect(
            in_styles or (low >= -FAR and high <= FAR),
            f"its images go from {low:.3g} to {high:.3g}; expected -1 to 1",
        )


@CHECKS.add("follows-the-seed", after=("gives-images",))
def follows_the_seed(subject: Subject) -> None:
    """The same seed gives the same image, and random numbers of others stay as they are."""
    expect_own_numbers(subject, "sample", [3, 4])


@CHECKS.add("alone-as-together", after=("follows-the-seed",))
def alone_as_together(subject: Subject) -> None:
    """The image of a point does not depend on the points beside it."""
    expect_alone_as_together(subject, "sample")
