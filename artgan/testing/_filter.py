"""Promises of a filter."""

from typing import Any

import numpy as np

from artgan.core.options import describe
from artgan.core.styles import apply_style, parse_style
from artgan.errors import StyleError
from artgan.plugin.picture import FloatArray, Picture
from artgan.testing._checks import Checks, Subject, expect

CHECKS = Checks()
SIZES = ((1, 1), (1, 7), (3, 1), (13, 17), (32, 24))
TOLERANCE = 2e-3


def scene(height: int, width: int, channels: int = 3, wraps: bool = False) -> Picture:
    """Give a smooth picture that tiles."""
    rows = (np.arange(height)[:, None, None] + 0.5) / height
    columns = (np.arange(width)[None, :, None] + 0.5) / width
    phase = np.arange(channels)[None, None, :] * 0.7
    waves = np.sin(2 * np.pi * (rows + phase)) + np.cos(2 * np.pi * (columns * 2 - phase))
    return Picture((0.5 + 0.22 * waves).astype(np.float32), wraps=(wraps, wraps))


def run(subject: Subject, picture: Picture, seed: int = 3) -> Picture:
    """Send a picture through the filter as artgan does, with default options."""
    registry = subject.looked.registry
    chain = parse_style({"filter": subject.contribution.full_name}, registry)
    return apply_style(chain, picture, registry=registry, seed=seed).picture


def _fitting(subject: Subject) -> list[tuple[int, int]]:
    least = subject.declared.minimum_size
    return [size for size in SIZES if min(size) >= least] or [(least, least), (least + 1, least)]


@CHECKS.add("runs")
def runs(subject: Subject) -> None:
    """It gives a picture whose values are finite."""
    least = max(32, subject.declared.minimum_size)
    run(subject, scene(least, least + 8))
    for value in (0.0, 1.0):
        run(subject, Picture(np.full((least, least, 3), value, np.float32)))


@CHECKS.add("odd-sizes", after=("runs",))
def odd_sizes(subject: Subject) -> None:
    """It works on odd sizes, down to one pixel or to the minimum that it declares."""
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
    """It works on grey and coloured pictures, with and without alpha."""
    least = max(16, subject.declared.minimum_size)
    for count in (1, 2, 3, 4):
        result = run(subject, scene(least, least, count))
        expect(
            result.pixels.shape[2] in (1, 2, 3, 4), f"{count} channels became {result.pixels.shape}"
        )


@CHECKS.add("keeps-grey", after=("channels",), applies=lambda s: not s.declared.adds_color)
def keeps_grey(subject: Subject) -> None:
    """A grey picture stays grey, unless it declares adds_color."""
    least = max(16, subject.declared.minimum_size)
    color = run(subject, scene(least, least, 1)).color
    flat = bool(np.ptp(color, axis=2).max() <= 1e-4)
    expect(flat, "a grey picture comes out coloured: declare adds_color=True")


@CHECKS.add("keeps-input", after=("runs",))
def keeps_input(subject: Subject) -> None:
    """The picture that it is given stays as it was."""
    least = max(24, subject.declared.minimum_size)
    for space in ("srgb", "linear"):
        picture = scene(least, least).replace(space=space)
        before = picture.pixels.copy()
        run(subject, picture)
        kept = np.array_equal(picture.pixels, before)
        expect(kept, "it changes the pixels that it is given: work on a copy")


@CHECKS.add("same-seed-same-pixels", after=("runs",))
def same_seed_same_pixels(subject: Subject) -> None:
    """Random numbers come from the context's generator."""
    least = max(24, subject.declared.minimum_size)
    first, second = (run(subject, scene(least, least)) for _ in range(2))
    same = np.array_equal(first.pixels, second.pixels)
    expect(same, "the same seed gives other pixels: draw from context.rng alone")


@CHECKS.add("keeps-range", after=("runs",), applies=lambda s: s.declared.keeps_range)
def keeps_range(subject: Subject) -> None:
    """It claims that values stay in [0, 1], and they do."""
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
    """Width and height stay, unless it declares otherwise."""
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
    """A picture that tiles still tiles: rolled before or after, the result is the same."""
    # Whole multiples of 16 keep filters that work on smaller copies in step.
    picture, by = scene(96, 64, wraps=True), (32, 16)
    moved = picture.replace(color=np.roll(picture.color, by, (0, 1)))
    result = run(subject, picture)
    expect(all(result.wraps), "a tile comes out as none: declare keeps_wrap=False")
    rolled = run(subject, moved)
    apart = _apart(rolled.color, np.roll(result.color, by, (0, 1)))
    expect(
        apart < TOLERANCE,
        f"a tile gets a seam (rolling it changes pixels by {apart:.3g}): let edges continue on the "
        "other side where picture.wraps, or declare keeps_wrap=False, or rolls=False for a grid",
    )


def _apart(a: FloatArray, b: FloatArray) -> float:
    return float(np.abs(a - b).max()) if a.shape == b.shape else float("inf")


@CHECKS.add("keeps-palette", after=("runs",))
def keeps_palette(subject: Subject) -> None:
    """A picture said to hold only certain colours holds no others."""
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
            f"it says that the picture holds {len(allowed)} colours, but {len(found - allowed)} "
            "others are there: declare keeps_indexed=False, or give indexed anew",
        )


@CHECKS.add("main-option", applies=lambda s: bool(s.declared.main))
def main_option(subject: Subject) -> None:
    """Its main option is one of its options."""
    names = [fact.name for fact in describe(subject.declared.options)]
    main: Any = subject.declared.main
    expect(main in names, f"its main option '{main}' is none of its options")
