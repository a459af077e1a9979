"""Filters that decide by all pictures of a command."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan.core.registry import Registry
from artgan.errors import SeriesError
from artgan.pictures.files import from_pil, read_record
from artgan.plugin.picture import Picture
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style
from artgan.styling.sets import settle_chain

Call = Callable[..., Result]

COLORS = ((200, 30, 30), (30, 160, 60), (40, 60, 200))


def plain(color: tuple[int, int, int]) -> Image.Image:
    """Return a picture of one colour with a black half."""
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:, 4:] = color
    return Image.fromarray(pixels)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with three pictures, each of another colour."""
    made = tmp_path / "pictures"
    made.mkdir()
    for number, color in enumerate(COLORS):
        plain(color).save(made / f"{number}.png")
    return made


@pytest.fixture
def run(trained: Path) -> artgan.Run:
    return artgan.load_run(trained)


def colors_of(path: Path) -> set[tuple[int, ...]]:
    pixels = np.asarray(Image.open(path).convert("RGB")).reshape(-1, 3)
    return {tuple(color) for color in pixels.tolist()}


def test_pictures_of_a_folder_share_a_palette(artgan_cli: Call, folder: Path) -> None:
    out = folder.parent / "out"
    artgan_cli("apply", "--style", "common-palette:4", folder, "--out", out)
    files = sorted(out.glob("*.png"))
    assert [colors_of(file) for file in files] == [{(0, 0, 0), color} for color in COLORS]
    steps = [(read_record(file) or {})["style"]["steps"][0]["options"] for file in files]
    assert steps[0] == steps[1]
    assert len(steps[0]["colors"]) == 4
    # Fewer colours than pictures have: two of them get the same.
    artgan_cli("apply", "--style", "common-palette:2", folder, "--out", "two")
    two = [colors_of(file) for file in Path("two").glob("*.png")]
    assert len(set.union(*two)) == 2


def test_a_picture_of_a_set_is_made_again_alone(artgan_cli: Call, folder: Path) -> None:
    out = folder.parent / "out"
    artgan_cli("apply", "--style", "common-palette:3", folder, "--out", out)
    for file in folder.glob("[02].png"):
        file.unlink()
    (made,) = out.glob("1*.png")
    assert artgan.remake(made, source=folder / "1.png").identical


def test_one_picture_alone_is_told(artgan_cli: Call, folder: Path) -> None:
    done = artgan_cli(
        "apply", "--style", "common-palette", str(folder / "1.png"), "--out", str(folder / "out")
    )
    assert "decides by all pictures that are styled together" in done.stderr
    told = artgan_cli("apply", "--style", "equal-light", folder, "--out", str(folder / "two"))
    assert "decides by" not in told.stderr


def test_a_survey_sees_what_the_steps_before_made(registry: Registry) -> None:
    chain = parse_style("invert:color | common-palette:2", registry)
    pictures = [from_pil(plain(COLORS[0]))]
    settled = settle_chain(chain, lambda: enumerate(pictures), 1, registry=registry)
    found = settled.steps[1].options(None)
    assert getattr(found, "colors", ()) == ("37e1e1", "ffffff")
    # What was found stays, whatever comes later.
    other = apply_style(settled, Picture(np.zeros((4, 4, 3), np.float32)), registry=registry)
    assert other.record["steps"][1]["options"]["colors"] == ("37e1e1", "ffffff")


def test_pictures_that_cannot_be_styled_do_not_count(registry: Registry) -> None:
    chain = parse_style("dither:serpentine=true | common-palette:2", registry)
    black = [Picture(np.zeros((4, 4, 3), np.float32))]
    assert settle_chain(chain, lambda: enumerate(black), 1, registry=registry) is chain


def test_light_becomes_equal() -> None:
    pictures = [Image.new("RGB", (8, 8), (level,) * 3) for level in (60, 120, 180)]
    light = [np.asarray(one).mean() for one in artgan.apply_all(pictures, "equal-light")]
    assert np.ptp(light) < 3
    assert light[0] == pytest.approx(120, abs=3)


def test_samples_and_films_of_a_run_are_sets(run: artgan.Run, tmp_path: Path) -> None:
    made = run.sample(range(4), "gradient-map:ember | common-palette:3")
    palettes = [one.info["artgan"]["style"]["steps"][1]["options"]["colors"] for one in made]
    assert palettes[0] == palettes[3]
    alone = run.sample([0], "gradient-map:ember | common-palette:3")[0].info["artgan"]["style"]
    assert "and here it gets one alone" in alone["notes"][0]
    film = run.animate(
        [1, 2], tmp_path / "a.png", fps=4, seconds=1, style="gradient-map:ember | common-palette:3"
    )
    assert artgan.remake(film, run=run).identical


def test_series_refuse_what_all_pictures_decide(run: artgan.Run, tmp_path: Path) -> None:
    series = artgan.Series("set", run.path, count=2, style="common-palette")
    with pytest.raises(SeriesError, match="decides by all pictures together"):
        series.write(tmp_path / "editions")
    # What is given is not asked of the others.
    artgan.Series("set", run.path, count=1, style="equal-light:light=0.5").write(tmp_path / "one")
