"""Points become pictures: seeds are drawn, points moved and sampled, as the user chooses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from artgan.base.contributions import Entry
from artgan.base.memory import out_of_memory
from artgan.base.options import build_options
from artgan.base.suggest import count_of
from artgan.core.images import Pixels, pixels_by
from artgan.core.requirements import plugin_versions
from artgan.core.run import TrainedRun
from artgan.core.sample import making_at_once
from artgan.errors import OptionError, PluginError
from artgan.latents.context import Networks, RunSampling
from artgan.latents.hooks import forward_hooks
from artgan.latents.points import Point, seed_points
from artgan.latents.steering import SamplingChoice, Steering, pack_values, style_half

ONE_PASS = SamplingChoice("core/one-pass", {})


class Renderer:
    """Makes images of points of a run, steered; what was chosen is built once."""

    def __init__(self, run: TrainedRun, steering: Steering) -> None:
        self.run, self.steering, self.networks = run, steering, Networks(run)
        moves = [_build(run, "latents", choice) for choice in steering.steps]
        # Those that need latents come before the mapping network, so before all others.
        self.early = [move for move in moves if move[0].declaration.needs_latents]
        self.late = [move for move in moves if not move[0].declaration.needs_latents]
        self.sampler = _build(run, "sampler", steering.sampler or ONE_PASS)

    def images(
        self, values: Tensor, labels: Tensor | None, in_styles: bool, seeds: Sequence[int]
    ) -> Tensor:
        """Make images (N, C, H, W) in [-1, 1] of latents (N, *latent_shape) or styles (N, L, W)."""
        values, context = self.move(values, labels, in_styles, seeds)
        entry, part = self.sampler
        with entry.errors(passes=out_of_memory):
            images = part.sample(values, labels, context)
        shown = tuple(images.shape) if isinstance(images, Tensor) else type(images).__name__
        if not isinstance(images, Tensor) or images.ndim != 4 or len(images) != len(values):
            raise PluginError(
                f"{entry.where} gave {shown}; expected {count_of(len(values), 'image')}"
            )
        height, width = self.run.size or (self.run.config.height, self.run.config.width)
        if images.shape[2:] != (height, width):
            drawn = f"{images.shape[3]}x{images.shape[2]}"
            raise PluginError(f"{entry.where} gave images of {drawn}; expected {width}x{height}")
        if not bool(images.isfinite().all()):
            raise PluginError(f"{entry.where} gave numbers that are not finite")
        return images

    def move(
        self, values: Tensor, labels: Tensor | None, in_styles: bool, seeds: Sequence[int]
    ) -> tuple[Tensor, RunSampling]:
        """Apply all moves; return the values, and what the sampler sees of the run."""
        if self.early and in_styles:
            raise OptionError(
                f"{self.early[0][0].where} changes latents, and these points are styles; leave it "
                "out, or take seeds"
            )
        context = self._context(values, in_styles, seeds)
        for entry, part in self.early:
            values = _changed(entry, part, values, labels, context)
        halves = style_half(self.run.generator)
        if self.late and halves is not None and not in_styles:
            values = halves.mapping(values, labels)
            context = self._context(values, True, seeds)
        for entry, part in self.late:
            values = _changed(entry, part, values, labels, context)
        return values, context

    def _context(self, values: Tensor, in_styles: bool, seeds: Sequence[int]) -> RunSampling:
        shape = tuple(values.shape[1:])
        return RunSampling(self.networks, seeds, shape, in_styles, self.steering.shifts)


def _build(run: TrainedRun, kind: str, choice: SamplingChoice) -> tuple[Entry, Any]:
    entry = run.registry.find(kind, choice.name)
    options = build_options(entry.declaration.options, choice.options, entry.where)
    return entry, entry.call("build", options)


def _changed(
    entry: Entry, part: Any, values: Tensor, labels: Tensor | None, context: RunSampling
) -> Tensor:
    """Change values; refuse what no longer fits the generator."""
    with entry.errors(passes=out_of_memory):
        changed = part.change(values, labels, context)
    if not isinstance(changed, Tensor) or changed.shape != values.shape:
        shown = tuple(changed.shape) if isinstance(changed, Tensor) else type(changed).__name__
        raise PluginError(f"{entry.where} gave {shown}; expected {tuple(values.shape)}")
    if not bool(changed.isfinite().all()):
        raise PluginError(f"{entry.where} gave numbers that are not finite")
    return changed.to(values)


def record_steered(
    run: TrainedRun, steering: Steering, seed: int, label: int | None = None
) -> dict[str, Any]:
    """Describe what a raw sample follows from, with the plugins that steer it."""
    record = run.record(seed, label)
    names = [choice.name for choice in steering.further]
    plugins = {**record.get("plugins", {}), **plugin_versions(names, run.registry)}
    return {**record, **({"plugins": plugins} if plugins else {})}


def check_steering(run: TrainedRun, steering: Steering) -> None:
    """Check on one point that the generator of a run can do what is asked for."""
    if not (steering.steps or steering.sampler):
        return
    renderer, point = Renderer(run, steering), next(seed_points(run, [0]))
    values, labels = _inputs([point], renderer.networks.device)
    with torch.no_grad():
        renderer.move(values, labels, False, [point.seed])


def _inputs(points: Sequence[Point], device: torch.device) -> tuple[Tensor, Tensor | None]:
    """Return values and labels of points, which are all labelled or none is, on a device."""
    values = torch.stack([point.values for point in points]).float().to(device)
    if points[0].label is None:
        return values, None
    return values, torch.tensor([point.label for point in points], device=device)


def draw_points(
    run: TrainedRun, points: Sequence[Point], draw: SamplingChoice | None
) -> list[Point]:
    """Draw latents for the points of plain seeds as chosen; others stay.

    Raises:
        OptionError: None of the points is that of a plain seed.
    """
    if draw is None:
        return list(points)
    entry, part = _build(run, "latents", draw)
    if all(point.about for point in points):
        raise OptionError(f"{entry.where} draws latents of seeds, and no seed is given")
    networks, drawn = Networks(run), []
    for point in points:
        if not point.about:
            latent, labels = _inputs([point], networks.device)
            context = RunSampling(networks, [point.seed], tuple(latent.shape[1:]))
            with torch.no_grad(), making_at_once(networks.together):
                values = _changed(entry, part, latent, labels, context)[0].cpu()
            about = {"draw": draw.about, "in_styles": False, "values": pack_values(values)}
            name = f"{point.name}-{draw.suffix}"
            point = replace(point, values=values, name=name, about=about)
        drawn.append(point)
    return drawn


def _blended_labels(
    generator: torch.nn.Module, points: Sequence[Point]
) -> AbstractContextManager[None]:
    """Blend label embeddings inside the block, for points between two labels.

    It works where an ``nn.Embedding`` of the generator takes the labels; elsewhere each point keeps
    the nearest label.
    """
    if not any(point.share for point in points):
        return nullcontext()
    device = next(generator.parameters()).device
    towards = torch.tensor([point.towards for point in points], device=device)
    shares = torch.tensor([point.share for point in points], device=device)

    def blend_two(layer: torch.nn.Module, args: tuple[Any, ...], own: Tensor) -> Tensor:
        if args[0].shape != towards.shape:
            return own
        other = cast(torch.nn.Embedding, layer).weight[towards]
        return own + (other - own) * shares[:, None].to(own.dtype)

    layers = [m for m in generator.modules() if isinstance(m, torch.nn.Embedding)]
    return forward_hooks(layers, blend_two)


@dataclass(frozen=True)
class Rendered:
    """What a generator drew of a point: pixels (H, W, C) uint8, and planes (H, W) in [0, 1]."""

    point: Point
    pixels: Pixels
    planes: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


def render_points(
    run: TrainedRun, points: Iterable[Point], steering: Steering | None = None
) -> Iterator[Rendered]:
    """Yield what the generator draws of each point, in order, in constant memory.

    A point's picture does not depend on its neighbours, to the bit, because the same number of
    pictures is always made together. The generator is used in evaluation mode.
    """
    generator = run.generator
    was_training = generator.training
    generator.eval()
    stream = iter(points)
    try:
        renderer = Renderer(run, steering or Steering())
        device, batch = renderer.networks.device, renderer.networks.together
        while chunk := list(islice(stream, batch)):
            filled = [*chunk, *[chunk[-1]] * (batch - len(chunk))]
            values, labels = _inputs(filled, device)
            in_styles, seeds = filled[0].in_styles, [point.seed for point in filled]
            with torch.no_grad(), _blended_labels(generator, filled), making_at_once(batch):
                images = renderer.images(values, labels, in_styles, seeds)
            yield from _rendered(run, chunk, images, renderer.networks.planes)
    finally:
        generator.train(was_training)


def _rendered(
    run: TrainedRun, points: Sequence[Point], images: Tensor, names: Sequence[str]
) -> Iterator[Rendered]:
    """Yield pixels and planes of images (N, C, H, W), which have the planes behind the colours.

    A sampler that makes images of its own has none.
    """
    channels, made = images.shape[1] - len(names), images[: len(points)]
    if channels != run.config.channels:
        names, channels = (), images.shape[1]
    planes = (made[:, channels:].float().clamp(-1, 1) + 1).div(2).cpu().numpy()
    pixels = pixels_by(run.generator, made[:, :channels])
    for point, own, beside in zip(points, pixels, planes, strict=True):
        yield Rendered(point, own, dict(zip(names, beside, strict=True)) if len(beside) else {})
