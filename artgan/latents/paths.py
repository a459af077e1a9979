"""Paths through latent space: interpolation, closed loops, walks, arithmetic. Pure functions.

A latent is a vector (Z,), or a grid of vectors (Z, h, w) whose cells move independently. Everything
is computed in float64 on the CPU, so that a frame is the same on every machine.

Interpolation on the sphere: Shoemake 1985, "Animating Rotation with Quaternion Curves"; White 2016,
"Sampling Generative Networks", section 2.1, for latents.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from artgan.base.seeding import keyed_generator
from artgan.errors import OptionError

TINY = 1e-12

WAYS = ("smooth", "spherical", "linear")

STEPS_PER_KEY = 64
"""Pieces from key to key in which the length of a path is measured."""


def lerp(start: Tensor, end: Tensor, share: float) -> Tensor:
    """Interpolate on the straight line between latents; share 0 is the start, 1 the end."""
    return start + (end - start) * share


def slerp(start: Tensor, end: Tensor, share: float) -> Tensor:
    """Interpolate along the sphere between latents; the length changes evenly.

    Opposite latents have no shortest arc between them; the straight line is taken.
    """
    start_length, end_length = _length(start), _length(end)
    first, last = start / start_length, end / end_length
    angle = (first * last).sum(0, keepdim=True).clamp(-1, 1).acos()
    sine = angle.sin()
    bent = sine > 1e-6
    safe = torch.where(bent, sine, torch.ones_like(sine))
    low = torch.where(bent, ((1 - share) * angle).sin() / safe, torch.full_like(sine, 1 - share))
    high = torch.where(bent, (share * angle).sin() / safe, torch.full_like(sine, share))
    return (low * first + high * last) * lerp(start_length, end_length, share)


def _length(latent: Tensor) -> Tensor:
    """Return the length of each vector along the first axis, (1, ...), never 0."""
    length: Tensor = torch.linalg.vector_norm(latent, dim=0, keepdim=True)
    return length.clamp_min(TINY)


@dataclass(frozen=True)
class LatentPath:
    """A path through keys (K, ...), float64; a closed one leads back to the first.

    The way is "smooth" (a cubic spline: position, speed and curvature are continuous at the keys
    and where a closed path meets itself), "spherical" (an arc from key to key) or "linear". On a
    sphere, as suits latents, "smooth" interpolates lengths and directions of keys separately.
    """

    keys: Tensor
    closed: bool = False
    way: str = "smooth"
    on_sphere: bool = True

    @property
    def segments(self) -> int:
        """Number of segments between keys."""
        return len(self.keys) if self.closed else len(self.keys) - 1

    def at_key(self, place: float) -> Tensor:
        """Return the point at a place counted in keys: 1.5 is half way from key 1 to key 2."""
        if self.segments == 0:
            return self.keys[0]
        place = place % self.segments if self.closed else min(max(place, 0.0), self.segments)
        index = int(place)
        after = (index + 1) % len(self.keys)
        if place == index:
            return self.keys[index]
        if self.way == "smooth":
            return self._on_spline(index, after, place - index)
        join = slerp if self.way == "spherical" else lerp
        return join(self.keys[index], self.keys[after], place - index)

    def at(self, share: float) -> Tensor:
        """Return the point at a share of the whole length; on a closed path 1 is 0 again."""
        return self.at_key(self.key_place(share))

    def key_place(self, share: float) -> float:
        """Return the place in keys at a share of the whole length: equal shares, equal lengths."""
        share = share % 1.0 if self.closed else min(max(share, 0.0), 1.0)
        places = np.linspace(0, self.segments, len(self._lengths))
        return float(np.interp(share * self._lengths[-1], self._lengths, places))

    @cached_property
    def _lengths(self) -> NDArray[np.float64]:
        """Length from the first key to each of evenly spaced places."""
        count = self.segments * STEPS_PER_KEY
        points = [self.at_key(step / STEPS_PER_KEY) for step in range(count)]
        points.append(self.keys[0 if self.closed else -1])
        steps = [float((b - a).norm()) for a, b in pairwise(points)]
        return np.concatenate([[0.0], np.cumsum(steps)])

    @cached_property
    def _knots(self) -> tuple[Tensor, Tensor]:
        """The values that the spline interpolates, (K, ...), and its slopes there."""
        if not self.on_sphere:
            return self.keys, _slopes(self.keys, self.closed)
        lengths = torch.stack([_length(key) for key in self.keys])
        # Direction and length are interpolated together: one more row than the latent has.
        knots = torch.cat([self.keys / lengths, lengths], dim=1)
        return knots, _slopes(knots, self.closed)

    def _on_spline(self, index: int, after: int, share: float) -> Tensor:
        knots, slopes = self._knots
        point = _hermite(knots[index], knots[after], slopes[index], slopes[after], share)
        if not self.on_sphere:
            return point
        direction, length = point[:-1], point[-1:]
        return direction / _length(direction) * length


def _hermite(start: Tensor, end: Tensor, leaving: Tensor, arriving: Tensor, t: float) -> Tensor:
    """Return the cubic with these ends and slopes at t in [0, 1]."""
    rest = 1 - t
    return (
        (1 + 2 * t) * rest**2 * start
        + t**2 * (3 - 2 * t) * end
        + t * rest**2 * leaving
        - t**2 * rest * arriving
    )


def _slopes(knots: Tensor, closed: bool) -> Tensor:
    """Compute the slopes (K, ...) with which the curvature of a cubic spline is continuous.

    An open spline has no curvature at its ends (it is "natural").
    """
    count = len(knots)
    if count < 3:
        return knots.roll(-1, 0) - knots if not closed else torch.zeros_like(knots)
    matrix = 4 * torch.eye(count, dtype=knots.dtype)
    index = torch.arange(count)
    matrix[index, (index + 1) % count] += 1
    matrix[index, (index - 1) % count] += 1
    wanted = 3 * (knots.roll(-1, 0) - knots.roll(1, 0))
    if not closed:
        matrix[0], matrix[-1] = 0, 0
        matrix[0, :2] = torch.tensor([2.0, 1.0])
        matrix[-1, -2:] = torch.tensor([1.0, 2.0])
        wanted[0], wanted[-1] = 3 * (knots[1] - knots[0]), 3 * (knots[-1] - knots[-2])
    solved: Tensor = torch.linalg.solve(matrix, wanted.flatten(1))
    return solved.view_as(knots)


def with_way_points(keys: Tensor, drawn: Tensor) -> Tensor:
    """Return the keys (K, ...) of a loop; if there are fewer than three, with drawn ones between.

    A loop through two keys would return on the same path; through one it would not move.
    """
    if len(keys) > 2:
        return keys
    if len(keys) == 1:
        return torch.cat([keys, drawn[:3]])
    return torch.stack([keys[0], drawn[0], keys[1], drawn[1]])


def walk(start: Tensor, turns: int, *name: object) -> Callable[[float], Tensor]:
    """Return a smooth random walk from a latent back to it, as a function of its share in [0, 1].

    A stationary Gaussian process of period 1, conditioned on its start: ``turns`` sines with
    weights keyed by ``name``, so that each of its points is as likely as any other latent. The
    start is float64.
    """
    shape = (2, turns, *start.shape)
    weights = torch.randn(shape, generator=keyed_generator(*name, "walk"), dtype=torch.float64)
    weights /= math.sqrt(turns)
    beginning = start - weights[0].sum(0)
    rates = 2 * math.pi * torch.arange(1, turns + 1, dtype=torch.float64)

    def at(share: float) -> Tensor:
        angles = rates * (share % 1.0)
        waves = torch.tensordot(angles.cos(), weights[0], 1)
        waves += torch.tensordot(angles.sin(), weights[1], 1)
        moved: Tensor = waves + beginning * angles.cos().mean()
        return moved

    return at


def blend(latents: Tensor, weights: Sequence[float]) -> Tensor:
    """Add weighted latents (N, ...) and scale the sum to the length of an ordinary latent.

    Latents are standard normal; so is their sum divided by the root of the sum of squared weights.
    """
    scale = math.sqrt(sum(weight**2 for weight in weights))
    factors = torch.tensor(weights, dtype=latents.dtype) / scale
    blended: Tensor = torch.tensordot(factors, latents, 1)
    return blended


def parse_sum(text: str) -> dict[int, float]:
    """Read arithmetic of seeds, "3 - 5 + 9" or "0.7*3 + 0.3*9", as seed -> weight."""
    pattern = re.compile(r"\s*([+-])?\s*(?:(\d+(?:\.\d*)?|\.\d+)\s*\*\s*)?(\d+)\s*")
    weights: dict[int, float] = {}
    place = 0
    while place < len(text):
        found = pattern.match(text, place)
        if not found or (place > 0 and not found[1]) or int(found[3]) >= 2**63:
            break
        sign = -1.0 if found[1] == "-" else 1.0
        seed = int(found[3])
        weights[seed] = weights.get(seed, 0.0) + sign * float(found[2] or 1)
        place = found.end()
    weights = {seed: weight for seed, weight in weights.items() if weight}
    if place < len(text) or not weights:
        raise OptionError(
            f"the sum {text!r} does not fit; expected seeds with signs and weights, as in "
            '"3 - 5 + 9" or "0.7*3 + 0.3*9"'
        )
    return weights
