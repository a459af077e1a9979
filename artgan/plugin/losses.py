"""What a loss or regularizer gets that sees more than logits (torch)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One batch, or a part of it, as a discriminator judged it.

    What the declaration does not name in ``sees`` is None, the logits apart. In the generator's
    step all that is of real pictures is None too, unless ``compares_pairs`` is declared.

    Attributes:
        step: Steps done before this one.
        real_logits: Logits of the real pictures (N,).
        fake_logits: Logits of the fakes (N,).
        real_images: The real pictures (N, C, H, W) as the discriminator saw them, so augmented.
        fake_images: The fakes, likewise.
        real_features: What the discriminator's last layer with weights got of each real picture,
            flattened (N, D), float32.
        fake_features: The same of the fakes.
        labels: Labels of both (N,), or None where the run has none.
    """

    step: int
    fake_logits: Tensor
    real_logits: Tensor | None = None
    real_images: Tensor | None = None
    fake_images: Tensor | None = None
    real_features: Tensor | None = None
    fake_features: Tensor | None = None
    labels: Tensor | None = None


class RunningMean:
    """A mean that forgets, corrected for its beginning, which checkpoints can keep.

    Attributes:
        value: The mean, a float, or None before the first value.
    """

    def __init__(self, decay: float) -> None:
        """Start without a value; ``decay``, from 0 to 1, is what a new value leaves of the old."""
        self._decay, self._sum, self._weight = decay, 0.0, 0.0

    @property
    def value(self) -> float | None:
        """The mean, or None before the first value."""
        return self._sum / self._weight if self._weight else None

    def add(self, value: float) -> None:
        """Move the mean towards a value."""
        self._sum = self._decay * self._sum + (1 - self._decay) * value
        self._weight = self._decay * self._weight + 1 - self._decay

    def state_dict(self) -> dict[str, Tensor]:
        """Return what it remembers, as float64."""
        return {"mean": torch.tensor([self._sum, self._weight], dtype=torch.float64)}

    def load_state_dict(self, state: Mapping[str, Tensor]) -> None:
        """Restore what ``state_dict`` returned; of nothing it starts anew."""
        self._sum, self._weight = state["mean"].tolist() if "mean" in state else (0.0, 0.0)
