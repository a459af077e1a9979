"""Filters that see the frames of a film."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import artgan
from artgan.animation.clip import open_clip
from artgan.animation.restyle import Restyling, style_clip
from artgan.base.identity import Plugin
from artgan.core.registry import Registry
from artgan.errors import DataError, PluginError
from artgan.plugin import Filter, FilterContext, hookimpl
from artgan.plugin.picture import Picture
from artgan.styling.apply import apply_style
from artgan.styling.chain import Chain, Styled
from artgan.styling.film import Film, FrameToMake, frames_before, in_order
from artgan.styling.parse import parse_style
from tests.conftest import TOY

SEEN: list[tuple[int, int, float, list[float]]] = []


def note(picture: Picture, options: object, context: FilterContext) -> Picture:
    frame = context.frame
    levels = [round(float(one.color.max()), 2) for one in frame.before]
    SEEN.append((frame.number, frame.count, round(frame.time, 3), levels))
    return picture


def inside(picture: Picture, options: object, context: FilterContext) -> Picture:
    assert context.run is not None
    return context.run("own/noting", context.run("own/noting", picture))


@pytest.fixture
def own(registry: Registry) -> Registry:
    class Own:
        @staticmethod
        @hookimpl
        def artgan_filters() -> list[Filter]:
            return [
                Filter(name="noting", summary="S.", apply=note, frames_before=2),
                Filter(name="inside", summary="S.", apply=inside),
            ]

    assert registry.add(Plugin("own", "1", "file"), lambda: [Own])
    SEEN.clear()
    return registry


def level(number: int) -> Picture:
    return Picture(np.full((2, 2, 3), number / 10, np.float32))


def test_a_step_sees_what_it_got_before(own: Registry) -> None:
    chain = parse_style("upscale:4 | own/noting", own)
    film = Film(4, 10.0)
    for number in range(4):
        apply_style(chain, level(number), registry=own, frame=film.frame(number))
    assert SEEN == [
        (0, 4, 0.0, []),
        (1, 4, 0.1, [0.0]),
        (2, 4, 0.2, [0.1, 0.0]),
        (3, 4, 0.3, [0.2, 0.1]),
    ]


def test_a_still_picture_is_the_only_frame(own: Registry) -> None:
    apply_style(parse_style("own/noting", own), level(1), registry=own)
    assert SEEN == [(0, 1, 0.0, [])]


def test_steps_inside_a_filter_see_their_own_frames(own: Registry) -> None:
    chain, film = parse_style("own/inside", own), Film(2, 10.0)
    for number in range(2):
        apply_style(chain, level(number), registry=own, frame=film.frame(number))
    assert [levels for *_, levels in SEEN] == [[], [], [0.0], [0.0]]


def test_frames_of_other_sizes_are_left_out(own: Registry) -> None:
    chain, film = parse_style("own/noting", own), Film(2, 10.0)
    apply_style(chain, level(1), registry=own, frame=film.frame(0))
    large = Picture(np.zeros((3, 2, 3), np.float32))
    apply_style(chain, large, registry=own, frame=film.frame(1))
    assert SEEN[-1] == (1, 2, 0.1, [])


def test_frames_that_decide_add_up(own: Registry) -> None:
    assert frames_before(parse_style("own/noting | invert", own), own) == 2
    both = "own/noting | blend:chain=own/noting"
    assert frames_before(parse_style(both, own), own) == 4


def test_what_comes_before_a_frame_is_made_first() -> None:
    def made(numbers: Any, **more: Any) -> list[tuple[int, bool, bool]]:
        return [(m.number, m.wanted, m.begins) for m in in_order(numbers, 2, 5, **more)]

    assert made(range(3), loops=False) == [(0, True, True), (1, True, False), (2, True, False)]
    assert made([3], loops=False) == [(1, False, True), (2, False, False), (3, True, False)]
    assert made([0], loops=True) == [(3, False, True), (4, False, False), (0, True, False)]
    assert list(in_order([4], 0, 5, loops=True)) == [FrameToMake(4, begins=True)]


def moving(path: Path, count: int = 6) -> Path:
    """Write a GIF in which a white square moves to the right."""
    frames = []
    for number in range(count):
        pixels = np.zeros((8, 24, 3), np.uint8)
        pixels[2:6, 4 * number : 4 * number + 4] = 255
        frames.append(Image.fromarray(pixels))
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100, loop=0)
    return path


def columns(path: Path) -> list[list[int]]:
    """Return the grey level of each of six squares, frame by frame."""
    found = []
    with Image.open(path) as image:
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            row = np.asarray(image.convert("L"))[4]
            found.append(row[2::4].tolist())
    return found


def restyled(registry: Registry, target: Path, loop: float = 0.0) -> list[list[int]]:
    clip = open_clip(moving(Path("moving.gif")))
    assert clip is not None
    chain = parse_style("afterglow:0.5", registry)

    def style(chain: Chain, picture: Picture, **more: Any) -> Styled:
        return apply_style(chain, picture, registry=registry, **more)

    before = frames_before(chain, registry)
    style_clip(clip, target, Restyling(chain, style, loop=loop, before=before))
    return columns(target)


def test_light_stays_for_a_while_in_a_film(registry: Registry) -> None:
    levels = restyled(registry, Path("glowing.png"))
    assert levels[0] == [255, 0, 0, 0, 0, 0]
    third = levels[2]
    assert third[2] == 255
    # Half the light of one frame before, a quarter of two before, less what fades out at the end.
    assert third[1] == pytest.approx(182, abs=6)
    assert third[0] == pytest.approx(130, abs=8)
    assert third[3:] == [0, 0, 0]


def test_a_film_that_loops_begins_with_the_glow_of_its_end(registry: Registry) -> None:
    first = restyled(registry, Path("looping.png"), loop=0.1)[0]
    # The last frame is laid over the first; of the one before it half the light is left.
    assert first[4] > first[3] > first[2] > 0


def test_still_pictures_keep_their_light_and_say_so(registry: Registry) -> None:
    picture = level(5)
    styled = apply_style(parse_style("afterglow", registry), picture, registry=registry)
    np.testing.assert_allclose(styled.picture.to("srgb").pixels, picture.pixels, atol=1e-4)
    assert "a still picture has no afterglow" in styled.record["notes"][0]


def test_glow_of_clear_pixels_has_its_colour(registry: Registry) -> None:
    chain, film = parse_style("afterglow:0.5", registry), Film(2, 10.0)
    pixels = np.zeros((1, 2, 4), np.float32)
    pixels[0, 0] = (1, 0, 0, 1)
    for number in range(2):
        moved = Picture(np.roll(pixels, number, axis=1))
        styled = apply_style(chain, moved, registry=registry, frame=film.frame(number))
    color = styled.picture.to("srgb").pixels[0]
    np.testing.assert_allclose(color[1], (1, 0, 0, 1), atol=1e-3)
    np.testing.assert_allclose(color[0, :3], (1, 0, 0), atol=1e-3)
    assert 0.4 < color[0, 3] < 0.5


def test_animations_of_a_run_see_frames(own: Registry, tmp_path: Path) -> None:
    run = artgan.train(dataset="mnist", out=tmp_path / "run", registry=own, **TOY)
    SEEN.clear()
    made = run.animate([1, 2], tmp_path / "made", fps=5, seconds=1, style="own/noting", loop=True)
    count = len(list(made.glob("*.png")))
    # In a loop the last frames come before the first.
    numbers = [number for number, *_ in SEEN]
    assert numbers == [count - 2, count - 1, *range(count)]
    assert [len(levels) for *_, levels in SEEN] == [0, 1, *[2] * count]
    glow = run.animate([1, 2], tmp_path / "glow", fps=5, seconds=1, style="afterglow")
    with pytest.raises(DataError, match="looks at the frames before it"):
        artgan.remake(sorted(glow.glob("*.png"))[3], run=tmp_path / "run")


def test_the_number_of_frames_is_checked() -> None:
    with pytest.raises(PluginError, match="frames_before=300 does not fit; expected 0 to 240"):
        Filter(name="f", summary="S.", apply=note, frames_before=300)
