"""Traits that are measured of the pictures of a series."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

import artgan
from artgan.curation.server import series_captions
from artgan.errors import PluginError, SeriesError, UnknownNameError
from artgan.pictures.files import from_pil, open_image
from artgan.plugin.picture import Picture
from artgan.plugins.traits import measures
from artgan.series.manifest import caption
from artgan.series.measured import find_measures, with_measured
from artgan.series.verify import open_series, verify_series

Call = Callable[..., Result]

INK = """
from artgan.plugin import MeasuredTrait, hookimpl

def measure(picture):
    return (picture.color.mean(axis=2) < 0.5).mean()

@hookimpl
def artgan_traits():
    yield MeasuredTrait(name="ink", summary="S.", measure=measure, title="Ink", step=0.25)
    yield MeasuredTrait(name="wrong", summary="S.", measure=lambda picture: 7)
"""

FILE = """
name = "tides"
run = "{run}"
count = 3
style = "gradient-map:07051a,ff2a1a"
measure = ["light", "main-color", "ink"]
[vary.truncation]
low = 0.5
high = 1
"""


@pytest.fixture(autouse=True)
def _fresh(fresh_plugins: None) -> None:
    """Every test here loads its plugins anew."""


@pytest.fixture
def editions(trained: Path, artgan_cli: Call) -> Path:
    Path("ink_measures.py").write_text(INK)
    Path("tides.toml").write_text(FILE.format(run=trained))
    args = ["make", "tides.toml", "--plugin", "ink_measures.py", "--out", "editions"]
    done = artgan_cli("series", *args)
    assert done.exit_code == 0, done.output
    return Path("editions")


def test_measures_stand_wherever_traits_do(editions: Path, artgan_cli: Call) -> None:
    lines = [json.loads(line) for line in (editions / "editions.jsonl").read_text().splitlines()]
    first = lines[1]
    picture = from_pil(open_image(editions / first["file"]))
    assert first["measured"]["light"] == pytest.approx(measures.measure_light(picture), abs=1e-6)
    assert first["measured"]["main-color"] in ("red", "black", "purple")
    assert list(first["traits"]) == ["truncation"]
    about = json.loads((editions / "series.json").read_text())
    shown = about["editions"][0]["shown"]
    assert [*shown] == ["Truncation", "Light", "Colour", "Ink"]
    assert shown["Light"] == f"{round(first['measured']['light'] / 0.05) * 0.05:.2f}"
    assert sum(one["count"] for one in about["rarity"]["main-color"].values()) == 3
    kept = json.loads((editions / "metadata/0001.json").read_text())["attributes"]
    assert {"trait_type": "Colour", "value": first["measured"]["main-color"]} in kept
    assert "<legend>Ink</legend>" in (editions / "index.html").read_text()
    assert "Ink: " in series_captions(editions)[first["file"]]
    # Pictures and their records do not depend on what is measured of them.
    record = artgan.read_record(editions / first["file"]) or {}
    assert [*record["series"]["traits"]] == ["truncation"]
    registry = artgan.load_run(about["run"]).registry
    assert all(one.same for one in verify_series(editions, registry))
    done = artgan_cli("series", "pdf", editions, "--out", "book.pdf")
    assert done.exit_code == 0, done.output


def test_a_series_may_measure_more_later(editions: Path, artgan_cli: Call) -> None:
    text = Path("tides.toml").read_text().replace('"ink"]', '"symmetry"]')
    Path("tides.toml").write_text(text)
    assert artgan_cli("series", "make", "tides.toml", "--out", "editions").exit_code == 0
    series, lines = open_series(editions)
    registry = artgan.load_run(series.run).registry
    shown, described = with_measured(series, lines, editions, find_measures(series, registry))
    told = caption(shown, described[0])
    assert "Symmetry: " in told
    assert "Ink" not in told


def test_wrong_measures_are_refused(editions: Path, trained: Path) -> None:
    series = artgan.Series("other", trained, count=1).measure("lihgt")
    with pytest.raises(UnknownNameError, match="Did you mean 'light'"):
        series.write("other")
    with pytest.raises(PluginError, match=r"trait 'wrong' of .* gave 7; expected a number from 0"):
        series.measure("wrong").write("other")
    with pytest.raises(SeriesError, match="expected names of traits"):
        series.measure(3)  # type: ignore[arg-type]
    with pytest.raises(SeriesError, match="expected a list of traits"):
        artgan.Series.from_table({"name": "a", "run": "b", "measure": "light"}, Path())


@pytest.mark.parametrize(
    ("color", "word"),
    [
        ((1, 0, 0), "red"),
        ((0, 0, 1), "blue"),
        ((0.1, 0.7, 0.2), "green"),
        ((1, 0.85, 0), "yellow"),
        ((1, 0.5, 0), "orange"),
        ((0.5, 0.1, 0.7), "purple"),
        ((1, 0.4, 0.7), "pink"),
        ((0.5, 0.5, 0.5), "grey"),
        ((0.05, 0.05, 0.05), "black"),
    ],
)
def test_colours_have_their_usual_names(color: tuple[float, ...], word: str) -> None:
    pixels = np.broadcast_to(np.array(color, np.float32), (4, 4, 3))
    assert measures.measure_color(Picture(pixels.copy())) == word


def test_mirror_images_are_symmetric() -> None:
    half = np.random.default_rng(0).random((8, 8, 3), dtype=np.float32)
    whole = np.concatenate([half, half[:, ::-1]], axis=1)
    assert measures.measure_symmetry(Picture(whole)) == pytest.approx(1, abs=1e-4)
    assert measures.measure_symmetry(Picture(half)) < 0.6
