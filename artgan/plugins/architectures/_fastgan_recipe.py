"""Recipe of ``fastgan`` for given pictures and machine."""

from artgan.plugin import DataFacts, Fit, Reason, Recipe
from artgan.plugins.architectures._recipe_parts import few_reasons

REFERENCE_PIXELS = 64 * 64
"""Pixels of the pictures that the recipe was measured with."""
FEW = 1000
SMALLEST = 64
"""Side from which it has gates between features of different sizes."""


def fit(facts: DataFacts) -> Fit:
    """Rate fastgan for few pictures that are not small, on a GPU (Liu et al. 2021).

    Not on a processor: in equal time it was worse there than dcgan on every set that was measured
    (docs/decisions.md), as its steps are slow and its batches small.
    """
    meant = min(facts.height, facts.width) >= SMALLEST and facts.different < FEW
    meant = meant and facts.device != "cpu"
    drawn = facts.look == "pixel-art" or facts.classes > 0
    return Fit(
        score=0.7 if meant and not drawn else 0.0,
        reason=f"made for few pictures of this size (here {facts.different} different): its "
        "discriminator has to rebuild what it judges.",
    )


def recipe(facts: DataFacts) -> Recipe:
    """Set hinge loss, small batches and augmentation, as the paper; smaller networks on a CPU."""
    cpu = facts.device == "cpu"
    pixels = facts.height * facts.width
    steps = 2500 if cpu else 20000
    if cpu and pixels > REFERENCE_PIXELS:
        steps = max(800, steps * REFERENCE_PIXELS // pixels)
    # Small networks train stably above the published rate, which is slow on a processor.
    rate = 5e-4 if cpu else 2e-4
    reasons = [
        Reason(
            "Loss hinge, as published; the discriminator also learns to rebuild real pictures, "
            "which keeps it from recognizing a few of them by some detail.",
            ["loss"],
        ),
        Reason("Batch 8, as published.", ["training.batch"]),
        Reason(
            "Augmentation diffaugment in colour and place, of real pictures and fakes alike.",
            ["augmentation"],
        ),
    ]
    if cpu:
        told = "At most 128 channels: wider layers are finer, but need a GPU."
        reasons.append(Reason(told, ["architecture.max_channels"]))
    return Recipe(
        options={"base_channels": 16, "max_channels": 128} if cpu else {"max_channels": 512},
        loss="hinge",
        loss_options={"looseness": 0.2},
        augmentations={"diffaugment": {"cutout": 0.0}},
        training={
            "batch": 8,
            "steps": steps,
            "generator_lr": rate,
            "discriminator_lr": rate,
            "beta1": 0.5,
            "beta2": 0.999,
            "ema_half_life": 5000,
        },
        reasons=(*reasons, *few_reasons(facts)),
    )
