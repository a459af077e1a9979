"""Plugin files named in Python, as ``--plugin`` does on the command line."""

from pathlib import Path

import pytest
from PIL import Image

import artgan
from artgan.errors import OptionError, PluginError
from artgan.plugin_manager.load import load_registry
from tests.conftest import TOY

SINGLE = Path(__file__).parents[2] / "examples/single"


@pytest.fixture(autouse=True)
def _own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the registry of the process be one of this test's."""
    registry = load_registry(packages=False)
    monkeypatch.setattr("artgan.plugin_manager.load.default_registry", lambda: registry)
    monkeypatch.setattr("artgan.api.default_registry", lambda: registry)


def test_a_run_is_trained_opened_and_resumed_with_plugin_files(tmp_path: Path) -> None:
    files: list[str | Path] = [SINGLE / "soft_corner.py", str(SINGLE / "negative.py")]
    settings = {**TOY, "dataset": "mnist", "loss": "soft-corner", "style": "negative"}
    run = artgan.train(out=tmp_path / "run", plugins=files, **settings)
    fresh = load_registry(packages=False)
    opened = artgan.load_run(tmp_path / "run", fresh, plugins=files)
    ours, theirs = (each.sample([0], style="negative")[0] for each in (opened, run))
    assert ours.tobytes() == theirs.tobytes()
    more = artgan.resume(tmp_path / "run", steps=5, plugins=files, registry=fresh)
    assert more.checkpoint.step == 5


def test_pictures_are_styled_and_made_again_with_plugin_files(tmp_path: Path) -> None:
    files: list[str | Path] = [SINGLE / "negative.py"]
    picture = Image.new("RGB", (8, 8), "white")
    picture.save(tmp_path / "white.png")
    styled = artgan.apply(tmp_path / "white.png", "negative", plugins=files)
    assert styled.getpixel((0, 0)) == (0, 0, 0)
    artgan.save(styled, tmp_path / "black.png")
    again = artgan.remake(tmp_path / "black.png", source=tmp_path / "white.png", plugins=files)
    assert again.identical


@pytest.mark.parametrize(
    ("files", "says"),
    [("one.py", "a list of paths of plugin files"), (["gone.py"], "there is no plugin file")],
)
def test_what_is_no_plugin_file_is_told(files: object, says: str) -> None:
    with pytest.raises((OptionError, PluginError), match=says):
        artgan.apply(Image.new("RGB", (2, 2)), "plain", plugins=files)  # type: ignore[arg-type]
