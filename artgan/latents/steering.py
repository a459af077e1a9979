"""Changes to points before they are pictures: what is chosen, what records keep of it.

The changes themselves are contributions, of artgan's own as of others': ``artgan list latents`` and
``artgan list sampler``. ``artgan.latents.rendering`` applies them.
"""

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
    """A generator in two halves, like StyleGAN's, with the mean of its styles (W,)."""

    style_mean: Tensor

    def mapping(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Map latents (N, Z) to styles (N, L, W)."""

    def synthesis(self, styles: Tensor) -> Tensor:
        """Make images (N, C, H, W) in [-1, 1] of styles (N, L, W)."""


def style_half(generator: torch.nn.Module) -> StyleGenerator | None:
    """Return a generator that has styles as such, or None for others."""
    has = all(hasattr(generator, name) for name in ("mapping", "synthesis", "style_mean"))
    return cast(StyleGenerator, generator) if has else None


@dataclass(frozen=True)
class Shift:
    """A step of some standard deviations along a direction.

    The vector is a latent (*latent_shape) or style (W,), one standard deviation long.
    """

    name: str
    vector: Tensor
    in_styles: bool
    amount: float


@dataclass(frozen=True)
class Mix:
    """Style mixing: from this layer on, 0 is the coarsest, the styles of another seed."""

    seed: int
    layer: int


@dataclass(frozen=True)
class SteeringOptions:
    """Steering as the user writes it, with names of directions.

    Attributes:
        truncation: 1 is as trained; smaller is more typical and less varied, 0 the mean picture.
        moves: Name of a direction of the run -> distance in standard deviations.
        mix: (seed, layer): that seed's styles from that layer on; only with styles.
        latents: Further changes of latents, or which latent a seed stands for: a chain such as
            "rejection:keep=0.1", of what ``artgan list latents`` lists.
        sampler: The steps between latents and pictures, as "langevin:steps=20".
    """

    truncation: float = 1.0
    moves: Mapping[str, float] | None = None
    mix: tuple[int, int] | None = None
    latents: str = ""
    sampler: str = "one-pass"


@dataclass(frozen=True)
class SamplingChoice:
    """A contribution that is chosen: its full name, and all of its options as plain values.

    ``text`` is its name with the options that differ from their defaults.
    """

    name: str
    options: Mapping[str, Any]
    text: str = ""

    @property
    def about(self) -> dict[str, Any]:
        """What a record keeps, as plain values; ``read_choice`` reads it."""
        return {"name": self.name, "options": dict(self.options)}

    @property
    def suffix(self) -> str:
        """Its text as a part of a file's name."""
        text = (self.text or self.name).rpartition("/")[2]
        return "-".join("".join(c if c.isalnum() or c == "." else " " for c in text).split())


def read_choice(about: Mapping[str, Any]) -> SamplingChoice:
    """Read what ``SamplingChoice.about`` returned."""
    return SamplingChoice(str(about["name"]), dict(about["options"]))


@dataclass(frozen=True)
class Steering:
    """Changes to every point before the generator sees it.

    Attributes:
        truncation: 1 changes nothing, 0 gives the mean picture. It scales the distance to the mean
            of the styles or, without styles, the latent itself.
        shifts: Steps along directions, taken after truncation.
        mix: Style mixing, or None.
        draw: Which latent a seed stands for; None for its own.
        moves: Further changes, after all others.
        sampler: The steps between latents and pictures; None for one pass.
    """

    truncation: float = 1.0
    shifts: tuple[Shift, ...] = ()
    mix: Mix | None = None
    draw: SamplingChoice | None = None
    moves: tuple[SamplingChoice, ...] = ()
    sampler: SamplingChoice | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.truncation <= 2:
            raise OptionError(
                f"truncation {self.truncation:g} does not fit; expected 0 (all alike) to 1 (as "
                "trained), at most 2"
            )

    @property
    def plain(self) -> bool:
        """Whether it changes nothing."""
        return self == Steering()

    @property
    def steps(self) -> tuple[SamplingChoice, ...]:
        """All changes of points in their order."""
        steps = [SamplingChoice("core/style-mixing", vars(self.mix))] if self.mix else []
        if self.truncation != 1:
            steps.append(SamplingChoice("core/truncation", {"amount": self.truncation}))
        steps += [
            SamplingChoice("core/direction", {"name": shift.name, "amount": shift.amount})
            for shift in self.shifts
        ]
        return (*steps, *self.moves)

    @property
    def further(self) -> tuple[SamplingChoice, ...]:
        """What a record must name, so that it can be applied again."""
        return (*self.moves, *([self.sampler] if self.sampler else []))

    @property
    def suffix(self) -> str:
        """What it adds to file names of pictures, such as "-t0.7-tilt2"."""
        parts = [f"t{self.truncation:g}"] if self.truncation != 1 else []
        parts += [f"{shift.name}{shift.amount:g}" for shift in self.shifts]
        parts += [f"mix{self.mix.seed}from{self.mix.layer}"] if self.mix else []
        parts += [choice.suffix for choice in self.further]
        return "".join(f"-{part}" for part in parts)

    @property
    def about(self) -> dict[str, Any]:
        """What a record keeps, as plain values; ``read_steering`` reads it."""
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
        if self.moves:
            about["changes"] = [move.about for move in self.moves]
        if self.sampler:
            about["sampler"] = self.sampler.about
        return about


def read_steering(about: Mapping[str, Any]) -> Steering:
    """Read what ``Steering.about`` returned."""
    shifts = tuple(
        Shift(move["name"], unpack_values(move["vector"]), move["in_styles"], move["amount"])
        for move in about.get("moves", ())
    )
    mix, sampler = about.get("mix"), about.get("sampler")
    return Steering(
        about.get("truncation", 1.0),
        shifts,
        Mix(**mix) if mix else None,
        moves=tuple(map(read_choice, about.get("changes", ()))),
        sampler=read_choice(sampler) if sampler else None,
    )


def pack_values(values: Tensor) -> dict[str, Any]:
    """Return a tensor as plain values: its shape, and float32 in base64."""
    array = values.detach().cpu().to(torch.float32).contiguous().numpy().astype("<f4")
    text = base64.b64encode(array.tobytes()).decode("ascii")
    return {"shape": list(array.shape), "float32": text}


def unpack_values(packed: Mapping[str, Any]) -> Tensor:
    """Read what ``pack_values`` returned."""
    try:
        data = base64.b64decode(packed["float32"], validate=True)
        array = np.frombuffer(data, "<f4").reshape(packed["shape"]).astype(np.float32)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"the latents in the record are damaged: {error}") from error
    return torch.from_numpy(array)


def draw_latent(shape: tuple[int, ...], seed: int) -> Tensor:
    """Draw the latent (*latent_shape) of a seed, as ``artgan sample`` does."""
    return torch.randn(shape, generator=keyed_generator("sample", seed))
