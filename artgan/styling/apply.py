"""Run a chain of filters over a picture."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from artgan.base.seeding import key
from artgan.base.suggest import count_of
from artgan.core.registry import Registry
from artgan.errors import PluginError, StyleError
from artgan.palettes.find import find_palette, names_file
from artgan.pictures.files import read_picture
from artgan.plugin import FilterContext
from artgan.plugin.color import BLENDS, to_hex
from artgan.plugin.masks import mask_weights, mask_wraps
from artgan.plugin.picture import FloatArray, Picture, mixed_planes
from artgan.plugin.strips import in_strips
from artgan.styling.chain import Chain, Step, Styled
from artgan.styling.film import Frame
from artgan.styling.parse import parse_style
from artgan.styling.survey import (
    ALONE,
    CountedPictures,
    filter_errors,
    is_open,
    survey_step,
    with_steps,
)


def apply_style(
    chain: Chain,
    picture: Picture,
    *,
    registry: Registry,
    seed: int = 0,
    place: tuple[int, int] = (0, 1),
    frame: Frame | None = None,
) -> Styled:
    """Send a picture through a chain.

    ``place`` has its number in its series, from 0, and how many there are. ``frame`` tells which
    frame of a film it is; those of a film come in order.

    Raises:
        StyleError: A filter refused the picture, or the picture lacks what the style requires.
        PluginError: A filter broke its contract, or failed. With ``ARTGAN_STRICT=1`` the error of
            a filter that fails is raised as it is.
    """
    if "wrap" in chain.requires and not all(picture.wraps):
        raise StyleError(
            f"style '{chain.name}' needs a picture that tiles; train with --arch.tileable, or put "
            "a filter that makes tiles before it"
        )
    setting = _Setting(registry, seed, place, frame, list(chain.notes))
    steps = []
    for number, step in enumerate(step.drawn(seed) for step in chain.steps):
        prepared = prepare(step, picture)
        context = setting.context(number)
        step = setting.surveyed(step, prepared, context)
        steps.append(step)
        if frame is not None:
            shown = frame.show(number, step.entry.declaration, prepared)
            context = replace(context, frame=shown)
        result = _call(step, "apply", prepared, context, seed)
        if not isinstance(result, Picture) or result.pixels.ndim != 3:
            given = type(result).__name__
            raise PluginError(f"{step.entry.where} gave {given}; expected a Picture")
        result = _moved_planes(
            step, prepared, result, partial(setting.quiet, number, context), seed
        )
        picture = _finish(step, picture, result, setting.notes)
    facts: dict[str, Any] = {"notes": setting.notes}
    if any(picture.wraps):
        # Readers of the file continue from a tile.
        facts["wraps"] = list(picture.wraps)
    named = {name: colors for name, colors in setting.palettes.items() if not names_file(name)}
    if named:
        # A palette of that name may have other colours one day.
        facts["palettes"] = named
    return Styled(picture, {**with_steps(chain, steps).record(seed, setting.palettes), **facts})


def call_paths(chain: Chain, picture: Picture, *, registry: Registry, seed: int = 0) -> Any:
    """Return the drawing of a chain's last step for a picture that went through the others."""
    setting, prepared = _Setting(registry, seed), prepare(chain.steps[-1], picture)
    context = setting.context(len(chain.steps) - 1)
    step = setting.surveyed(chain.steps[-1], prepared, context)
    return _call(step, "paths", prepared, context, seed)


@dataclass(frozen=True)
class _Setting:
    """What the filters of one run of a chain share.

    They add ``notes``, sentences for the record, and the hex colours of ``palettes`` looked up.
    """

    registry: Registry
    seed: int
    place: tuple[int, int] = (0, 1)
    frame: Frame | None = None
    notes: list[str] = field(default_factory=list)
    palettes: dict[str, list[str]] = field(default_factory=dict)

    def context(self, step: int) -> FilterContext:
        """Build the context of step number ``step`` of the chain."""
        return FilterContext(
            rng=np.random.Generator(np.random.PCG64(key("filter", self.seed, step))),
            seed=self.seed,
            index=self.place[0],
            total=self.place[1],
            note=self.notes.append,
            palette=self._palette,
            run=partial(self._run, step),
            read=_read,
        )

    def quiet(self, step: int, context: FilterContext) -> FilterContext:
        """Build a context for the same step once more: the same random numbers, no notes."""
        return replace(self.context(step), note=lambda _: None, frame=context.frame)

    def _palette(self, wanted: Any, picture: Picture | None) -> FloatArray:
        """Look up a palette, and keep the colours of one that has a name."""
        colors = find_palette(wanted, self.registry, picture, self.notes.append)
        if isinstance(wanted, str):
            self.palettes[wanted] = to_hex(colors)
        return colors

    def _run(self, step: int, style: Any, picture: Picture) -> Picture:
        """Run a chain inside the filter of a step."""
        chain = parse_style(style, self.registry)
        inside = self.frame and self.frame.inside(step)
        styled = apply_style(
            chain,
            picture,
            registry=self.registry,
            seed=self.seed,
            place=self.place,
            frame=inside,
        )
        self.notes.extend(note for note in styled.record["notes"] if note.endswith(ALONE))
        return styled.picture

    def surveyed(self, step: Step, picture: Picture, context: FilterContext) -> Step:
        """Return a step that looks at all pictures as one does that gets this one alone."""
        if not is_open(step):
            return step
        looked = CountedPictures([picture])
        found = survey_step(step, looked, context, self.seed)
        if looked.count:
            self.notes.append(f"{step.entry.where} {ALONE}")
        return found


def _read(path: str) -> Picture:
    return read_picture(Path(path))


def prepare(step: Step, picture: Picture) -> Picture:
    """Convert a picture to the colour space that the filter takes; refuse one that is too small."""
    entry, declared = step.entry, step.entry.declaration
    if picture.shorter_side < declared.minimum_size:
        raise StyleError(
            f"{entry.where} needs at least {declared.minimum_size} pixels a side; this picture has "
            f"{picture.width}x{picture.height}: put upscale before it"
        )
    return picture if declared.space == "any" else picture.to(declared.space)


def _call(step: Step, function: str, picture: Picture, context: FilterContext, seed: int) -> Any:
    """Call a function of the filter; its errors name the filter and the step of a style file."""
    options, call = step.spelled_out(seed)[0], step.entry.load(function)
    with filter_errors(step):
        try:
            return call(picture, options, context)
        except MemoryError as error:
            raise StyleError(
                f"out of memory at {picture.width}x{picture.height}; make the picture smaller, "
                "half a side takes a quarter of the memory"
            ) from error


def _moved_planes(
    step: Step,
    before: Picture,
    result: Picture,
    again: Callable[[], FilterContext],
    seed: int,
) -> Picture:
    """Bring the planes that a filter did not set itself in step with its result.

    ``again`` builds a context for the same step once more.

    Raises:
        PluginError: It set values that are not finite.
    """
    if result is before or not (before.planes or result.planes):
        return result
    declared, planes = step.entry.declaration, dict[str, FloatArray]()
    for name, plane in result.planes.items():
        if plane is not before.planes.get(name):
            planes[name] = _clipped(step, np.asarray(plane, np.float32))
        elif declared.planes == "keep":
            planes[name] = plane
    if declared.planes == "move":
        for name in [name for name in before.planes if name not in planes]:
            grey = Picture(before.planes[name][:, :, None], before.space, before.wraps)
            moved = _call(step, "apply", grey, again(), seed).to(before.space).pixels
            if moved.shape[:2] == result.pixels.shape[:2]:
                # Where the filter left its result clear, there is nothing.
                shown = moved[:, :, 0] * (moved[:, :, -1] if moved.shape[2] in (2, 4) else 1)
                planes[name] = _clipped(step, shown)
    return result.replace(planes=planes)


def _finish(step: Step, before: Picture, result: Picture, notes: list[str]) -> Picture:
    """Check the values of a result, lay it over the picture, and drop facts that no longer hold."""
    declared = step.entry.declaration
    result = result.replace(pixels=np.asarray(result.pixels, dtype=np.float32))
    if not declared.keeps_range:
        result = result.replace(pixels=_clipped(step, result.pixels))
    if step.laying:
        result = _blend(step, before, result)
    if any(before.wraps) and not declared.keeps_wrap and result.wraps == before.wraps:
        result = result.replace(wraps=(False, False))
    same = before.indexed is not None and result.indexed is before.indexed
    if same and not declared.keeps_indexed:
        result = result.replace(indexed=None)
    notes += _lost_facts(declared.name, before, result)
    return result


def _lost_facts(name: str, before: Picture, result: Picture) -> list[str]:
    """List sentences about the tiling, the palette and the planes that a step ended."""
    notes = []
    ended = [was and not now for was, now in zip(before.wraps, result.wraps, strict=True)]
    if any(ended):
        part = "" if ended == list(before.wraps) else (" across" if ended[0] else " down")
        notes.append(f"step '{name}' ended the tiling{part}")
    if before.indexed is not None and result.indexed is None:
        count = len(before.indexed)
        notes.append(
            f"step '{name}' mixed the {count_of(count, 'colour')} of the palette with others"
        )
    notes += [f"step '{name}' ended the plane {n}" for n in before.planes if n not in result.planes]
    return notes


def _clipped(step: Step, pixels: FloatArray) -> FloatArray:
    """Clip values to [0, 1]; refuse those that are not finite."""
    # As whole numbers, the bits of floats from 0 to 1 go up to those of 1; those of negative,
    # larger, infinite and missing values lie beyond: one comparison finds them all.
    bits = pixels.view(np.uint32)
    largest: list[int] = []

    def work(start: int, stop: int) -> None:
        largest.append(int(bits[start:stop].max()))

    if pixels.size:
        in_strips(work, len(pixels), pixels[0].size)
    if max(largest, default=0) <= np.float32(1).view(np.uint32):
        return pixels
    if not np.isfinite(pixels).all():
        raise PluginError(f"{step.entry.where} made values that are not finite")
    return np.clip(pixels, 0, 1)


def _blend(step: Step, before: Picture, result: Picture) -> Picture:
    """Lay a result over the picture before it: blend mode, opacity, mask."""
    under, over = before.to(result.space).pixels, result.pixels
    if under.shape[:2] != over.shape[:2]:
        raise StyleError(f"{step.entry.where} changes the size; it cannot be blended")
    under = _with_channels(under, over.shape[2])
    if under.shape[2] != over.shape[2]:
        raise StyleError(f"{step.entry.where} changes the channels; it cannot be blended")
    share: FloatArray | np.float32 = np.float32(step.opacity)
    if step.mask:
        share = share * mask_weights(step.mask, before, _read)
    mixed = under + (BLENDS[step.blend](under, over) - under) * share
    kept = mask_wraps(step.mask) if step.mask else (True, True)
    wraps = zip(before.wraps, result.wraps, kept, strict=True)
    return result.replace(
        pixels=np.clip(mixed, 0, 1).astype(np.float32),
        wraps=tuple(all(each) for each in wraps),
        indexed=None,
        planes=mixed_planes(before, result, share),
    )


def _with_channels(pixels: FloatArray, channels: int) -> FloatArray:
    """Turn grey into RGB, or drop alpha, where that may give a number of channels."""
    if pixels.shape[2] == channels:
        return pixels
    plain = pixels[:, :, :1] if pixels.shape[2] < 3 else pixels[:, :, :3]
    return np.repeat(plain, 3, axis=2) if plain.shape[2] < channels else plain
