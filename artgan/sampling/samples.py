"""Samples: raw and styled pictures of a run with their records."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PIL.Image import Image

from artgan.core.images import Pixels
from artgan.core.requirements import missing_plugins
from artgan.core.run import TrainedRun
from artgan.errors import ArtganError, UnknownNameError
from artgan.latents.points import (
    Point,
    point_of,
    read_points,
    seed_points,
    sum_point,
)
from artgan.latents.rendering import check_steering, draw_points, record_steered, render_points
from artgan.latents.steering import Steering, read_steering
from artgan.pictures.files import from_pixels, to_pil
from artgan.pictures.records import pixel_hash
from artgan.plugin.picture import FloatArray, Picture
from artgan.styling.apply import apply_style
from artgan.styling.chain import Chain
from artgan.styling.parse import check_chain, parse_style
from artgan.styling.sets import settle_chain


@dataclass(frozen=True)
class Sample:
    """One picture of a run: pixels (H, W, C) as the generator made them, and with its style.

    If a filter failed, ``styled`` is None and ``error`` says why. ``record`` goes into the file of
    the styled picture, ``raw_record`` into that of the raw one; ``name`` has no style and no
    ending. ``planes`` (H, W) in [0, 1] belong to the styled picture, ``raw_planes`` to the raw one.
    """

    seed: int
    raw: Pixels
    styled: Image | None
    record: Mapping[str, Any]
    error: str = ""
    name: str = ""
    raw_record: Mapping[str, Any] = field(default_factory=dict)
    planes: Mapping[str, FloatArray] = field(default_factory=dict)
    raw_planes: Mapping[str, FloatArray] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Name of the sample in messages."""
        return f"seed {self.seed}" if self.name == f"s{self.seed:05d}" else self.name


@dataclass(frozen=True)
class SampleRequest:
    """Which pictures are wanted, and in which style; without a label each seed draws its own.

    ``together`` are the points of all pictures that are styled as one set, if these are not all.
    """

    seeds: Iterable[int] | Iterable[Point]
    style: Any = "none"
    knobs: Mapping[str, Any] = field(default_factory=dict)
    label: int | None = None
    steering: Steering = Steering()
    together: tuple[Point, ...] = ()

    def points(self, run: TrainedRun) -> list[Point]:
        """Return a point for each picture."""
        asked: list[Any] = list(self.seeds)
        if not (asked and isinstance(asked[0], Point)):
            asked = list(seed_points(run, asked, self.label))
        return draw_points(run, asked, self.steering.draw)


def make_samples(run: TrainedRun, request: SampleRequest) -> Iterator[Sample]:
    """Make pictures one by one, in constant memory, in the order of their seeds.

    If a filter fails, ``styled`` is None and ``error`` says why; the next are made all the same.
    """
    points = request.points(run)
    check_steering(run, request.steering)
    chain = _settled_chain(run, request, points)
    common = record_steered(run, request.steering, 0, request.label)
    sized = f"-{run.size[1]}x{run.size[0]}" if run.size else ""
    rendered = render_points(run, points, request.steering)
    for index, drawn in enumerate(rendered):
        point, pixels = drawn.point, drawn.pixels
        latents = {**point.facts, **request.steering.about}
        record = {
            **common,
            "seed": point.seed,
            **({"latents": latents} if latents else {}),
            "raw_sha256": pixel_hash(pixels),
        }
        name = point.name + request.steering.suffix + sized
        try:
            styled = apply_style(
                chain,
                from_pixels(pixels, run.wraps, drawn.planes),
                registry=run.registry,
                seed=point.seed,
                place=(index, len(points)),
            )
        except ArtganError as error:
            raw = Sample(point.seed, pixels, None, record, str(error), name, record)
            yield replace(raw, raw_planes=drawn.planes)
            continue
        styled_record = {**record, "style": styled.record}
        finished = to_pil(styled.picture)
        finished.info["artgan"] = styled_record
        made = Sample(point.seed, pixels, finished, styled_record, "", name, record)
        yield replace(made, planes=styled.picture.planes, raw_planes=drawn.planes)


def _settled_chain(run: TrainedRun, request: SampleRequest, points: Sequence[Point]) -> Chain:
    """Return the chain of the style, with what all pictures of the set decide together."""
    chain, together = style_chain(run, request.style, request.knobs), request.together or points

    def pictures() -> Iterator[tuple[int, Picture]]:
        for drawn in render_points(run, together, request.steering):
            yield drawn.point.seed, from_pixels(drawn.pixels, run.wraps, drawn.planes)

    return settle_chain(chain, pictures, len(together), registry=run.registry)


def find_points(
    run: TrainedRun,
    seeds: Iterable[int] = (),
    *,
    blend: str | None = None,
    file: str | Path | None = None,
    label: int | None = None,
) -> list[Point]:
    """Return points in latent space: of seeds, of arithmetic with seeds, of a file.

    ``blend`` is arithmetic such as "3 - 5 + 9", ``file`` a safetensors file of latents or styles as
    ``artgan project`` writes; a label of None lets each seed draw its own.
    """
    found = list(seed_points(run, seeds, label))
    if blend is not None:
        found.append(sum_point(run, blend, label))
    if file is not None:
        found += read_points(run, Path(file), label)
    return found


def recorded_point(run: TrainedRun, record: Mapping[str, Any]) -> tuple[Point, Steering]:
    """Return the point that a record describes, and how it was steered."""
    about = record.get("latents", {})
    point = point_of(run, about, int(record["seed"]), record.get("label"))
    return point, read_steering(about)


def style_chain(run: TrainedRun, style: Any, knobs: Mapping[str, Any] | None = None) -> Chain:
    """Parse and check a style for a run."""
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
