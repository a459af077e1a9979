"""What the filters that imitate paint, glass, metal, film and tubes do to a picture."""

import numpy as np
import pytest

from artgan.plugin.color import linear_to_oklab, srgb_to_oklab
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugin_manager.load import load_registry
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

REGISTRY = load_registry(packages=False)


def run(style: str, pixels: FloatArray, seed: int = 1) -> Picture:
    chain = parse_style(style, REGISTRY)
    return apply_style(chain, Picture(pixels), registry=REGISTRY, seed=seed).picture


def flat(*color: float, side: int = 96) -> FloatArray:
    return np.full((side, side, len(color)), color, np.float32)


def halves(left: tuple[float, ...], right: tuple[float, ...], side: int = 96) -> FloatArray:
    pixels = flat(*left, side=side)
    pixels[:, side // 2 :] = right
    return pixels


def disc(side: int, row: int, column: int, radius: float) -> np.ndarray:
    rows, columns = np.mgrid[:side, :side]
    inside: np.ndarray = (rows - row) ** 2 + (columns - column) ** 2 < radius**2
    return inside


def test_strokes_of_one_colour_give_it_back_when_nothing_varies() -> None:
    pixels = flat(0.3, 0.5, 0.2)
    assert np.allclose(run("brush:relief=0,variety=0", pixels).to("srgb").color, pixels, atol=0.01)


def test_strokes_keep_to_their_side_of_an_edge() -> None:
    painted = run("brush:relief=0,variety=0", halves((0.9, 0.1, 0.1), (0.1, 0.1, 0.9))).to("srgb")
    assert painted.color[:, :38, 0].mean() > 0.8 > 0.3 > painted.color[:, 58:, 0].mean()


def test_light_parts_are_gilded_and_dark_ones_lacquered() -> None:
    gilded = srgb_to_oklab(run("gilding:wear=0", halves((0.05,) * 3, (0.9,) * 3)).to("srgb").color)
    dark, leaf = gilded[:, 8:40].mean(axis=(0, 1)), gilded[:, 56:88].mean(axis=(0, 1))
    assert leaf[0] > dark[0] + 0.2
    assert leaf[2] > 0.05 > dark[2]


def test_panes_of_glass_hold_one_side_of_an_edge_and_lead_parts_them() -> None:
    light = (
        run("leaded-glass:panes=8,lead=0.03", halves((0.9, 0.1, 0.1), (0.1, 0.2, 0.9)))
        .to("srgb")
        .color
    )
    glass = light.max(axis=2) > 0.35
    assert 0.1 < 1 - glass.mean() < 0.6
    red = light[:, :, 0] > light[:, :, 2]
    assert red[:, :44][glass[:, :44]].mean() > 0.98
    assert red[:, 52:][glass[:, 52:]].mean() < 0.02


def test_facets_cover_the_picture_and_follow_its_edge() -> None:
    folded = run("facets:facets=16,variety=0", halves((0.1,) * 3, (0.9,) * 3, side=128))
    columns = folded.to("srgb").color.mean(axis=(0, 2))
    assert np.allclose(columns[:50], 0.1, atol=0.03)
    assert np.allclose(columns[78:], 0.9, atol=0.03)
    assert len(np.unique(folded.color.reshape(-1, 3), axis=0)) < 600


def test_chalk_leaves_paper_where_it_has_its_colour_and_covers_it_in_the_dark() -> None:
    paper = flat(0xE9 / 255, 0xDC / 255, 0xC3 / 255)
    drawn = run("chalk:vivid=0", halves(tuple(paper[0, 0]), (0.15, 0.1, 0.3))).to("srgb").color
    assert np.abs(drawn[:, 12:36] - paper[:, 12:36]).mean() < 0.05
    assert drawn[:, 60:84, 2].mean() > drawn[:, 60:84, 0].mean() + 0.05
    assert drawn[:, 60:84].mean() < 0.4


def test_accents_of_chalk_are_dark_and_lie_on_the_dark_side_of_an_edge() -> None:
    plain, pressed = (
        run(f"chalk:accents={accents}", halves((0.4,) * 3, (0.95,) * 3, side=160)).to("srgb").color
        for accents in (0, 2)
    )
    deeper = (plain - pressed).mean(axis=(0, 2))
    assert deeper[74:80].max() > 0.05 > np.abs(deeper[20:60]).max()


def test_sweets_have_one_colour_each_and_ground_between_them() -> None:
    given = (
        "sweets:colors=d8244a,3f68d8,fff6ea,relief=0,gloss=0,glow=0,thick=0.1,gap=0.4,ground=00ff00"
    )
    laid = run(given, halves((0.9, 0.1, 0.2), (0.2, 0.3, 0.9))).to("srgb").color
    red, blue = laid[:, 16:32], laid[:, 64:80]
    assert np.ptp(red.reshape(-1, 3), axis=0).max() < 0.03
    assert red[0, 0, 0] > 0.5 > red[0, 0, 2]
    assert blue[0, 0, 2] > 0.5 > blue[0, 0, 0]
    green = laid[:, :, 1] > 0.5 * (laid[:, :, 0] + laid[:, :, 2]) + 0.1
    assert green[:, 46:50].any(axis=1).all()
    assert not green[:, 16:32].any()


def test_islands_go_to_what_surrounds_them_unless_they_are_large() -> None:
    pixels = flat(0.9, 0.1, 0.2)
    pixels[disc(96, 30, 30, 3)] = pixels[disc(96, 60, 60, 16)] = (0.2, 0.3, 0.9)
    given = "sweets:colors=d8244a,3f68d8,relief=0,least=0.02"
    laid = run(given, pixels).to("srgb").color
    blue = laid[:, :, 2] > laid[:, :, 0]
    assert blue[60, 60]
    assert not blue[30, 30]
    kept = run("sweets:colors=d8244a,3f68d8,relief=0,least=0", pixels).to("srgb").color
    assert kept[30, 30, 2] > kept[30, 30, 0]


def test_patches_are_cut_along_the_diagonal_that_the_picture_has() -> None:
    rows, columns = np.mgrid[:96, :96]
    pixels = flat(0.95, 0.9, 0.8)
    pixels[rows + columns < 95] = (0.1, 0.15, 0.3)
    sewn = run("patchwork:4,puff=0,print=0,thread=0,colors=f6ecd8,1d2748", pixels).to("srgb").color
    dark = sewn.mean(axis=2) < 0.4
    # Two triangles of one square of the diagonal, away from the seams.
    assert dark[76:84, 4:8].all()
    assert not dark[86:92, 14:20].any()
    assert dark[:20, :20].mean() > 0.99


def test_a_quilt_goes_on_beyond_its_border() -> None:
    noise = np.random.default_rng(2).uniform(0, 1, (48, 48, 3)).astype(np.float32)
    chain = parse_style("patchwork:6,thread=0.5", REGISTRY)
    both = [
        apply_style(chain, Picture(given, wraps=(True, True)), registry=REGISTRY, seed=1).picture
        for given in (noise, np.roll(noise, 16, axis=1))
    ]
    assert np.allclose(np.roll(both[0].color, 16, axis=1), both[1].color, atol=1e-5)


@pytest.mark.parametrize(
    "style", ["engraving:lines=40", "gouge:lines=20", "crayon:tone=0", "copier:dirt=0,hollow=0"]
)
def test_prints_leave_light_parts_paper_and_darken_with_the_tone(style: str) -> None:
    shades = [run(style, flat(tone, side=160)).to("srgb").color.mean() for tone in (1, 0.4, 0.05)]
    assert shades[0] > shades[1] >= shades[2] - 0.001
    assert shades[0] > 0.85 > 0.45 > shades[2]


def test_crayon_leaves_strokes_in_middle_tones_and_solid_black_in_the_dark() -> None:
    drawn = run("crayon:tone=0,grain=0.003", flat(0.55, side=256)).color[:, :, 0]
    ink = drawn - drawn.mean()
    # Strokes lean to the right, so that ink is followed by ink up there rather than across.
    along = (ink[8:, :-6] * ink[:-8, 6:]).mean()
    across = (ink[6:, 8:] * ink[:-6, :-8]).mean()
    assert along > 2 * abs(across)
    assert run("crayon:tone=0", flat(0.03, side=64)).color.max() < 0.05


def test_a_gouge_clears_white_leaves_black_and_cuts_between_along_the_form() -> None:
    ramp = np.linspace(0, 1, 192, dtype=np.float32)[None, :, None].repeat(192, axis=0)
    block = run("gouge:lines=16,chatter=0,taper=0", ramp).to("srgb").color[:, :, 0]
    assert block[:, :10].max() < 0.2
    assert block[:, -30:].min() > 0.9
    # Forms of a ramp run down, so that neighbours below each other are alike.
    cut = block[16:-16, 40:100]
    assert 0.25 < cut.mean() < 0.75
    assert np.abs(np.diff(cut, axis=0)).mean() < 0.4 * np.abs(np.diff(cut, axis=1)).mean()


def test_ridges_are_left_where_a_gouge_clears() -> None:
    left = [run(f"gouge:chatter={c}", flat(0.97, side=192)).color.mean() for c in (0, 1, 2)]
    assert left[0] > left[1] > left[2] > 0.8 * left[0]


def test_watercolour_stands_on_paper_and_shows_more_of_it_with_more_water() -> None:
    pixels = np.concatenate([flat(0.1, 0.3, 0.6), flat(1.0)], axis=2)
    washes = [run(f"wash:water={water}", pixels) for water in (0, 1)]
    assert all(wash.alpha is not None and wash.alpha.min() == 1 for wash in washes)
    assert washes[1].color[30:60, 30:60].mean() > washes[0].color[30:60, 30:60].mean() + 0.05
    assert washes[0].to("srgb").color[0].mean() > 0.85


def test_tape_smears_colour_farther_than_light() -> None:
    still = "tape:wear=0,noise=0,tracking=0,interlace=0"
    tape = run(still, halves((0.5, 0.2, 0.2), (0.1, 0.4, 0.8), side=240)).to("srgb").color.mean(0)
    lab = srgb_to_oklab(tape[None])[0]
    light, tint = np.abs(np.diff(lab[:, 0])), np.abs(np.diff(lab[:, 2]))
    assert light.max() / light.sum() > 2 * tint.max() / tint.sum()


def test_the_mask_of_a_tube_keeps_the_colour_and_vanishes_where_pixels_are_few() -> None:
    far = run("phosphor:bulge=0,pitch=0.002", flat(0.3, 0.3, 0.3)).color
    near = run("phosphor:bulge=0,pitch=0.05", flat(0.3, 0.3, 0.3, side=240)).color
    assert np.ptp(far, axis=2).max() < 1e-3
    assert np.ptp(near, axis=2).max() > 0.02
    middle = near[60:180, 60:180].mean(axis=(0, 1))
    assert np.ptp(middle) < 0.1 * middle.mean()


def test_leaves_turn_crimson_on_infrared_film_and_grey_stays_grey() -> None:
    leaf = (
        run("infrared-film:bloom=0", halves((0.2, 0.45, 0.12), (0.5, 0.5, 0.55))).to("srgb").color
    )
    assert leaf[48, 20, 0] > 2 * leaf[48, 20, 1]
    assert np.ptp(leaf[48, 80]) < 0.25


def test_pale_skies_go_to_teal_with_their_height_and_skin_to_wax_on_infrared_film() -> None:
    sky = run("infrared-film:bloom=0", flat(0.93, 0.94, 0.96)).to("srgb").color.mean(axis=1)
    assert sky[5, 0] < 0.4 * sky[5, 2] < 0.4 * sky[90, 2]
    assert np.all(np.diff(sky[5:, 0]) > -1e-4)
    skin, before = run("infrared-film:bloom=0", flat(0.85, 0.68, 0.58)).to("srgb"), 0.85 - 0.58
    assert skin.color.mean() > 0.75
    assert np.ptp(skin.color[48, 48]) < 0.5 * before


def test_light_spills_in_red_over_dark_infrared_film() -> None:
    spot = disc(128, 64, 64, 20).astype(np.float32)[:, :, None].repeat(3, axis=2)
    plain, spilt = (run(f"infrared-film:bloom={b}", spot).to("srgb").color for b in (0, 1))
    more = (spilt - plain)[64, 64 + 22]
    assert more[0] > 0.2 > more[1]


def test_a_figure_is_dark_before_the_evening_sky_whichever_side_is_light() -> None:
    figure = disc(128, 64, 40, 24)
    for pixels in (1.0 * ~figure, 1.0 * figure):
        shown = run("evening-sky:sun=0,clouds=0", pixels.astype(np.float32)[:, :, None])
        lightness = linear_to_oklab(shown.to("linear").color)[:, :, 0]
        assert lightness[60:68, 34:46].mean() < lightness[60:68, 100:120].mean() - 0.2


def test_signs_leave_out_what_is_small_beside_the_longest_line() -> None:
    drawn = (disc(256, 120, 120, 80) | disc(256, 230, 230, 9)).astype(np.float32)[:, :, None]
    every, few = (
        run(f"{name},fill=0", drawn).to("srgb").color[215:246, 215:246].max()
        for name in ("neon-edges:gain=1", "neon-signs:longest=0.3")
    )
    assert every > 0.8 > few + 0.2


def test_coals_glow_where_it_is_light() -> None:
    coals = run("embers:sparks=0", halves((0.0,), (1.0,))).to("linear").color.mean(axis=(0, 2))
    assert coals[70:].mean() > 5 * coals[:30].mean()


def test_a_coat_ends_on_bare_paper_and_blinds_leave_stripes() -> None:
    coated = run("coating:paper=ffffff", flat(0.1, 0.1, 0.3)).to("srgb").color
    assert coated[0].mean() > 0.8 > coated[40:56, 40:56].mean()
    rows = run("blinds:angle=0,softness=0.1", flat(0.6, side=200)).color[:, 100, 0]
    assert (np.diff((rows > rows.mean()).astype(int)) == 1).sum() in range(8, 13)


def test_a_cabinet_keeps_the_picture_and_catches_its_light() -> None:
    picture = run("cabinet:width=0.1,glass=0", halves((0.9, 0.1, 0.1), (0, 0, 0), side=120))
    shown = picture.to("linear").color
    assert shown.shape == (120 + 12 + 16, 144, 3)
    assert np.allclose(shown[72, 40], (0.787, 0.01, 0.01), atol=0.01)
    # Plastic beside the red half is redder than that beside the dark one; the window is glass.
    assert shown[72, 9, 0] > 3 * shown[72, -10, 0]
    mirrored = run("cabinet:width=0.1", flat(0, 0, 0, side=120)).to("linear").color
    assert mirrored[12:72, 12:72].max() > 3 * mirrored[72:132, 72:132].max() > 0


def test_a_strip_of_film_has_holes_above_and_below_and_is_clear_where_it_is_white() -> None:
    strip = run("film-strip:color=e6a06a,light=ffffff", flat(1, 1, 1, side=96)).to("srgb").color
    assert strip.shape[0] / 96 == pytest.approx(35 / 24, abs=0.02)
    assert np.allclose(strip[len(strip) // 2, 50], np.array([0xE6, 0xA0, 0x6A]) / 255, atol=0.01)
    upper = (strip[12].min(axis=1) > 0.99).astype(int)
    holes = (np.diff(upper) == 1).sum() + upper[0]
    # Holes are 4.75 mm apart, and the frame is 24 mm wide with a gap of 2.
    assert holes == round(26 / 4.75)
    assert np.array_equal(upper, (strip[-13].min(axis=1) > 0.99).astype(int))


def test_a_change_in_a_corner_leaves_strokes_elsewhere_as_they_are() -> None:
    pixels = np.random.default_rng(5).random((12, 12, 3), np.float32).repeat(10, 0).repeat(10, 1)
    moved = pixels.copy()
    moved[4:20, 4:20] = (0.9, 0.2, 0.1)
    one, two = (run("brush:width=0.08", each).to("srgb").color for each in (pixels, moved))
    changed = np.abs(one - two).max(axis=2) > 0.03
    assert changed[:24, :24].mean() > 0.2
    assert changed[60:, 60:].mean() < 0.01
