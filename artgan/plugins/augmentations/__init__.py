"""Catalogue of the built-in augmentations."""

from collections.abc import Iterator
from typing import Annotated

from artgan.plugin import Augmentation, Meta, Options, hookimpl


class DiffAugmentOptions(Options, frozen=True, kw_only=True):
    """Options of the augmentation ``diffaugment``."""

    color: Annotated[
        bool, Meta(description="Whether brightness, saturation and contrast change")
    ] = True
    translation: Annotated[
        float, Meta(ge=0, le=0.5, description="Largest shift as a share of each side; 0 for none")
    ] = 0.125
    cutout: Annotated[
        float,
        Meta(ge=0, le=0.9, description="Side of the hole as a share of each side; 0 for none"),
    ] = 0.5


class AdaOptions(Options, frozen=True, kw_only=True):
    """Options of the augmentation ``ada``."""

    target: Annotated[
        float,
        Meta(
            ge=-1,
            le=1,
            description="Wanted mean sign of the real logits; while it is higher, pictures change "
            "more often",
        ),
    ] = 0.6
    ramp: Annotated[
        float, Meta(gt=0, description="Pictures within which the probability can go from 0 to 1")
    ] = 500_000.0
    largest: Annotated[
        float, Meta(ge=0, le=1, description="Largest probability of each change")
    ] = 0.8
    flips: Annotated[
        bool, Meta(description="Whether pictures may be mirrored and turned by 90 degrees")
    ] = False
    geometry: Annotated[bool, Meta(description="Whether pictures are moved, scaled and turned")] = (
        True
    )
    color: Annotated[
        bool, Meta(description="Whether brightness, contrast, hue and saturation change")
    ] = True


class MirrorOptions(Options, frozen=True, kw_only=True):
    """Options of the augmentation ``mirror``."""

    probability: Annotated[
        float, Meta(ge=0, le=1, description="Share of the pictures that are mirrored")
    ] = 0.5


@hookimpl
def artgan_augmentations() -> Iterator[Augmentation]:
    """Yield the built-in augmentations."""
    yield Augmentation(
        name="diffaugment",
        summary="Colour, shift and holes, always; for a few hundred pictures and fewer.",
        build="artgan.plugins.augmentations.diffaugment:DiffAugment",
        options=DiffAugmentOptions,
    )
    yield Augmentation(
        name="ada",
        summary="Changes pictures as often as keeps the discriminator from memorizing them.",
        build="artgan.plugins.augmentations.ada:Ada",
        options=AdaOptions,
    )
    yield Augmentation(
        name="mirror",
        summary="Mirrors left to right, for twice as many pictures; not for writing.",
        build="artgan.plugins.augmentations.mirror:Mirror",
        options=MirrorOptions,
    )
