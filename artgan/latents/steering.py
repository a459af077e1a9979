"""What is done to a point before the generator sees it: truncation, moves, mixing."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
import torch
from torch import Tensor

from artgan.base.seeding import keyed_generator
from artgan.errors import DataError, OptionError


class StyleGenerator(Protocol):
    """A generator in two halves, as StyleGAN's.

    Attributes:
        style_mean: Mean of the styles, (W,).
    """

    style_mean: Tensor

    def mapping(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Give styles (N, L, W) of latents (N, Z)."""

    def synthesis(self, styles: Tensor) -> Tensor:
        """Give images (N, C, H, W) of styles (N, L, W)."""


def style_half(generator: torch.nn.Module) -> StyleGenerator | None:
    """Give the generator as one with styles, or None if it has none."""
    has = all(hasattr(generator, name) for name in ("mapping", "synthesis", "style_mean"))
    return cast(StyleGenerator, generator) if has else None


@dataclass(frozen=True)
class Shift:
    """A step along a direction.

    Attributes:
        name: What the user calls the direction.
        vector: Latent (*latent_shape), or style (W,); as long as one standard deviation.
        in_styles: Whether it is a style.
        amount: How many standard deviations.
    """

    name: str
    vector: Tensor
    in_styles: bool
    amount: float


@dataclass(frozen=True)
class Mix:
    """The finer layers of another seed.

    Attributes:
        seed: Whose styles are taken.
        layer: From this layer on, counted from 0, the coarsest.
    """

    seed: int
    layer: int


@dataclass(frozen=True)
class SteeringOptions:
    """How to steer, as the user says it.

    Attributes:
        truncation: 1 is as trained; smaller is more usual and less varied, 0 the mean picture.
        moves: Direction of the run -> how far, in standard deviations.
        mix: (seed, layer): that seed's styles from that layer on, where there are styles.
    """

    truncation: float = 1.0
    moves: Mapping[str, float] | None = None
    mix: tuple[int, int] | None = None


@dataclass(frozen=True)
class Steering:
    """What is done to every point before the generator sees it.

    Attributes:
        truncation: 1 leaves points where they are, 0 takes them to the mean picture. It shrinks
            the way to the mean of the styles or, where there are none, the latent itself.
        shifts: Steps along directions, taken after truncation.
        mix: Finer layers of another seed, or None.
    """

    truncation: float = 1.0
    shifts: tuple[Shift, ...] = ()
    mix: Mix | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.truncation <= 2:
            raise OptionError(
                f"truncation {self.truncation:g} does not fit; expected 0 (all alike) to 1 (as "
                "trained), at most 2"
            )

    @property
    def plain(self) -> bool:
        """Whether nothing is done."""
        return self == Steering()

    @property
    def suffix(self) -> str:
        """Give what tells file names of steered pictures from others: "-t0.7-tilt2"."""
        parts = [f"t{self.truncation:g}"] if self.truncation != 1 else []
        parts += [f"{shift.name}{shift.amount:g}" for shift in self.shifts]
        parts += [f"mix{self.mix.seed}from{self.mix.layer}"] if self.mix else []
        return "".join(f"-{part}" for part in parts)

    @property
    def about(self) -> dict[str, Any]:
        """Give it as plain values, enough to do it again."""
        about: dict[str, Any] = {}
        if self.truncation != 1:
            about["truncation"] = self.truncation
        if self.shifts:
            about["moves"] = [
                {
                    "name": shift.name,
                    "amount": shift.amount,
                    "in_styles": shift.in_styles,
                    "vector": pack_values(shift.vector),
                }
                for shift in self.shifts
            ]
        if self.mix:
            about["mix"] = {"seed": self.mix.seed, "layer": self.mix.layer}
        return about


def read_steering(about: Mapping[str, Any]) -> Steering:
    """Read what ``Steering.about`` gave."""
    shifts = tuple(
        Shift(move["name"], unpack_values(move["vector"]), move["in_styles"], move["amount"])
        for move in about.get("moves", ())
    )
    mix = about.get("mix")
    return Steering(about.get("truncation", 1.0), shifts, Mix(**mix) if mix else None)


def pack_values(values: Tensor) -> dict[str, Any]:
    """Give a tensor as plain values: its shape, and float32 in base64."""
    array = values.detach().cpu().to(torch.float32).contiguous().numpy().astype("<f4")
    text = base64.b64encode(array.tobytes()).decode("ascii")
    return {"shape": list(array.shape), "float32": text}


def unpack_values(packed: Mapping[str, Any]) -> Tensor:
    """Read what ``pack_values`` gave.

    Raises:
        DataError: It is damaged.
    """
    try:
        data = base64.b64decode(packed["float32"], validate=True)
        array = np.frombuffer(data, "<f4").reshape(packed["shape"]).astype(np.float32)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"the latents in the record are damaged: {error}") from error
    return torch.from_numpy(array)


def _steered_latents(latents: Tensor, steering: Steering) -> Tensor:
    latents = latents * steering.truncation
    for shift in steering.shifts:
        latents = latents + shift.amount * shift.vector.to(latents)
    return latents


def _steered_styles(
    halves: StyleGenerator, styles: Tensor, labels: Tensor | None, steering: Steering
) -> Tensor:
    mean = halves.style_mean
    if steering.mix:
        shape = cast(torch.nn.Module, halves).latent_shape
        key = draw_latent(cast(tuple[int, ...], shape), steering.mix.seed)
        other = halves.mapping(key.to(styles).expand(len(styles), *key.shape), labels)
        styles = torch.cat([styles[:, : steering.mix.layer], other[:, steering.mix.layer :]], dim=1)
    if steering.truncation != 1:
        styles = mean + (styles - mean) * steering.truncation
    for shift in steering.shifts:
        styles = styles + shift.amount * shift.vector.to(styles)
    return styles


def draw_latent(shape: tuple[int, ...], seed: int) -> Tensor:
    """Give the latent (*latent_shape) of a seed, as ``artgan sample`` draws it."""
    return torch.randn(shape, generator=keyed_generator("sample", seed))
