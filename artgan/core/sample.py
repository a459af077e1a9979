"""Turns seeds into images. The picture of a seed does not depend on what is made with it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice

import torch

from artgan.base.memory import explain_memory
from artgan.base.seeding import keyed_generator
from artgan.core.images import Pixels, pixels_by
from artgan.errors import OptionError

FEWEST, MOST = 8, 32
"""Pictures made at once: where each is large, and where each is small."""

MOST_AT = 128 * 128
"""Pixels of a picture up to which the most are made at once; larger ones take memory instead."""


def making_at_once(count: int) -> AbstractContextManager[None]:
    """Explain what to do if memory runs out while pictures are made inside the block."""
    remedy = "close other programs, or train at a smaller --size or with fewer channels"
    shown = "a picture" if count == 1 else f"{count} pictures at once"
    return explain_memory(f"making {shown}", remedy)


def batch_of(generator: torch.nn.Module, labelled: bool) -> int:
    """Choose how many pictures are made at once: always the same number for one generator.

    Kernels differ between batch sizes in the last bit. One picture is made to see how large they
    are. The generator must be in evaluation mode.
    """
    device = next(generator.parameters()).device
    shape: tuple[int, ...] = generator.latent_shape  # type: ignore[assignment]
    label = torch.zeros(1, dtype=torch.long, device=device) if labelled else None
    with torch.no_grad(), making_at_once(1):
        height, width = generator(torch.zeros(1, *shape, device=device), label).shape[2:]
    # Those of any size may be large: then one alone.
    fewest = 1 if hasattr(generator, "size") else FEWEST
    return max(fewest, min(MOST, MOST * MOST_AT // int(height * width)))


def draw_inputs(
    generator: torch.nn.Module,
    seeds: Sequence[int],
    label_weights: Sequence[float],
    label: int | None = None,
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Draw latents (N, *latent_shape) and labels (N,) or None; each row depends on its seed alone.

    ``label_weights`` tells how often each label is drawn; ``label`` is the same for all.

    Raises:
        OptionError: There is no such label.
    """
    classes = len(label_weights)
    if label is not None and not 0 <= label < classes:
        expected = f"from 0 to {classes - 1}" if classes else "none: this run has no labels"
        raise OptionError(f"label {label} does not fit; expected {expected}")
    shape: tuple[int, ...] = generator.latent_shape  # type: ignore[assignment]
    latents, places = [], []
    for seed in seeds:
        key = keyed_generator("sample", seed)
        latents.append(torch.randn(shape, generator=key))
        if classes:
            places.append(torch.rand((), generator=key, dtype=torch.float64))
    if not classes:
        return torch.stack(latents), None
    bounds = torch.tensor(label_weights, dtype=torch.float64).cumsum(0)
    drawn = torch.searchsorted(bounds, torch.stack(places) * bounds[-1], right=True)
    labels = drawn.clamp(max=classes - 1) if label is None else torch.full_like(drawn, label)
    return torch.stack(latents), labels


@torch.no_grad()
def sample_pixels(
    generator: torch.nn.Module,
    seeds: Iterable[int],
    label_weights: Sequence[float] = (),
    label: int | None = None,
) -> Iterator[tuple[int, Pixels]]:
    """Yield (seed, pixels (H, W, C) uint8) for each seed, in order, in constant memory.

    The generator is used in evaluation mode and float32, whatever it was trained in.
    """
    was_training = generator.training
    generator.eval()
    device = next(generator.parameters()).device
    stream = iter(seeds)
    try:
        batch = batch_of(generator, bool(label_weights))
        while chunk := list(islice(stream, batch)):
            filled = [*chunk, *[chunk[-1]] * (batch - len(chunk))]
            latents, labels = draw_inputs(generator, filled, label_weights, label)
            labels = None if labels is None else labels.to(device)
            with making_at_once(batch):
                images = generator(latents.to(device), labels)
            yield from zip(chunk, pixels_by(generator, images[: len(chunk)]), strict=True)
    finally:
        generator.train(was_training)
