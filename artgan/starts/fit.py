"""Copies trained weights into new networks: other pictures, labels, channels, even another size.

Mo et al. 2020, "Freeze the Discriminator", section 3: with few pictures it helps to keep the first
layers of the discriminator as they are (``--train.freeze-discriminator``).

Where the networks of both differ, each tensor is fitted by itself:

- Another size: a network for larger pictures has more levels. Layers are counted from the end at
  which they have the same shape, so that those next to the picture keep their weights. Dense layers
  that make or read a coarsest grid of another size, 6 x 6 for 4 x 4, are stretched like pictures.
- Other channels: grey is the mean of red, green and blue; alpha is new, and begins opaque.
- Other labels: each new one begins as the mean of the old ones.
"""

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from itertools import chain

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from artgan.core.config import RunConfig
from artgan.core.registry import Registry
from artgan.core.state import TrainingState
from artgan.errors import RunError
from artgan.starts.origin import Origin, find_origin

LEAST_SHARE = 0.1
"""Share of the weights below which another run is no start."""

SHIFTS = (0, 1, -1, 2, -2, 3, -3)
"""By how many places the layers of networks for other sizes may have moved."""

OPAQUE = 2.0
"""Where alpha begins before the hyperbolic tangent, which makes it 0.96: all but opaque."""


def begin(config: RunConfig, state: TrainingState, registry: Registry) -> float:
    """Copy the weights that ``config.base`` names into a new state, as far as they fit.

    ``config.training.from_networks`` says whether the generator begins with them as well.

    Returns:
        The share of the weights that were taken, of all that were wanted.

    Raises:
        RunError: The base is gone or has changed, or next to nothing of it fits.
    """
    size = config.height, config.width
    origin = find_origin(config.base, config.base_weights, registry, size)
    tensors = origin.read()
    taken = total = 0
    alone = config.training.from_networks == "discriminator"
    for name, network in state.saved.items():
        if alone and state.sides[name.removesuffix("_ema")] != "discriminator":
            continue
        # A start holds one generator, which was averaged.
        there = any(key.startswith(f"{name}.") for key in tensors)
        held = name if there else name.removesuffix("_ema")
        found = {k[len(held) + 1 :]: v for k, v in tensors.items() if k.startswith(f"{held}.")}
        taken += copy_weights(network, Fitting(origin, config, name, found))
        total += sum(value.numel() for value in network.state_dict().values())
    share = taken / max(1, total)
    if share < LEAST_SHARE:
        raise RunError(
            f"only {share:.0%} of the weights of '{origin.name}' fit these networks; use the same "
            "options (artgan info shows them) and a near size"
        )
    return share


class Fitting:
    """Fits single tensors of one network to those of another.

    Args:
        origin: What the tensors come from.
        config: The run that they are fitted to.
        network: Name of the network, as in a checkpoint.
        found: Its tensors by name.
    """

    def __init__(
        self, origin: Origin, config: RunConfig, network: str, found: Mapping[str, Tensor]
    ) -> None:
        self.draws = network.startswith("generator")
        self.found = found
        self.pictures = (origin.height, origin.width), (config.height, config.width)
        self.widest = max((max(t.shape[:2]) for t in found.values() if t.ndim == 4), default=0)
        self.channels = (origin.channels, config.channels)
        self.classes = (origin.classes, config.classes)

    def fitted(self, found: Tensor, own: Tensor) -> Tensor | None:
        """Return ``found`` in the shape of ``own``, or None if that makes no sense."""
        if found.shape == own.shape:
            return found
        if found.ndim != own.ndim:
            return None
        differing = [d for d in range(own.ndim) if found.shape[d] != own.shape[d]]
        if len(differing) != 1:
            return None
        axis = differing[0]
        sizes = (found.shape[axis], own.shape[axis])
        if sizes == self.channels:
            return self._channels(found.float(), axis)
        if sizes == self.classes and found.ndim == 2 and axis == 0:
            return found.float().mean(0, keepdim=True).expand_as(own)
        grids = self._grids(sizes) if found.ndim <= 2 else None
        return self._stretched(found.float(), axis, *grids) if grids else None

    def _grids(self, features: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Return (height, width) of the coarsest grids that so many features stand for, if any.

        There the channels are as many as in the widest convolution, and the pictures have been
        halved equally often.
        """
        for halvings in range(1, 10):
            before, now = ((h >> halvings, w >> halvings) for h, w in self.pictures)
            if features == (self.widest * math.prod(before), self.widest * math.prod(now)):
                return before, now
        return None

    def _stretched(
        self, found: Tensor, axis: int, before: tuple[int, int], now: tuple[int, int]
    ) -> Tensor:
        """Stretch the grid that lies along ``axis``, (C, height, width) in that order."""
        moved = found.movedim(axis, -1)
        maps = moved.reshape(-1, self.widest, *before)
        maps = F.interpolate(maps, now, mode="bilinear", align_corners=False)
        if not self.draws:
            # A discriminator adds up what it reads, so more places weigh less each.
            maps = maps * (math.prod(before) / math.prod(now))
        return maps.reshape(*moved.shape[:-1], -1).movedim(-1, axis)

    def _channels(self, found: Tensor, axis: int) -> Tensor:
        """Mix the channels of pictures that lie along ``axis``."""
        before, now = self.channels
        # A discriminator reads the new channels as if they were the old ones.
        mix = channel_mix(before, now) if self.draws else channel_mix(now, before).T
        moved = found.movedim(axis, 0)
        mixed = (mix @ moved.reshape(before, -1)).reshape(now, *moved.shape[1:])
        if self.draws and now == 4 and found.ndim == 1:
            mixed[3] = OPAQUE
        return mixed.movedim(0, axis)

    def alpha_bias(self, found: Tensor) -> Tensor | None:
        """Return what alpha 1 everywhere adds to the biases of a first layer, if alpha is gone."""
        before, now = self.channels
        if self.draws or before != 4 or now == 4 or found.ndim != 4 or found.shape[1] != 4:
            return None
        return found[:, 3].float().sum((1, 2))


def channel_mix(before: int, now: int) -> Tensor:
    """Return the matrix (now, before) that turns pictures of some channels into those of others."""
    color = torch.eye(3) if min(before, now) >= 3 else torch.ones(min(now, 3), min(before, 3))
    if before >= 3 > now:
        color = color / 3
    mix = torch.zeros(now, before)
    mix[: color.shape[0], : color.shape[1]] = color
    if before == now == 4:
        mix[3, 3] = 1
    return mix


def copy_weights(network: nn.Module, fit: Fitting) -> int:
    """Copy tensors by name into a network as far as they fit; return the number of values taken."""
    found, own = fit.found, network.state_dict()
    taken = 0
    opaque: dict[str, Tensor] = {}
    for key, source in _sources(own, fit).items():
        fitted = fit.fitted(found[source], own[key])
        if fitted is None:
            continue
        own[key].copy_(fitted)
        taken += own[key].numel()
        if (bias := fit.alpha_bias(found[source])) is not None:
            opaque[re.sub(r"weight$", "bias", key)] = bias
    for key, bias in opaque.items():
        if key in own and own[key].shape == bias.shape:
            own[key].add_(bias)
    return taken


def _sources(own: Mapping[str, Tensor], fit: Fitting) -> dict[str, str]:
    """Find for each tensor of a network the one to copy: own name -> name of that one."""
    found = fit.found
    groups: dict[str, list[str]] = defaultdict(list)
    for key in own:
        groups[_split(key)[0]].append(key)

    def moved(keys: list[str], shift: int) -> dict[str, str]:
        pairs = {key: _moved(key, shift) for key in keys}
        return {key: source for key, source in pairs.items() if source in found}

    def value(pairs: dict[str, str]) -> int:
        fits = (k for k, s in pairs.items() if fit.fitted(found[s], own[k]) is not None)
        return sum(own[key].numel() for key in fits)

    best = [max((moved(keys, shift) for shift in SHIFTS), key=value) for keys in groups.values()]
    return dict(chain.from_iterable(pairs.items() for pairs in best))


def _split(key: str) -> tuple[str, int | None, str]:
    """Split a name at its first number: "stages.2.0.weight" -> "stages.", 2, ".0.weight"."""
    match = re.fullmatch(r"((?:[^.\d][^.]*\.)*)(\d+)(\..*)?", key)
    return (match[1], int(match[2]), match[3] or "") if match else (key, None, "")


def _moved(key: str, shift: int) -> str:
    before, number, after = _split(key)
    return key if number is None else f"{before}{number - shift}{after}"
