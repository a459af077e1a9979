"""Properties of the filters for space, frame and drawing."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from artgan.errors import StyleError
from artgan.evaluation.seams import seam_scores
from artgan.plugin import fast
from artgan.plugin.color import to_rgb
from artgan.plugin.picture import Picture
from artgan.plugin.raster import fold, gaussian_blur
from artgan.plugin_manager.load import load_registry
from artgan.plugins.filters import _warp
from artgan.plugins.filters.kaleidoscope import fold_angle
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

REGISTRY = load_registry(packages=False)


def run(style: Any, what: Picture, seed: int = 0) -> Picture:
    return apply_style(parse_style(style, REGISTRY), what, registry=REGISTRY, seed=seed).picture


def texture(height: int = 96, width: int = 96) -> Picture:
    """A soft texture cropped out of a larger one: it does not repeat."""
    noise = np.random.default_rng(7).random((height + 40, width + 40, 3), dtype=np.float32)
    soft = gaussian_blur(noise, 1.5)[20:-20, 20:-20]
    return Picture(np.clip((soft - 0.5) * 4 + 0.5, 0, 1))


def grey(value: float, side: int = 96) -> Picture:
    """A flat picture of some linear light."""
    return Picture(np.full((side, side, 1), value, np.float32), space="linear")


@pytest.mark.parametrize("method", ["cut", "blend"])
def test_seamless_closes_the_seam_and_leaves_the_middle(method: str) -> None:
    what = texture()
    assert not seam_scores(what).seamless_x
    result = run(f"seamless:{method}", what)
    scores = seam_scores(result)
    assert result.wraps == (True, True)
    assert scores.seamless_x
    assert scores.seamless_y
    assert np.abs(result.to("srgb").pixels - what.pixels)[10:86, 10:86].max() < 1e-4


@pytest.mark.parametrize("axis", ["x", "y"])
def test_seamless_closes_only_the_axis_asked_for(axis: str) -> None:
    result = run(f"seamless:axes={axis}", texture(60, 80))
    assert result.wraps == (axis == "x", axis == "y")


def test_seamless_smooth_evens_out_a_slope() -> None:
    slope = np.linspace(0.1, 0.6, 64, dtype=np.float32)[None, :, None]
    what = Picture(texture(64, 64).pixels * 0.3 + slope)
    before, after = seam_scores(what), seam_scores(run("seamless:smooth", what))
    assert before.step_x > 3
    assert after.step_x < 1.35


def test_seamless_mirror_keeps_the_middle_half() -> None:
    what = texture(64, 80)
    result = run("seamless:mirror", what).to("srgb").pixels
    assert np.abs(result - what.pixels)[16:48, 20:60].max() < 1e-5
    assert seam_scores(Picture(result)).seamless_x


@pytest.mark.parametrize("segments", [2, 5, 12, 64])
def test_the_fold_of_a_kaleidoscope_turns_and_mirrors_exactly(segments: int) -> None:
    angles = np.random.default_rng(1).uniform(-10, 10, 1000)
    folded = fold_angle(angles, segments)
    turned = fold_angle(angles + 2 * np.pi / segments, segments)
    assert np.abs(turned - folded).max() < 1e-9
    assert np.abs(fold_angle(-angles, segments) - folded).max() < 1e-9
    assert 0 <= folded.min() <= folded.max() <= np.pi / segments + 1e-12


def test_mirror_is_exact_and_twice_is_once() -> None:
    what = texture(20, 31)
    once = run("mirror:both", what)
    assert np.array_equal(once.pixels, once.pixels[::-1, ::-1])
    assert np.array_equal(run("mirror:both", once).pixels, once.pixels)
    assert np.array_equal(once.pixels[:10, :16], what.pixels[:10, :16])


@pytest.mark.parametrize("keep", ["first", "last"])
@pytest.mark.parametrize("axis", ["x", "y", "both"])
@pytest.mark.parametrize("size", [(1, 1), (2, 7), (21, 20), (300, 129)])
def test_mirror_takes_each_line_from_the_half_that_stays(
    size: tuple[int, int], axis: str, keep: str
) -> None:
    pixels = np.random.default_rng(3).random((*size, 4), dtype=np.float32)
    pick = np.minimum if keep == "first" else np.maximum
    rows, columns = (pick(np.arange(n), np.arange(n)[::-1]) for n in size)
    wanted = pixels if axis == "x" else pixels[rows]
    wanted = wanted if axis == "y" else wanted[:, columns]
    assert np.array_equal(run(f"mirror:{axis},keep={keep}", Picture(pixels)).pixels, wanted)


@pytest.mark.parametrize("wraps", [(False, False), (True, False), (True, True)])
@pytest.mark.parametrize("count", [3, 4000])
def test_fetching_folds_places_outside(wraps: tuple[bool, bool], count: int) -> None:
    rng = np.random.default_rng(6)
    pixels = rng.random((13, 9, 3), dtype=np.float32)
    down, across = rng.uniform(-40, 60, (2, count)).astype(np.float32)
    rows, columns = down - np.float32(0.5), across - np.float32(0.5)
    shares = (rows - np.floor(rows))[:, None], (columns - np.floor(columns))[:, None]
    edges = [
        fold(np.floor(places).astype(int) + more, length, wrap)
        for places, length, wrap in ((rows, 13, wraps[1]), (columns, 9, wraps[0]))
        for more in (0, 1)
    ]
    upper, under = (
        (pixels[row, edges[3]] - pixels[row, edges[2]]) * shares[1] + pixels[row, edges[2]]
        for row in edges[:2]
    )
    wanted = (under - upper) * shares[0] + upper
    assert np.array_equal(_warp.fetch(pixels, down, across, wraps), wanted)


def test_distances_are_those_of_hypot() -> None:
    down, across = np.mgrid[-40:40, -90:90].astype(np.float32) * np.float32(1.37)
    found = _warp.distance(down[:, :1], across[:1])
    np.testing.assert_array_max_ulp(found, np.hypot(down, across), 1)


@pytest.mark.parametrize("wraps", [(False, False), (True, True)])
@pytest.mark.parametrize("style", ["displace:0.2", "polar", "polar:strip", "droste:0.4"])
def test_machine_code_moves_pixels_alike(
    style: str, wraps: tuple[bool, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba", reason="artgan[fast] is not installed")
    what = Picture(np.random.default_rng(8).random((41, 60, 4), dtype=np.float32), wraps=wraps)
    monkeypatch.setattr(_warp, "compiled", lambda *functions, seconds: None)
    slow = run(style, what).pixels
    monkeypatch.setattr(_warp, "compiled", lambda *functions, seconds: fast.compiled(*functions))
    assert np.array_equal(run(style, what).pixels, slow)


def test_swirl_leaves_what_lies_beyond_its_radius() -> None:
    what = texture(60, 60)
    apart = np.abs(run("swirl:400,radius=0.3", what).to("srgb").pixels - what.pixels)
    assert apart[:10].max() < 1e-4
    assert apart[20:40, 20:40].max() > 0.1


def test_droste_holds_itself() -> None:
    what = Picture(gaussian_blur(texture(128, 128).pixels, 3))
    result = run("droste:0.5,twist=0", what).to("linear").pixels
    inner = result[32:96, 32:96]
    small = result.reshape(64, 2, 64, 2, 3).mean(axis=(1, 3))
    assert np.abs(inner - small)[2:20, 2:62].max() < 0.04


@pytest.mark.parametrize("frame", ["border:0.1", "mat:0.1"])
def test_a_frame_leaves_the_picture_inside_untouched(frame: str) -> None:
    what = texture(40, 60)
    result = run(frame, what)
    assert np.array_equal(result.pixels[4:44, 4:64], what.pixels)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_border_has_its_colour_on_all_sides(channels: int) -> None:
    framed = run("border:0.1,color=408020", Picture(np.zeros((30, 20, channels), np.float32)))
    outside = np.ones((34, 24), bool)
    outside[2:32, 2:22] = False
    color = np.array([64, 128, 32, 255][: framed.pixels.shape[2]], np.float32) / 255
    assert framed.pixels.shape[:2] == (34, 24)
    assert np.abs(framed.pixels[outside] - color).max() < 1e-6


def test_a_border_keeps_a_palette_and_adds_its_colour() -> None:
    framed = run("palette:gameboy | border:color=ff0000", texture(20, 20))
    assert framed.indexed is not None
    assert len(framed.indexed) == 5


def test_ink_and_woodcut_have_two_tones_at_the_limit() -> None:
    for name in ("ink-edges", "woodcut"):
        inked = run(f"{name}:sharpness=50,ink=000000,paper=ffffff", texture(128, 128))
        tones = inked.to("linear").pixels
        assert ((tones < 0.05) | (tones > 0.95)).mean() > 0.8


def test_a_name_of_both_means_the_filter_when_given_its_options() -> None:
    assert len(parse_style("woodcut", REGISTRY).steps) == 4
    assert len(parse_style("woodcut:lines=40", REGISTRY).steps) == 4
    assert len(parse_style("woodcut:threshold=0.4", REGISTRY).steps) == 1


def test_woodcut_darkens_as_the_threshold_rises() -> None:
    means = [run(f"woodcut:threshold={t}", texture()).pixels.mean() for t in (0.3, 0.5, 0.7)]
    assert means[0] > means[1] > means[2]


def test_a_flat_picture_has_no_ink_edges() -> None:
    assert np.ptp(run("ink-edges", grey(0.3)).pixels[:, :, 0]) == 0


def test_ink_follows_the_edges_of_a_plane_that_was_kept_before() -> None:
    step = np.zeros((64, 64, 1), np.float32)
    step[:, 32:] = 1
    inked = run("remember drawing | levels:white=0.001 | ink-edges plane=drawing", Picture(step))
    direct = run("ink-edges", Picture(step))
    assert np.allclose(inked.pixels, direct.pixels, atol=0.01)
    with pytest.raises(StyleError, match="no plane 'drawing'"):
        run("ink-edges plane=drawing", Picture(step))


@pytest.mark.parametrize("sectors", ["4", "8"])
def test_kuwahara_keeps_a_step_and_calms_the_rest(sectors: str) -> None:
    step = np.where(np.arange(96) < 48, 0.2, 0.8).astype(np.float32)
    noise = np.random.default_rng(2).normal(0, 0.02, (96, 96, 1)).astype(np.float32)
    what = Picture(np.tile(step[None, :, None], (96, 1, 1)) + noise)
    result = run(f"kuwahara:0.04,sectors={sectors}", what).pixels[:, :, 0]
    assert result[10:-10, 8:40].std() < 0.5 * noise.std()
    jump = result[10:-10, 50].mean() - result[10:-10, 45].mean()
    assert jump > 0.55


@pytest.mark.parametrize("light", [0.15, 0.4, 0.6, 0.85])
@pytest.mark.parametrize("name", ["stipple:dots=500", "crosshatch:lines=12,wobble=0"])
def test_drawn_tones_are_within_two_percent(name: str, light: float) -> None:
    inked = run(f"{name},ink=000000,paper=ffffff", grey(light, 240)).to("linear")
    assert abs(float(inked.pixels.mean()) - light) < 0.02


def test_stipple_dots_keep_their_distance() -> None:
    from artgan.plugins.filters._dots import place_dots

    rng = np.random.default_rng(3)
    dots = place_dots(np.full((128, 128), 0.3, np.float32), 400, (True, True), rng)
    apart = np.stack([dots.down, dots.across], axis=1)
    gaps = np.abs(apart[:, None] - apart[None])
    gaps = np.minimum(gaps, 128 - gaps)
    away = np.hypot(gaps[..., 0], gaps[..., 1]) + 1e3 * np.eye(len(apart))
    even = (128 * 128 / len(apart)) ** 0.5
    assert away.min() > 0.4 * even
    assert away.min(axis=1).mean() > 0.8 * even


def test_ascii_uses_denser_letters_where_it_is_lighter() -> None:
    ramp = np.tile(np.linspace(0, 1, 240, dtype=np.float32)[None, :, None], (44, 1, 1))
    drawn = run("ascii:40,ink=ffffff,paper=000000", Picture(ramp)).to("linear").pixels
    columns = drawn.reshape(44, 8, 30, -1).mean(axis=(0, 2, 3))
    assert (np.diff(columns) > -0.01).all()
    assert columns[0] < 0.1 < 0.2 < columns[-1]


def letters(style: str, what: Picture) -> NDArray[Any]:
    """Draw letters of 6 pixels each way: (rows, columns, 6 * 6)."""
    drawn = run(f"ascii:leading=6,ink=ffffff,paper=000000,{style}", what).to("linear").pixels
    rows, columns = drawn.shape[0] // 6, drawn.shape[1] // 6
    cells = drawn[:, :, 0].reshape(rows, 6, columns, 6).transpose(0, 2, 1, 3)
    return cells.reshape(rows, columns, 36).round(3)


def test_letters_follow_forms_vary_and_dim_where_they_are_told_to() -> None:
    slanting = np.add.outer(np.arange(60), np.arange(60))[:, :, None] % 6 == 5
    slashes = np.float32(1) * slanting
    glyphs = "glyphs=/\\\\,columns=10"
    by_form = letters(f"shape=1,{glyphs}", Picture(slashes))
    other = letters(f"shape=1,{glyphs}", Picture(slashes[:, ::-1].copy()))
    assert len(np.unique(by_form.reshape(100, 36), axis=0)) == 1
    assert not np.array_equal(by_form[5, 5], other[5, 5])
    plain, varied = (letters(f"variety={n},columns=10", grey(0.4, 60)) for n in (0, 1))
    many = [len(np.unique(cells.reshape(100, 36), axis=0)) for cells in (plain, varied)]
    assert many[0] == 1 < many[1]
    dim = letters("shade=1,columns=10", grey(0.1, 60))
    assert 0 < dim.max() < 0.5 < plain.max()


def test_a_letter_outside_latin_is_refused_in_a_sentence() -> None:
    with pytest.raises(StyleError, match="no glyph"):
        run({"filter": "ascii", "glyphs": " 漢"}, grey(0.5, 20))


def test_mosaic_stones_hold_the_mean_colour() -> None:
    what = texture(96, 96)
    stones = run("mosaic:columns=12,gap=0,variety=0", what).to("linear")
    assert len(np.unique(stones.pixels.reshape(-1, 3), axis=0)) <= 144
    apart = stones.pixels.mean(axis=(0, 1)) - what.to("linear").pixels.mean(axis=(0, 1))
    assert np.abs(apart).max() < 1e-4


def pieces(pixels: NDArray[Any], side: int) -> list[bytes]:
    rows, columns = pixels.shape[0] // side, pixels.shape[1] // side
    cut = pixels.reshape(rows, side, columns, side, -1).swapaxes(1, 2).reshape(rows * columns, -1)
    return [piece.tobytes() for piece in np.round(cut * 1000).astype(np.int32)]


@pytest.mark.parametrize("order", ["seed", "hue", "lightness"])
def test_a_collage_uses_every_piece_once(order: str) -> None:
    what = texture(40, 60).to("linear")
    laid = run(f"collage:4,order={order}", what).to("linear")
    assert sorted(pieces(laid.pixels, 10)) == sorted(pieces(what.pixels, 10))
    assert pieces(laid.pixels, 10) != pieces(what.pixels, 10)


def test_a_collage_takes_pieces_from_other_pictures_in_turn(tmp_path: Path) -> None:
    Image.new("RGB", (30, 30), (255, 0, 0)).save(tmp_path / "red.png")
    step = {"filter": "collage", "columns": 4, "pictures": [str(tmp_path / "red.png")]}
    laid = to_rgb(run(step, grey(0.2, 40)).to("srgb").color)
    red = (laid[5::10, 5::10] > [0.99, -1, -1]).all(axis=2)
    assert red.sum() == 8


@pytest.mark.parametrize("pattern", ["hatch", "waves", "spiral"])
def test_a_plotter_draws_more_where_it_is_darker(pattern: str) -> None:
    light = [
        run(f"plotter:{pattern},lines=24", grey(value)).to("linear").pixels.mean()
        for value in (0.02, 0.2, 0.9)
    ]
    assert light[0] < light[1] < light[2]


@pytest.mark.parametrize("pattern", ["waves", "spiral"])
def test_a_quick_pen_is_darker_in_the_dark_and_a_lifted_one_leaves_paper(pattern: str) -> None:
    def light(value: float, more: str = "") -> float:
        drawn = run(f"plotter:{pattern},lines=24,paper=ffffff{more}", grey(value))
        return float(drawn.to("linear").pixels.mean())

    assert light(0.02, ",quicken=1") < light(0.02) - 0.02
    assert light(0.98, ",quicken=1") == pytest.approx(light(0.98), abs=0.01)
    assert light(0.95, ",lift=0.2") == 1 > light(0.95)
    assert light(0.02, ",lift=0.2") == light(0.02)


def test_covers_looked_up_print_the_light_of_covers_fitted() -> None:
    from artgan.plugin.inks import covers, fit_covers, ink_light

    inks = [ink_light(ink) for ink in ("cyan", "magenta", "yellow", "key")]
    light = np.random.default_rng(0).random((4000, 3), dtype=np.float32) ** 2

    def printed(cover: NDArray[np.float32]) -> NDArray[np.float32]:
        left = np.ones_like(light)
        for number, ink in enumerate(inks):
            left *= 1 - cover[:, number : number + 1] * (1 - ink)
        return left

    apart = np.abs(printed(covers(light, inks)) - printed(fit_covers(light, inks)))
    assert apart.mean() < 2e-3
    assert apart.max() < 0.08
