"""Formats of moving pictures that plugins bring, and artgan's own through the same door."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan.animation.clip import open_clip
from artgan.animation.files import open_writer
from artgan.errors import DataError, OptionError, PluginError
from artgan.plugin.animations import AnimationFacts
from artgan.plugin.files import animation_endings
from artgan.plugin_manager.load import default_registry

BOOK = Path(__file__).parents[2] / "examples/single/flip_book.py"

FAILING = """
from artgan.plugin import AnimationFormat, hookimpl

class Failing:
    def __init__(self, facts, file): self.file = file
    def add(self, frame): raise ValueError("out of paper")
    def close(self): pass

class Bare(Failing):
    def add(self, frame): self.file.write(frame.tobytes())

def odd(path): return [1, 2]

@hookimpl
def artgan_animation_formats():
    yield AnimationFormat(name="failing", summary="S.", endings=(".fail",), write=Failing)
    yield AnimationFormat(name="bare", summary="S.", endings=(".bare",), write=Bare, read=odd)
    yield AnimationFormat(
        name="slow", summary="S.", endings=(".slow",), write=Bare, most_fps=2, largest_side=3
    )
"""


@pytest.fixture(autouse=True)
def formats(fresh_plugins: None) -> None:
    file = Path("failing_formats.py")
    file.write_text(FAILING)
    for path in (BOOK, file):
        default_registry().add_file(path)


@pytest.fixture
def gif() -> Path:
    pixels = np.random.default_rng(7).integers(0, 256, (3, 12, 16, 3), np.uint8)
    first, *others = (Image.fromarray(one).quantize(32) for one in pixels)
    first.save("a.gif", save_all=True, append_images=others, duration=[100, 300, 200], loop=0)
    return Path("a.gif")


def facts(**more: object) -> AnimationFacts:
    return AnimationFacts(size=(4, 4), count=1, fps=5, repeats=True, **more)  # type: ignore[arg-type]


def test_the_page_shows_the_example() -> None:
    page = Path(__file__).parents[2] / "docs/plugins/files.md"
    assert BOOK.read_text() in page.read_text()


def test_own_formats_come_by_the_same_door() -> None:
    assert {".gif", ".webp", ".apng", ".mp4", ".webm", ".cbz"} <= set(animation_endings("write"))
    assert ".mov" in animation_endings("read")


def test_a_run_moves_into_a_plugin_s_format_and_is_made_again(
    trained: Path, artgan_cli: Callable[..., Result]
) -> None:
    asked = ("animate", trained, "--seeds", "1,2", "--seconds", "0.2", "--fps", "10")
    done = artgan_cli(*asked, "--plugin", BOOK, "--out", "a.cbz")
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile("a.cbz") as book:
        assert book.namelist() == ["about.xmp", "00000.png", "00001.png", "film.json"]
    assert (artgan.read_record("a.cbz") or {})["animation"]["frames"] == 2
    again = artgan_cli("remake", "a.cbz", "--run", trained, "--plugin", BOOK)
    assert again.exit_code == 0, again.output
    assert "identical" in again.output
    told = artgan_cli("info", "a.cbz", "--plugin", BOOK)
    assert told.exit_code == 0, told.output


def test_apply_writes_and_reads_it(gif: Path, artgan_cli: Callable[..., Result]) -> None:
    names = ("--name", "{name}-turned", "--out", "o")
    style = ("apply", "--plugin", BOOK, "--style", "invert:color", *names)
    done = artgan_cli(*style, gif, "--format", "cbz")
    assert done.exit_code == 0, done.output
    clip = open_clip(Path("o/a-turned.cbz"))
    assert clip is not None
    assert list(clip.times) == [100, 300, 200]
    own = open_clip(gif)
    assert own is not None
    for turned, before in zip(clip.pictures(), own.pictures(), strict=True):
        assert np.abs(turned.color + before.color - 1).max() < 0.01
    back = artgan_cli(*style, "o/a-turned.cbz")
    assert back.exit_code == 0, back.output
    assert (artgan.read_record("o/a-turned-turned.cbz") or {})["source_record"]["source"] == "a.gif"


def test_a_still_picture_is_refused(pictures: Path, artgan_cli: Callable[..., Result]) -> None:
    picture = next(pictures.rglob("*.png"))
    done = artgan_cli(
        *("apply", "--plugin", BOOK, "--style", "invert", picture),
        *("--format", "cbz", "--out", "o"),
    )
    assert done.exit_code == 1
    assert "does not move, so it cannot be written as cbz" in done.output


def test_errors_name_the_format() -> None:
    frame = Image.new("RGB", (4, 4))
    for path, about, says in (
        ("a.fail", facts(), "animation-format 'failing' of failing-formats .* out of paper"),
        ("a.bare", facts(mark=b"<x/>"), "animation-format 'bare' .* left out the XMP packet"),
    ):
        with pytest.raises(PluginError, match=says), open_writer(Path(path), about) as writer:
            writer.add(frame)
        assert not Path(path).exists()
    with pytest.raises(OptionError, match=r"SLOW cannot play 5 frames a second; .* at most 2"):
        open_writer(Path("a.slow"), facts()).__enter__()
    slow = AnimationFacts(size=(4, 4), count=1, fps=1, repeats=True)
    with pytest.raises(OptionError, match=r"frames of 4x4 do not fit into slow; .* at most 3"):
        open_writer(Path("a.slow"), slow).__enter__()
    with pytest.raises(OptionError, match=r"a.docx' has the wrong ending; expected \.gif, "):
        open_writer(Path("a.docx"), facts()).__enter__()
    Path("a.bare").write_bytes(b"x")
    with pytest.raises(PluginError, match="gave list; expected a MovingPicture"):
        open_clip(Path("a.bare"))
    Path("a.cbz").write_bytes(b"no zip")
    with pytest.raises(PluginError, match=r"'a.cbz' cannot be read: .*flip-book.* BadZipFile"):
        open_clip(Path("a.cbz"))
    with pytest.raises(DataError, match=r"there is no file 'b\.cbz'"):
        open_clip(Path("b.cbz"))
