"""What ``dcgan`` recommends for given pictures and machine; measured by benchmarks/."""

from artgan.plugin import DataFacts, Fit, Recipe

REFERENCE_PIXELS = 32 * 32
"""Size that the recipe was measured at."""
FULL_WIDTH = 64
WIDTHS = (FULL_WIDTH, 48, 32, 24, 16)
"""Base channels that a processor without GPU affords, by the number of pixels."""
FEWEST_STEPS = 600
FEW = 500
"""Below so many pictures they are augmented (Zhao et al. 2020)."""
MOST_CLUSTERS = 40
FEWEST_CLUSTERS = 4
PICTURES_PER_CLUSTER = 50


def fit(facts: DataFacts) -> Fit:
    """The first choice, unless another knows better."""
    return Fit(score=0.5, reason="quick, and the best for its time where we measured.")


def recipe(facts: DataFacts) -> Recipe:
    """Give the best small recipe we know for these facts, or that of a preset."""
    if facts.preset == "classic":
        return classic(facts)
    return small(facts)


def classic(facts: DataFacts) -> Recipe:
    """The lesson: 50 epochs of batch 256 at Adam 1e-4, cross-entropy on logits."""
    return Recipe(
        options={"layers": "classic", "latent_size": 100, "labels": False},
        loss="bce",
        training={
            "batch": 256,
            "steps": 50 * max(1, facts.count // 256),
            "generator_lr": 1e-4,
            "discriminator_lr": 1e-4,
            "beta1": 0.9,
            "beta2": 0.999,
            "ema_half_life": 0,
            "updates": "simultaneous",
        },
        reasons=(
            "Preset classic: the lesson, layer for layer, for 50 epochs, without labels.",
            "Updates simultaneous: as in the lesson, both networks learn from the same logits.",
        ),
    )


def small(facts: DataFacts) -> Recipe:
    """Relativistic pairs with lazy R1 and R2, a small batch, and rates that fall half-way."""
    pixels = facts.height * facts.width
    reasons = [
        "Loss rpgan with r1 and r2 every 4 steps: in our trials a tenth of the distance from real "
        "digits that hinge with spectral norm reached in the same steps.",
        "Batch 32: more updates a minute beat smoother ones on small pictures.",
    ]
    if facts.classes:
        reasons.append(f"Labels: all {facts.classes} are used; they help more than anything else.")
    # Kinds of fewer pictures would be learnt by heart.
    clusters = 0 if facts.classes else min(MOST_CLUSTERS, facts.different // PICTURES_PER_CLUSTER)
    clusters = 0 if clusters < FEWEST_CLUSTERS else clusters
    if clusters:
        reasons.append(
            f"No labels: the pictures are sorted by look into {clusters} kinds, which stand in."
        )
    width, steps = _width_and_steps(facts, reasons)
    flat = facts.look == "pixel-art"
    if flat and facts.device == "cpu":
        # At equal time and 32 x 32 this came to 194 instead of 208 (KID x 1000).
        width, steps = width * 3 // 4, steps * 2
        reasons.append(
            "Upsampling nearest: pixel art shows the checkerboards that transposed convolutions "
            f"leave; it costs more, so the width is {width}."
        )
    few = facts.different < FEW
    if few:
        reasons.append(f"Augmentation diffaugment: {facts.different} different pictures are few.")
    # The penalty grows with the number of pixels that a gradient sums over.
    penalty = {"gamma": round(0.1 * max(1.0, pixels / REFERENCE_PIXELS), 3), "every": 4}
    return Recipe(
        options={
            "base_channels": width,
            "latent_size": 64,
            "upsampling": "nearest" if flat else "transposed",
        },
        loss="rpgan",
        regularizers={"r1": penalty, "r2": penalty},
        augmentations={"diffaugment": {}} if few else {},
        training={
            "batch": 32,
            "steps": steps,
            "generator_lr": 1e-3,
            "discriminator_lr": 2e-3,
            "beta1": 0.0,
            "beta2": 0.9,
            "lr_hold": 0.5,
            "lr_final": 0.1,
            "ema_half_life": 11000,
            "clusters": clusters,
        },
        reasons=tuple(reasons),
    )


def _width_and_steps(facts: DataFacts, reasons: list[str]) -> tuple[int, int]:
    """Give base channels and steps that a machine of this kind gets through in some minutes."""
    if facts.device != "cpu":
        return FULL_WIDTH, 12000
    pixels, full = facts.height * facts.width, REFERENCE_PIXELS * FULL_WIDTH**2
    # At 64 x 64 and two minutes, half the width came to less than half the KID.
    fitting = (width for width in WIDTHS if pixels * width**2 <= full)
    width = next(fitting, WIDTHS[-1])
    if width < FULL_WIDTH:
        reasons.append(
            f"Width {width} instead of {FULL_WIDTH}: at {facts.width}x{facts.height} a step would "
            "take too long without a GPU; --arch.base-channels sets it."
        )
    cost = max(1.0, pixels * width**2 / full)
    return width, max(FEWEST_STEPS, round(2600 / cost))
