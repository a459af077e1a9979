"""What ``dcgan`` recommends for given pictures and machine; measured by benchmarks/."""

from dataclasses import dataclass

from artgan.plugin import DataFacts, Fit, Recipe
from artgan.plugins.architectures import _few

REFERENCE_PIXELS = 32 * 32
"""Size that the penalties were measured at."""
FULL_WIDTH = 64
WIDTHS = (32, 24, 16)
"""Base channels that a processor without GPU affords, by the number of pixels."""
FEWEST_STEPS = 600


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
        augmentations=_few.augmentations(facts),
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
        reasons=(*reasons, *_few.reasons(facts)),
    )


def _width_and_steps(facts: DataFacts, flat: bool, reasons: list[str]) -> tuple[int, int]:
    """Give base channels and steps that a machine of this kind gets through in some minutes."""
    if facts.device != "cpu":
        return FULL_WIDTH, 12000
    # What widths come to in the same time stands in docs/measurements.md, below the recipes. Pixel
    # art has its layer at full size beside them, and gets more time.
    pixels, means = facts.height * facts.width, PIXEL_ART if flat else OTHERS
    width = next((w for w in WIDTHS if pixels * w**2 <= means.step), WIDTHS[-1])
    reasons.append(
        f"Width {width} instead of {FULL_WIDTH}: without a GPU more steps are worth more than "
        "wider layers; --arch.base-channels sets it."
    )
    return width, max(FEWEST_STEPS, min(means.steps, round(means.work / (pixels * width**2))))
