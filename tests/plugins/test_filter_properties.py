"""What the design demands of single filters by numbers: tones, tables, symmetries, identities."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from artgan.palettes.find import find_palette
from artgan.plugin.color import (
    lightness,
    nearest,
    ramp,
    srgb_to_linear,
    srgb_to_oklab,
)
from artgan.plugin.inks import ink_light
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin_manager.load import load_registry
from artgan.plugins.filters._diffusion import KERNELS
from artgan.plugins.filters._thresholds import blue_noise_ranks, thresholds
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

REGISTRY = load_registry(packages=False)


def run(style: Any, what: Picture, seed: int = 0) -> Picture:
    return apply_style(parse_style(style, REGISTRY), what, registry=REGISTRY, seed=seed).picture


def colors(height: int = 24, width: int = 32, low: float = 0.0, high: float = 1.0) -> Picture:
    """Unrelated colours in a range."""
    drawn = np.random.default_rng(8).random((height, width, 3), dtype=np.float32)
    return Picture(np.float32(low) + drawn * np.float32(high - low))


def flat(light: float, side: int) -> Picture:
    """One linear light all over."""
    return Picture(np.full((side, side, 1), light, np.float32), space="linear")


def apart(one: FloatArray, other: FloatArray) -> float:
    return float(np.abs(one - other).max())


def test_turning_hue_and_saturation_leaves_greys_grey() -> None:
    grey = Picture(np.linspace(0, 1, 60, dtype=np.float32).reshape(6, 10, 1).repeat(3, 2))
    turned = run("adjust:hue=120,saturation=1.5", grey).to("srgb").pixels
    assert apart(turned, grey.pixels) < 2e-3
    assert np.ptp(turned, axis=2).max() < 1e-3


def test_inverting_twice_is_the_identity() -> None:
    soft = colors(low=0.42, high=0.58)
    assert apart(run("invert:color | invert:color", soft).pixels, soft.pixels) < 1e-6
    assert apart(run("invert | invert", soft).pixels, soft.pixels) < 3e-3


def test_a_gradient_map_stays_on_its_ramp_and_spreads_evenly_if_asked() -> None:
    stops = find_palette("ember", REGISTRY)
    table = ramp(stops, np.linspace(0, 1, 2048, dtype=np.float32))
    mapped = run("gradient-map:ember", colors(12, 12)).pixels.reshape(-1, 3)
    assert np.abs(mapped[:, None] - table).max(2).min(1).max() < 2e-3
    dark = colors(40, 40, 0.0, 0.3)
    even = lightness(run("gradient-map:colors=000000,ffffff,equalize=1", dark).pixels)
    assert np.histogram(even, 4, (0, 1))[0].min() > 0.2 * even.size


@pytest.mark.parametrize("levels", [2, 5])
def test_posterizing_leaves_so_many_levels_and_twice_is_once(levels: int) -> None:
    once = run(f"posterize:{levels}", colors(low=0.2, high=0.8))
    assert len(np.unique(np.round(lightness(once.pixels), 2))) <= levels
    by_channels = run(f"posterize:{levels},by=channels", colors())
    assert len(np.unique(by_channels.pixels)) <= levels
    again = run(f"posterize:{levels},by=channels", by_channels)
    assert np.array_equal(again.pixels, by_channels.pixels)
    assert apart(run(f"posterize:{levels}", once).pixels, once.pixels) < 2e-3


def test_a_vignette_leaves_the_centre_and_darkens_outwards() -> None:
    shaded = run("vignette:1", flat(0.5, 65)).to("linear").pixels[:, :, 0]
    assert shaded[32, 32] == 0.5
    assert (np.diff(np.diagonal(shaded)[32:]) <= 1e-7).all()
    assert shaded[0, 0] < 0.15


@pytest.mark.parametrize("method", ["lanczos", "smooth", "crisp", "nearest", "epx"])
def test_an_enlarged_tile_is_a_tile(method: str) -> None:
    tile = colors(16, 16).replace(wraps=(True, True))
    moved = tile.replace(color=np.roll(tile.color, (5, 3), (0, 1)))
    large, other = (run(f"upscale:size=32,method={method}", each) for each in (tile, moved))
    assert large.wraps == (True, True)
    assert apart(np.roll(large.pixels, (10, 6), (0, 1)), other.pixels) < 2e-3


def test_crisp_edges_are_steep_and_even_slopes_stay_even() -> None:
    step, slope = np.zeros((8, 8, 1), np.float32), np.empty((8, 8, 1), np.float32)
    step[:, 4:], slope[:] = 0.8, np.linspace(0.1, 0.8, 8)[:, None]
    crisp, smooth = (
        run(f"upscale:size=128,method={method}", Picture(step, space="linear")).pixels[64, :, 0]
        for method in ("crisp", "smooth")
    )
    widths = [((line > 0.1) & (line < 0.7)).sum() for line in (crisp, smooth)]
    assert widths[0] < widths[1] / 2
    assert (np.diff(crisp) >= -1e-6).all()
    assert abs(crisp.mean() - 0.4) < 0.01
    inner = slice(24, 104), 64, 0
    crisp, smooth = (
        run(f"upscale:size=128,method={method}", Picture(slope, space="linear")).pixels[inner]
        for method in ("crisp", "smooth")
    )
    assert apart(crisp, smooth) < 0.01


def test_crisp_keeps_a_dot_of_one_pixel() -> None:
    dot = np.zeros((9, 9, 1), np.float32)
    dot[4, 4] = 1.0
    crisp, smooth = (
        run(f"upscale:size=144,method={method}", Picture(dot, space="linear")).pixels
        for method in ("crisp", "smooth")
    )
    assert smooth.max() < 0.5 < 0.8 < crisp.max()
    # A dot covers about as much as the pixel did.
    assert 0.5 * 16 * 16 < (crisp > 0.5).sum() < 1.5 * 16 * 16


def test_grain_follows_the_seed_and_is_strongest_in_the_middle() -> None:
    def grained(light: float, seed: int = 0) -> FloatArray:
        return run("grain:0.2", Picture(np.full((64, 64, 3), light, np.float32)), seed).pixels

    assert not np.array_equal(grained(0.5), grained(0.5, 1))
    assert grained(0.5).std() > 2 * grained(0.05).std()


@pytest.mark.parametrize("angle", [15, 75, 0, 45])
@pytest.mark.parametrize(("side", "lines"), [(160, 50), (240, 20)])
def test_a_halftone_prints_within_one_percent_of_the_tone(
    side: int, lines: int, angle: int
) -> None:
    for shape, tone in product(("dot", "line", "diamond", "cross"), (0.05, 0.2, 0.6, 0.95)):
        screen = f"halftone:lines={lines},angle={angle},shape={shape},inks=000000,paper=ffffff"
        assert abs(run(screen, flat(tone, side)).to("linear").pixels.mean() - tone) < 0.01


def prints(inks: tuple[str, ...], paper: str) -> FloatArray:
    """Paper, inks and all overprints, in linear light."""
    shown = ink_light(paper)[None]
    for ink in inks:
        shown = np.concatenate([shown, shown * ink_light(ink)])
    return shown


def misses(printed: Picture, wanted: FloatArray) -> FloatArray:
    pixels = printed.to("linear").pixels.reshape(-1, 1, 3)
    missed: FloatArray = np.abs(pixels - wanted).max(2).min(1)
    return missed


def test_only_inks_overprints_and_paper_are_printed() -> None:
    smooth = Picture(np.kron(colors(4, 4).pixels, np.ones((60, 60, 1), np.float32)))
    inks = ("cyan", "magenta", "yellow")
    halftone = run(f"halftone:lines=10,inks={','.join(inks)},paper=ffffff", smooth)
    # All but the soft edges of dots, a pixel wide.
    assert np.mean(misses(halftone, prints(inks, "ffffff")) < 0.02) > 0.6
    spots = ("fluorescent-pink", "blue")
    riso = run(f"risograph:inks={','.join(spots)},paper=f6f1e3,screen=grain", smooth)
    assert misses(riso, prints(spots, "f6f1e3")).max() < 1e-5


def test_dots_of_the_usual_number_keep_the_tone_on_small_pictures() -> None:
    drawn = run("stipple:ink=000000,paper=ffffff", flat(0.6, 128)).to("linear")
    assert abs(drawn.pixels.mean() - 0.6) < 0.01


@pytest.mark.parametrize("method", [*KERNELS, "riemersma"])
def test_kernels_that_hand_on_all_keep_the_mean_within_a_hundredth(method: str) -> None:
    side = 48 if method == "riemersma" else 160
    drawn = run(f"dither:method={method}", flat(0.216, side).to("srgb")).to("linear")
    assert abs(drawn.pixels.mean() - 0.216) < 0.01


@pytest.mark.parametrize("method", ["blue-noise", "bayer-8", "clustered"])
def test_threshold_patterns_keep_local_means_and_roll_by_their_period(method: str) -> None:
    period = len(thresholds(method))
    slope = np.tile(np.linspace(0.2, 0.9, 128, dtype=np.float32)[None, :, None], (64, 1, 1))
    drawn = run(f"dither:method={method}", Picture(slope))
    moved = run(f"dither:method={method}", Picture(np.roll(slope, period, 1)))
    assert np.array_equal(moved.pixels, np.roll(drawn.pixels, period, 1))
    light = [srgb_to_linear(p[:, :, :1]).reshape(8, 8, 16, 8).mean((1, 3)) for p in (drawn.pixels,)]
    wanted = srgb_to_linear(slope).reshape(8, 8, 16, 8).mean((1, 3))
    assert np.abs(light[0] - wanted).max() < 0.09
    assert np.abs(light[0] - wanted).mean() < 0.03


def test_blue_noise_has_no_spikes() -> None:
    ranks = blue_noise_ranks().astype(np.float64)
    power = np.abs(np.fft.fft2(ranks - ranks.mean())) ** 2
    along = np.fft.fftfreq(64)
    ring = np.round(np.hypot(along[:, None], along[None, :]) * 64).astype(int)
    means = np.bincount(ring.ravel(), power.ravel()) / np.bincount(ring.ravel())
    busy = (ring > 0.3 * 64) & (ring <= 32)
    assert (power / np.maximum(means[ring], 1e-9))[busy].max() < 20


@pytest.mark.parametrize("segments", [2, 4])
def test_a_kaleidoscope_shows_the_same_when_turned_and_mirrored(segments: int) -> None:
    shown = run(f"kaleidoscope:{segments}", colors(48, 48)).pixels
    turned = np.rot90(shown, 4 // segments)
    assert apart(turned, shown) < 1e-3
    assert apart(shown[:, ::-1], shown) < 1e-3


@pytest.mark.parametrize("name", ["gameboy", "c64"])
def test_nearness_in_oklab_is_nearer_to_the_eye_than_in_srgb(name: str) -> None:
    palette, what = find_palette(name, REGISTRY), colors(40, 40).pixels

    def miss(space: str) -> float:
        chosen = palette[nearest(what, palette, space)]
        return float(np.linalg.norm(srgb_to_oklab(chosen) - srgb_to_oklab(what), axis=2).mean())

    assert miss("oklab") < miss("srgb")
