"""What an update computes with: a batch, the networks by name, and what artgan does for it.

An update says how one training step is made. It calls what is here in its own order; batches,
number formats, parts of a batch, sums over processes, optimizers, averages and checkpoints stay
artgan's work, so that every update has them.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Batch:
    """One batch of training data.

    Attributes:
        real: Real images (N, C, H, W) in [-1, 1].
        latents: Latents of the fakes (N, *latent_shape).
        labels: Labels of both (N,), or None.
    """

    real: Tensor
    latents: Tensor
    labels: Tensor | None

    def cut(self, place: slice) -> "Batch":
        """Cut out a part, which needs less memory than the whole."""
        labels = None if self.labels is None else self.labels[place]
        return Batch(self.real[place], self.latents[place], labels)


class UpdateContext(Protocol):
    """Everything one training step needs, and what artgan does for it."""

    @property
    def networks(self) -> Mapping[str, nn.Module]:
        """The networks: "generator", "discriminator", and those that the update declares."""

    @property
    def device(self) -> torch.device:
        """Where the networks are."""

    @property
    def step(self) -> int:
        """Steps done before this one."""

    @property
    def discriminator_steps(self) -> int:
        """How many updates of the discriminator the user wants for each of the generator."""

    @property
    def accumulate(self) -> int:
        """In how many parts a batch is computed."""

    @property
    def compares_pairs(self) -> bool:
        """Whether the generator's loss sees the real logits."""

    def draw(self, index: int) -> Batch:
        """Draw batch ``index``: the same for the same index, in every run of this seed."""

    def split(self, batch: Batch) -> Iterator[tuple[float, Batch]]:
        """Cut a batch into the configured number of parts, each with its share of the whole.

        Multiply what goes backward by the share: then parts, and processes, add up to the batch.
        """

    def call(self, network: str, *inputs: Any) -> Any:
        """Call a network in the configured number format, compiled if so configured.

        Returns what it returns; a tensor as float32.
        """

    def generate(self, batch: Batch) -> Tensor:
        """Generate fakes (N, C, H, W) in [-1, 1] of a batch's latents and labels."""

    def augment(self, images: Tensor) -> Tensor:
        """Apply the run's augmentations to images (N, C, H, W)."""

    def judge(
        self, images: Tensor, labels: Tensor | None, *more: Any, network: str = "discriminator"
    ) -> Tensor:
        """Augment images and compute their logits (N,).

        ``more`` is handed on to the network after images and labels.
        """

    def judge_pairs(
        self, real: Tensor, fake: Tensor, labels: Tensor | None
    ) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Compute real and fake logits, and the discriminator's own loss by name if it has one.

        Real and fake go through in one pass where the network allows.
        """

    def loss(self, side: str, real_logits: Tensor | None, fake_logits: Tensor) -> Tensor:
        """Compute the run's loss of one side, "generator" or "discriminator", as a scalar."""

    def penalty(
        self,
        side: str,
        real: Tensor,
        fake: Tensor,
        labels: Tensor | None,
        network: Callable[[Tensor], Tensor] | None = None,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Compute the weighted sum of the side's penalties due in this step, and each by name.

        On the discriminator's side ``real`` and ``fake`` are detached images; on the generator's
        both are the latents. ``network`` is what is flattened, if not the network of that side with
        these labels: it maps images to logits, or latents to images.
        """

    def update(self, network: str, measured: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Let a network's optimizer take its step, and clear the gradients.

        Returns what was measured, summed over all processes.
        """

    def adapt_augmentations(self, real_logits: Tensor, fake_logits: Tensor) -> dict[str, Tensor]:
        """Show the logits of the step to augmentations that adapt; return their probabilities."""


class UpdatePart(Protocol):
    """What an update builds."""

    def step(self, context: UpdateContext) -> Mapping[str, Tensor]:
        """Take one training step: change each network by ``context.update``.

        Returns scalars by name, without graph: at least ``discriminator_loss``, ``generator_loss``,
        ``real_logits`` and ``fake_logits`` (means); all others are written into the metrics.
        """


@contextmanager
def without_gradients(*networks: nn.Module) -> Iterator[None]:
    """Keep networks from collecting gradients inside the block; they still pass through."""
    weights = [parameter for network in networks for parameter in network.parameters()]
    trained = [parameter for parameter in weights if parameter.requires_grad]
    for parameter in trained:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in trained:
            parameter.requires_grad_(True)


def mean_logits(real_logits: Tensor, fake_logits: Tensor) -> dict[str, Tensor]:
    """Return the mean logit of real and fake images by name."""
    return {"real_logits": real_logits.mean(), "fake_logits": fake_logits.mean()}


def add_share(total: dict[str, Tensor], share: float, values: Mapping[str, Tensor]) -> None:
    """Add the values of a part of a batch, weighted by its share, to those of the whole."""
    for name, value in values.items():
        total[name] = total.get(name, 0.0) + share * value.detach()
