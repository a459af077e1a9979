"""Dithering: tone, palettes, blue noise, and wavefronts that equal the loop over pixels."""

import numpy as np
import pytest

from artgan.errors import StyleError
from artgan.palettes.find import find_palette
from artgan.plugin import fast
from artgan.plugin.color import linear_to_srgb, parse_colors, srgb_to_linear
from artgan.plugin.picture import Picture
from artgan.plugin_manager.load import load_registry
from artgan.plugins.filters import _diffusion, _nearest_color
from artgan.plugins.filters._declared_color import DitherMethod
from artgan.plugins.filters._thresholds import blue_noise_ranks, thresholds, void_and_cluster
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

REGISTRY = load_registry(packages=False)
METHODS: tuple[str, ...] = DitherMethod.__args__  # type: ignore[attr-defined]
THRESHOLDS = [m for m in METHODS if m not in (*_diffusion.KERNELS, "riemersma")]


def dither(pixels: np.ndarray, **options: object) -> Picture:
    chain = parse_style({"filter": "dither", **options}, REGISTRY)
    return apply_style(chain, Picture(pixels.astype(np.float32)), registry=REGISTRY).picture


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("tone", [0.3, 0.5, 0.75])
def test_flat_grey_keeps_its_light(method: str, tone: float) -> None:
    result = dither(np.full((32, 64, 1), tone), method=method)
    kept = float(srgb_to_linear(result.color).mean())
    # Small Bayer patterns have few thresholds to choose from; errors are lost at the borders.
    margin = {"bayer-2": 0.13, "bayer-4": 0.032}.get(method, 0.025)
    assert abs(kept - float(srgb_to_linear(tone))) < margin


@pytest.mark.parametrize("kernel", _diffusion.KERNELS)
@pytest.mark.parametrize("width", [1, 2, 3, 17])
def test_wavefronts_equal_the_loop_over_pixels(kernel: str, width: int) -> None:
    rng = np.random.default_rng(2)
    light, cover = rng.random((13, width, 3), np.float32), rng.random((13, width), np.float32)
    palette = parse_colors(["000000", "ff4fa3", "7df9ff", "ffffff"])
    choose = _nearest_color.Chooser(palette, mixed=False)
    errors, chosen = np.zeros((15, width + 4, 3), np.float32), np.zeros((13, width), int)
    for y, x in np.ndindex(13, width):
        value = light[y, x].copy()
        for down, right, share in _diffusion.KERNELS[kernel]:
            value += errors[y + 2 - down, x + 2 - right] * np.float32(share * 0.9)
        chosen[y, x] = choose(value[:, None])[0]
        errors[y + 2, x + 2] = (value - choose.light[:, chosen[y, x]]) * cover[y, x]
    fast = _diffusion.diffuse(light, cover, palette, kernel, 0.9)
    assert np.array_equal(fast, chosen)


@pytest.mark.parametrize("kernel", _diffusion.KERNELS)
def test_kernels_hand_on_the_whole_error(kernel: str) -> None:
    assert sum(share for _, _, share in _diffusion.KERNELS[kernel]) == pytest.approx(1)


PALETTES = {
    "primaries": ["000000", "ffffff", "ff0000", "00ff00", "0000ff"],
    "three": ["102040", "f0e0c0", "c03020"],
    "many": [
        f"{r}{g}{b}" for r in ("00", "80", "ff") for g in ("00", "70", "ff") for b in ("10", "f0")
    ],
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", PALETTES)
def test_every_mixture_of_a_palette_keeps_its_light(method: str, name: str) -> None:
    ends = srgb_to_linear(parse_colors(PALETTES[name]))
    shares = np.random.default_rng(4).random((2, len(ends))) ** 3 + 0.02
    for share in shares / shares.sum(axis=1, keepdims=True):
        light = (share @ ends).astype(np.float32)
        flat = np.tile(linear_to_srgb(light), (64, 64, 1))
        result = dither(flat, method=method, palette=PALETTES[name])
        kept = srgb_to_linear(result.color).mean((0, 1))
        margin = {"bayer-2": 0.25, "bayer-4": 0.07}.get(method, 0.03)
        assert np.abs(kept - light).max() < margin


@pytest.mark.parametrize("method", THRESHOLDS)
@pytest.mark.parametrize("name", ["cga-magenta", "ember", "sepia", "lagoon", "gold", "teletext"])
def test_a_mixture_of_a_shipped_palette_keeps_its_light(method: str, name: str) -> None:
    ends = srgb_to_linear(find_palette(name, REGISTRY))
    share = np.random.default_rng(4).random(len(ends)) ** 3 + 0.02
    light = (share / share.sum() @ ends).astype(np.float32)
    result = dither(np.tile(linear_to_srgb(light), (64, 64, 1)), method=method, palette=name)
    kept = srgb_to_linear(result.color).mean((0, 1))
    margin = {"bayer-2": 0.17, "bayer-4": 0.04}.get(method, 0.01)
    assert np.abs(kept - light).max() < margin


SHIPPED = [entry.declaration.name for entry in REGISTRY.entries("palette")]


def quick_first(method: str) -> object:
    usual = method in ("floyd-steinberg", "riemersma", "blue-noise", "bayer-2")
    return pytest.param(method, marks=[] if usual else pytest.mark.slow)


@pytest.mark.parametrize("method", [quick_first(m) for m in (*METHODS, "serpentine")])
def test_mixtures_of_every_shipped_palette_keep_their_light(method: str) -> None:
    missed: dict[str, float] = {}
    options: dict[str, object] = {"method": method}
    if method == "serpentine":
        options = {"method": "floyd-steinberg", "serpentine": True}
    for name in SHIPPED:
        ends = srgb_to_linear(find_palette(name, REGISTRY))
        # Of all colours, of three, and of two; then from one such mixture to another.
        rng = np.random.default_rng(7)
        shares = rng.random((6, len(ends))) ** 3 + 0.02
        shares[2:4] *= rng.permuted(np.arange(len(ends)) < 3, axis=0)
        shares[4:] *= rng.permuted(np.arange(len(ends)) < 2, axis=0)
        lights = shares / shares.sum(axis=1, keepdims=True) @ ends
        slope = np.linspace(0, 1, 64)[:, None]
        parts = [np.tile(lights[0], (48, 1)), lights[1] * slope + lights[3] * (1 - slope)]
        parts += [np.tile(lights[4], (48, 1))]
        light = np.tile(np.concatenate(parts), (64, 1, 1)).astype(np.float32)
        result = dither(linear_to_srgb(light), palette=name, **options)
        off = (srgb_to_linear(result.color) - light)[16:].mean(axis=0)
        # Not where an error of another mixture comes in.
        inside = [off[8:48], off[60:112], off[124:]]
        missed[name] = max(np.abs(part.mean(axis=0)).max() for part in inside)
    margin = {"bayer-2": 0.25, "bayer-4": 0.07}.get(method, 0.03)
    assert {name: off for name, off in missed.items() if off > margin} == {}


@pytest.mark.parametrize("method", THRESHOLDS)
def test_ramps_keep_their_light_in_every_part(method: str) -> None:
    ends = srgb_to_linear(parse_colors(PALETTES["primaries"]))
    across, down = np.linspace(0.1, 0.7, 256), np.linspace(0, 1, 64)
    share = np.stack([across * down[:, None], across * (1 - down[:, None])], axis=2)
    light = (share @ ends[[2, 4]] + 0.25 * ends[1]).astype(np.float32)
    result = dither(linear_to_srgb(light), method=method, palette=PALETTES["primaries"])
    off = (srgb_to_linear(result.color) - light).reshape(2, 32, 8, 32, 3).mean((1, 3))
    assert np.abs(off).max() < {"bayer-2": 0.2, "bayer-4": 0.06}.get(method, 0.04)


@pytest.mark.parametrize("method", THRESHOLDS)
def test_threshold_methods_change_nothing_outside_a_changed_area(method: str) -> None:
    pixels = np.random.default_rng(4).random((32, 32, 3))
    changed = pixels.copy()
    changed[8:16, 8:16] = 1 - changed[8:16, 8:16]
    differs = (dither(pixels, method=method).color != dither(changed, method=method).color).any(2)
    differs[8:16, 8:16] = False
    assert not differs.any()


@pytest.mark.parametrize("method", THRESHOLDS)
def test_patterns_use_every_threshold_once(method: str) -> None:
    pattern = thresholds(method)
    assert len(np.unique(pattern)) == pattern.size
    assert pattern.min() > 0
    assert pattern.max() < 1


def test_the_shipped_blue_noise_has_no_low_frequencies() -> None:
    ranks = blue_noise_ranks()
    assert np.array_equal(np.sort(ranks.ravel()), np.arange(4096))
    power = np.abs(np.fft.fft2(ranks - ranks.mean())) ** 2
    along = np.fft.fftfreq(64)
    ring = np.hypot(along[:, None], along[None, :])
    assert power[ring < 0.15].mean() < 0.005 * power[ring > 0.3].mean()


def test_void_and_cluster_ranks_every_cell() -> None:
    assert np.array_equal(np.sort(void_and_cluster(8, 1).ravel()), np.arange(64))


def test_serpentine_with_a_threshold_method_is_refused() -> None:
    with pytest.raises(StyleError, match="serpentine needs a method that spreads"):
        dither(np.zeros((4, 4, 1)), method="bayer-4", serpentine=True)


def test_a_tile_of_whole_periods_goes_on_tiling() -> None:
    chain = parse_style("dither:method=bayer-4", REGISTRY)
    for side, wraps in ((16, True), (18, False)):
        picture = Picture(np.full((side, side, 1), 0.4, np.float32), wraps=(True, True))
        assert apply_style(chain, picture, registry=REGISTRY).picture.wraps == (wraps, wraps)


@pytest.mark.parametrize("mixed", [False, True])
def test_single_pixels_and_many_have_the_same_nearest_colours(mixed: bool) -> None:
    rng = np.random.default_rng(6)
    palette = rng.random((24, 3), dtype=np.float32)
    light = rng.random((2000, 3), dtype=np.float32) ** 2
    light += rng.normal(0, 0.4, (2000, 3)).astype(np.float32)
    numbers, table = _nearest_color.search_tables(palette, None, 100_000, mixed=mixed)
    single = [_nearest_color.pick(r, g, b, numbers, table) for r, g, b in light.tolist()]
    many = _nearest_color.Chooser(palette, mixed=mixed)(planes := light.T.copy())
    clipped, index = [one[:3] for one in single], [one[3] for one in single]
    assert np.mean(many == index) > 0.998
    assert np.abs(planes.T - clipped).max(axis=1).astype(bool).mean() < 0.002


def test_serpentine_differs_from_plain_and_keeps_the_light() -> None:
    grey = np.full((32, 64, 1), 0.45)
    plain, snake = (dither(grey, method="stucki", serpentine=on).color for on in (False, True))
    assert not np.array_equal(plain, snake)
    assert snake.mean() == pytest.approx(plain.mean(), abs=0.02)


@pytest.mark.parametrize("options", [{}, {"serpentine": True}, {"method": "riemersma"}])
def test_a_palette_without_greys_does_not_run_off_in_the_dark(options: dict[str, object]) -> None:
    dark = np.full((32, 32, 1), 0.06)
    chosen = {"method": "floyd-steinberg", "palette": "spectrum", **options}
    light = srgb_to_linear(dither(dark, **chosen).color).mean(axis=(0, 1))
    assert np.abs(light - srgb_to_linear(0.06)).max() < 0.01


@pytest.mark.parametrize("width", [1, 2, 3, 23])
@pytest.mark.parametrize("kernel", ["floyd-steinberg", "jarvis", "sierra-lite"])
@pytest.mark.parametrize("spread", ["plain", "serpentine", "riemersma"])
@pytest.mark.parametrize("mixed", [False, True])
def test_machine_code_chooses_the_same_colours(
    spread: str, kernel: str, width: int, mixed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba", reason="artgan[fast] is not installed")
    monkeypatch.setattr(_diffusion, "can_mix", lambda palette, light, cover: mixed)
    rng = np.random.default_rng(5)
    light, cover = rng.random((19, width, 3), np.float32), rng.random((19, width), np.float32)
    palette = rng.random((9, 3), dtype=np.float32)

    def spread_out() -> np.ndarray:
        if spread == "riemersma":
            return _diffusion.riemersma(light, cover, palette, 0.9)
        walk = _diffusion.diffuse if spread == "plain" else _diffusion.diffuse_serpentine
        return walk(light, cover, palette, kernel, 0.9)

    monkeypatch.setattr(_diffusion, "compiled", lambda *functions, seconds: None)
    slow = spread_out()
    monkeypatch.setattr(
        _diffusion, "compiled", lambda *functions, seconds: fast.compiled(*functions)
    )
    assert np.array_equal(spread_out(), slow)
