"""Recipe of ``coordinates`` for given pictures and machine."""

from artgan.plugin import DataFacts, Recipe
from artgan.plugins.architectures._recipe_parts import (
    augmentation_reasons,
    augmentations,
    penalties,
    training,
)


def recipe(facts: DataFacts) -> Recipe:
    """Set relativistic pairs with lazy R1 and R2, as for the other small networks."""
    cpu = facts.device == "cpu"
    return Recipe(
        options={"channels": 64, "base_channels": 32} if cpu else {},
        loss="rpgan",
        regularizers=penalties(facts),
        augmentations=augmentations(facts),
        training=training(32, 3000 if cpu else 20000, (5e-4, 5e-4), beta2=0.9, ema_half_life=5000),
        reasons=augmentation_reasons(facts),
    )
