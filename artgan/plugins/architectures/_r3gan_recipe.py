"""What ``r3gan`` recommends for given pictures and machine; tried out on two cores."""

from artgan.plugin import DataFacts, Recipe
from artgan.plugins.architectures import _few

REFERENCE_PIXELS = 32 * 32


def recipe(facts: DataFacts) -> Recipe:
    """Relativistic pairs, R1 and R2 that fade, and rates that fall."""
    pixels, cpu = facts.height * facts.width, facts.device == "cpu"
    gamma = round((0.1 if cpu else 0.05) * max(1.0, pixels / REFERENCE_PIXELS), 3)
    penalty = {"gamma": gamma, "every": 4 if cpu else 1}
    steps = 2000 if cpu else 40000
    options = {"base_channels": 16, "max_channels": 64} if cpu else {"base_channels": 64}
    large = cpu and pixels > REFERENCE_PIXELS
    generator_lr = discriminator_lr = 1e-3 if cpu else 2e-4
    if large:
        # Measured on textures at 64 x 64, ten minutes. A step takes 0.27 times as long as with 32
        # pictures and two blocks. With both rates at 1e-3 all pictures of a label came to be the
        # same (variety 0.14, KID 210); at a quarter of the discriminator's rate they stay apart
        # (0.48, 194), unless a label has 64 numbers and outweighs the latents (0.44 instead of 0.67
        # a quarter of the way).
        options |= {"blocks": 1, "label_size": 4}
        generator_lr, discriminator_lr = 5e-4, 2e-3
        steps = max(700, 10000 * REFERENCE_PIXELS // pixels)
    reasons = [
        "Loss rpgan with r1 and r2: the pair that the architecture was designed for; their weight "
        "falls to a tenth by the end.",
    ]
    if cpu:
        reasons.append("Penalties every 4 steps, 16 channels at full size: what a laptop can bear.")
    if large:
        reasons.append(
            "Large pictures without a GPU: one block of each size, small batches, and a "
            "generator that learns at a quarter of the discriminator's rate, or its pictures would "
            "come to look alike."
        )
    return Recipe(
        # At 32 x 32 and two minutes, 16 channels came to a KID that was a fifth below that of 32.
        options=options,
        loss="rpgan",
        regularizers={"r1": penalty, "r2": penalty},
        augmentations=_few.augmentations(facts),
        training={
            "batch": 16 if large else 32 if cpu else 64,
            "steps": steps,
            "generator_lr": generator_lr,
            "discriminator_lr": discriminator_lr,
            "beta1": 0.0,
            "beta2": 0.9 if cpu else 0.99,
            "lr_hold": 0.5,
            "lr_final": 0.1 if cpu else 0.25,
            "penalty_final": 0.1,
            "ema_half_life": 10000,
        },
        reasons=(*reasons, *_few.reasons(facts)),
    )
