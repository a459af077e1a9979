"""Adaptive augmentation (Karras et al. 2020, "Training GANs with Limited Data").

Section 2 and appendix B: each change happens with probability p. p rises while the mean sign of the
real logits lies above the target, as it does when the discriminator memorizes, and falls below it.
Geometry is one affine map for each picture, sampled bilinearly with mirrored edges; the paper uses
wavelet filters instead, which cost more and matter at large sizes.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from artgan.plugin.ranks import draw
from artgan.plugins.augmentations import AdaOptions

EVERY = 4
"""Steps between adjustments."""


class Ada:
    """Changes pictures with a probability that adapts.

    Attributes:
        probability: Current probability of each change. With the signs counted since it last
            changed, it is the state that checkpoints keep.
    """

    premultiplied = True

    def __init__(self, options: AdaOptions) -> None:
        self._options = options
        self.probability = 0.0
        self._signs, self._seen, self._steps = 0.0, 0, 0

    def __call__(self, images: Tensor) -> Tensor:
        """Change images (N, C, H, W) in [-1, 1]; values may leave this range."""
        if self.probability <= 0:
            return images
        options = self._options
        if options.flips or options.geometry:
            images = warp(images, self.probability, options.flips, options.geometry)
        if options.color:
            images = recolor(images, self.probability, self.premultiplied)
        return images

    def observe(self, real_logits: Tensor) -> None:
        """Count the signs of one step's real logits (N,); adapt the probability every few steps."""
        self._signs += float(real_logits.sign().sum())
        self._seen += len(real_logits)
        self._steps += 1
        if self._steps < EVERY:
            return
        sure = self._signs / self._seen
        move = math.copysign(self._seen / self._options.ramp, sure - self._options.target)
        self.probability = min(max(self.probability + move, 0.0), self._options.largest)
        self._signs, self._seen, self._steps = 0.0, 0, 0

    def state_dict(self) -> dict[str, Tensor]:
        """Return probability and counts."""
        values = [self.probability, self._signs, float(self._seen), float(self._steps)]
        return {"adapted": torch.tensor(values, dtype=torch.float64)}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Restore probability and counts."""
        self.probability, self._signs, seen, steps = state["adapted"].tolist()
        self._seen, self._steps = int(seen), int(steps)


def _happens(count: int, probability: float) -> Tensor:
    """Draw 1 with a probability, else 0, (N,)."""
    return (torch.rand(count, dtype=torch.float64) < probability).double()


def _maps(count: int, entries: dict[tuple[int, int], Tensor]) -> Tensor:
    """Build matrices (N, 3, 3) that are the identity except for some entries (N,)."""
    matrices = torch.eye(3, dtype=torch.float64).repeat(count, 1, 1)
    for (row, column), value in entries.items():
        matrices[:, row, column] = value
    return matrices


def _rotation(angle: Tensor) -> Tensor:
    sine, cosine = angle.sin(), angle.cos()
    entries = {(0, 0): cosine, (0, 1): -sine, (1, 0): sine, (1, 1): cosine}
    return _maps(len(angle), entries)


def _translation(images: Tensor, spread: float, probability: float) -> Tensor:
    """Draw shifts by normally distributed shares of the sides; the grid's sides have length 2."""
    count = len(images)
    shifts = draw(torch.randn, 2, count, dim=1, dtype=torch.float64) * 2 * spread
    shifts = shifts * _happens(count, probability)
    return _maps(count, {(0, 2): shifts[0], (1, 2): shifts[1]})


def warp(images: Tensor, probability: float, flips: bool, geometry: bool) -> Tensor:
    """Mirror, rotate, scale and move each image at random (appendix B, list of transformations)."""
    count, (height, width) = len(images), images.shape[2:]
    normal = draw(torch.randn, 3, count, dim=1, dtype=torch.float64)
    whole = draw(torch.rand, 3, count, dim=1, dtype=torch.float64)
    chain = torch.eye(3, dtype=torch.float64).repeat(count, 1, 1)
    if flips:
        mirrored = 1 - 2 * _happens(count, probability / 2)
        chain = chain @ _maps(count, {(0, 0): mirrored})
        if height == width:
            quarters = (whole[0] * 4).floor() * _happens(count, probability)
            chain = chain @ _rotation(quarters * math.pi / 2)
    if geometry:
        scale = torch.exp2(normal[0] * 0.2 * _happens(count, probability))
        chain = chain @ _maps(count, {(0, 0): scale, (1, 1): scale})
        # One rotation before and one after the uneven scaling; at least one of the two happens
        # with the probability.
        either = 1 - math.sqrt(1 - probability)
        chain = chain @ _rotation((whole[1] * 2 - 1) * math.pi * _happens(count, either))
        uneven = torch.exp2(normal[1] * 0.2 * _happens(count, probability))
        chain = chain @ _maps(count, {(0, 0): uneven, (1, 1): 1 / uneven})
        chain = chain @ _rotation((whole[2] * 2 - 1) * math.pi * _happens(count, either))
        chain = chain @ _translation(images, 0.125, probability)
    # Rotations are in pixels, so coordinates are made square before the map and restored after it.
    aspect = torch.diag(torch.tensor([width / height, 1.0, 1.0], dtype=torch.float64))
    chain = torch.linalg.inv(aspect) @ chain @ aspect
    chain = chain[:, :2].to(images)
    grid = F.affine_grid(chain, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)


def recolor(images: Tensor, probability: float, premultiplied: bool = False) -> Tensor:
    """Change brightness, contrast, lightness, hue and saturation at random; alpha stays.

    With ``premultiplied`` colours the changes are multiplied by alpha too.
    """
    count, channels = len(images), images.shape[1]
    normal = draw(torch.randn, 3, count, dim=1, dtype=torch.float64)
    whole = torch.rand(count, dtype=torch.float64)
    brightness = normal[0] * 0.2 * _happens(count, probability)
    contrast = torch.exp2(normal[1] * 0.5 * _happens(count, probability))
    flipped = _happens(count, probability / 2)
    hue = (whole * 2 - 1) * math.pi * _happens(count, probability)
    saturation = torch.exp2(normal[2] * _happens(count, probability))
    if channels < 3:
        factor = contrast * (1 - 2 * flipped)
        return images * _like(factor, images) + _like(brightness * factor, images)
    axis = torch.full((3,), 3**-0.5, dtype=torch.float64)
    grey = torch.outer(axis, axis)
    identity = torch.eye(3, dtype=torch.float64)
    matrix = (identity - 2 * grey * flipped[:, None, None]) * contrast[:, None, None]
    matrix = _rotation_around(axis, hue) @ matrix
    matrix = (grey + (identity - grey) * saturation[:, None, None]) @ matrix
    if premultiplied and channels == 4:
        cover = (images[:, 3:] + 1) / 2
        # Colours in [-1, 1] times alpha.
        color = images[:, :3] + 1 - cover + _like(brightness, images) * cover
        color = torch.einsum("nij,njhw->nihw", matrix.to(images), color) - 1 + cover
    else:
        color = images[:, :3] + _like(brightness, images)
        color = torch.einsum("nij,njhw->nihw", matrix.to(images), color)
    return torch.cat([color, images[:, 3:]], 1)


def _like(value: Tensor, images: Tensor) -> Tensor:
    """Reshape values (N,) to (N, 1, 1, 1), on the device of the images."""
    return value.to(images).view(-1, 1, 1, 1)


def _rotation_around(axis: Tensor, angle: Tensor) -> Tensor:
    """Build rotations (N, 3, 3) around an axis, by Rodrigues' formula."""
    x, y, z = axis.tolist()
    cross = torch.tensor([[0, -z, y], [z, 0, -x], [-y, x, 0]], dtype=torch.float64)
    sine, rest = angle.sin()[:, None, None], (1 - angle.cos())[:, None, None]
    return torch.eye(3, dtype=torch.float64) + sine * cross + rest * (cross @ cross)
