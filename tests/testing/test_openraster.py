"""The example that writes layers: through every command, by public doors alone."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan.pictures.told import read_mark
from tests.testing.conftest import installed


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with installed("artgan-openraster", monkeypatch):
        yield


def test_samples_are_layers_that_tell_how_they_came_about(
    trained: Path, artgan_cli: Callable[..., Result]
) -> None:
    args = ["sample", trained, "--seeds", "3", "--style", "invert", "--format", "ora"]
    assert artgan_cli(*args, "--out", "o").exit_code == 0
    made = Path("o/s00003-invert.ora")
    with zipfile.ZipFile(made) as archive:
        stack = ElementTree.fromstring(archive.read("stack.xml"))
        layers = [(layer.get("name"), str(layer.get("src"))) for layer in stack.iter("layer")]
        assert [name for name, _ in layers] == ["picture", "raw"]
        shown = [Image.open(archive.open(place)).tobytes() for _, place in layers]
    run = artgan.load_run(trained)
    assert shown[1] == run.sample([3])[0].tobytes()
    assert shown[0] == run.sample([3], style="invert")[0].tobytes()
    mark = read_mark(made)
    assert mark is not None
    assert mark.made_by_ai
    assert artgan.remake(made, run=trained).identical


def test_nothing_is_told_where_nothing_is_wanted(
    trained: Path, artgan_cli: Callable[..., Result]
) -> None:
    args = ["sample", trained, "--seeds", "3", "--style", "invert", "--format", "ora"]
    assert artgan_cli(*args, "--no-mark", "--no-record", "--out", "o").exit_code == 0
    data = Path("o/s00003-invert.ora").read_bytes()
    assert b"DigitalSourceType" not in data
    assert b"artgan" not in data


def test_layers_are_read_as_any_picture(trained: Path, artgan_cli: Callable[..., Result]) -> None:
    Image.effect_noise((20, 16), 60).convert("RGB").save("photo.png")
    first = ["apply", "photo.png", "--style", "invert", "--format", "ora", "--out", "o"]
    assert artgan_cli(*first).exit_code == 0
    again = artgan_cli("apply", "o", "--style", "invert", "--out", "twice")
    assert again.exit_code == 0, again.output
    with Image.open("twice/photo-invert-invert.png") as twice:
        assert twice.size == (20, 16)
    assert artgan.remake("o/photo-invert.ora", source="photo.png").identical
    Path("cut.ora").write_bytes(Path("o/photo-invert.ora").read_bytes()[:300])
    cut = artgan_cli("apply", "cut.ora", "--style", "invert", "--out", "x")
    assert "'cut.ora' cannot be read: reader 'openraster'" in cut.output
