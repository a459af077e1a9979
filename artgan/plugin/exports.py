"""What an exporter gets: a trained generator, and what there is to know of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artgan.errors import RunError

if TYPE_CHECKING:
    import torch


class ExportError(RunError):
    """A generator cannot go where an exporter brings it; says why, and what to do instead."""


@dataclass(frozen=True, kw_only=True)
class TrainedGenerator:
    """A trained generator that leaves artgan.

    Attributes:
        name: Name of its run.
        network: The generator with its averaged weights, on the CPU and in evaluation mode. It maps
            latents (N, *latent_shape), standard normal, and labels (N,) int64 or None to images
            (N, C, H, W) in [-1, 1], of RGBA with straight alpha. Leave it as it is.
        latent_shape: Shape of a latent.
        latents: ``(seed) -> tensor (*latent_shape)``, the latent of the picture that ``artgan
            sample`` makes of a seed.
        height: Picture height in pixels.
        width: Picture width in pixels.
        channels: 1 grey, 3 RGB, 4 RGBA.
        wraps: Whether pictures repeat without a seam, (across, down).
        label_weights: How often each label is drawn; () if there are none.
        class_names: Names of the labels, or ().
        record: How the generator came about, as plain values: run, architecture with options,
            sizes, step, licence of the pictures that it learnt from, versions.
        mark: An XMP packet for pictures that are made outside, which says for machines that a
            trained model made them; b"" where the user wants none.
    """

    name: str
    network: "torch.nn.Module"
    latent_shape: tuple[int, ...]
    latents: "Callable[[int], torch.Tensor]"
    height: int
    width: int
    channels: int
    wraps: tuple[bool, bool] = (False, False)
    label_weights: tuple[float, ...] = ()
    class_names: tuple[str, ...] = ()
    record: Mapping[str, Any]
    mark: bytes = b""
