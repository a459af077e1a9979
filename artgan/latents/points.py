"""Points that a generator is asked for, how they are steered, and what a record keeps of them.

A point is a latent, standard normal, or, where the architecture has a mapping network, the styles
that it gives. Truncation: Karras et al. 2019, "A Style-Based Generator Architecture for GANs",
appendix B. Style mixing: the same, section 3.1.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from artgan.base.paths import replacing
from artgan.core.images import Pixels, to_pixels
from artgan.core.sample import batch_of, draw_inputs, making_at_once
from artgan.errors import DataError, OptionError, RunError
from artgan.latents.paths import blend, parse_sum
from artgan.latents.steering import (
    Steering,
    StyleGenerator,
    _steered_latents,
    _steered_styles,
    pack_values,
    style_half,
    unpack_values,
)

DRAWN = 32
"""Seeds whose latents are drawn at once, for speed alone."""


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
