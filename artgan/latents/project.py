"""Finds the point in latent space whose picture is nearest to a given one.

Zhu et al. 2016, "Generative Visual Manipulation on the Natural Image Manifold", section 3.1: the
latent is optimized through the generator, on pixels and on features of a network that knows such
pictures; here that network is the run's own discriminator. Karras et al. 2020, "Analyzing and
Improving the Image Quality of StyleGAN", section 5: with a mapping network the styles are what is
optimized, each layer's for itself (Abdal et al. 2019, "Image2StyleGAN", called that space W+).

It starts from the best of many keyed latents, several at once, and keeps the best end.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from artgan.base.seeding import keyed_generator
from artgan.core.sample import draw_inputs
from artgan.errors import OptionError
from artgan.latents.points import Point, make_images
from artgan.latents.steering import StyleGenerator, style_half
from artgan.plugin.color import parse_hex, to_rgb
from artgan.plugin.picture import Picture
from artgan.plugin.raster import resize

STARTS = 8
"""Latents that are followed at once; the nearest at the end is kept."""

CANDIDATES = 512

FEATURE_WEIGHT = 0.1

PRIOR_WEIGHT = 0.01

LATENT_RATE, STYLE_RATE = 0.3, 0.1

SCALES = 3


@dataclass(frozen=True)
class Projected:
    """A picture's place in latent space.

    Attributes:
        point: The place.
        error: Root mean square difference of the pixels, in levels of 255.
    """

    point: Point
    error: float


def fit_picture(
    picture: Picture, height: int, width: int, channels: int, background: str = "000000"
) -> tuple[Tensor, list[str]]:
    """Give a picture as a generator would make it, and what was done to it.

    Args:
        picture: Any picture.
        height: Wanted height in pixels.
        width: Wanted width in pixels.
        channels: 1 grey, 3 RGB, 4 RGBA.
        background: What clear pixels are laid on, as hex.

    Returns:
        Image (1, C, H, W) in [-1, 1], and sentences.
    """
    notes = []
    share = width / height
    wide = min(picture.width, round(picture.height * share))
    high = min(picture.height, round(picture.width / share))
    if (wide, high) != (picture.width, picture.height):
        notes.append(f"cut from {picture.width}x{picture.height} to {wide}x{high} in the middle")
        top, left = (picture.height - high) // 2, (picture.width - wide) // 2
        cut = picture.pixels[top : top + high, left : left + wide]
        picture = picture.replace(pixels=cut, wraps=(False, False))
    if (wide, high) != (width, height):
        notes.append(f"resized from {wide}x{high} to {width}x{height}")
        picture = resize(picture, height, width)
    pixels = _with_channels(picture.to("srgb"), channels, background, notes)
    image = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))[None] * 2 - 1
    return image.contiguous(), notes


def _with_channels(
    picture: Picture, channels: int, background: str, notes: list[str]
) -> NDArray[np.float32]:
    color, alpha = to_rgb(picture.color), picture.alpha
    if channels == 4:
        full = np.ones_like(color[:, :, :1]) if alpha is None else alpha
        return np.concatenate([color, full], axis=2)
    if alpha is not None and float(alpha.min()) < 1:
        notes.append(f"clear pixels laid on {background}")
        under = np.array(parse_hex(background), np.float32)
        color = color * alpha + under * (1 - alpha)
    if channels == 3:
        return color
    if picture.color.shape[2] == 1 and alpha is None:
        return picture.color
    if not np.array_equal(color[:, :, 0], color[:, :, 1]):
        notes.append("turned grey")
        weights = np.array([0.299, 0.587, 0.114], np.float32)
        return (color @ weights)[:, :, None]
    return color[:, :, :1]


def project(
    generator: nn.Module,
    discriminator: nn.Module,
    target: Tensor,
    *,
    steps: int = 200,
    label_weights: Sequence[float] = (),
    label: int | None = None,
    show: Callable[[int], None] = lambda _: None,
) -> Projected:
    """Find the point whose picture is nearest to a picture.

    Args:
        generator: In evaluation mode, its weights frozen.
        discriminator: Likewise; judges by its features.
        target: Image (1, C, H, W) in [-1, 1], as large as the generator makes.
        steps: Steps of optimization.
        label_weights: The run's; empty without labels.
        label: Class to look in; None looks in all.
        show: Called after every step.

    Returns:
        The point and how near it is.

    Raises:
        OptionError: The steps are out of range, or there is no such label.
    """
    if not 1 <= steps <= 100_000:
        raise OptionError(f"{steps} steps do not fit; expected 1 to 100000")
    device = next(generator.parameters()).device
    target = target.to(device)
    latents, labels = _starts(generator, target, label_weights, label)
    halves = style_half(generator)
    with torch.no_grad():
        values = latents if halves is None else halves.mapping(latents, labels)
    free = values.clone().requires_grad_(True)
    rate = LATENT_RATE if halves is None else STYLE_RATE
    optimizer = torch.optim.Adam([free], lr=rate, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps, rate / 50)
    wanted = _features(discriminator, target.expand(len(free), -1, -1, -1), labels)
    best = _Best(values, len(free))
    for step in range(steps):
        images = make_images(generator, free, labels, in_styles=halves is not None)
        distances = _distances(images, target)
        made = _features(discriminator, images, labels)
        losses = distances + FEATURE_WEIGHT * _feature_distances(made, wanted)
        losses = losses + PRIOR_WEIGHT * _unlikely(free, generator)
        best.note(free, distances)
        optimizer.zero_grad()
        losses.sum().backward()
        optimizer.step()
        schedule.step()
        show(step)
    return _chosen(generator, target, best.values, labels)


class _Best:
    """Keeps the nearest values (N, ...) that were met on the way, each for itself."""

    def __init__(self, values: Tensor, count: int) -> None:
        self.values = values.clone()
        self.distances = torch.full((count,), float("inf"), device=values.device)

    def note(self, values: Tensor, distances: Tensor) -> None:
        better = distances.detach() < self.distances
        self.values[better] = values.detach()[better]
        self.distances[better] = distances.detach()[better]


def _starts(
    generator: nn.Module, target: Tensor, label_weights: Sequence[float], label: int | None
) -> tuple[Tensor, Tensor | None]:
    """Give the STARTS latents, with labels, whose pictures are nearest among keyed ones."""
    classes = len(label_weights)
    # Tells a label that is not there.
    draw_inputs(generator, [0], label_weights, label)
    shape = cast(tuple[int, ...], generator.latent_shape)
    latents = torch.randn(CANDIDATES, *shape, generator=keyed_generator("project"))
    labels = torch.arange(CANDIDATES) % classes if classes else None
    if labels is not None and label is not None:
        labels = torch.full_like(labels, label)
    distances = []
    for start in range(0, CANDIDATES, STARTS):
        part = slice(start, start + STARTS)
        own = None if labels is None else labels[part].to(target.device)
        with torch.no_grad():
            images = make_images(generator, latents[part].to(target.device), own)
        distances.append(_distances(images, target).cpu())
    order = torch.cat(distances).argsort(stable=True)[:STARTS]
    kept = None if labels is None else labels[order].to(target.device)
    return latents[order].to(target.device), kept


def _distances(images: Tensor, target: Tensor) -> Tensor:
    """Give squared differences (N,) of images (N, C, H, W), summed over sizes: half, a quarter."""
    total = (images - target).square().mean((1, 2, 3))
    for _ in range(SCALES - 1):
        images, target = (F.avg_pool2d(x, 2, ceil_mode=True) for x in (images, target))
        total = total + (images - target).square().mean((1, 2, 3))
    return total


@contextmanager
def _watched(network: nn.Module) -> Iterator[list[Tensor]]:
    """Collect what the convolutions of a network give inside the block."""
    seen: list[Tensor] = []
    hooks = [
        module.register_forward_hook(lambda _, __, result: seen.append(result))
        for module in network.modules()
        if isinstance(module, nn.Conv2d)
    ]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def _features(discriminator: nn.Module, images: Tensor, labels: Tensor | None) -> list[Tensor]:
    with _watched(discriminator) as seen:
        discriminator(images, labels)
    return seen


def _feature_distances(made: Sequence[Tensor], wanted: Sequence[Tensor]) -> Tensor:
    """Give relative differences (N,) of features, averaged over layers; 0 without layers."""
    total = torch.zeros((), device=made[0].device if made else None)
    for ours, theirs in zip(made, wanted, strict=True):
        size = theirs.detach().square().mean() + 1e-8
        total = total + (ours - theirs.detach()).square().flatten(1).mean(1) / size
    return total / max(1, len(made))


def _unlikely(values: Tensor, generator: nn.Module) -> Tensor:
    """Give how unlikely latents are by their length (N,), or styles by how far from the mean."""
    if style_half(generator) is None:
        return (values.square().flatten(1).mean(1) - 1).square()
    mean = cast(StyleGenerator, generator).style_mean
    return 0.1 * (values - mean).square().flatten(1).mean(1)


def _chosen(
    generator: nn.Module, target: Tensor, values: Tensor, labels: Tensor | None
) -> Projected:
    in_styles = style_half(generator) is not None
    with torch.no_grad():
        images = make_images(generator, values, labels, in_styles=in_styles).clamp(-1, 1)
    errors = (images - target).square().mean((1, 2, 3))
    nearest = int(errors.argmin())
    label = None if labels is None else int(labels[nearest])
    point = Point(values[nearest].detach().cpu().clone(), label, in_styles)
    return Projected(point, float(errors[nearest]) ** 0.5 * 127.5)
