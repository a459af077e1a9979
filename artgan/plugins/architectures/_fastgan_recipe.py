"""What ``fastgan`` recommends for given pictures and machine."""

from artgan.plugin import DataFacts, Recipe

REFERENCE_PIXELS = 64 * 64
"""Size that the recipe was measured at."""


def recipe(facts: DataFacts) -> Recipe:
    """The paper's: hinge, small batches, augmentation; smaller networks on a processor."""
    cpu = facts.device == "cpu"
    pixels = facts.height * facts.width
    steps = 2500 if cpu else 20000
    if cpu and pixels > REFERENCE_PIXELS:
        steps = max(800, steps * REFERENCE_PIXELS // pixels)
    # Small networks bear more than the published rate, and a processor has no time for it.
    rate = 5e-4 if cpu else 2e-4
    reasons = [
        "Loss hinge and batch 8, as published; the discriminator learns to rebuild real pictures "
        "besides, so that it cannot judge a few of them by some detail.",
        "Augmentation diffaugment in colour and place, of real pictures and fakes alike.",
    ]
    if cpu:
        reasons.append("At most 128 channels: wider layers are finer, and wait for a GPU.")
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
        reasons=tuple(reasons),
    )
