"""What ``stylegan2`` recommends for given pictures and machine."""

from artgan.plugin import DataFacts, Recipe
from artgan.plugins.architectures import _few
from artgan.plugins.architectures._dcgan_recipe import (
    FEWEST_CLUSTERS,
    MOST_CLUSTERS,
    PICTURES_PER_CLUSTER,
)

REFERENCE_PIXELS = 32 * 32
"""Size that the recipe was measured at."""


def recipe(facts: DataFacts) -> Recipe:
    """Relativistic pairs with lazy R1 and R2, at widths that the machine can bear."""
    pixels = facts.height * facts.width
    cpu = facts.device == "cpu"
    penalty = {"gamma": round(0.1 * max(1.0, pixels / REFERENCE_PIXELS), 3), "every": 4}
    steps = 2400 if cpu else 20000
    generator_lr = discriminator_lr = 2.5e-3
    if cpu and pixels > REFERENCE_PIXELS:
        # On textures at 64 x 64, ten minutes, all bricks were the same with both rates at 2.5e-3
        # (variety 0.70, KID 258), and differ with these (0.86, 250).
        generator_lr, discriminator_lr = 1.25e-3, 5e-3
        steps = max(800, steps * REFERENCE_PIXELS // pixels)
    return Recipe(
        options={"base_channels": 16, "max_channels": 128} if cpu else {"max_channels": 512},
        loss="rpgan",
        regularizers={"r1": penalty, "r2": penalty},
        augmentations=_few.augmentations(facts),
        training={
            "batch": 32,
            "steps": steps,
            "generator_lr": generator_lr,
            "discriminator_lr": discriminator_lr,
            "beta1": 0.0,
            "beta2": 0.99,
            "lr_hold": 0.5,
            "lr_final": 0.1,
            "ema_half_life": 10000,
            "clusters": clusters(facts),
        },
        reasons=_reasons(facts),
    )


def clusters(facts: DataFacts) -> int:
    """Tell into how many kinds pictures without labels are sorted; kinds of few are learnt."""
    count = 0 if facts.classes else min(MOST_CLUSTERS, facts.count // PICTURES_PER_CLUSTER)
    return count if count >= FEWEST_CLUSTERS else 0


def _reasons(facts: DataFacts) -> tuple[str, ...]:
    reasons = [
        "Loss rpgan with r1 and r2 every 4 steps: it settles, and costs a laptop little.",
        "No path-length penalty: every one is a second pass through the generator; films become "
        "smoother with --regularizer path-length beside r1 and r2.",
    ]
    if kinds := clusters(facts):
        reasons.append(
            f"No labels: the pictures are sorted by look into {kinds} kinds, which stand in."
        )
    if facts.device == "cpu":
        reasons.append("At most 128 channels: wider layers are finer, and wait for a GPU.")
    return (*reasons, *_few.reasons(facts))
