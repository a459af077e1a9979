"""Animations of a run: planned, made frame by frame, styled and written.

All frames use the same key for what is random in a style, so that it does not flicker.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import tee
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artgan.animation.files import check_format, facts_with, holds, open_writer
from artgan.animation.motion import Motion, Positions, frame_positions
from artgan.base.grounds import on_ground
from artgan.core.run import TrainedRun
from artgan.errors import OptionError
from artgan.latents.points import Point, to_styles
from artgan.latents.rendering import check_steering, record_steered, render_points
from artgan.latents.steering import Steering, pack_values
from artgan.pictures.files import from_pixels, save_png, to_pil
from artgan.pictures.marks import Metadata, metadata_of
from artgan.pictures.records import Record
from artgan.plugin.picture import Picture
from artgan.sampling.samples import SampleRequest, style_chain
from artgan.styling.apply import apply_style
from artgan.styling.chain import Chain
from artgan.styling.film import Film, frames_before, in_order
from artgan.styling.sets import settle_chain

SMALLEST_SIDE = 256
"""Shorter side to which small frames are enlarged, by a whole factor."""

PREVIEWED = 12
"""Frames from which the palette of a GIF is chosen."""


@dataclass(frozen=True)
class Animation:
    """A planned animation of ``count`` frames; ``position`` tells where each lies, made alone."""

    run: TrainedRun
    keys: tuple[Point, ...]
    motion: Motion
    count: int
    position: Positions
    chain: Chain
    steering: Steering

    def point(self, frame: int) -> Point:
        """Return the point of a frame; its label lies between those of the keys beside it."""
        position = self.position(frame)
        first, values = self.keys[0], position.values
        near, far = self.keys[position.before], self.keys[position.after]
        share = _smoothstep(position.share)
        if share > 0.5:
            near, far, share = far, near, 1 - share
        share = 0.0 if near.label == far.label else share
        about = {
            "frame": frame,
            "frames": self.count,
            "in_styles": first.in_styles,
            "values": pack_values(values),
        }
        return Point(
            values.float(),
            near.label,
            first.in_styles,
            first.seed,
            about=about,
            towards=far.label or 0,
            share=share,
        )

    def frames(
        self, numbers: Iterable[int] | None = None
    ) -> Iterator[tuple[Image.Image, dict[str, Any]]]:
        """Yield frames with their records, in constant memory; None yields all."""
        registry, film = self.run.registry, Film(self.count, self.motion.fps)
        before, looping = frames_before(self.chain, registry), self.motion.loop
        wanted = range(self.count) if numbers is None else numbers
        order, again = tee(in_order(wanted, before, self.count, loops=looping))
        points = (self.point(made.number) for made in again)
        rendered = render_points(self.run, points, self.steering)
        for made, drawn in zip(order, rendered, strict=True):
            point, picture = drawn.point, from_pixels(drawn.pixels, self.run.wraps, drawn.planes)
            if made.begins:
                film.forget()
            shown = film.frame(made.number)
            styled = apply_style(
                self.chain, picture, registry=registry, seed=point.seed, frame=shown
            )
            if not made.wanted:
                continue
            record = {
                **record_steered(self.run, self.steering, point.seed),
                "latents": {**point.facts, **self.steering.about},
                "style": styled.record,
            }
            finished = to_pil(styled.picture)
            if self.motion.ground is not None:
                finished = on_ground(finished, self.motion.ground)
            frame = resize_frame(finished, self.motion.size)
            resized = {} if frame is finished else {"resized": list(frame.size)}
            yield frame, {**record, **resized}

    def raw_frames(self, numbers: Iterable[int]) -> Iterator[tuple[int, Picture]]:
        """Yield frames without a style, each with the seed of its style."""
        points = map(self.point, numbers)
        for drawn in render_points(self.run, points, self.steering):
            yield drawn.point.seed, from_pixels(drawn.pixels, self.run.wraps, drawn.planes)

    @property
    def record(self) -> dict[str, Any]:
        """What made the whole animation, as plain values."""
        seed = self.keys[0].seed
        about = {
            "frames": self.count,
            **self.motion.about,
            "keys": [_key_record(key) for key in self.keys],
            **({"size": self.motion.size} if self.motion.size else {}),
        }
        steps = {"steering": self.steering.about} if not self.steering.plain else {}
        style = {"style": self.chain.record(seed)}
        return {
            **record_steered(self.run, self.steering, seed),
            **style,
            "animation": {**about, **steps},
        }


def _key_record(key: Point) -> dict[str, Any]:
    label = {} if key.label is None else {"label": key.label}
    return {"seed": key.seed, **label, **key.facts}


def _smoothstep(share: float) -> float:
    """Bend a share in [0, 1] so that it starts and ends with speed 0."""
    return share * share * (3 - 2 * share)


def plan_animation(run: TrainedRun, request: SampleRequest, motion: Motion) -> Animation:
    """Check everything that an animation needs; frames are made if the style looks at all of them.

    The request holds the key frames in order; a label of None blends those of the key frames.
    """
    keys = request.points(run)
    if not keys:
        raise OptionError("an animation needs at least one seed")
    if any(key.in_styles for key in keys):
        keys = to_styles(run.generator, keys)
    if len(keys) == 1 and (motion.sound or not (motion.walk or motion.loop)):
        more = "" if motion.sound else ", --loop or --walk"
        raise OptionError(f"one key frame does not move; give more seeds{more}")
    if motion.walk and len(keys) > 1:
        raise OptionError(f"a walk starts from one seed; {len(keys)} were given")
    if motion.walk and keys[0].in_styles:
        raise OptionError("a walk starts from a latent; this file holds styles: give a seed")
    check_steering(run, request.steering)
    position, count = frame_positions(run, keys, motion)
    chain = style_chain(run, request.style, request.knobs)
    planned = Animation(run, tuple(keys), motion, count, position, chain, request.steering)
    numbers = _spread(count)
    settled = settle_chain(
        chain, lambda: planned.raw_frames(numbers), len(numbers), registry=run.registry
    )
    return replace(planned, chain=settled)


def resize_frame(frame: Image.Image, shorter_side: int | None) -> Image.Image:
    """Resize a frame; None enlarges small ones to about ``SMALLEST_SIDE``.

    Enlarging repeats pixels; a style with ``upscale`` enlarges smoothly.
    """
    shorter = min(frame.size)
    if shorter_side is None:
        scale: float = max(1, round(SMALLEST_SIDE / shorter)) if shorter < SMALLEST_SIDE else 1
    else:
        scale = shorter_side / shorter
    width, height = (max(1, round(side * scale)) for side in frame.size)
    return resize_to(frame, (width, height))


def resize_to(frame: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Resize a frame to (width, height); enlarging repeats pixels, shrinking is smooth."""
    if size == frame.size:
        return frame
    larger = size[0] > frame.width
    return frame.resize(size, Image.Resampling.NEAREST if larger else Image.Resampling.LANCZOS)


def write_animation(
    animation: Animation,
    out: Path,
    *,
    overwrite: bool = False,
    about: Callable[[Record], Metadata] = metadata_of,
    own: Mapping[str, Any] | None = None,
    show: Callable[[int], None] = lambda _: None,
) -> Path:
    """Write an animation to a file of any known ending, or as numbered PNGs to a folder.

    A path without ending is a folder. ``own`` are facts that take the place of those in the file's
    record, from which ``about`` returns what the file carries; ``show`` is called with the number
    of each frame that is done.
    """
    animation = _on_some_ground(animation, out)
    motion = animation.motion
    if not out.suffix or out.is_dir():
        for number, (frame, record) in enumerate(animation.frames()):
            path = out / f"{out.name}-{number:05d}.png"
            save_png(frame, path, about(record), overwrite=overwrite)
            show(number)
        return out
    check_format(out, motion.fps)
    (first, _), *_ = animation.frames([0])
    carried = about({**animation.record, **(own or {})})
    facts = facts_with(
        carried,
        size=first.size,
        count=animation.count,
        fps=motion.fps,
        repeats=motion.loop,
        sound=Path(motion.sound) if motion.sound else None,
        preview=lambda: _preview(animation),
    )
    with open_writer(out, facts, overwrite=overwrite) as writer:
        for number, (frame, _) in enumerate(animation.frames()):
            writer.add(frame)
            show(number)
    return out


def _on_some_ground(animation: Animation, out: Path) -> Animation:
    """Lay clear pixels on the run's ground where the file cannot keep them clear.

    Runs of artgan 0.1 show them on black, as they did.
    """
    motion, config = animation.motion, animation.run.config
    to_file = bool(out.suffix) and not out.is_dir()
    if motion.ground is None and config.premultiplied and to_file and not holds(out, "alpha"):
        return replace(animation, motion=replace(motion, ground=config.ground))
    return animation


def _preview(animation: Animation) -> list[Image.Image]:
    """Make some frames, spread evenly over the animation."""
    return [frame for frame, _ in animation.frames(_spread(animation.count))]


def _spread(count: int) -> list[int]:
    """Return the numbers of some frames, spread evenly over so many."""
    numbers: list[int] = np.linspace(0, count - 1, min(PREVIEWED, count)).astype(int).tolist()
    return numbers
