"""What keeps a discriminator from knowing few pictures by heart."""

from typing import Any

from artgan.plugin import DataFacts

SOME = 5000
"""Below so many different pictures they are shifted, and mirrored where they may be.

Of the three changes of Zhao et al. 2020 (section 3.3) only shifts. On 2,351 creatures at 32 x 32
that halved KID in ten minutes and left it as it was in one; with all three, colours ran and holes
turned up in the pictures, with a hundred of them most of all (docs/measurements.md).
"""
FEW = 500
"""Below so many a GPU, which trains for long, has all three, as the paper."""
SHIFTS: dict[str, Any] = {"color": False, "cutout": 0.0}


def augmentations(facts: DataFacts) -> dict[str, dict[str, Any]]:
    """Give the augmentations that so many pictures want."""
    if facts.different >= SOME:
        return {}
    everything = facts.different < FEW and facts.device != "cpu"
    mirror: dict[str, dict[str, Any]] = {"mirror": {}} if facts.mirrors else {}
    return {"diffaugment": {} if everything else SHIFTS, **mirror}


def reasons(facts: DataFacts) -> tuple[str, ...]:
    """Say why, in one sentence, if there are any."""
    chosen = augmentations(facts)
    if not chosen:
        return ()
    how = "diffaugment, shifts alone" if chosen["diffaugment"] else "diffaugment"
    how += ", and mirror" if "mirror" in chosen else ""
    return (
        f"Augmentation {how}: {facts.different} different pictures are soon known by heart; "
        "--augmentation none leaves them as they are.",
    )
