"""Animations: a way through latent space, frame by frame, styled and written.

Frames of a loop divide the whole way evenly: frame n would be frame 0 again and is not written
twice. What is random in a style is keyed alike for all frames, so that it holds still.
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from PIL import Image

from artgan.animation.beats import find_beats, read_sound
from artgan.animation.files import check_reel, open_writer
from artgan.animation.reel import Reel
from artgan.base.seeding import keyed_generator
from artgan.base.suggest import join_names
from artgan.core.run import TrainedRun
from artgan.errors import OptionError
from artgan.latents.paths import WAYS, walk, with_way_points
from artgan.latents.paths import Path as LatentPath
from artgan.latents.points import Point, check_steering, render_points, to_styles
from artgan.latents.steering import Steering, pack_values
from artgan.pictures.files import from_pixels, save_png, to_pil
from artgan.sampling.samples import SampleRequest, style_chain
from artgan.styling.apply import apply_style
from artgan.styling.chain import Chain

SECONDS_PER_KEY = 3.0

MOST_FRAMES = 100_000

SMALLEST = 256
"""Shorter side that small frames are enlarged to, by a whole factor."""

DWELL = 0.7
"""How far the way slows on a beat: 0 not at all, 1 to a stand."""

PREVIEWED = 12


@dataclass(frozen=True)
class Motion:
    """How an animation moves.

    Attributes:
        seconds: How long it is; None takes 3 a key frame, or the sound's length.
        fps: Frames a second.
        loop: Whether it leads back to its first frame.
        walk: Whether it walks at random from the first key frame.
        way: "smooth", "spherical" or "linear".
        sound: A WAV file whose beats key frames fall on, or None.
        beats: Beats from one key frame to the next.
        size: Shorter side in pixels; None takes the style's own, small ones enlarged.
    """

    seconds: float | None = None
    fps: float = 24
    loop: bool = False
    walk: bool = False
    way: str = "smooth"
    sound: str | Path | None = None
    beats: int = 2
    size: int | None = None

    def __post_init__(self) -> None:
        if self.way not in WAYS:
            raise OptionError(f"way '{self.way}' does not fit; expected {join_names(WAYS)}")
        if not 1 <= self.fps <= 120:
            raise OptionError(f"{self.fps:g} frames a second do not fit; expected 1 to 120")
        if self.seconds is not None and not 0.05 <= self.seconds <= 36000:
            raise OptionError(f"{self.seconds:g} seconds do not fit; expected 0.05 to 36000")
        if not 1 <= self.beats <= 64:
            raise OptionError(f"{self.beats} beats do not fit; expected 1 to 64")
        if self.size is not None and not 16 <= self.size <= 4096:
            raise OptionError(f"size {self.size} does not fit; expected 16 to 4096 pixels")
        if self.walk and self.sound:
            raise OptionError("a walk has no key frames that could fall on beats; leave one out")

    @property
    def about(self) -> dict[str, Any]:
        """Give it as plain values; of a sound the name and the SHA-256 of its file."""
        sound: dict[str, Any] = {}
        if self.sound:
            path = Path(self.sound)
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            sound = {"sound": path.name, "sound_sha256": digest, "beats": self.beats}
        return {
            **({} if self.seconds is None else {"seconds": self.seconds}),
            "fps": self.fps,
            "loop": self.loop,
            **({"walk": True} if self.walk else {"way": self.way}),
            **sound,
        }


@dataclass(frozen=True)
class Spot:
    """Where a frame stands.

    Attributes:
        values: Latent or styles, float64.
        key: Number of the key frame before it.
        after: Number of the key frame after it.
        share: How far it is from the one to the other, 0 to 1.
    """

    values: torch.Tensor
    key: int = 0
    after: int = 0
    share: float = 0.0


@dataclass(frozen=True)
class Animation:
    """An animation that is planned: every frame can be asked for alone.

    Attributes:
        run: Whose pictures.
        keys: Key frames.
        motion: How it moves.
        count: How many frames.
        at: Frame number -> where it stands.
        chain: The style.
        steering: What is done to every frame's point.
    """

    run: TrainedRun
    keys: tuple[Point, ...]
    motion: Motion
    count: int
    at: Callable[[int], "Spot"]
    chain: Chain
    steering: Steering

    def point(self, frame: int) -> Point:
        """Give the point of a frame; its label lies between those of the keys beside it."""
        spot = self.at(frame)
        first, values = self.keys[0], spot.values
        near, far, share = self.keys[spot.key], self.keys[spot.after], _eased(spot.share)
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
        """Yield frames with their records, in constant memory; None yields all.

        Raises:
            ArtganError: A filter failed.
        """
        wanted = range(self.count) if numbers is None else numbers
        points = (self.point(number) for number in wanted)
        for point, pixels in render_points(self.run.generator, points, self.steering):
            picture = from_pixels(pixels, wraps=self.run.wraps)
            styled = apply_style(self.chain, picture, registry=self.run.registry, seed=point.seed)
            record = {
                **self.run.record(point.seed),
                "latents": {**point.facts, **self.steering.about},
                "style": styled.record,
            }
            finished = to_pil(styled.picture)
            frame = fitted(finished, self.motion.size)
            resized = {} if frame is finished else {"resized": list(frame.size)}
            yield frame, {**record, **resized}

    @property
    def record(self) -> dict[str, Any]:
        """What made the whole, as plain values."""
        seed = self.keys[0].seed
        about = {
            "frames": self.count,
            **self.motion.about,
            "keys": [_key_facts(key) for key in self.keys],
            **({"size": self.motion.size} if self.motion.size else {}),
        }
        steps = {"steering": self.steering.about} if not self.steering.plain else {}
        style = {"style": self.chain.record(seed)}
        return {**self.run.record(seed), **style, "animation": {**about, **steps}}


def _key_facts(key: Point) -> dict[str, Any]:
    label = {} if key.label is None else {"label": key.label}
    return {"seed": key.seed, **label, **key.facts}


def plan_animation(run: TrainedRun, request: SampleRequest, motion: Motion) -> Animation:
    """Check all that an animation needs, without making a frame.

    Args:
        run: Whose pictures.
        request: Key frames in order, their style and steering; a label of None blends those of
            the key frames.
        motion: How it moves.

    Raises:
        ArtganError: A value is out of range, or the sound cannot be used.
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
    check_steering(run.generator, request.steering, run.config.label_weights)
    at, count = _timed(run, keys, motion)
    chain = style_chain(run, request.style, request.knobs)
    return Animation(run, tuple(keys), motion, count, at, chain, request.steering)


def _timed(run: TrainedRun, keys: list[Point], motion: Motion) -> tuple[Callable[[int], Spot], int]:
    """Give what stands where in which frame, and how many frames there are."""
    values = torch.stack([key.values.double() for key in keys])
    if motion.sound:
        return _on_beats(values, motion, keys)
    seconds = motion.seconds or SECONDS_PER_KEY * (4 if len(keys) == 1 else len(keys))
    count = _frame_count(seconds, motion.fps)
    # The last frame of an open way is its end; that of a loop stands one step before it.
    shares = count if motion.loop else max(1, count - 1)
    if motion.walk:
        # Half a closed walk does not come back.
        whole = 1.0 if motion.loop else 0.5
        turns = max(1, round(seconds / whole / SECONDS_PER_KEY))
        walked = walk(values[0], turns, "animate", keys[0].seed)
        return (lambda frame: Spot(walked(frame / shares * whole))), count
    filled = with_way_points(values, _way_points(run, keys)) if motion.loop else values
    path = LatentPath(filled, motion.loop, motion.way, on_sphere=not keys[0].in_styles)
    spread = len(keys) / len(filled)

    def at(frame: int) -> Spot:
        place = path.key_place(frame / shares)
        return _spot(path.at_key(place), place * spread, list(range(len(keys))))

    return at, count


def _way_points(run: TrainedRun, keys: list[Point]) -> torch.Tensor:
    """Give three keyed latents, or their styles where the keys are styles, (3, ...) in float64."""
    shape = cast(tuple[int, ...], run.generator.latent_shape)
    key = keyed_generator("animate", keys[0].seed, "way points")
    drawn = [Point(latent, keys[0].label) for latent in torch.randn(3, *shape, generator=key)]
    if keys[0].in_styles:
        drawn = to_styles(run.generator, drawn)
    return torch.stack([point.values.double() for point in drawn])


def _spot(values: torch.Tensor, place: float, order: list[int]) -> Spot:
    """Give the spot at a place counted along an order of keys."""
    index = int(place)
    key, after = order[index % len(order)], order[(index + 1) % len(order)]
    return Spot(values, key, after, place - index)


def _eased(share: float) -> float:
    """Bend a share so that it leaves and arrives at rest."""
    return share * share * (3 - 2 * share)


def _frame_count(seconds: float, fps: float) -> int:
    count = max(2, round(seconds * fps))
    if count > MOST_FRAMES:
        raise OptionError(f"{count} frames are too many; expected at most {MOST_FRAMES}")
    return count


def _on_beats(
    values: torch.Tensor, motion: Motion, keys: list[Point]
) -> tuple[Callable[[int], Spot], int]:
    """Time a way so that a key frame falls on every so manieth beat."""
    sound = read_sound(Path(str(motion.sound)))
    seconds = min(motion.seconds or sound.seconds, sound.seconds)
    count = _frame_count(seconds, motion.fps)
    beats = find_beats(sound)[:: motion.beats]
    times = [0.0, *(time for time in beats if 0.1 < time < seconds - 0.1), seconds]
    order = [index % len(values) for index in range(len(times) - (1 if motion.loop else 0))]
    path = LatentPath(values[order], motion.loop, motion.way, on_sphere=not keys[0].in_styles)

    def at(frame: int) -> Spot:
        place = float(np.interp(frame / motion.fps, times, np.arange(len(times))))
        whole = math.floor(place)
        # Slows on the beat, where the key frame is, and hurries between.
        share = place - whole
        eased = whole + share - DWELL * math.sin(2 * math.pi * share) / (2 * math.pi)
        return _spot(path.at_key(eased), eased, order)

    return at, count


def fitted(frame: Image.Image, size: int | None) -> Image.Image:
    """Give a frame with this shorter side; None enlarges small ones to about 256.

    Enlarging repeats pixels; a style with ``upscale`` enlarges smoothly.
    """
    shorter = min(frame.size)
    if size is None:
        factor = max(1, round(SMALLEST / shorter)) if shorter < SMALLEST else 1
        wanted = (frame.width * factor, frame.height * factor)
    else:
        scale = size / shorter
        wanted = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
    if wanted == frame.size:
        return frame
    larger = wanted[0] > frame.width
    method = Image.Resampling.NEAREST if larger else Image.Resampling.LANCZOS
    return frame.resize(wanted, method)


def write_animation(
    animation: Animation,
    out: Path,
    *,
    overwrite: bool = False,
    keep_record: bool = True,
    own: Mapping[str, Any] | None = None,
    show: Callable[[int], None] = lambda _: None,
) -> Path:
    """Write an animation to a file, or as numbered PNGs to a folder.

    Args:
        animation: What to write.
        out: A file whose ending tells the format; without ending, or ending in "/", a folder.
        overwrite: Replace a file of that name.
        keep_record: Whether what made it is written into it.
        own: Facts that stand in its file's record in place of what would.
        show: Called with the number of each frame that is done.

    Returns:
        The file or the folder.

    Raises:
        ArtganError: The format or its extra is not there, the file is, or the style failed.
    """
    if not out.suffix or out.is_dir():
        return _write_frames(animation, out, overwrite, keep_record, show)
    check_reel(out, animation.motion.fps)
    (first, _), *_ = animation.frames([0])
    reel = Reel(
        size=first.size,
        count=animation.count,
        fps=animation.motion.fps,
        repeats=animation.motion.loop,
        record={**animation.record, **(own or {})} if keep_record else None,
        sound=Path(animation.motion.sound) if animation.motion.sound else None,
        preview=lambda: _preview(animation),
    )
    with open_writer(out, reel, overwrite=overwrite) as writer:
        for number, (frame, _) in enumerate(animation.frames()):
            writer.add(frame)
            show(number)
    return out


def _preview(animation: Animation) -> list[Image.Image]:
    numbers = np.linspace(0, animation.count - 1, min(PREVIEWED, animation.count))
    return [frame for frame, _ in animation.frames(numbers.astype(int).tolist())]


def _write_frames(
    animation: Animation,
    folder: Path,
    overwrite: bool,
    keep_record: bool,
    show: Callable[[int], None],
) -> Path:
    for number, (frame, record) in enumerate(animation.frames()):
        path = folder / f"{folder.name}-{number:05d}.png"
        save_png(frame, path, record if keep_record else None, overwrite=overwrite)
        show(number)
    return folder
