"""Checks of a filter."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from artgan.base.options import describe, to_plain
from artgan.base.suggest import count_of
from artgan.errors import StyleError
from artgan.plugin import FilmFrame, FilterContext, Options
from artgan.plugin.picture import FloatArray, Picture
from artgan.styling.apply import apply_style
from artgan.styling.film import Film, frames_before, in_order
from artgan.styling.parse import parse_style
from artgan.styling.survey import CountedPictures, survey_step
from artgan.testing._checks import Checks, Subject, expect

CHECKS = Checks()
SIZES = ((1, 1), (1, 7), (3, 1), (13, 17), (32, 24))
TOLERANCE = 2e-3
SEAM = 1.2
"""How many times the largest step inside a step across the border may be."""
SEEDS = 8
"""Seeds that a filter must work with."""
NEAR = 0.04
"""Share of a change that must show near the place where the picture was changed."""
BLOCKS = 8
"""Blocks a side over which pictures of two sizes are averaged, so that fine patterns even out."""


def scene(height: int, width: int, channels: int = 3, wraps: bool = False) -> Picture:
    """Build a smooth picture that repeats without a seam; colours in [0.06, 0.94]."""
    rows = (np.arange(height)[:, None, None] + 0.5) / height
    columns = (np.arange(width)[None, :, None] + 0.5) / width
    phase = np.arange(channels)[None, None, :] * 0.7
    waves = np.sin(2 * np.pi * (rows + phase)) + np.cos(2 * np.pi * (columns * 2 - phase))
    return Picture((0.5 + 0.22 * waves).astype(np.float32), wraps=(wraps, wraps))


def run(subject: Subject, picture: Picture, seed: int = 3, **options: Any) -> Picture:
    """Apply the filter as artgan does; options that are not given keep their defaults."""
    registry = subject.checked.registry
    chain = parse_style({"filter": subject.contribution.full_name, **options}, registry)
    return apply_style(chain, picture, registry=registry, seed=seed).picture


def _fitting(subject: Subject) -> list[tuple[int, int]]:
    least = subject.declared.minimum_size
    return [size for size in SIZES if min(size) >= least] or [(least, least), (least + 1, least)]


@CHECKS.add("runs")
def runs(subject: Subject) -> None:
    """It returns a picture with finite values."""
    least = max(32, subject.declared.minimum_size)
    # What goes wrong at one seed in a few is met by several.
    for seed in range(SEEDS):
        run(subject, scene(least, least + 8), seed)
    for value in (0.0, 1.0):
        run(subject, Picture(np.full((least, least, 3), value, np.float32)))


@CHECKS.add("odd-sizes", after=("runs",))
def odd_sizes(subject: Subject) -> None:
    """It works on odd sizes, down to one pixel or to its minimum_size."""
    for size in _fitting(subject):
        try:
            run(subject, scene(*size))
        except StyleError as error:
            expect(
                False,
                f"it refuses {size[1]}x{size[0]} ({error}): declare minimum_size, or work with it",
            )


@CHECKS.add("channels", after=("runs",))
def channels(subject: Subject) -> None:
    """It works on grey and colour pictures, with and without alpha."""
    least = max(16, subject.declared.minimum_size)
    for count in (1, 2, 3, 4):
        result = run(subject, scene(least, least, count))
        expect(
            result.pixels.shape[2] in (1, 2, 3, 4), f"{count} channels became {result.pixels.shape}"
        )


@CHECKS.add("keeps-alpha", after=("channels",), applies=lambda s: s.declared.keeps_alpha)
def keeps_alpha(subject: Subject) -> None:
    """A picture with alpha comes out with alpha, unless keeps_alpha=False is declared."""
    least = max(16, subject.declared.minimum_size)
    for count in (2, 4):
        expect(
            run(subject, scene(least, least, count)).has_alpha,
            "transparent places are lost: keep alpha, as picture.replace(color=...) does, or "
            "declare keeps_alpha=False",
        )


@CHECKS.add("gives-float32", after=("runs",))
def gives_float32(subject: Subject) -> None:
    """Its pixels are float32, which the next filter is promised."""
    least = max(16, subject.declared.minimum_size)
    registry, apply, kinds = subject.checked.registry, subject.contribution.load("apply"), []

    def noting(*given: Any) -> Picture:
        result: Picture = apply(*given)
        kinds.append(result.pixels.dtype)
        return result

    chain = parse_style({"filter": subject.contribution.full_name}, registry)
    entry = replace(subject.contribution, declaration=replace(subject.declared, apply=noting))
    watched = replace(chain, steps=tuple(replace(step, entry=entry) for step in chain.steps))
    apply_style(watched, scene(least, least), registry=registry, seed=3)
    expect(
        set(kinds) <= {np.dtype(np.float32)},
        f"its pixels are {kinds[0]}: make them float32, or use picture.replace(color=...)",
    )


@CHECKS.add("keeps-grey", after=("channels",), applies=lambda s: not s.declared.adds_color)
def keeps_grey(subject: Subject) -> None:
    """A grey picture stays grey, unless adds_color is declared."""
    least = max(16, subject.declared.minimum_size)
    color = run(subject, scene(least, least, 1)).color
    flat = bool(np.ptp(color, axis=2).max() <= 1e-4)
    expect(flat, "a grey picture comes out coloured: declare adds_color=True")


@CHECKS.add("keeps-input", after=("runs",))
def keeps_input(subject: Subject) -> None:
    """It does not change its input in place."""
    least = max(24, subject.declared.minimum_size)
    for space in ("srgb", "linear"):
        picture = scene(least, least).replace(space=space)
        before = picture.pixels.copy()
        run(subject, picture)
        kept = np.array_equal(picture.pixels, before)
        expect(kept, "it changes its input in place: work on a copy")


@CHECKS.add("same-seed-same-pixels", after=("runs",))
def same_seed_same_pixels(subject: Subject) -> None:
    """The same seed gives the same pixels: it draws from context.rng."""
    least = max(24, subject.declared.minimum_size)
    first, second = (run(subject, scene(least, least)) for _ in range(2))
    same = np.array_equal(first.pixels, second.pixels)
    expect(same, "the same seed gives other pixels: draw random numbers only from context.rng")


@CHECKS.add("keeps-range", after=("runs",), applies=lambda s: s.declared.keeps_range)
def keeps_range(subject: Subject) -> None:
    """Values stay in [0, 1], unless keeps_range=False is declared."""
    least = max(24, subject.declared.minimum_size)
    noise = np.random.default_rng(5).random((least, least, 4), dtype=np.float32)
    for channels in (1, 2, 3, 4):
        for values in (noise, np.round(noise)):
            pixels = run(subject, Picture(values[:, :, :channels].copy())).pixels
            expect(
                bool(np.isfinite(pixels).all() and pixels.min() >= 0 and pixels.max() <= 1),
                f"values from {pixels.min():.3g} to {pixels.max():.3g} come out: clip them, or "
                "declare keeps_range=False",
            )


@CHECKS.add("keeps-size", after=("runs",), applies=lambda s: s.declared.keeps_size)
def keeps_size(subject: Subject) -> None:
    """Width and height stay, unless keeps_size=False is declared."""
    least = subject.declared.minimum_size
    for height, width in ((13, 17), (32, 24)):
        size = max(height, least), max(width, least)
        result = run(subject, scene(*size))
        expect(
            (result.height, result.width) == size,
            f"{size[1]}x{size[0]} became {result.width}x{result.height}: declare keeps_size=False",
        )


def _rolls(subject: Subject) -> bool:
    return bool(subject.declared.keeps_wrap and subject.declared.rolls)


@CHECKS.add("keeps-wrap", after=("runs",), applies=_rolls)
def keeps_wrap(subject: Subject) -> None:
    """A picture that repeats still repeats: rolling it before or after gives the same result."""
    # Whole multiples of 16 keep filters that work on smaller copies in step.
    for wraps, by in (((True, True), (32, 16)), ((True, False), (0, 16)), ((False, True), (32, 0))):
        picture = scene(96, 64).replace(wraps=wraps)
        moved = picture.replace(color=np.roll(picture.color, by, (0, 1)))
        result = run(subject, picture)
        expect(
            result.wraps == wraps,
            f"a picture that repeats {_along(wraps)} does so {_along(result.wraps)} afterwards: "
            "declare keeps_wrap=False, or return a picture with new wraps",
        )
        rolled = run(subject, moved)
        # A filter that doubles the size rolls twice as far.
        scaled = (by[0] * result.height // 96, by[1] * result.width // 64)
        apart = _apart(rolled.color, np.roll(result.color, scaled, (0, 1)))
        expect(
            apart < TOLERANCE,
            f"a picture that repeats {_along(wraps)} gets a seam (rolling it changes pixels by "
            f"{apart:.3g}): where picture.wraps, a pair (across, down), is true, continue at the "
            "opposite edge; or declare keeps_wrap=False, or rolls=False for a filter with a fixed "
            "grid",
        )


def _along(wraps: tuple[bool, ...]) -> str:
    across, down = wraps
    return {(1, 1): "both ways", (1, 0): "across", (0, 1): "down"}.get((across, down), "no way")


@CHECKS.add("wraps-only-where-it-repeats", after=("runs",), applies=_rolls)
def wraps_only_where_it_repeats(subject: Subject) -> None:
    """What lies at one edge reaches the opposite one only along an axis that repeats."""
    height, width, reach = 96, 64, 4
    # Noise has edges everywhere, so that a threshold that follows the picture moves everywhere.
    noise = np.random.default_rng(7).random((height, width, 3), dtype=np.float32)
    plain = 0.7 * scene(height, width).color + 0.3 * noise
    for wraps in ((False, False), (True, False), (False, True)):
        for axis in (0, 1):
            if wraps[1 - axis]:
                continue
            marked = plain.copy()
            marked.swapaxes(0, axis)[:reach] = 1 - marked.swapaxes(0, axis)[:reach]
            seen = [run(subject, Picture(each, wraps=wraps)).color for each in (plain, marked)]
            if seen[0].shape != seen[1].shape:
                continue
            change = np.abs(seen[0] - seen[1]).swapaxes(0, axis)
            # What changes everywhere, as a level or a threshold does, is no sign of wrapping.
            everywhere = float(change[len(change) // 2 : -2 * reach].max())
            expect(
                float(change[-reach:].max()) <= 2 * everywhere + 0.02,
                f"a picture that repeats {_along(wraps)} changes at its "
                f"{('lower', 'right')[axis]} edge with the opposite one: wrap only along the axes "
                "that picture.wraps, a pair (across, down), names; at other borders repeat or "
                "mirror the last pixels",
            )


def _apart(a: FloatArray, b: FloatArray) -> float:
    return float(np.abs(a - b).max()) if a.shape == b.shape else float("inf")


def _keeps_seams(subject: Subject) -> bool:
    return bool(subject.declared.keeps_wrap and not subject.declared.rolls)


@CHECKS.add("keeps-seams-closed", after=("runs",), applies=_keeps_seams)
def keeps_seams_closed(subject: Subject) -> None:
    """Where the result says that it repeats, its border has no larger step than its inside."""
    for wraps in (True, False):
        result = run(subject, scene(96, 64, wraps=wraps)).to("srgb")
        for axis, (wrap, lines) in enumerate(
            zip(result.wraps, (result.color.swapaxes(0, 1), result.color), strict=True)
        ):
            if not wrap or len(lines) < 3:
                continue
            steps = np.abs(np.roll(lines, -1, axis=0) - lines).mean(axis=(1, 2))
            seam, inside = float(steps[-1]), float(steps[:-1].max())
            expect(
                seam <= SEAM * inside + TOLERANCE,
                f"it says that the picture repeats {('across', 'down')[axis]}, but the step across "
                f"the border is {seam:.3g}, and at most {inside:.3g} inside: continue at the "
                "opposite edge where picture.wraps, or return a picture with new wraps",
            )


@CHECKS.add(
    "same-at-twice-the-size",
    after=("keeps-size",),
    applies=lambda s: s.declared.size_free and s.declared.keeps_size,
)
def same_at_twice_the_size(subject: Subject) -> None:
    """A picture of twice the size looks the same, unless size_free=False is declared."""
    sides = (192, 384)
    blocks = []
    for side in sides:
        light = run(subject, scene(side, side)).to("linear").color
        step = side // BLOCKS
        blocks.append(light.reshape(BLOCKS, step, BLOCKS, step, -1).mean(axis=(1, 3)))
    apart = 255 * float(np.abs(blocks[0] - blocks[1]).mean())
    expect(
        apart < 3,
        f"at {sides[1]} pixels it looks different from {sides[0]} ({apart:.2g} of 255 on average): "
        "make lengths fractions of picture.shorter_side, or declare size_free=False",
    )


@CHECKS.add(
    "clear-pixels-stay-unseen",
    after=("channels", "keeps-size"),
    applies=lambda s: s.declared.size_free and s.declared.keeps_size,
)
def clear_pixels_stay_unseen(subject: Subject) -> None:
    """The colour of fully transparent pixels does not bleed into visible ones."""
    least = max(24, subject.declared.minimum_size)
    shown = scene(least, least, 4).color
    alpha = np.ones((least, least, 1), np.float32)
    alpha[least // 3 : least * 2 // 3, least // 3 : least * 2 // 3] = 0
    seen = []
    for hidden in ((1, 0, 0), (0, 1, 0)):
        color = np.where(alpha > 0, shown, np.array(hidden, np.float32))
        picture = Picture(np.concatenate([color, alpha], axis=2).astype(np.float32))
        result = run(subject, picture).to("srgb")
        seen.append(result.color * (1 if result.alpha is None else result.alpha))
    apart = float(np.abs(seen[0] - seen[1])[alpha[:, :, 0] > 0].max())
    expect(
        apart < TOLERANCE,
        f"the colour of transparent pixels changes visible ones by {apart:.3g}: multiply colours "
        "by picture.alpha before mixing pixels",
    )


@CHECKS.add("neutral", after=("runs",), applies=lambda s: s.declared.neutral is not None)
def neutral(subject: Subject) -> None:
    """With the options declared as neutral, it does not change the picture."""
    least = max(24, subject.declared.minimum_size)
    for picture in (scene(least, least + 8), scene(least, least, 4)):
        result = run(subject, picture, **dict(subject.declared.neutral)).to("srgb")
        apart = _apart(result.pixels, picture.pixels)
        expect(apart < 1e-4, f"with {dict(subject.declared.neutral)} pixels change by {apart:.3g}")


@CHECKS.add("keeps-palette", after=("runs",))
def keeps_palette(subject: Subject) -> None:
    """Where the result lists its colours in indexed, it has no others."""
    least = max(24, subject.declared.minimum_size)
    colors = np.array([[0, 0, 0], [0.2, 0.4, 0.8], [1, 1, 1]], np.float32)
    places = np.arange(least * least).reshape(least, least) // 5 % 3
    for picture in (Picture(colors[places], indexed=colors), scene(least, least)):
        result = run(subject, picture)
        if result.indexed is None:
            continue
        shown = result.to("srgb").color
        found = {tuple(c) for c in np.unique(shown.reshape(-1, shown.shape[2]), axis=0).tolist()}
        allowed = {tuple(color) for color in result.indexed.tolist()}
        allowed |= {color[:1] for color in allowed} if shown.shape[2] == 1 else set()
        expect(
            found <= allowed,
            f"the result lists {count_of(len(allowed), 'colour')} but has "
            f"{count_of(len(found - allowed), 'other')}: "
            "declare keeps_indexed=False, or return a picture with new indexed",
        )


@CHECKS.add("planes", after=("runs",))
def planes(subject: Subject) -> None:
    """Planes are as large as the picture, and what moves says planes="move" or "drop"."""
    side = max(64, subject.declared.minimum_size)
    plain, spot = scene(side, side), side // 8
    result = run(subject, plain.with_plane("depth", plain.color[:, :, 0]))
    same = result.pixels.shape[:2] == (side, side) and "depth" in result.planes
    if subject.declared.planes != "keep" or not same:
        return
    before = run(subject, plain).pixels
    for place in (spot, side - 2 * spot):
        marked = plain.pixels.copy()
        marked[place : place + spot, place : place + spot] -= np.float32(0.5)
        change = np.abs(run(subject, Picture(np.abs(marked))).pixels - before).sum(axis=2)
        near = change[place - spot : place + 2 * spot, place - spot : place + 2 * spot]
        expect(
            float(near.sum()) >= NEAR * float(change.sum()),
            "what is changed at one place of the picture shows at another, and its planes stay "
            'where they are: declare planes="move", or "drop"',
        )


@CHECKS.add("main-option", applies=lambda s: bool(s.declared.main))
def main_option(subject: Subject) -> None:
    """Its main option exists."""
    names = [fact.name for fact in describe(subject.declared.options)]
    main: Any = subject.declared.main
    expect(main in names, f"its main option '{main}' is not one of its options")


def _sees_frames(subject: Subject) -> bool:
    return bool(subject.declared.frames_before)


def _moving(subject: Subject, number: int, channels: int = 3) -> Picture:
    """Return a frame of a film in which all moves."""
    least = max(12, subject.declared.minimum_size)
    frame = scene(least, least, channels)
    return frame.replace(pixels=np.roll(frame.pixels, number, axis=(0, 1)))


def _film(subject: Subject, numbers: Iterable[int], channels: int = 3) -> list[Picture]:
    """Return some frames of a film of 8, styled as artgan does."""
    registry, film = subject.checked.registry, Film(8, 24.0)
    chain = parse_style({"filter": subject.contribution.full_name}, registry)
    styled = []
    for made in in_order(numbers, frames_before(chain, registry), film.count, loops=False):
        if made.begins:
            film.forget()
        picture, frame = _moving(subject, made.number, channels), film.frame(made.number)
        result = apply_style(chain, picture, registry=registry, seed=3, frame=frame).picture
        styled += [result] * made.wanted
    return styled


@CHECKS.add("films", after=("runs",), applies=_sees_frames)
def films(subject: Subject) -> None:
    """It works in films: in the first frame, and in grey ones and ones with clear pixels."""
    for channels in (1, 2, 3, 4):
        shapes = {frame.pixels.shape[:2] for frame in _film(subject, range(4), channels)}
        expect(len(shapes) == 1, f"the frames of one film have sizes {sorted(shapes)}")


@CHECKS.add("depends-on-frames-alone", after=("films",), applies=_sees_frames)
def depends_on_frames_alone(subject: Subject) -> None:
    """A frame is the same whether the film is made from its beginning or from this frame."""
    whole, alone = _film(subject, range(7))[-1], _film(subject, [6])[-1]
    expect(
        np.array_equal(whole.pixels, alone.pixels),
        "frame 6 differs if only the frames that it declares to see are made before it: keep no "
        "memory between calls, look at context.frame.before, or raise frames_before",
    )


@CHECKS.add("keeps-frames", after=("films",), applies=_sees_frames)
def keeps_frames(subject: Subject) -> None:
    """It does not change the frames before, which later frames see too."""
    before = tuple(_moving(subject, number) for number in (4, 3))
    copies = [frame.pixels.copy() for frame in before]
    frame = FilmFrame(
        number=5, count=8, time=5 / 24, before=before[: subject.declared.frames_before]
    )
    context = FilterContext(rng=np.random.default_rng(3), seed=3, frame=frame)
    apply = subject.contribution.load("apply")
    linear = subject.declared.space == "linear"
    picture = _moving(subject, 5).to("linear" if linear else "srgb")
    apply(picture, subject.options(), context)
    same = all(np.array_equal(b.pixels, c) for b, c in zip(before, copies, strict=True))
    expect(same, "it changes a frame of context.frame.before: work on a copy")


def _surveys(subject: Subject) -> bool:
    return subject.declared.survey is not None


def _set_of(subject: Subject, count: int) -> list[Picture]:
    """Return pictures of all modes and of several sizes, as the filter's step gets them."""
    least = max(12, subject.declared.minimum_size)
    linear = subject.declared.space == "linear"
    scenes = (scene(least + 3 * number, least, 1 + number % 4) for number in range(count))
    return [one.to("linear" if linear else "srgb") for one in scenes]


def _survey(subject: Subject, pictures: Iterable[Picture], options: Options) -> Options:
    """Survey pictures as artgan does; return the options that it found."""
    registry = subject.checked.registry
    values = to_plain(options)
    chain = parse_style({"filter": subject.contribution.full_name, **values}, registry)
    context = FilterContext(rng=np.random.default_rng(3), total=5)
    return survey_step(chain.steps[0], pictures, context, None).options(None)


@CHECKS.add("surveys", after=("runs",), applies=_surveys)
def surveys(subject: Subject) -> None:
    """Its survey takes pictures of all modes and sizes, also one alone, and leaves them alone."""
    for count in (1, 5):
        pictures = _set_of(subject, count)
        before = [picture.pixels.copy() for picture in pictures]
        _survey(subject, pictures, subject.options())
        kept = all(np.array_equal(p.pixels, b) for p, b in zip(pictures, before, strict=True))
        expect(kept, "its survey changes the pictures that it looks at: work on a copy")


@CHECKS.add("surveys-once", after=("surveys",), applies=_surveys)
def surveys_once(subject: Subject) -> None:
    """What its survey found decides alone, so that a picture is made again without the others."""
    found = _survey(subject, _set_of(subject, 5), subject.options())
    looked = CountedPictures(_set_of(subject, 1))
    again = _survey(subject, looked, found)
    expect(
        not looked.count and again == found,
        "with the options that it found its survey looks at pictures again, and a picture that is "
        "made again alone would change: return options as they are where nothing is open",
    )


@CHECKS.add("same-set-same-options", after=("surveys",), applies=_surveys)
def same_set_same_options(subject: Subject) -> None:
    """The same pictures give the same options."""
    first, second = (_survey(subject, _set_of(subject, 5), subject.options()) for _ in range(2))
    expect(first == second, "the same pictures give other options: draw from context.rng alone")
