"""Properties of single filters; the laws for all of them are in test_filter_laws.py."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import artgan
from artgan.errors import StyleError
from artgan.plugin.color import lightness
from artgan.plugin.picture import Picture
from artgan.plugin_manager.load import load_registry
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

REGISTRY = load_registry(packages=False)


def picture(height: int, width: int, channels: int = 3, wraps: bool = False) -> Picture:
    """A smooth picture that repeats without a seam."""
    rows = np.arange(height)[:, None, None] / height * 2 * np.pi
    columns = np.arange(width)[None, :, None] / width * 2 * np.pi
    phase = np.arange(channels)[None, None, :]
    pixels = 0.5 + 0.25 * np.sin(rows + phase) + 0.25 * np.cos(2 * columns + phase)
    return Picture(pixels.astype(np.float32), wraps=(wraps, wraps))


def run(style: Any, what: Picture, seed: int = 0) -> Picture:
    return apply_style(parse_style(style, REGISTRY), what, registry=REGISTRY, seed=seed).picture


def test_palette_holds_only_its_colours_and_twice_is_once() -> None:
    once = run("palette:gameboy", picture(32, 32))
    colors = {tuple(c) for c in np.round(once.pixels.reshape(-1, 3) * 255).astype(int)}
    assert colors <= {(15, 56, 15), (48, 98, 48), (139, 172, 15), (155, 188, 15)}
    assert np.array_equal(run("palette:gameboy", once).pixels, once.pixels)
    assert once.indexed is not None


def test_palette_takes_the_nearest_in_oklab() -> None:
    from artgan.plugin.color import parse_colors, srgb_to_oklab

    colors = parse_colors(["102030", "ff4fa3", "7df9ff", "e0e0e0"])
    what = picture(16, 16)
    distance = np.linalg.norm(
        srgb_to_oklab(what.pixels)[:, :, None] - srgb_to_oklab(colors), axis=3
    )
    expected = colors[distance.argmin(2)]
    assert np.array_equal(run("palette:102030,ff4fa3,7df9ff,e0e0e0", what).pixels, expected)


def test_gradient_keeps_the_order_of_light() -> None:
    grey = Picture(np.linspace(0, 1, 64, dtype=np.float32).reshape(1, 64, 1).repeat(4, 0))
    from artgan.plugin.color import lightness

    result = run("palette:noir,mode=gradient", grey)
    assert (np.diff(lightness(result.color)[0]) >= -1e-3).all()


def test_glow_never_darkens() -> None:
    what = picture(32, 32).replace(pixels=picture(32, 32).pixels * 0.7)
    assert (run("glow:1", what).to("srgb").pixels - what.pixels).min() > -2e-3


def test_flat_picture_has_no_neon_lines() -> None:
    flat = Picture(np.full((64, 64, 3), 0.5, np.float32))
    lines = run("neon-edges", flat)
    assert np.ptp(lines.pixels, axis=(0, 1)).max() < 1e-5


def test_tile_copies_exactly() -> None:
    what = picture(5, 7)
    tiled = run("tile:columns=3,rows=2", what).pixels
    assert np.array_equal(tiled, np.tile(what.pixels, (2, 3, 1)))
    mirrored = run("tile:columns=2,rows=2,flip=both", what)
    assert mirrored.wraps == (True, True)


def test_nearest_upscale_is_exact_and_smooth_ones_do_not_ring() -> None:
    what = picture(4, 6)
    large = run("upscale:size=12,method=nearest", what).pixels
    assert np.array_equal(large, what.pixels.repeat(3, 0).repeat(3, 1))
    step = Picture(np.repeat([0.0, 1.0], 8).astype(np.float32).reshape(1, 16, 1).repeat(16, 0))
    smooth = run("upscale:size=64,method=smooth", step).pixels[32, :, 0]
    assert (np.diff(smooth) >= -1e-6).all()


@pytest.mark.parametrize("tone", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("shape", ["dot", "line", "diamond", "cross"])
def test_halftone_keeps_the_tone(tone: float, shape: str) -> None:
    from artgan.plugin.color import linear_to_srgb

    grey = Picture(np.full((400, 400, 1), linear_to_srgb(np.float32(tone)), np.float32))
    chain = f"halftone:lines=30,shape={shape},inks=000000,paper=ffffff"
    assert run(chain, grey).to("linear").pixels.mean() == pytest.approx(tone, abs=0.015)


def test_pixelate_has_constant_cells_and_twice_is_once() -> None:
    once = run("pixelate:cells=8", picture(32, 32))
    assert np.ptp(once.pixels.reshape(8, 4, 8, 4, 3), axis=(1, 3)).max() < 1e-6
    assert np.allclose(run("pixelate:cells=8", once).pixels, once.pixels, atol=1e-6)


@pytest.mark.parametrize("pick", ["mean", "mode"])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_pixelate_is_the_same_from_light(channels: int, pick: str) -> None:
    what = picture(37, 50, channels)
    result = run(f"pixelate:cells=5,pick={pick}", what)
    light = run(f"pixelate:cells=5,pick={pick}", what.to("linear"))
    assert np.array_equal(result.to("linear").pixels, light.pixels)


def test_cells_hold_the_mean_light() -> None:
    what = picture(37, 50)
    mean = what.to("linear").pixels[14:21, 42:49].mean(axis=(0, 1))
    assert np.allclose(run("pixelate:cells=5", what).pixels[14:21, 42:49], mean, atol=1e-6)


def test_grain_has_no_bias() -> None:
    grey = Picture(np.full((128, 128, 3), 0.5, np.float32))
    assert run("grain:0.2", grey).pixels.mean() == pytest.approx(0.5, abs=0.005)


@pytest.mark.parametrize("style", ["plain", "ember", "gameboy"])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_styles_work_on_pictures_of_other_libraries(mode: str, style: str) -> None:
    pixels = picture(28, 28).pixels
    image = Image.fromarray((pixels * 255).astype(np.uint8)).convert(mode)
    styled = artgan.apply(image, style)
    assert min(styled.size) >= 28
    expected = "none" if style == "plain" else style
    assert styled.info["artgan"]["style"]["name"] == expected


def test_saved_styles_are_the_same_bytes(tmp_path: Path) -> None:
    image = Image.fromarray((picture(24, 24).pixels * 255).astype(np.uint8))
    for name in ("a.png", "b.png"):
        artgan.save(artgan.apply(image, "ember", seed=5), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def step_edge(side: int, low: float = 0.0, high: float = 1.0) -> Picture:
    """Dark left of the middle, light right of it."""
    line = np.repeat(np.array([low, high], np.float32), side // 2)
    return Picture(np.broadcast_to(line[None, :, None], (side, side, 1)).copy())


def test_a_tube_runs_along_an_edge_with_a_white_core_and_coloured_gas() -> None:
    neon = run("neon-edges:width=0.05,fill=0", step_edge(200)).to("linear").pixels[100]
    lit = np.flatnonzero(neon.max(axis=1) > 0.5)
    assert 96 <= lit.min() <= lit.max() <= 104
    core, rim = neon[99], neon[lit.min()]
    assert core.min() > 0.7
    assert rim.min() < 0.4 * rim.max()


def test_series_measures_all_pictures_alike() -> None:
    faint = step_edge(128, 0.5, 0.58)
    lit = [
        run(f"neon-edges:normalize={scale},width=0.04,fill=0", faint).to("linear").pixels.max()
        for scale in ("picture", "series")
    ]
    assert lit[0] > 0.8 > 0.2 > lit[1]


def test_enlarged_pixels_do_not_show_in_tubes() -> None:
    rows, columns = np.mgrid[:28, :28]
    disc = (np.hypot(rows - 13.5, columns - 13.5) < 9).astype(np.float32)[:, :, None]
    chain = ["upscale:size=448,method=smooth", "neon-edges:width=0.012,fill=0"]
    neon = run(chain, Picture(disc)).to("linear").pixels.max(axis=2)
    rows, columns = np.nonzero(neon > 0.5)
    assert np.hypot(rows - 223.5, columns - 223.5).std() < 0.25 * 448 / 28


def test_glow_takes_a_color() -> None:
    lamp = Picture(np.pad(np.ones((4, 4, 1), np.float32), ((14, 14), (14, 14), (0, 0))))
    shed = run("glow:color=ff0000", lamp).to("linear").pixels[16, 10]
    assert shed[0] > 0.005
    assert shed[1:].max() < 1e-6


def test_four_inks_print_colours_and_only_overprints() -> None:
    what = picture(240, 240)
    chain = "halftone:lines=20,inks=cyan,magenta,yellow,key,paper=ffffff"
    printed = run(chain, what).to("linear")
    blocks = [
        p.reshape(10, 24, 10, 24, 3).mean(axis=(1, 3))
        for p in (printed.pixels, what.to("linear").pixels)
    ]
    apart = np.abs(blocks[0] - blocks[1])
    assert apart.mean() < 0.06
    assert np.corrcoef(blocks[0].ravel(), blocks[1].ravel())[0, 1] > 0.95


def test_the_commonest_colour_of_a_cell_is_one_of_its_own() -> None:
    what = Picture(np.zeros((16, 16, 3), np.float32))
    what.pixels[:, :, 0] = np.arange(16)[None, :] % 4 == 0
    mixed = run("pixelate:cells=4,pick=mode", what)
    assert np.array_equal(mixed.pixels, np.zeros((16, 16, 3), np.float32))
    assert run("pixelate:cells=4", what).pixels.max() > 0.2


def test_epx_rounds_a_corner_and_keeps_the_colours() -> None:
    stairs = (np.arange(8)[:, None, None] >= np.arange(8)[None, :, None]).astype(np.float32)
    large = run("upscale:size=16,method=epx", Picture(stairs)).pixels[:, :, 0]
    assert large.shape == (16, 16)
    assert set(np.unique(large)) == {0.0, 1.0}
    assert not np.array_equal(large, stairs[:, :, 0].repeat(2, 0).repeat(2, 1))
    assert np.array_equal(
        run("upscale:size=16,method=epx", Picture(np.float32(1) - stairs)).pixels[..., 0], 1 - large
    )


def test_recolouring_goes_by_lightness_alone() -> None:
    red_and_blue = Picture(np.array([[[0.9, 0.2, 0.2], [0.1, 0.1, 0.5]]], np.float32))
    result = run("palette:palette=300000,c0c0ff,match=lightness", red_and_blue).pixels[0]
    assert result[0, 2] == 1
    assert result[1, 2] == 0


@pytest.mark.parametrize("method", ["mean-covariance", "histogram"])
def test_match_takes_the_moments_of_a_picture(method: str, tmp_path: Path) -> None:
    from artgan.plugin.color import srgb_to_oklab

    other = np.random.default_rng(3).normal([0.6, 0.45, 0.3], 0.06, (40, 40, 3)).clip(0, 1)
    Image.fromarray((other * 255).astype(np.uint8)).save(tmp_path / "other.png")
    style = {"filter": "match", "reference": str(tmp_path / "other.png"), "method": method}
    lab = srgb_to_oklab(run(style, picture(48, 48)).color).reshape(-1, 3)
    wanted = srgb_to_oklab(other.astype(np.float32)).reshape(-1, 3)
    assert np.allclose(lab.mean(0), wanted.mean(0), atol=0.01)
    assert np.allclose(np.cov(lab.T), np.cov(wanted.T), atol=1.2e-3)


def test_match_with_itself_changes_nothing(tmp_path: Path) -> None:
    what = (picture(32, 32).pixels * 255).astype(np.uint8)
    Image.fromarray(what).save(tmp_path / "me.png")
    for method in ("mean-covariance", "histogram"):
        style = {"filter": "match", "reference": str(tmp_path / "me.png"), "method": method}
        same = run(style, Picture((what / 255).astype(np.float32)))
        assert np.abs(same.pixels - what / 255).max() < 0.02


def test_glitch_only_moves_what_is_there_along_rows() -> None:
    what = picture(40, 64)
    torn = run("glitch:strength=1,split=0", what, seed=2).to("srgb")
    assert np.abs(torn.pixels - what.pixels).max() > 0.1
    # A row slides around the border, so its mean light stays.
    light, before = torn.to("linear").pixels.mean(1), what.to("linear").pixels.mean(1)
    assert np.allclose(light, before, atol=2e-3)


def test_contours_stand_where_lightness_crosses_a_level() -> None:
    ramp = np.linspace(0, 1, 200, dtype=np.float32)[None, :, None].repeat(60, 0)
    drawn = run("contours:levels=4,smooth=0,width=0.02,ink=000000", Picture(ramp))
    dark = np.flatnonzero(drawn.to("srgb").pixels[30].max(1) < 0.2)
    assert len(np.flatnonzero(np.diff(dark) > 1)) == 2
    flat = run("contours:levels=4", Picture(np.full((40, 40, 3), 0.5, np.float32)))
    assert np.ptp(flat.pixels, axis=(0, 1)).max() == 0


def test_low_poly_holds_flat_facets_and_the_mean_light() -> None:
    what = picture(90, 120)
    folded = run("low-poly:cells=6,variety=0", what)
    assert len(np.unique(folded.pixels.reshape(-1, 3), axis=0)) <= 2 * 6 * 8
    assert abs(folded.to("linear").pixels.mean() - what.to("linear").pixels.mean()) < 1e-3


def test_pixel_sort_keeps_every_pixel_and_sorts_its_runs() -> None:
    what = picture(24, 36)
    run_right = run("pixel-sort:right,low=0,high=1,length=1", what, seed=4).pixels
    assert np.array_equal(np.sort(run_right, 1), np.sort(what.pixels, 1))
    falls = np.diff(lightness(run_right), axis=1) < -1e-6
    # Each row is cut once, at a place of its own.
    assert falls.sum(axis=1).max() <= 1
    still = run("pixel-sort:low=1,high=1", what).pixels
    assert np.array_equal(still, what.pixels)


def test_a_picture_can_be_drawn_in_its_own_colours() -> None:
    few = run("palette:palette=own:5", picture(32, 32)).pixels.reshape(-1, 3)
    assert len(np.unique(few, axis=0)) == 5
    with pytest.raises(StyleError, match="2 to 256"):
        run("palette:palette=own:1", picture(8, 8))


@pytest.mark.parametrize("shape", ["dot", "line", "diamond", "cross"])
def test_a_halftone_leaves_paper_bare_and_solid_ink_solid(shape: str) -> None:
    for tone, color in ((0.0, 0.0), (1.0, 1.0)):
        flat = Picture(np.full((64, 64, 3), tone, np.float32))
        style = f"halftone:lines=10,inks=000000,paper=ffffff,shape={shape}"
        printed = run(style, flat).pixels
        assert np.abs(printed - color).max() < 1e-3


def test_local_contrast_lifts_faint_forms_keeps_hues_and_leaves_flat_parts() -> None:
    faint = np.full((64, 64, 3), (0.5, 0.3, 0.2), np.float32)
    faint[:, ::8] *= 1.1
    faint[:, 1::8] *= 1.1
    before = lightness(faint)
    strong = run("local-contrast:1", Picture(faint)).to("srgb").color
    after = lightness(strong)
    assert after.std() > 2 * before.std()
    assert after.mean() == pytest.approx(before.mean(), abs=0.02)
    light = run("local-contrast:1", Picture(faint)).to("linear").color
    shares = light / light.sum(axis=2, keepdims=True)
    assert np.ptp(shares.reshape(-1, 3), axis=0).max() < 0.02
    flat = np.full((32, 32, 3), 0.4, np.float32)
    assert np.allclose(run("local-contrast:2", Picture(flat)).to("srgb").color, flat, atol=1e-3)
