"""Recipe of ``r3gan`` for given pictures and machine; measured on two cores."""

from artgan.plugin import DataFacts, Reason, Recipe
from artgan.plugins.architectures._recipe_parts import (
    REFERENCE_PIXELS,
    augmentations,
    penalties,
    picture_reasons,
    training,
)


def recipe(facts: DataFacts) -> Recipe:
    """Set relativistic pairs, R1 and R2 whose weight falls, and rates that fall."""
    pixels, cpu = facts.height * facts.width, facts.device == "cpu"
    steps = 2000 if cpu else 40000
    options = {"base_channels": 16, "max_channels": 64} if cpu else {"base_channels": 64}
    large = cpu and pixels > REFERENCE_PIXELS
    rates = (1e-3, 1e-3) if cpu else (2e-4, 2e-4)
    if large:
        # Measured on textures at 64 x 64, ten minutes. A step takes 0.27 times as long as with 32
        # pictures and two blocks. With both rates at 1e-3 all pictures of a label became the same
        # (variety 0.14, KID 210); at a quarter of the discriminator's rate they stay different
        # (0.48, 194), unless a label has 64 numbers and outweighs the latents (variety 0.44 instead
        # of 0.67 after a quarter of the steps).
        options |= {"blocks": 1, "label_size": 4}
        rates = 5e-4, 2e-3
        steps = max(700, 10000 * REFERENCE_PIXELS // pixels)
    reasons = [
        Reason(
            "Loss rpgan with r1 and r2: the pair that the architecture was designed for; their "
            "weight falls to a tenth by the end.",
            ["loss", "regularizer", "training.penalty_final"],
        ),
    ]
    if cpu:
        told = "Penalties every 4 steps, 16 channels at full size: a laptop can do that."
        reasons.append(Reason(told, ["regularizer", "architecture.base_channels"]))
    if large:
        told = "One block of each size and batch 16: large pictures without a GPU."
        reasons.append(Reason(told, ["architecture.blocks", "training.batch"]))
        told = (
            "The generator learns at a quarter of the discriminator's rate; otherwise large "
            "pictures become alike."
        )
        rates_set = ["training.generator_lr", "training.discriminator_lr"]
        reasons.append(Reason(told, rates_set))
    return Recipe(
        # At 32 x 32 and two minutes, the KID of 16 channels was a fifth lower than that of 32.
        options=options,
        loss="rpgan",
        regularizers=penalties(facts, 0.1 if cpu else 0.05, 4 if cpu else 1),
        augmentations=augmentations(facts),
        training=training(
            16 if large else 32 if cpu else 64,
            steps,
            rates,
            beta2=0.9 if cpu else 0.99,
            lr_final=0.1 if cpu else 0.25,
            penalty_final=0.1,
            ema_half_life=10000,
        ),
        reasons=(*reasons, *picture_reasons(facts)),
    )
