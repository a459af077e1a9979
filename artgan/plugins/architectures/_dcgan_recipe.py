"""Recipe of ``dcgan`` for given pictures and machine; measured with ``benchmarks``."""

from dataclasses import dataclass

from artgan.plugin import DataFacts, Fit, Reason, Recipe
from artgan.plugins.architectures._recipe_parts import (
    FEWER_PER_CLUSTER,
    PICTURES_PER_CLUSTER,
    augmentations,
    clusters,
    penalties,
    picture_reasons,
    training,
)

FULL_WIDTH = 64
WIDTHS = (32, 24, 16)
"""Base channels to choose from without a GPU; the more pixels, the fewer."""
FEWEST_STEPS = 600
LATENTS = 64
SHORT_LATENTS = 8
"""Latent size for fewer pictures than FEW, without a GPU: with more numbers few pictures take
longer to become figures (docs/decisions.md)."""
FEW = 1000


@dataclass(frozen=True)
class CpuBudget:
    """How much work a run may be without a GPU, in pixels times the square of base channels.

    Attributes:
        step: Most work in a step.
        steps: Most steps.
        work: Work in all steps together.
    """

    step: int
    steps: int
    work: int


PIXEL_ART = CpuBudget(step=64 * 64 * 24**2, steps=7500, work=7500 * 32 * 32 * 32**2)
OTHERS = CpuBudget(step=64 * 64 * 32**2, steps=5200, work=2600 * 64 * 64 * 32**2)


def fit(facts: DataFacts) -> Fit:
    """Rate dcgan in the middle: it is chosen unless another architecture suits better."""
    return Fit(score=0.5, reason="quick, and the best for its time where we measured.")


def recipe(facts: DataFacts) -> Recipe:
    """Choose the recipe of the preset, or the small one."""
    return classic(facts) if facts.preset == "classic" else small(facts)


def classic(facts: DataFacts) -> Recipe:
    """Set the MNIST lesson: 50 epochs of batch 256, Adam at 1e-4, cross-entropy on logits."""
    steps = 50 * max(1, facts.count // 256)
    return Recipe(
        options={"layers": "classic", "latent_size": 100, "labels": False},
        loss="bce",
        training={
            "batch": 256,
            "steps": steps,
            "generator_lr": 1e-4,
            "discriminator_lr": 1e-4,
            "beta1": 0.9,
            "beta2": 0.999,
            "ema_half_life": 0,
            "updates": "simultaneous",
        },
        reasons=(
            Reason(
                "Preset classic: the lesson, layer for layer, without labels.",
                ["architecture.layers", "architecture.labels"],
            ),
            Reason(f"Steps {steps}: 50 epochs, as in the lesson.", ["training.steps"]),
            Reason(
                "Updates simultaneous: as in the lesson, both networks learn from the same logits.",
                ["training.updates"],
            ),
        ),
    )


def small(facts: DataFacts) -> Recipe:
    """Set relativistic pairs with lazy R1 and R2, a small batch, and rates that fall late."""
    reasons = [
        Reason(
            "Loss rpgan with r1 and r2 every 4 steps: in our trials a tenth of the distance from "
            "real digits that hinge with spectral norm reached in the same steps.",
            ["loss", "regularizer"],
        ),
        Reason(
            "Batch 32: more updates a minute beat smoother ones on small pictures.",
            ["training.batch"],
        ),
    ]
    if facts.classes:
        told = f"Labels: all {facts.classes} are used; they help more than anything else."
        reasons.append(Reason(told, ["architecture.labels"]))
    each = FEWER_PER_CLUSTER if facts.device == "cpu" else PICTURES_PER_CLUSTER
    groups = clusters(facts, facts.different, each)
    flat = facts.look == "pixel-art"
    few = facts.device == "cpu" and facts.different < FEW
    if flat and few:
        told = "Self-modulation: sprites of so few come out crisper and more varied where latents "
        reasons.append(Reason(told + "count in each layer.", ["architecture.self_modulation"]))
    if flat:
        told = "Upsampling nearest: pixel art shows the checkerboards that transposed convolutions "
        reasons.append(Reason(told + "leave.", ["architecture.upsampling"]))
        told = "Fine channels: a layer at full size in both networks, for outlines of one pixel."
        reasons.append(Reason(told, ["architecture.fine_channels"]))
    upsampling = "nearest" if flat else "smooth" if facts.channels > 1 else "transposed"
    if upsampling == "smooth":
        told = "Upsampling smooth: as quick as transposed convolutions, without the checkerboards "
        reasons.append(Reason(told + "that these leave.", ["architecture.upsampling"]))
    latents = LATENTS
    if few:
        latents = SHORT_LATENTS
        told = f"Latent size {latents} instead of {LATENTS}: of so few pictures figures are clear "
        reasons.append(Reason(told + "sooner that way.", ["architecture.latent_size"]))
    width, steps = _width_and_steps(facts, flat, reasons)
    return Recipe(
        options={
            "base_channels": width,
            "latent_size": latents,
            "self_modulation": flat and few,
            "upsampling": upsampling,
            "fine_channels": 3 * width // 4 if flat else 0,
        },
        loss="rpgan",
        regularizers=penalties(facts),
        augmentations=augmentations(facts),
        training=training(32, steps, (1e-3, 2e-3), beta2=0.9, ema_half_life=11000, clusters=groups),
        clusters_when_trained=clusters(facts, facts.different),
        reasons=(*reasons, *picture_reasons(facts)),
    )


def _width_and_steps(facts: DataFacts, flat: bool, reasons: list[Reason]) -> tuple[int, int]:
    """Choose base channels and steps that take some minutes on such a machine; add the reason."""
    if facts.device != "cpu":
        return FULL_WIDTH, 12000
    # docs/measurements.md compares widths at equal time. Pixel art has a layer at full size
    # besides, and gets more time.
    pixels, budget = facts.height * facts.width, PIXEL_ART if flat else OTHERS
    width = next((w for w in WIDTHS if pixels * w**2 <= budget.step), WIDTHS[-1])
    told = (
        f"Width {width} instead of {FULL_WIDTH}: without a GPU more steps are worth more than "
        "wider layers; --arch.base-channels sets it."
    )
    reasons.append(Reason(told, ["architecture.base_channels"]))
    return width, max(FEWEST_STEPS, min(budget.steps, round(budget.work / (pixels * width**2))))
