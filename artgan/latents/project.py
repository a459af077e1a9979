"""Finds the point in latent space whose picture is nearest to a given one.

Zhu et al. 2016, "Generative Visual Manipulation on the Natural Image Manifold", section 3.1: the
latent is optimized through the generator, on pixels and on features of a network trained on such
pictures; here that network is the run's own discriminator. Karras et al. 2020, "Analyzing and
Improving the Image Quality of StyleGAN", section 5: with a mapping network the styles are
optimized, those of each layer on their own (the space W+ of Abdal et al. 2019, "Image2StyleGAN").

The search starts from the nearest of many keyed latents, follows several of them together and keeps
the nearest result.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from artgan.base.premultiply import premultiply
from artgan.base.seeding import keyed_generator
from artgan.core.run import TrainedRun
from artgan.errors import OptionError
from artgan.latents.hooks import forward_hooks
from artgan.latents.points import Point, make_images, seed_points
from artgan.latents.steering import StyleGenerator, style_half
from artgan.plugin.color import parse_hex, to_rgb
from artgan.plugin.picture import Picture
from artgan.plugin.raster import resize

STARTS = 8
"""Latents that are optimized together; the nearest at the end is kept."""

CANDIDATES = 512
"""Latents among which the starts are chosen."""

FEATURE_WEIGHT = 0.1
PRIOR_WEIGHT = 0.01

LATENT_RATE, STYLE_RATE = 0.3, 0.1

SCALES = 3
"""Sizes at which pixels are compared: full, half, a quarter."""


@dataclass(frozen=True)
class Projected:
    """The point found for a picture; the error is the RMS difference of pixels, of 255 levels."""

    point: Point
    error: float


def fit_picture(
    picture: Picture, height: int, width: int, channels: int, background: str = "000000"
) -> tuple[Tensor, list[str]]:
    """Convert a picture to an image (1, C, H, W) in [-1, 1]; say in notes what was done to it.

    Transparent pixels are laid on the background, a colour in hex, if there is no fourth channel.
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
    """Return pixels (H, W, channels) in [0, 1]; add to the notes what that changed."""
    color, alpha = to_rgb(picture.color), picture.alpha
    if channels == 4:
        full = np.ones_like(color[:, :, :1]) if alpha is None else alpha
        return np.concatenate([color, full], axis=2)
    if alpha is not None and float(alpha.min()) < 1:
        notes.append(f"transparent parts filled with the colour {background}")
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


def project_picture(
    run: TrainedRun,
    picture: Picture,
    *,
    steps: int = 200,
    label: int | None = None,
    report: Callable[[str], None] = lambda _: None,
    show: Callable[[int], None] = lambda _: None,
) -> Projected:
    """Find the point of a run whose picture is nearest to a picture.

    The picture is cut and resized to the run's size; ``report`` is called with a note for each
    thing that was done to it, ``show`` with the number of each step that is done. A label of None
    searches in all classes.
    """
    config = run.config
    background = str(config.dataset.options.get("background", "000000"))
    target, notes = fit_picture(picture, config.height, config.width, config.channels, background)
    target = premultiply(target) if config.premultiplied else target
    for note in notes:
        report(note)
    # Refuses a label that does not exist.
    next(seed_points(run, [0], label))
    classes = range(config.classes) if label is None else [label]
    return project(
        run.generator, run.discriminator, target, steps=steps, classes=classes, show=show
    )


def project(
    generator: nn.Module,
    discriminator: nn.Module,
    target: Tensor,
    *,
    steps: int = 200,
    classes: Sequence[int] = (),
    show: Callable[[int], None] = lambda _: None,
) -> Projected:
    """Find the point whose picture is nearest to an image (1, C, H, W) in [-1, 1].

    The networks are in evaluation mode, their weights frozen; features of the discriminator are
    compared. ``classes`` are the labels to search in, ``show`` is called after every step.
    """
    if not 1 <= steps <= 100_000:
        raise OptionError(f"{steps} steps do not fit; expected 1 to 100000")
    device = next(generator.parameters()).device
    target = target.to(device)
    latents, labels = _choose_starts(generator, target, classes)
    halves = style_half(generator)
    with torch.no_grad():
        values = latents if halves is None else halves.mapping(latents, labels)
    free = values.clone().requires_grad_(True)
    rate = LATENT_RATE if halves is None else STYLE_RATE
    optimizer = torch.optim.Adam([free], lr=rate, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps, rate / 50)
    wanted = _features(discriminator, target.expand(len(free), -1, -1, -1), labels)
    nearest = _Nearest(values)
    for step in range(steps):
        images = make_images(generator, free, labels, in_styles=halves is not None)
        distances = _distances(images, target)
        made = _features(discriminator, images, labels)
        losses = distances + FEATURE_WEIGHT * _feature_distances(made, wanted)
        losses = losses + PRIOR_WEIGHT * _prior(free, generator)
        nearest.update(free, distances)
        optimizer.zero_grad()
        losses.sum().backward()
        optimizer.step()
        schedule.step()
        show(step)
    return _best_of(generator, target, nearest.values, labels)


class _Nearest:
    """Keeps the nearest values (N, ...) so far, for each start on its own."""

    def __init__(self, values: Tensor) -> None:
        self.values = values.clone()
        self.distances = torch.full((len(values),), float("inf"), device=values.device)

    def update(self, values: Tensor, distances: Tensor) -> None:
        better = distances.detach() < self.distances
        self.values[better] = values.detach()[better]
        self.distances[better] = distances.detach()[better]


def _choose_starts(
    generator: nn.Module, target: Tensor, classes: Sequence[int]
) -> tuple[Tensor, Tensor | None]:
    """Draw CANDIDATES latents; return the STARTS whose pictures are nearest, and their labels."""
    shape = cast(tuple[int, ...], generator.latent_shape)
    latents = torch.randn(CANDIDATES, *shape, generator=keyed_generator("project"))
    labels = None
    if classes:
        labels = torch.tensor(classes)[torch.arange(CANDIDATES) % len(classes)]
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
    """Return squared differences (N,) of images (N, C, H, W), summed over SCALES sizes."""
    total = (images - target).square().mean((1, 2, 3))
    for _ in range(SCALES - 1):
        images, target = (F.avg_pool2d(x, 2, ceil_mode=True) for x in (images, target))
        total = total + (images - target).square().mean((1, 2, 3))
    return total


def _features(discriminator: nn.Module, images: Tensor, labels: Tensor | None) -> list[Tensor]:
    """Return the output of each convolution of a discriminator."""
    features: list[Tensor] = []
    layers = [module for module in discriminator.modules() if isinstance(module, nn.Conv2d)]
    with forward_hooks(layers, lambda _, __, output: features.append(output)):
        discriminator(images, labels)
    return features


def _feature_distances(made: Sequence[Tensor], wanted: Sequence[Tensor]) -> Tensor:
    """Return relative differences (N,) of features, averaged over layers; 0 without layers."""
    total = torch.zeros((), device=made[0].device if made else None)
    for ours, theirs in zip(made, wanted, strict=True):
        size = theirs.detach().square().mean() + 1e-8
        total = total + (ours - theirs.detach()).square().flatten(1).mean(1) / size
    return total / max(1, len(made))


def _prior(values: Tensor, generator: nn.Module) -> Tensor:
    """Return how unusual latents (by length) or styles (by distance to the mean) are, (N,)."""
    if style_half(generator) is None:
        return (values.square().flatten(1).mean(1) - 1).square()
    mean = cast(StyleGenerator, generator).style_mean
    return 0.1 * (values - mean).square().flatten(1).mean(1)


def _best_of(
    generator: nn.Module, target: Tensor, values: Tensor, labels: Tensor | None
) -> Projected:
    """Return the one of the values (N, ...) whose picture is nearest in its pixels."""
    in_styles = style_half(generator) is not None
    with torch.no_grad():
        images = make_images(generator, values, labels, in_styles=in_styles).clamp(-1, 1)
    errors = (images - target).square().mean((1, 2, 3))
    nearest = int(errors.argmin())
    label = None if labels is None else int(labels[nearest])
    point = Point(values[nearest].detach().cpu().clone(), label, in_styles)
    return Projected(point, float(errors[nearest]) ** 0.5 * 127.5)
