"""Notices early that a generator has collapsed, while little time is wasted.

All samples alike are normal in the first steps: digits reach a variety of 0.35 after 50, drawings
and creatures after 25 to 60, 32 x 32 textures by dcgan after 100. What is still below 0.2 after 200
steps, and does not grow, does not recover.
"""

from collections.abc import Mapping

ALIKE = 0.2
"""Variety below which a generator may have collapsed."""

FROM_STEP = 200

UP_TO = 0.5
"""Share of a run after which it is not stopped any more."""

GROWS = 1.1
"""Times the variety before from which it grows."""


class CollapseWatch:
    """Looks at the variety of each preview; ``found`` tells of a collapse in words, or is ""."""

    def __init__(self) -> None:
        self.found = ""
        self._before: float | None = None

    def look(self, measured: Mapping[str, float], step: int, share: float) -> None:
        """Consider what was measured after ``step`` steps, with a ``share`` of the run done."""
        variety = measured.get("variety")
        if variety is None or step < FROM_STEP or share > UP_TO or self.found:
            return
        alike = not variety >= ALIKE
        if alike and self._before is not None and not variety >= GROWS * self._before:
            self.found = (
                f"all pictures look alike (variety {variety:.0%} of the real ones at step {step}, "
                "and it does not grow): the generator has collapsed"
            )
        self._before = variety if alike else None
