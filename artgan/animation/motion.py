"""How an animation moves: where in latent space each of its frames lies.

Frames of a loop divide the whole path evenly: the frame after the last would be the first again and
is not written twice.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch

from artgan.animation.beats import find_beats
from artgan.animation.sound import read_sound
from artgan.base.grounds import check_ground
from artgan.base.seeding import keyed_generator
from artgan.base.suggest import join_names
from artgan.core.run import TrainedRun
from artgan.errors import OptionError
from artgan.latents.paths import WAYS, LatentPath, walk, with_way_points
from artgan.latents.points import Point, to_styles

SECONDS_PER_KEY = 3.0

MOST_FRAMES = 100_000

SLOWING = 0.7
"""How much the motion slows down on a beat: 0 not at all, 1 to a stop."""


@dataclass(frozen=True)
class Motion:
    """How an animation moves.

    Attributes:
        seconds: Length; None takes 3 seconds a key frame, or the length of the sound.
        fps: Frames a second.
        loop: Whether it leads back to its first frame.
        walk: Whether it walks at random from the first key frame.
        way: "smooth", "spherical" or "linear".
        sound: A sound file on whose beats key frames fall, or None; other than WAV with the extra
            ``artgan[audio]``.
        beats: Beats from one key frame to the next.
        size: Shorter side in pixels; None takes the style's own, small ones enlarged.
        ground: What clear pixels are laid on, "chequered" or a colour as hex; None keeps them where
            the format can, and takes the ground of the run elsewhere.
    """

    seconds: float | None = None
    fps: float = 24
    loop: bool = False
    walk: bool = False
    way: str = "smooth"
    sound: str | Path | None = None
    beats: int = 2
    size: int | None = None
    ground: str | None = None

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
        if self.ground is not None:
            check_ground(self.ground)
        if self.walk and self.sound:
            raise OptionError("a walk has no key frames that could fall on beats; leave one out")

    @property
    def about(self) -> dict[str, Any]:
        """What a record keeps, as plain values; of a sound its file's name and SHA-256."""
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
            **({} if self.ground is None else {"ground": self.ground}),
            **sound,
        }


@dataclass(frozen=True)
class FramePosition:
    """Where a frame lies in latent space: at float64 values, and between which key frames.

    ``share`` is how far it is from the key frame before it to that after it, 0 to 1.
    """

    values: torch.Tensor
    before: int = 0
    after: int = 0
    share: float = 0.0


Positions = Callable[[int], FramePosition]
"""Number of a frame -> where it lies."""


def frame_positions(
    run: TrainedRun, keys: Sequence[Point], motion: Motion
) -> tuple[Positions, int]:
    """Compute the position of each frame between key frames, and the number of frames.

    Keys are all latents or all styles; a walk has one.
    """
    values = torch.stack([key.values.double() for key in keys])
    if motion.sound:
        return _positions_on_beats(values, motion, on_sphere=not keys[0].in_styles)
    seconds = motion.seconds or SECONDS_PER_KEY * (4 if len(keys) == 1 else len(keys))
    count = _frame_count(seconds, motion.fps)
    # The last frame of an open path is its end; that of a loop lies one step before the first.
    steps = count if motion.loop else max(1, count - 1)
    if motion.walk:
        # An open walk takes half of a closed one, which ends elsewhere.
        whole = 1.0 if motion.loop else 0.5
        turns = max(1, round(seconds / whole / SECONDS_PER_KEY))
        walked = walk(values[0], turns, "animate", keys[0].seed)
        return (lambda frame: FramePosition(walked(frame / steps * whole))), count
    through = with_way_points(values, _draw_way_points(run, keys)) if motion.loop else values
    path = LatentPath(through, motion.loop, motion.way, on_sphere=not keys[0].in_styles)
    keys_a_step = len(keys) / len(through)

    def position(frame: int) -> FramePosition:
        place = path.key_place(frame / steps)
        return _position(path.at_key(place), place * keys_a_step, range(len(keys)))

    return position, count


def _draw_way_points(run: TrainedRun, keys: Sequence[Point]) -> torch.Tensor:
    """Draw three latents, or styles if the keys are styles, (3, ...) in float64."""
    shape = cast(tuple[int, ...], run.generator.latent_shape)
    key = keyed_generator("animate", keys[0].seed, "way points")
    drawn = [Point(latent, keys[0].label) for latent in torch.randn(3, *shape, generator=key)]
    if keys[0].in_styles:
        drawn = to_styles(run.generator, drawn)
    return torch.stack([point.values.double() for point in drawn])


def _position(values: torch.Tensor, place: float, order: Sequence[int]) -> FramePosition:
    """Return the position at a place that counts along an order of key frames."""
    index = int(place)
    before, after = order[index % len(order)], order[(index + 1) % len(order)]
    return FramePosition(values, before, after, place - index)


def _frame_count(seconds: float, fps: float) -> int:
    count = max(2, round(seconds * fps))
    if count > MOST_FRAMES:
        raise OptionError(f"{count} frames are too many; expected at most {MOST_FRAMES}")
    return count


def _positions_on_beats(
    values: torch.Tensor, motion: Motion, *, on_sphere: bool
) -> tuple[Positions, int]:
    """Compute positions such that every so many beats a key frame (K, ...) is reached."""
    sound = read_sound(Path(str(motion.sound)))
    seconds = min(motion.seconds or sound.seconds, sound.seconds)
    count = _frame_count(seconds, motion.fps)
    beats = find_beats(sound)[:: motion.beats]
    times = [0.0, *(time for time in beats if 0.1 < time < seconds - 0.1), seconds]
    order = [index % len(values) for index in range(len(times) - (1 if motion.loop else 0))]
    path = LatentPath(values[order], motion.loop, motion.way, on_sphere)

    def position(frame: int) -> FramePosition:
        place = float(np.interp(frame / motion.fps, times, np.arange(len(times))))
        whole = math.floor(place)
        # Slow on the beat, where the key frame is, and fast between.
        share = place - whole
        eased = whole + share - SLOWING * math.sin(2 * math.pi * share) / (2 * math.pi)
        return _position(path.at_key(eased), eased, order)

    return position, count
