"""Parts that several recipes share: augmentation, penalties and clusters for given pictures."""

from typing import Any

from artgan.plugin import DataFacts, Reason

SOME = 5000
"""With fewer different pictures than this, they are shifted, and mirrored if the dataset allows it.

Of the three changes of DiffAugment (Zhao et al. 2020, section 3.3) only shifts. On 2,351 creatures
at 32 x 32 that halved KID in ten minutes, and did not change it in one; with all three, colours ran
and holes appeared in the pictures, most of all with a hundred of them (docs/measurements.md).
"""
FEW = 500
"""With fewer than this, a GPU, which trains longer, uses all three changes, as in the paper."""
SHIFTS: dict[str, Any] = {"color": False, "cutout": 0.0}
VARIATIONS = 50
"""With fewer than this, samples are variations and blends of the pictures, and a run says so."""
REFERENCE_PIXELS = 32 * 32
"""Pixels of the pictures that the weights of the penalties were measured with."""
MOST_CLUSTERS = 40
FEWEST_CLUSTERS = 4
PICTURES_PER_CLUSTER = 50
FEWER_PER_CLUSTER = 10
"""The same for ``dcgan`` without a GPU, unless its generator begins with trained weights: figures
are whole sooner, and none were memorized (docs/decisions.md)."""


def penalties(facts: DataFacts, gamma: float = 0.1, every: int = 4) -> dict[str, dict[str, Any]]:
    """Set R1 and R2 every so many steps, with weight ``gamma`` at 32 x 32 pixels and below.

    The weight grows with the number of pixels that a gradient sums over.
    """
    scale = max(1.0, facts.height * facts.width / REFERENCE_PIXELS)
    penalty = {"gamma": round(gamma * scale, 3), "every": every}
    return {"r1": penalty, "r2": penalty}


def training(
    batch: int, steps: int, rates: tuple[float, float], beta2: float, **more: float
) -> dict[str, Any]:
    """Set batch, steps, Adam, and the two learning rates, which fall to a tenth after half-time."""
    rate = {"generator_lr": rates[0], "discriminator_lr": rates[1], "beta1": 0.0, "beta2": beta2}
    return {"batch": batch, "steps": steps, **rate, "lr_hold": 0.5, "lr_final": 0.1, **more}


def augmentations(facts: DataFacts) -> dict[str, dict[str, Any]]:
    """Choose augmentations by the number of different pictures."""
    if facts.different >= SOME:
        return {}
    everything = facts.different < FEW and facts.device != "cpu"
    mirror: dict[str, dict[str, Any]] = {"mirror": {}} if facts.mirrors else {}
    return {"diffaugment": {} if everything else SHIFTS, **mirror}


def augmentation_reasons(facts: DataFacts) -> tuple[Reason, ...]:
    """Explain the chosen augmentations in one sentence, if there are any."""
    chosen = augmentations(facts)
    if not chosen:
        return ()
    how = "diffaugment, shifts alone" if chosen["diffaugment"] else "diffaugment"
    how += ", and mirror" if "mirror" in chosen else ""
    few = "one picture" if facts.different == 1 else f"{facts.different} different pictures"
    told = (
        f"Augmentation {how}: the discriminator would soon memorize {few}; "
        "--augmentation none leaves them as they are."
    )
    return (Reason(told, ["augmentation"]),)


def few_reasons(facts: DataFacts) -> tuple[str, ...]:
    """Say what few pictures lead to, for networks that learn whole pictures."""
    if not 1 < facts.different < VARIATIONS:
        return ()
    return (
        f"Pictures: {facts.different} different ones are few. Expect variations and blends of "
        "them, not new ones; more pictures help more than more time.",
    )


def picture_reasons(facts: DataFacts) -> tuple[str | Reason, ...]:
    """Say what the number of pictures leads to, and explain the augmentations."""
    return (*few_reasons(facts), *augmentation_reasons(facts))


def clusters(facts: DataFacts, pictures: int, each: int = PICTURES_PER_CLUSTER) -> int:
    """Choose the number of clusters for pictures without labels; 0 makes none.

    Each gets about ``each`` pictures.
    """
    count = 0 if facts.classes else min(MOST_CLUSTERS, pictures // each)
    return count if count >= FEWEST_CLUSTERS else 0
