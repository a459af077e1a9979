"""Samples: raw and styled pictures of a run with their records."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL.Image import Image

from artgan.core.images import Pixels
from artgan.core.requirements import missing_plugins
from artgan.core.run import TrainedRun
from artgan.errors import ArtganError, UnknownNameError
from artgan.latents.points import (
    Point,
    check_steering,
    point_of,
    read_points,
    render_points,
    seed_points,
    sum_point,
)
from artgan.latents.steering import Steering, read_steering
from artgan.pictures.files import from_pixels, to_pil
from artgan.pictures.records import pixel_hash
from artgan.styling.apply import apply_style
from artgan.styling.chain import Chain
from artgan.styling.parse import check_chain, parse_style


@dataclass(frozen=True)
class Sample:
    """One picture of a run.

    Attributes:
        seed: Its seed.
        raw: Pixels (H, W, C) as the generator made them.
        styled: The picture after the style, or None if a filter failed.
        record: How the styled picture was made; goes into its file.
        error: Why the style failed, or "".
        name: Name of its file, before the style and the ending.
        raw_record: How the raw picture was made.
    """

    seed: int
    raw: Pixels
    styled: Image | None
    record: Mapping[str, Any]
    error: str = ""
    name: str = ""
    raw_record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Name of the sample in messages."""
        return f"seed {self.seed}" if self.name == f"s{self.seed:05d}" else self.name


@dataclass(frozen=True)
class SampleRequest:
    """Which pictures are wanted, and how they are styled.

    Attributes:
        seeds: One for each picture, or points in latent space.
        style: A style's name, a chain, or "none".
        knobs: Values for the style's knobs.
        label: Class of all pictures; None lets each seed draw its own.
        steering: Changes to every point before the generator sees it.
    """

    seeds: Iterable[int] | Iterable[Point]
    style: Any = "none"
    knobs: Mapping[str, Any] = field(default_factory=dict)
    label: int | None = None
    steering: Steering = Steering()

    def points(self, run: TrainedRun) -> list[Point]:
        """Return a point for each picture."""
        asked: list[Any] = list(self.seeds)
        if asked and isinstance(asked[0], Point):
            return asked
        weights = run.config.label_weights
        return list(seed_points(run.generator, asked, weights, self.label))


def make_samples(run: TrainedRun, request: SampleRequest) -> Iterator[Sample]:
    """Make pictures one by one, in constant memory.

    Yields:
        A sample for each seed, in order. If a filter fails, ``styled`` is None and ``error`` says
        why; the next samples are made all the same.
    """
    points = request.points(run)
    chain = style_chain(run, request.style, request.knobs)
    check_steering(run.generator, request.steering, run.config.label_weights)
    common = run.record(0, request.label)
    rendered = render_points(run.generator, points, request.steering)
    for index, (point, pixels) in enumerate(rendered):
        latents = {**point.facts, **request.steering.about}
        record = {
            **common,
            "seed": point.seed,
            **({"latents": latents} if latents else {}),
            "raw_sha256": pixel_hash(pixels),
        }
        name = point.name + request.steering.suffix
        try:
            styled = apply_style(
                chain,
                from_pixels(pixels, wraps=run.wraps),
                registry=run.registry,
                seed=point.seed,
                index=index,
                total=len(points),
            )
        except ArtganError as error:
            yield Sample(point.seed, pixels, None, record, str(error), name, record)
            continue
        styled_record = {**record, "style": styled.record}
        finished = to_pil(styled.picture)
        finished.info["artgan"] = styled_record
        yield Sample(point.seed, pixels, finished, styled_record, "", name, record)


def find_points(
    run: TrainedRun,
    seeds: Iterable[int] = (),
    *,
    blend: str | None = None,
    file: str | Path | None = None,
    label: int | None = None,
) -> list[Point]:
    """Return points in latent space: of seeds, of arithmetic with seeds, of a file.

    Args:
        run: The run with the latent space.
        seeds: Seeds, a point for each.
        blend: Arithmetic of seeds, such as "3 - 5 + 9".
        file: A safetensors file of latents or styles, as ``artgan project`` writes.
        label: Class of all; None lets each seed draw its own.

    Raises:
        ArtganError: The arithmetic, the file or the label cannot be used.
    """
    generator, weights = run.generator, run.config.label_weights
    found = list(seed_points(generator, seeds, weights, label))
    if blend is not None:
        found.append(sum_point(generator, blend, weights, label))
    if file is not None:
        found += read_points(Path(file), generator, weights, label)
    return found


def recorded_point(run: TrainedRun, record: Mapping[str, Any]) -> tuple[Point, Steering]:
    """Return the point that a record describes, and how it was steered.

    Raises:
        ArtganError: The record is damaged.
    """
    about = record.get("latents", {})
    weights, label = run.config.label_weights, record.get("label")
    point = point_of(about, int(record["seed"]), run.generator, weights, label)
    return point, read_steering(about)


def style_chain(run: TrainedRun, style: Any, knobs: Mapping[str, Any] | None = None) -> Chain:
    """Parse and check a style for a run.

    Raises:
        ArtganError: It cannot be used; says which plugin is missing, if one is.
    """
    try:
        chain = parse_style(style, run.registry, knobs=knobs)
        check_chain(chain, run.registry)
    except UnknownNameError as error:
        versions = run.folder.plugins()
        absent = missing_plugins([f"{name}/" for name in versions], versions, run.registry)
        if not absent:
            raise
        raise UnknownNameError(f"{error} The run was made with {'; and '.join(absent)}") from error
    return chain
