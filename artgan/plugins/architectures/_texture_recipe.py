"""What ``texture`` recommends for given pictures and machine."""

from artgan.plugin import DataFacts, Fit, Recipe
from artgan.plugins.architectures import _few

REFERENCE_PIXELS = 32 * 32
SMALLEST = 32
"""Below this side a picture has too few cells of latents for what differs between places."""


def fit(facts: DataFacts) -> Fit:
    """For pictures that look the same everywhere, and for nothing else."""
    even = facts.even and min(facts.height, facts.width) >= SMALLEST
    return Fit(
        score=0.9 if even else 0.0,
        reason="the pictures look the same everywhere, as textures do: what it learns fills a "
        "canvas of any size (artgan canvas), and it learns faster than the others.",
    )


def recipe(facts: DataFacts) -> Recipe:
    """Relativistic pairs with lazy R1 and R2 on small networks."""
    pixels, cpu = facts.height * facts.width, facts.device == "cpu"
    penalty = {"gamma": round(0.1 * max(1.0, pixels / REFERENCE_PIXELS), 3), "every": 4}
    steps = max(1800, 16000 * REFERENCE_PIXELS // max(REFERENCE_PIXELS, pixels)) if cpu else 12000
    return Recipe(
        # At 64 x 64 and two minutes, 16 channels came to KID x 1000 of 93, 24 to 140.
        options={"base_channels": 16, "max_channels": 256} if cpu else {"base_channels": 64},
        loss="rpgan",
        regularizers={"r1": penalty, "r2": penalty},
        augmentations=_few.augmentations(facts),
        training={
            "batch": 16,
            "steps": steps,
            "generator_lr": 1e-3,
            "discriminator_lr": 1e-3,
            "beta1": 0.0,
            "beta2": 0.9,
            "lr_hold": 0.5,
            "lr_final": 0.1,
            "ema_half_life": 5000,
        },
        reasons=(
            "Loss rpgan with r1 and r2 every 4 steps, batch 16: places are judged one by one, so "
            "each picture already teaches much.",
            *_few.reasons(facts),
        ),
    )
