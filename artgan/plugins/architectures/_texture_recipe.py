"""Recipe of ``texture`` for given pictures and machine."""

from artgan.plugin import DataFacts, Fit, Reason, Recipe
from artgan.plugins.architectures._recipe_parts import (
    REFERENCE_PIXELS,
    augmentation_reasons,
    augmentations,
    penalties,
    training,
)

SMALLEST = 32
"""Least side: smaller pictures have too few cells of latents to differ from place to place."""


def fit(facts: DataFacts) -> Fit:
    """Rate texture for pictures that look the same everywhere, and for no others."""
    even = facts.even and min(facts.height, facts.width) >= SMALLEST
    return Fit(
        score=0.9 if even else 0.0,
        reason="the pictures look the same everywhere, as textures do: what it learns fills a "
        "canvas of any size (artgan canvas), and it learns faster than the others.",
    )


def recipe(facts: DataFacts) -> Recipe:
    """Set relativistic pairs with lazy R1 and R2 on small networks."""
    pixels, cpu = facts.height * facts.width, facts.device == "cpu"
    steps = max(1800, 16000 * REFERENCE_PIXELS // max(REFERENCE_PIXELS, pixels)) if cpu else 12000
    return Recipe(
        # At 64 x 64 and two minutes, KID x 1000 was 93 with 16 channels, and 140 with 24.
        options={"base_channels": 16, "max_channels": 256} if cpu else {"base_channels": 64},
        loss="rpgan",
        regularizers=penalties(facts),
        augmentations=augmentations(facts),
        training=training(16, steps, (1e-3, 1e-3), beta2=0.9, ema_half_life=5000),
        reasons=(
            Reason(
                "Batch 16: the discriminator scores each place, so a few pictures are many "
                "examples.",
                ["training.batch"],
            ),
            *augmentation_reasons(facts),
        ),
    )
