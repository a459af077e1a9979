"""Points in latent space: drawn, computed, read from files.

A point is a latent, standard normal, or, if the architecture has a mapping network, the styles that
it outputs.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

from artgan.base.paths import replacing
from artgan.base.tensors import load_tensors
from artgan.core.run import TrainedRun
from artgan.core.sample import draw_inputs
from artgan.errors import DataError, RunError
from artgan.latents.paths import blend, parse_sum
from artgan.latents.steering import (
    StyleGenerator,
    pack_values,
    style_half,
    unpack_values,
)

DRAWN = 32
"""Seeds whose latents are drawn together, only for speed."""


@dataclass(frozen=True)
class Point:
    """A point in latent space that a picture is made from.

    Attributes:
        values: Latent (*latent_shape), or styles (L, W).
        label: Class, or None in runs without labels.
        in_styles: Whether the values are styles.
        seed: The seed that the point follows from; also the key of what is random in a style.
        name: Name of its file, without ending.
        about: What it follows from beyond the seed, as plain values.
        towards: Class with which its label is blended.
        share: Share of that class, 0 to 1.
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
        """What a record keeps beyond the seed, as plain values."""
        label = {} if self.label is None else {"label": self.label}
        blend = {"towards": self.towards, "share": self.share} if self.share else {}
        return {**self.about, **label, **blend} if self.about else {}


def make_images(
    generator: torch.nn.Module, values: Tensor, labels: Tensor | None, *, in_styles: bool = False
) -> Tensor:
    """Make images (N, C, H, W) in [-1, 1] with a generator in evaluation mode.

    Values are latents (N, *latent_shape), or styles (N, L, W) if ``in_styles``.
    """
    if in_styles:
        return cast(StyleGenerator, generator).synthesis(values)
    images: Tensor = generator(values, labels)
    return images


def point_of(
    run: TrainedRun, about: Mapping[str, Any], seed: int, label: int | None = None
) -> Point:
    """Return the point that a record describes; its "latents" are empty for a plain seed."""
    plain = next(seed_points(run, [seed], label))
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
        return sum_point(run, text.replace("+ -", "- "), point.label)
    return point


_NOT_OF_POINTS = (
    "truncation", "moves", "mix", "changes", "sampler", "label", "towards", "share",
)  # fmt: skip
"""What a record keeps under "latents" beside ``Point.about``: steering and fields of the point."""


def seed_points(run: TrainedRun, seeds: Iterable[int], label: int | None = None) -> Iterator[Point]:
    """Yield the point of each seed."""
    stream = iter(seeds)
    while together := list(islice(stream, DRAWN)):
        latents, labels = draw_inputs(run.generator, together, run.config.label_weights, label)
        drawn = [None] * len(together) if labels is None else labels.tolist()
        for seed, latent, own in zip(together, latents, drawn, strict=True):
            yield Point(latent, own, seed=seed, name=f"s{seed:05d}")


def to_styles(generator: torch.nn.Module, points: Iterable[Point]) -> list[Point]:
    """Map the latents of points to styles; the generator must have a mapping network."""
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


def sum_point(run: TrainedRun, text: str, label: int | None = None) -> Point:
    """Compute the point of arithmetic such as "3 - 5 + 9"; its label is that of the first seed."""
    weights = parse_sum(text)
    points = list(seed_points(run, weights, label))
    latent = blend(torch.stack([p.values.double() for p in points]), list(weights.values()))
    name = "sum" + "".join(f"{weight:+g}x{seed}" for seed, weight in weights.items())
    about = {"sum": [[weight, seed] for seed, weight in weights.items()]}
    return replace(points[0], values=latent.float(), name=name, about=about)


def save_points(path: Path, points: Sequence[Point], *, overwrite: bool = False) -> None:
    """Write points, all latents or all styles, as a safetensors file for ``read_points``."""
    kind = "styles" if points[0].in_styles else "latents"
    tensors = {kind: torch.stack([point.values for point in points]).float().contiguous()}
    if points[0].label is not None:
        tensors["labels"] = torch.tensor([point.label for point in points])
    with replacing(path, keep=not overwrite) as temporary:
        save_file(tensors, temporary)


def read_points(run: TrainedRun, path: Path, label: int | None = None) -> list[Point]:
    """Read the points of a safetensors file: ``latents`` or ``styles``, and perhaps ``labels``."""
    try:
        tensors = load_tensors(path)
    except FileNotFoundError as error:
        raise DataError(f"there is no file '{path}'") from error
    except (OSError, SafetensorError) as error:
        raise DataError(f"'{path}' is not a safetensors file that can be read: {error}") from error
    in_styles = "styles" in tensors
    values = tensors.get("styles" if in_styles else "latents")
    if values is None or not len(values) or not bool(values.isfinite().all()):
        raise DataError(f"'{path}' holds no finite tensor 'latents' or 'styles'; has {[*tensors]}")
    _check_shape(path, values, in_styles, run.generator)
    classes, stored = run.config.classes, tensors.get("labels")
    labels: list[int | None]
    if label is None and classes and stored is not None:
        labels = _stored_labels(path, stored, len(values), classes)
    else:
        # Also refuses a label that does not exist.
        labels = [next(seed_points(run, [0], label)).label] * len(values)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    points = []
    for row, (value, own) in enumerate(zip(values.float(), labels, strict=True)):
        name = path.stem if len(values) == 1 else f"{path.stem}-{row:05d}"
        about = {"file": path.name, "file_sha256": digest, "row": row, "in_styles": in_styles}
        about["values"] = pack_values(value)
        points.append(Point(value, own, in_styles, name=name, about=about))
    return points


def _check_shape(path: Path, values: Tensor, in_styles: bool, generator: torch.nn.Module) -> None:
    """Raise RunError if latents or styles do not have the shape that a generator takes."""
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


def _stored_labels(path: Path, stored: Tensor, count: int, classes: int) -> list[int | None]:
    """Return the labels in a file; raise RunError if the run does not have them."""
    labels = [int(value) for value in stored.flatten()]
    if len(labels) != count or not all(0 <= value < classes for value in labels):
        raise RunError(f"'{path}' holds labels {labels[:8]}; this run has 0 to {classes - 1}")
    return list(labels)
