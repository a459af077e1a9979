"""Points that a generator is asked for, how they are steered, and what a record keeps of them.

A point is a latent, standard normal, or, where the architecture has a mapping network, the styles
that it gives. Truncation: Karras et al. 2019, "A Style-Based Generator Architecture for GANs",
appendix B. Style mixing: the same, section 3.1.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from artgan.core.images import Pixels, to_pixels
from artgan.core.keyed import keyed_generator
from artgan.core.latents import blend, parse_sum
from artgan.core.paths import replacing
from artgan.core.sample import batch_of, draw_inputs, making_at_once
from artgan.errors import DataError, OptionError, RunError

DRAWN = 32
"""Seeds whose latents are drawn at once, for speed alone."""


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
class Point:
    """One place to make a picture at.

    Attributes:
        values: Latent (*latent_shape), or styles (L, W).
        label: Class, or None in runs without labels.
        in_styles: Whether the values are styles.
        seed: Key of what is random in a style, and the seed that the point follows from.
        name: What its file is called, without ending.
        about: What it follows from, where that is more than the seed, as plain values.
        towards: Class that its label is blended with.
        share: How much of that class, 0 to 1.
    """

    values: Tensor
    label: int | None = None
    in_styles: bool = False
    seed: int = 0
    name: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    towards: int = 0
    share: float = 0.0

    @property
    def facts(self) -> dict[str, Any]:
        """What a record needs to know beyond the seed, as plain values."""
        label = {} if self.label is None else {"label": self.label}
        blend = {"towards": self.towards, "share": self.share} if self.share else {}
        return {**self.about, **label, **blend} if self.about else {}


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


def make_images(
    generator: torch.nn.Module,
    values: Tensor,
    labels: Tensor | None,
    *,
    in_styles: bool = False,
    steering: Steering | None = None,
) -> Tensor:
    """Ask the generator, steered; it must be in evaluation mode.

    Args:
        generator: Any generator; one with styles if the values are styles.
        values: Latents (N, *latent_shape) or styles (N, L, W).
        labels: Labels (N,) or None.
        in_styles: Whether the values are styles.
        steering: What is done first; None is nothing.

    Returns:
        Images (N, C, H, W) in [-1, 1].
    """
    steering = steering or Steering()
    if steering.plain and not in_styles:
        images: Tensor = generator(values, labels)
        return images
    halves = style_half(generator)
    if halves is None:
        return cast(Tensor, generator(_steered_latents(values, steering), labels))
    styles = values if in_styles else halves.mapping(values, labels)
    return halves.synthesis(_steered_styles(halves, styles, labels, steering))


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


def point_of(
    about: Mapping[str, Any],
    seed: int,
    generator: torch.nn.Module,
    label_weights: Sequence[float] = (),
    label: int | None = None,
) -> Point:
    """Give the point that a record tells of.

    Args:
        about: What the record keeps under "latents"; empty for a plain seed.
        seed: The record's seed.
        generator: The run's.
        label_weights: The run's.
        label: The record's label, if it has one.

    Raises:
        DataError: The record is damaged.
    """
    plain = next(seed_points(generator, [seed], label_weights, label))
    own = {name: value for name, value in about.items() if name not in _NOT_OF_POINTS}
    point = replace(plain, label=about.get("label", plain.label), about=own)
    if "values" in about:
        return replace(
            point,
            values=unpack_values(about["values"]),
            in_styles=bool(about.get("in_styles")),
            towards=int(about.get("towards", 0)),
            share=float(about.get("share", 0.0)),
        )
    if "sum" in about:
        text = " + ".join(f"{weight}*{seed}" for weight, seed in about["sum"])
        return sum_point(generator, text.replace("+ -", "- "), label_weights, point.label)
    return point


_NOT_OF_POINTS = ("truncation", "moves", "mix", "label", "towards", "share")
"""What a record keeps beside ``Point.about``: steering, and fields of the point."""


def draw_latent(shape: tuple[int, ...], seed: int) -> Tensor:
    """Give the latent (*latent_shape) of a seed, as ``artgan sample`` draws it."""
    return torch.randn(shape, generator=keyed_generator("sample", seed))


def check_steering(
    generator: torch.nn.Module, steering: Steering, label_weights: Sequence[float] = ()
) -> None:
    """Refuse what the generator cannot do.

    Raises:
        OptionError: Style mixing without styles, or layers that are not there.
    """
    if steering.mix is None:
        return
    halves = style_half(generator)
    if halves is None:
        raise OptionError(
            "this architecture has no styles that could be mixed; only those with a mapping "
            "network do. Leave --mix out, or blend latents with --sum"
        )
    layers = to_styles(generator, seed_points(generator, [0], label_weights))[0].values.shape[0]
    if not 0 < steering.mix.layer < layers:
        raise OptionError(
            f"layer {steering.mix.layer} cannot be mixed from; expected 1 to {layers - 1}"
        )


def seed_points(
    generator: torch.nn.Module,
    seeds: Iterable[int],
    label_weights: Sequence[float] = (),
    label: int | None = None,
) -> Iterator[Point]:
    """Yield the point of each seed.

    Raises:
        OptionError: There is no such label.
    """
    stream = iter(seeds)
    while together := list(islice(stream, DRAWN)):
        latents, labels = draw_inputs(generator, together, label_weights, label)
        drawn = [None] * len(together) if labels is None else labels.tolist()
        for seed, latent, own in zip(together, latents, drawn, strict=True):
            yield Point(latent, own, seed=seed, name=f"s{seed:05d}")


def to_styles(generator: torch.nn.Module, points: Iterable[Point]) -> list[Point]:
    """Give points with styles in place of latents; the generator must have them."""
    halves = cast(StyleGenerator, generator)
    device = next(generator.parameters()).device
    found = []
    for point in points:
        values = point.values
        if not point.in_styles:
            labels = None if point.label is None else torch.tensor([point.label], device=device)
            with torch.no_grad():
                values = halves.mapping(values[None].to(device), labels)[0].cpu()
        found.append(replace(point, values=values, in_styles=True))
    return found


def sum_point(
    generator: torch.nn.Module,
    text: str,
    label_weights: Sequence[float] = (),
    label: int | None = None,
) -> Point:
    """Give the point of arithmetic such as "3 - 5 + 9"; its label is that of the first seed.

    Raises:
        OptionError: The text is not such arithmetic, or there is no such label.
    """
    weights = parse_sum(text)
    points = list(seed_points(generator, weights, label_weights, label))
    latent = blend(torch.stack([p.values.double() for p in points]), list(weights.values()))
    name = "sum" + "".join(f"{weight:+g}x{seed}" for seed, weight in weights.items())
    about = {"sum": [[weight, seed] for seed, weight in weights.items()]}
    return replace(points[0], values=latent.float(), name=name, about=about)


def save_points(path: Path, points: Sequence[Point], *, overwrite: bool = False) -> None:
    """Write points of one kind as a safetensors file that ``read_points`` reads.

    Raises:
        RunError: A different file of that name is there and ``overwrite`` is off.
    """
    kind = "styles" if points[0].in_styles else "latents"
    tensors = {kind: torch.stack([point.values for point in points]).float().contiguous()}
    if points[0].label is not None:
        tensors["labels"] = torch.tensor([point.label for point in points])
    with replacing(path, keep=not overwrite) as temporary:
        save_file(tensors, temporary)


def read_points(
    path: Path,
    generator: torch.nn.Module,
    label_weights: Sequence[float] = (),
    label: int | None = None,
) -> list[Point]:
    """Read the points of a safetensors file: ``latents`` or ``styles``, and perhaps ``labels``.

    Raises:
        DataError: The file is not there, damaged, or holds something else.
        RunError: Its points are those of another kind of generator.
        OptionError: There is no such label.
    """
    try:
        tensors = load_file(path)
    except FileNotFoundError as error:
        raise DataError(f"there is no file '{path}'") from error
    except (OSError, SafetensorError) as error:
        raise DataError(f"'{path}' is not a safetensors file that can be read: {error}") from error
    in_styles = "styles" in tensors
    values = tensors.get("styles" if in_styles else "latents")
    if values is None or not len(values) or not bool(values.isfinite().all()):
        raise DataError(f"'{path}' holds no finite tensor 'latents' or 'styles'; has {[*tensors]}")
    _check_shape(path, values, in_styles, generator)
    labels = _labels_of(path, tensors.get("labels"), len(values), generator, label_weights, label)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    points = []
    for row, (value, own) in enumerate(zip(values.float(), labels, strict=True)):
        name = path.stem if len(values) == 1 else f"{path.stem}-{row:05d}"
        about = {"file": path.name, "file_sha256": digest, "row": row, "in_styles": in_styles}
        about["values"] = pack_values(value)
        points.append(Point(value, own, in_styles, name=name, about=about))
    return points


def _check_shape(path: Path, values: Tensor, in_styles: bool, generator: torch.nn.Module) -> None:
    halves = style_half(generator)
    if in_styles:
        wanted = f"(N, layers, {len(halves.style_mean)})" if halves else ""
        fits = (
            halves is not None and values.ndim == 3 and values.shape[2:] == halves.style_mean.shape
        )
    else:
        shape = cast(tuple[int, ...], generator.latent_shape)
        wanted = f"(N, {', '.join(map(str, shape))})"
        fits = tuple(values.shape[1:]) == shape
    if not fits:
        kind = "styles" if in_styles else "latents"
        needs = f"this run takes {wanted}" if wanted else "this run's architecture has no styles"
        raise RunError(f"'{path}' holds {kind} {tuple(values.shape)}; {needs}")


def _labels_of(
    path: Path,
    given: Tensor | None,
    count: int,
    generator: torch.nn.Module,
    label_weights: Sequence[float],
    label: int | None,
) -> list[int | None]:
    classes = len(label_weights)
    if label is not None or not classes or given is None:
        # Also tells a label that is not there.
        _, drawn = draw_inputs(generator, [0], label_weights, label)
        return [None if drawn is None else int(drawn[0])] * count
    labels = [int(value) for value in given.flatten()]
    if len(labels) != count or not all(0 <= value < classes for value in labels):
        raise RunError(f"'{path}' holds labels {labels[:8]}; this run has 0 to {classes - 1}")
    return list(labels)


@contextmanager
def _blended_labels(generator: torch.nn.Module, points: Sequence[Point]) -> Iterator[None]:
    """Blend what the generator learnt of labels, for points between two of them.

    It works where labels are looked up by an ``nn.Embedding``; elsewhere each point keeps the label
    that it is nearest to.
    """
    if not any(point.share for point in points):
        yield
        return
    device = next(generator.parameters()).device
    towards = torch.tensor([point.towards for point in points], device=device)
    shares = torch.tensor([point.share for point in points], device=device)

    def blend_two(module: torch.nn.Module, args: tuple[Tensor, ...], own: Tensor) -> Tensor:
        if args[0].shape != towards.shape:
            return own
        other = cast(torch.nn.Embedding, module).weight[towards]
        return own + (other - own) * shares[:, None].to(own.dtype)

    modules = [m for m in generator.modules() if isinstance(m, torch.nn.Embedding)]
    hooks = [module.register_forward_hook(blend_two) for module in modules]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def render_points(
    generator: torch.nn.Module, points: Iterable[Point], steering: Steering | None = None
) -> Iterator[tuple[Point, Pixels]]:
    """Yield each point with its pixels (H, W, C) uint8, in order, in constant memory.

    A point's picture does not depend on its neighbours, to the bit: as many pictures are always
    made at once. The generator is used in evaluation mode.
    """
    was_training = generator.training
    generator.eval()
    device = next(generator.parameters()).device
    stream = iter(points)
    try:
        first = list(islice(stream, 1))
        stream = chain(first, stream)
        batch = batch_of(generator, bool(first) and first[0].label is not None)
        while chunk := list(islice(stream, batch)):
            filled = [*chunk, *[chunk[-1]] * (batch - len(chunk))]
            values = torch.stack([point.values for point in filled]).float().to(device)
            labels = None
            if filled[0].label is not None:
                labels = torch.tensor([point.label for point in filled], device=device)
            in_styles = filled[0].in_styles
            with torch.no_grad(), _blended_labels(generator, filled), making_at_once(batch):
                images = make_images(
                    generator, values, labels, in_styles=in_styles, steering=steering
                )
            yield from zip(chunk, to_pixels(images[: len(chunk)]), strict=True)
    finally:
        generator.train(was_training)
