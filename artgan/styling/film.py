"""What filters that see frames get of a film: where a frame stands, and what came before it."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from artgan.base.options import describe
from artgan.core.registry import Registry
from artgan.plugin import FilmFrame, Filter
from artgan.plugin.picture import Picture
from artgan.styling.chain import Chain
from artgan.styling.parse import parse_style

Place = tuple[int, ...]
"""Where a step stands: in a chain, or in one that a filter runs in a step of it."""


@dataclass(frozen=True)
class Film:
    """A film that a chain styles, frame by frame in order.

    Attributes:
        count: Number of frames.
        fps: Frames a second, on average.
    """

    count: int
    fps: float
    _kept: dict[Place, deque[Picture]] = field(default_factory=dict)

    def frame(self, number: int, time: float | None = None) -> "Frame":
        """Return frame ``number``, ``time`` seconds after the beginning; None counts by ``fps``."""
        return Frame(self, number, number / self.fps if time is None else time)

    def forget(self) -> None:
        """Forget all frames, before one that does not follow the last one."""
        self._kept.clear()

    def kept(self, place: Place, count: int) -> deque[Picture]:
        """Return what the step at a place got in the last frames, the newest last."""
        return self._kept.setdefault(place, deque(maxlen=count))


@dataclass(frozen=True)
class Frame:
    """One frame of a film, while it goes through a chain."""

    film: Film
    number: int
    time: float
    place: Place = ()
    _inside: Counter[int] = field(default_factory=Counter)

    def inside(self, step: int) -> "Frame":
        """Return the frame for the next chain that the filter of a step runs."""
        self._inside[step] += 1
        return Frame(self.film, self.number, self.time, (*self.place, step, self._inside[step]))

    def show(self, step: int, declared: Filter, picture: Picture) -> FilmFrame:
        """Tell a step what came before the picture that it gets, and remember that."""
        facts = {"number": self.number, "count": self.film.count, "time": self.time}
        if not declared.frames_before:
            return FilmFrame(**facts)  # type: ignore[arg-type]
        kept = self.film.kept((*self.place, step), declared.frames_before)
        # A filter inside may get pictures of other sizes from frame to frame.
        alike = (one for one in reversed(kept) if one.pixels.shape == picture.pixels.shape)
        frame = FilmFrame(before=tuple(alike), **facts)  # type: ignore[arg-type]
        kept.append(picture)
        return frame


def frames_before(chain: Chain, registry: Registry) -> int:
    """Count how many frames before it decide about a frame, chains inside filters included."""
    count = 0
    for step in chain.steps:
        declared = step.entry.declaration
        inner = [0]
        for fact in describe(declared.options):
            if fact.means in ("style", "styles"):
                value = getattr(step.options(None), fact.name)
                parts = value if isinstance(value, list | tuple) else (value,)
                inner += [frames_before(parse_style(p, registry), registry) for p in parts if p]
        count += declared.frames_before + max(inner)
    return count


@dataclass(frozen=True)
class FrameToMake:
    """A frame to make.

    Attributes:
        number: Its number.
        wanted: Whether it is wanted, or only comes before one that is.
        begins: Whether it does not follow the last one.
    """

    number: int
    wanted: bool = True
    begins: bool = False


def in_order(
    numbers: Iterable[int], before: int, count: int, *, loops: bool
) -> Iterator[FrameToMake]:
    """Yield the frames to make where each needs so many ``before`` it.

    In a film that loops the last frames come before the first.
    """
    last = None
    for number in numbers:
        if last is not None and number == last + 1:
            yield FrameToMake(number)
        else:
            first = number - before if loops else max(0, number - before)
            for one in range(first, number + 1):
                yield FrameToMake(one % count, wanted=one == number, begins=one == first)
        last = number
