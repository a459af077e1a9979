"""What ``dcgan`` recommends for given pictures and machine; measured by benchmarks/."""

from dataclasses import dataclass
from typing import Any

from artgan.plugin import DataFacts, Fit, Recipe

REFERENCE_PIXELS = 32 * 32
"""Size that the penalties were measured at."""
FULL_WIDTH = 64
WIDTHS = (32, 24, 16)
"""Base channels that a processor without GPU affords, by the number of pixels."""
FEWEST_STEPS = 600
FEW = 500
"""Below so many pictures they are augmented in every way (Zhao et al. 2020)."""
SOME = 5000
"""Below so many they are shifted, and mirrored where they may be, and nothing else.

On 2,351 creatures at 32 x 32 and at equal time, that took a third off KID in ten minutes and cost
nothing in one. With colours and holes as well, colours ran and figures came apart
(docs/measurements.md).
"""
SHIFTS: dict[str, Any] = {"color": False, "cutout": 0.0}


@dataclass(frozen=True)
class Means:
    """What a processor without GPU affords.

    Attributes:
        step: Most work in a step, as pixels times the square of base channels.
        steps: Most steps.
        work: Work in all steps together.
    """

    step: int
    steps: int
    work: int


PIXEL_ART = Means(step=64 * 64 * 24**2, steps=7500, work=7500 * 32 * 32 * 32**2)
OTHERS = Means(step=64 * 64 * 32**2, steps=5200, work=2600 * 64 * 64 * 32**2)
MOST_CLUSTERS = 40
FEWEST_CLUSTERS = 4
PICTURES_PER_CLUSTER = 50


def fit(facts: DataFacts) -> Fit:
    """The first choice, unless another knows better."""
    return Fit(score=0.5, reason="quick, and the best for its time where we measured.")


def recipe(facts: DataFacts) -> Recipe:
    """Give the best small recipe we know for these facts, or that of a preset."""
    if facts.preset == "classic":
        return classic(facts)
    return small(facts)


def classic(facts: DataFacts) -> Recipe:
    """The lesson: 50 epochs of batch 256 at Adam 1e-4, cross-entropy on logits."""
    return Recipe(
        options={"layers": "classic", "latent_size": 100, "labels": False},
        loss="bce",
        training={
            "batch": 256,
            "steps": 50 * max(1, facts.count // 256),
            "generator_lr": 1e-4,
            "discriminator_lr": 1e-4,
            "beta1": 0.9,
            "beta2": 0.999,
            "ema_half_life": 0,
            "updates": "simultaneous",
        },
        reasons=(
            "Preset classic: the lesson, layer for layer, for 50 epochs, without labels.",
            "Updates simultaneous: as in the lesson, both networks learn from the same logits.",
        ),
    )


def small(facts: DataFacts) -> Recipe:
    """Relativistic pairs with lazy R1 and R2, a small batch, and rates that fall half-way."""
    pixels = facts.height * facts.width
    reasons = [
        "Loss rpgan with r1 and r2 every 4 steps: in our trials a tenth of the distance from real "
        "digits that hinge with spectral norm reached in the same steps.",
        "Batch 32: more updates a minute beat smoother ones on small pictures.",
    ]
    if facts.classes:
        reasons.append(f"Labels: all {facts.classes} are used; they help more than anything else.")
    # Kinds of fewer pictures would be learnt by heart.
    clusters = 0 if facts.classes else min(MOST_CLUSTERS, facts.different // PICTURES_PER_CLUSTER)
    clusters = 0 if clusters < FEWEST_CLUSTERS else clusters
    if clusters:
        reasons.append(
            f"No labels: the pictures are sorted by look into {clusters} kinds, which stand in."
        )
    flat = facts.look == "pixel-art"
    if flat:
        reasons.append(
            "Upsampling nearest: pixel art shows the checkerboards that transposed convolutions "
            "leave."
        )
        reasons.append(
            "Fine channels: a layer at full size in both networks, for outlines of one pixel."
        )
    width, steps = _width_and_steps(facts, flat, reasons)
    augmentations = _augmentations(facts, reasons)
    # The penalty grows with the number of pixels that a gradient sums over.
    penalty = {"gamma": round(0.1 * max(1.0, pixels / REFERENCE_PIXELS), 3), "every": 4}
    return Recipe(
        options={
            "base_channels": width,
            "latent_size": 64,
            "upsampling": "nearest" if flat else "transposed",
            "fine_channels": 3 * width // 4 if flat else 0,
        },
        loss="rpgan",
        regularizers={"r1": penalty, "r2": penalty},
        augmentations=augmentations,
        training={
            "batch": 32,
            "steps": steps,
            "generator_lr": 1e-3,
            "discriminator_lr": 2e-3,
            "beta1": 0.0,
            "beta2": 0.9,
            "lr_hold": 0.5,
            "lr_final": 0.1,
            "ema_half_life": 11000,
            "clusters": clusters,
        },
        reasons=tuple(reasons),
    )


def _augmentations(facts: DataFacts, reasons: list[str]) -> dict[str, dict[str, Any]]:
    """Give what keeps the discriminator from knowing so many pictures by heart."""
    if facts.different < FEW:
        reasons.append(f"Augmentation diffaugment: {facts.different} different pictures are few.")
        return {"diffaugment": {}}
    if facts.different < SOME:
        mirrored: dict[str, dict[str, Any]] = {"mirror": {}} if facts.mirrors else {}
        how = "diffaugment, shifts alone" + (", and mirror" if mirrored else "")
        reasons.append(
            f"Augmentation {how}: {facts.different} different pictures are soon known by heart; "
            "--augmentation none leaves them as they are."
        )
        return {"diffaugment": SHIFTS, **mirrored}
    return {}


def _width_and_steps(facts: DataFacts, flat: bool, reasons: list[str]) -> tuple[int, int]:
    """Give base channels and steps that a machine of this kind gets through in some minutes."""
    if facts.device != "cpu":
        return FULL_WIDTH, 12000
    # In a minute on digits, widths 64, 48, 32 and 24 came to KID x 1000 of 27, 20, 14 and 15; at
    # 64 x 64 in two minutes, 64 and 32 came to 628 and 291. Pixel art at 32 x 32 with fine channels
    # came to 151 in five minutes with 48 and with 32, and gets more time.
    pixels, means = facts.height * facts.width, PIXEL_ART if flat else OTHERS
    width = next((w for w in WIDTHS if pixels * w**2 <= means.step), WIDTHS[-1])
    reasons.append(
        f"Width {width} instead of {FULL_WIDTH}: without a GPU more steps are worth more than "
        "wider layers; --arch.base-channels sets it."
    )
    return width, max(FEWEST_STEPS, min(means.steps, round(means.work / (pixels * width**2))))
