"""Styles every frame of an animation or a video, steadily from frame to frame.

All frames have the style's seed, so grain, screens and whatever else is drawn stay where they are;
palettes that a style takes from the picture itself are taken once, from frames all over the clip.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import reduce
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artgan.animation.clip import Clip, joined, open_clip, sound_file
from artgan.animation.files import facts_with, holds, open_writer
from artgan.errors import ArtganError, OptionError
from artgan.pictures.files import from_pil, read_picture, read_record, to_pil
from artgan.pictures.marks import Metadata, metadata_of
from artgan.pictures.moving import is_film
from artgan.pictures.records import Record, applied_record
from artgan.pictures.told import told_by
from artgan.plugin.animations import AnimationFacts
from artgan.plugin.picture import Picture
from artgan.styling.chain import Chain, Step, Styled, set_knobs
from artgan.styling.film import Film

Style = Callable[..., Styled]
"""Applies a chain to a picture; ``frame`` tells which frame of a film it is."""

FASTEST = 50
"""Frames a second of a video that is made of an animation with frames of different lengths."""

SAMPLED, SAMPLE_SIDE = 9, 160
"""Frames that palettes of the clip's own colours are taken from, and their side in pixels."""

CRAWLING = (
    "atkinson", "burkes", "floyd-steinberg", "jarvis", "riemersma", "sierra", "sierra-lite",
    "sierra-two-row", "stucki",
)  # fmt: skip
"""Methods of dithering whose dots move if anything before them does."""


@dataclass(frozen=True)
class Restyling:
    """How a clip is styled.

    Attributes:
        chain: Its style.
        style: Applies a chain to a frame.
        seed: Seed of the style, for the record.
        about: Returns what the file carries, by its record.
        overwrite: Replace a different file of that name.
        loop: Seconds over which the end flows into the beginning; 0 leaves both as they are.
        before: How many frames before it decide about a frame.
    """

    chain: Chain
    style: Style
    seed: int = 0
    about: Callable[[Record], Metadata] = metadata_of
    overwrite: bool = False
    loop: float = 0.0
    before: int = 0


def style_clip(clip: Clip, target: Path, how: Restyling) -> dict[str, Any]:
    """Style every frame into a file of any format that moves, and keep its times.

    Returns the record of the file.

    Raises:
        ArtganError: The style fails, or the file cannot be written.
    """
    fade = _fade(clip, how.loop)
    chain = steady_chain(clip, how)
    first = next(joined(clip, fade))
    styled = how.style(chain, first, frame=Film(clip.count - fade, clip.fps).frame(0))
    only_read = is_film(clip.path, "read") and not is_film(clip.path, "write")
    made_by = None if only_read else read_record(clip.path)
    told = {} if made_by else told_by(clip.path)
    record = applied_record(
        styled.record, how.seed, first.pixels, source=clip.path.name, made_by=made_by, told=told
    )
    carried = how.about({**record, "frames": clip.count - fade, **_loop_fact(how)})
    with sound_file(clip, fade) if holds(target, "sound") else nullcontext() as sound:
        timing, repeats = _timing(clip, fade, timed=holds(target, "timed"))
        facts = facts_with(
            carried,
            size=(styled.picture.width, styled.picture.height),
            repeats=True,
            preview=lambda: [to_pil(one) for one in _styled_samples(clip, fade, chain, how)],
            sound=sound,
            **timing,
        )
        with open_writer(target, facts, overwrite=how.overwrite) as writer:
            for index, picture in enumerate(_styled(clip, fade, chain, how)):
                frame = to_pil(picture)
                for _ in range(repeats(index)):
                    writer.add(frame)
    return record


def _styled(clip: Clip, fade: int, chain: Chain, how: Restyling) -> Iterator[Picture]:
    """Yield all frames, styled; in a clip that flows into itself the last come before the first."""
    count = clip.count - fade
    film, begins = Film(count, clip.fps), np.cumsum((0, *clip.times)) / 1000
    if fade and how.before:
        last = deque(enumerate(joined(clip, fade)), maxlen=how.before)
        for index, picture in last:
            how.style(chain, picture, frame=film.frame(index, float(begins[index])))
    for index, picture in enumerate(joined(clip, fade)):
        shown = film.frame(index, float(begins[index]))
        yield how.style(chain, picture, frame=shown).picture


def _styled_samples(clip: Clip, fade: int, chain: Chain, how: Restyling) -> Iterator[Picture]:
    """Yield some frames, styled as they are in the clip."""
    if not how.before:
        yield from (how.style(chain, picture).picture for picture in _samples(clip))
        return
    wanted = _sampled(clip.count - fade)
    # What a frame is depends on those before it.
    for index, picture in enumerate(_styled(clip, fade, chain, how)):
        if index in wanted:
            yield picture


def steady_chain(clip: Clip, how: Restyling) -> Chain:
    """Return the chain with the clip's own colours in place of those of each frame.

    They are taken from frames all over the clip at once, so that colours neither jump nor are
    missing where a clip begins in the dark.
    """
    given = [set_knobs(step.values, step.knobs, how.seed) for step in how.chain.steps]
    own = {value for values in given for value in values.values() if _is_own(value)}
    if not own:
        return how.chain
    sheet = how.style(how.chain, _sheet(clip)).record.get("palettes", {})
    found = {value: ",".join(sheet[value]) for value in own if value in sheet}

    def settled(step: Step, values: Mapping[str, Any]) -> dict[str, Any]:
        # A knob that names such a palette gives way to its colours.
        taken = {
            n: found[value] for n, value in values.items() if _is_own(value) and value in found
        }
        return {**step.values, **taken}

    pairs = zip(how.chain.steps, given, strict=True)
    steps = tuple(replace(step, values=settled(step, values)) for step, values in pairs)
    return replace(how.chain, steps=steps)


def moving_notes(chain: Chain) -> list[str]:
    """List sentences on what of a chain moves from frame to frame, and what would hold still."""
    moving = [step.values for step in chain.steps if not step.values.get("steady")]
    methods = [str(values.get("method", "")) for values in moving]
    return [
        f"dots of {method} crawl from frame to frame; method=blue-noise or bayer-8 holds still"
        for method in methods
        if method in CRAWLING
    ]


def _is_own(value: Any) -> bool:
    return isinstance(value, str) and value.partition(":")[0] == "own"


def _sampled(count: int) -> set[int]:
    """Return the numbers of some frames, spread evenly over so many."""
    return set(np.linspace(0, count - 1, min(SAMPLED, count)).astype(int).tolist())


def still_pictures(path: Path, *, moving: bool) -> Iterator[Picture]:
    """Yield a picture file, or some frames if it moves and ``moving`` ones count as such.

    A file that cannot be read yields nothing.
    """
    try:
        clip = open_clip(path) if moving else None
        yield from [read_picture(path)] if clip is None else _samples(clip)
    except ArtganError:
        return


def _samples(clip: Clip) -> Iterator[Picture]:
    """Yield some frames, spread evenly over the clip."""
    wanted = _sampled(clip.count)
    for number, picture in enumerate(clip.pictures()):
        if number in wanted:
            yield picture


def _sheet(clip: Clip) -> Picture:
    """Lay frames from all over the clip side by side, small."""
    small = []
    for picture in _samples(clip):
        image = to_pil(picture).convert("RGB")
        image.thumbnail((SAMPLE_SIDE, SAMPLE_SIDE), Image.Resampling.BOX)
        small.append(np.asarray(image))
    return from_pil(Image.fromarray(np.concatenate(small, axis=1)))


def _fade(clip: Clip, seconds: float) -> int:
    """Return how many frames the end and the beginning share."""
    count = round(seconds * clip.fps)
    if seconds and not 1 <= count <= clip.count // 2:
        raise OptionError(
            f"--loop {seconds:g} does not fit '{clip.path}', which lasts "
            f"{clip.count / clip.fps:.2g} seconds; expected at least a frame and at most half of it"
        )
    return count


def _timing(clip: Clip, fade: int, *, timed: bool) -> tuple[dict[str, Any], Callable[[int], int]]:
    """Return what the result is told of its times, and how often each frame is written.

    A format that is not ``timed``, such as a video, shows all frames for the same time, so those
    that stay longer are written more often.
    """
    times = clip.times[: clip.count - fade]
    total = sum(times)
    if len(set(times)) == 1:
        return {"count": len(times), "fps": 1000 / times[0]}, lambda _: 1
    own: dict[str, Any] = {"count": len(times), "fps": 1000 * len(times) / total, "times": times}
    if timed:
        return own, lambda _: 1
    fps = min(FASTEST, round(1000 / reduce(gcd, (max(1, round(time)) for time in times))))
    shown = AnimationFacts(size=(1, 1), repeats=True, **own)
    often = [max(1, shown.duration(index, fps)) for index in range(len(times))]
    return {"count": sum(often), "fps": fps}, often.__getitem__


def _loop_fact(how: Restyling) -> dict[str, float]:
    return {"loop": how.loop} if how.loop else {}
