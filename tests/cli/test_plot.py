"""``artgan plot`` and ``artgan tile`` from the shell; drawings are rendered to check them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import Result
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from artgan.pictures.files import read_picture
from artgan.plugin.color import srgb_to_linear
from artgan.plugin.picture import Picture
from artgan.plugin_manager.load import load_registry
from artgan.plugins.filters._level_lines import level_lines
from artgan.printing.svg import pen_up, sort_strokes
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

NAMES = {"svg": "http://www.w3.org/2000/svg"}
FINE = 40
"""Pixels a millimetre when a drawing is rendered."""


def ramp(path: Path) -> Path:
    grey = np.linspace(30, 250, 96).astype(np.uint8)
    Image.fromarray(np.tile(grey, (96, 1))).save(path)
    return path


def render(path: Path, side: float = 60) -> NDArray[np.float32]:
    """Draw an SVG of one black ink on a square of paper: ink cover in [0, 1]."""
    image = Image.new("L", (int(side * FINE),) * 2)
    draw = ImageDraw.Draw(image)
    for group in ElementTree.parse(path).getroot().iter("{http://www.w3.org/2000/svg}g"):
        width = float(group.get("stroke-width", 0)) * FINE
        for item in group.findall("svg:path", NAMES):
            numbers = re.findall(r"-?[\d.]+", item.get("d", ""))
            # Pillow draws the pixels on an outline too.
            points = [float(n) * FINE - 0.5 for n in numbers]
            if width:
                draw.line(points, fill=255, width=max(1, round(width)), joint="curve")
            else:
                draw.polygon(points, fill=255)
        for item in group.findall("svg:circle", NAMES):
            x, y, r = (float(item.get(k, 0)) * FINE for k in ("cx", "cy", "r"))
            draw.ellipse((x - r, y - r, x + r - 1, y + r - 1), fill=255)
    return np.asarray(image).astype(np.float32) / np.float32(255)


@pytest.mark.parametrize("shape", ["dot", "line", "diamond", "cross"])
def test_a_halftone_prints_the_tone_as_shapes(
    artgan_cli: Callable[..., Result], tmp_path: Path, shape: str
) -> None:
    source = ramp(tmp_path / "ramp.png")
    chain = f"halftone:lines=24,angle=0,inks=000000,paper=ffffff,shape={shape}"
    wish = ["--filter", chain, "--paper", "60x60mm", "--margin", "0", "--out", "h.svg"]
    assert artgan_cli("plot", str(source), *wish).exit_code == 0
    drawn = render(Path("h.svg"))
    wanted = 1 - srgb_to_linear(read_picture(source).pixels)[:, :, 0]
    blocks = [p.reshape(6, len(p) // 6, 6, -1).mean(axis=(1, 3)) for p in (drawn, wanted)]
    assert np.abs(blocks[0] - blocks[1]).max() < 0.035


def test_letters_are_drawn_as_the_picture_shows_them(
    artgan_cli: Callable[..., Result], tmp_path: Path
) -> None:
    source = ramp(tmp_path / "ramp.png")
    chain = "ascii:columns=16,light_on_dark=false,ink=000000,paper=ffffff"
    wish = ["--filter", chain, "--paper", "60x60mm", "--margin", "0", "--out", "a.svg"]
    result = artgan_cli("plot", source, *wish)
    assert result.exit_code == 0, result.output
    shown = apply_style(
        parse_style(chain, load_registry()), read_picture(source), registry=load_registry()
    ).picture
    drawn = render(Path("a.svg")).reshape(96, 25, 96, 25).mean((1, 3))
    printed = 1 - shown.to("linear").color[:, :, 0]
    # Pixels soften the letters' edges; letters and tone are the same.
    assert np.corrcoef(drawn.ravel(), printed.ravel())[0, 1] > 0.9
    tones = [cover.reshape(4, 24, 4, 24).mean((1, 3)) for cover in (drawn, printed)]
    assert np.abs(tones[0] - tones[1]).max() < 0.02
    for given, instead in (("color=true", "color=false"), ("shade=0.5", "shade=0")):
        refused = artgan_cli("plot", source, "--filter", f"ascii:{given}", "--out", "b.svg")
        assert instead in refused.output
        assert not Path("b.svg").exists()


@pytest.mark.parametrize("pattern", ["hatch", "waves", "spiral"])
def test_a_plotters_strokes_look_like_its_picture(
    artgan_cli: Callable[..., Result], tmp_path: Path, pattern: str
) -> None:
    source = ramp(tmp_path / "ramp.png")
    chain = f"plotter:{pattern},lines=30,pen=0.01,inks=000000,paper=ffffff"
    wish = ["--filter", chain, "--paper", "60x60mm", "--margin", "0", "--out", "p.svg"]
    assert artgan_cli("plot", str(source), *wish).exit_code == 0
    drawn = render(Path("p.svg"))
    registry = load_registry(packages=False)
    what = apply_style(parse_style(chain, registry), read_picture(source), registry=registry)
    seen = 1 - what.picture.to("linear").color[:, :, 0]
    blocks = [p.reshape(6, len(p) // 6, 6, -1).mean(axis=(1, 3)) for p in (drawn, seen)]
    assert np.corrcoef(blocks[0].ravel(), blocks[1].ravel())[0, 1] > 0.95
    assert abs(blocks[0].mean() - blocks[1].mean()) < 0.05


@pytest.mark.parametrize("wobble", [0, 0.5])
def test_a_crosshatch_prints_the_tone_as_swelling_lines(
    artgan_cli: Callable[..., Result], tmp_path: Path, wobble: float
) -> None:
    source = ramp(tmp_path / "ramp.png")
    chain = f"crosshatch:lines=24,wobble={wobble},ink=000000,paper=ffffff"
    wish = ["--filter", chain, "--paper", "60x60mm", "--margin", "0", "--out", "c.svg"]
    assert artgan_cli("plot", str(source), *wish).exit_code == 0
    drawn = render(Path("c.svg"))
    wanted = 1 - srgb_to_linear(read_picture(source).pixels)[:, :, 0]
    columns = [p.reshape(len(p), 6, -1).mean(axis=(0, 2)) for p in (drawn, wanted)]
    assert np.abs(columns[0] - columns[1]).max() < 0.05


def test_contours_are_long_lines_where_the_filter_draws_them(
    artgan_cli: Callable[..., Result], tmp_path: Path
) -> None:
    y, x = np.mgrid[:80, :80] - 39.5
    hill = np.clip(255 - 7 * np.hypot(x, y), 0, 255).astype(np.uint8)
    Image.fromarray(hill).save(tmp_path / "hill.png")
    wish = ["--filter", "contours:levels=5,smooth=0.02", "--paper", "60x60mm", "--margin", "0"]
    assert artgan_cli("plot", str(tmp_path / "hill.png"), *wish, "--out", "t.svg").exit_code == 0
    lines = ElementTree.parse("t.svg").getroot().findall(".//svg:path", NAMES)
    assert len(lines) == 4
    for line in lines:
        points = np.array(re.findall(r"-?[\d.]+", line.get("d", "")), float).reshape(-1, 2)
        away = np.hypot(*(points - 30).T)
        assert np.ptp(away) < 0.05 * away.mean() + 0.3
        assert np.allclose(points[0], points[-1])


@pytest.mark.parametrize("seed", range(3))
def test_level_lines_cross_every_side_once_and_part_high_from_low(seed: int) -> None:
    height = np.random.default_rng(seed).random((9, 11), np.float32)
    above = height >= 0.5
    crossed = (above[:, 1:] != above[:, :-1]).sum() + (above[1:] != above[:-1]).sum()
    lines = level_lines(height, 0.5)
    points = np.concatenate([line[:-1] if (line[0] == line[-1]).all() else line for line in lines])
    assert len(np.unique(points, axis=0)) == len(points) == crossed
    assert max(np.hypot(*np.diff(line, axis=0).T).max() for line in lines) <= 2**0.5


def test_layers_are_pens_and_all_lies_on_the_paper(
    artgan_cli: Callable[..., Result], pictures: Path
) -> None:
    wish = ["--filter", "plotter:lines=20,inks=cyan,magenta,key", "--paper", "A6", "--json"]
    result = artgan_cli("plot", str(pictures / "0.png"), *wish, "--out", "a.svg")
    assert json.loads(result.output)["layers"] == ["cyan", "magenta", "key"]
    root = ElementTree.parse("a.svg").getroot()
    assert (root.get("width"), root.get("height")) == ("105mm", "148mm")
    assert len(root.findall("svg:g", NAMES)) == 3
    numbers = re.findall(r'd="M([^"]+)"', Path("a.svg").read_text())
    points = np.array([float(n) for d in numbers for n in re.findall(r"-?[\d.]+", d)])
    x, y = points[0::2], points[1::2]
    assert x.min() >= 10
    assert x.max() <= 95
    assert y.min() >= 10
    assert y.max() <= 138


def test_sorting_never_makes_the_pen_travel_farther() -> None:
    rng = np.random.default_rng(4)
    strokes = [rng.random((3, 2)) for _ in range(40)]
    ordered = sort_strokes(strokes)
    assert pen_up(ordered) < 0.5 * pen_up(strokes)
    held = [sorted(sorted(s.ravel().tolist()) for s in each) for each in (ordered, strokes)]
    assert held[0] == held[1]
    assert pen_up(sort_strokes(ordered)) <= pen_up(ordered)


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["--filter", "glow"], 1, "halftone, stipple, crosshatch"),
        (["--out", "a.png"], 2, ".svg"),
        (["--margin", "200"], 2, "leaves nothing"),
        (["--paper", "A44"], 2, "Did you mean"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    artgan_cli: Callable[..., Result], pictures: Path, args: list[str], code: int, says: str
) -> None:
    result = artgan_cli("plot", str(pictures / "0.png"), *args)
    assert (result.exit_code, says in result.output) == (code, True), result.output


def test_tile_check_tells_a_step_from_a_tile(
    artgan_cli: Callable[..., Result], tmp_path: Path
) -> None:
    from artgan.pictures.files import save_png

    waves = np.sin(np.arange(64) * 2 * np.pi / 64)
    rng = np.random.default_rng(1).random((64, 64, 1)) * 0.3
    tile = 0.4 + 0.1 * (waves[:, None, None] + waves[None, :, None]) + rng
    save_png(Picture(tile.astype(np.float32)), tmp_path / "tile.png")
    save_png(Picture(np.sort(tile, axis=1).astype(np.float32)), tmp_path / "step.png")
    good = artgan_cli("tile", "check", "tile.png", "--strict", "--out", "four.png")
    assert (good.exit_code, "It repeats." in good.output) == (0, True)
    assert read_picture(Path("four.png")).width == 128
    bad = artgan_cli("tile", "check", "step.png", "--strict")
    assert (bad.exit_code, "a step shows" in bad.output) == (1, True)
    facts = json.loads(artgan_cli("tile", "check", "step.png", "--json").output)
    assert facts["seamless"] is False
    assert facts["verdicts"]["x"] == "a step shows"


def test_names_that_differ_by_their_ending_and_one_failure_end_no_batch(
    artgan_cli: Callable[..., Result],
) -> None:
    Path("x").mkdir()
    for name in ("a.png", "a.bmp", "b.png"):
        ramp(Path("x", name))
    Path("o").mkdir()
    Path("o/b.svg").write_text("mine")
    done = artgan_cli("plot", "x", "--filter", "contours", "--out", "o")
    assert done.exit_code == 3
    assert sorted(path.name for path in Path("o").iterdir()) == ["a-bmp.svg", "a-png.svg", "b.svg"]
    assert "Left out: 'o/b.svg' is already there" in done.stderr
    assert Path("o/b.svg").read_text() == "mine"
