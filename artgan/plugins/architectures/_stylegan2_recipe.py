"""Recipe of ``stylegan2`` for given pictures and machine."""

from artgan.plugin import DataFacts, Reason, Recipe
from artgan.plugins.architectures._recipe_parts import (
    REFERENCE_PIXELS,
    augmentations,
    clusters,
    penalties,
    picture_reasons,
    training,
)


def recipe(facts: DataFacts) -> Recipe:
    """Set relativistic pairs with lazy R1 and R2, and widths for the machine."""
    pixels = facts.height * facts.width
    cpu = facts.device == "cpu"
    steps = 2400 if cpu else 20000
    rates = 2.5e-3, 2.5e-3
    if cpu and pixels > REFERENCE_PIXELS:
        # On textures at 64 x 64, ten minutes, all bricks were the same with both rates at 2.5e-3
        # (variety 0.70, KID 258), and differ with these (0.86, 250).
        rates = 1.25e-3, 5e-3
        steps = max(800, steps * REFERENCE_PIXELS // pixels)
    return Recipe(
        options={"base_channels": 16, "max_channels": 128} if cpu else {"max_channels": 512},
        loss="rpgan",
        regularizers=penalties(facts),
        augmentations=augmentations(facts),
        training=training(
            32,
            steps,
            rates,
            beta2=0.99,
            ema_half_life=10000,
            clusters=clusters(facts, facts.count),
        ),
        reasons=_reasons(facts),
    )


def _reasons(facts: DataFacts) -> tuple[str | Reason, ...]:
    reasons = [
        Reason(
            "Loss rpgan with r1 and r2 every 4 steps: it converges, and costs a laptop little.",
            ["loss", "regularizer"],
        ),
        Reason(
            "No path-length penalty: each needs a second pass through the generator; films become "
            "smoother with --regularizer path-length beside r1 and r2.",
            ["regularizer"],
        ),
    ]
    if facts.device == "cpu":
        told = "At most 128 channels: wider layers are finer, but need a GPU."
        reasons.append(Reason(told, ["architecture.max_channels"]))
    return (*reasons, *picture_reasons(facts))
