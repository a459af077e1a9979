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


FILM = """
import numpy as np
from PIL import Image
from artgan.plugin import AnimationFormat, hookimpl
from artgan.plugin.animations import MovingPicture

GREY = np.full((4, 4, 3), 99, np.uint8)
LATE = lambda: iter([GREY, GREY[:2]])
GOOD = {"times": lambda: [50, 50.0], "frames": lambda: iter([GREY, Image.fromarray(GREY)])}
FILMS = {
    "good": {},
    "array": {"frames": GREY},
    "none": {"frames": None},
    "no frame": {"frames": lambda: iter([GREY, None])},
    "grey": {"frames": lambda: iter([GREY[:, :, 0]])},
    "floats": {"frames": lambda: iter([GREY / 255])},
    "not iterable": {"frames": lambda: None},
    "list": {"times": [50, 50]},
    "number": {"times": lambda: 3},
    "nan": {"times": lambda: [50, float("nan")]},
    "word": {"times": lambda: [50, "50"]},
    "few": {"times": lambda: [50] * 3},
    "many": {"times": lambda: [50]},
    "sizes": {"frames": LATE},
    "record": {"record": b"{}"},
    "sound": {"sound": lambda: (np.zeros(4, np.float32), 8000)},
    "rate": {"sound": lambda: (np.zeros((4, 2), np.float32), 0)},
}

def read(path): return MovingPicture(**{**GOOD, **FILMS[path.stem]})

@hookimpl
def artgan_animation_formats():
    yield AnimationFormat(name="reel", summary="S.", endings=(".reel",), read=read)
"""


def test_a_film_that_is_none_ends_in_a_sentence(artgan_cli: Callable[..., Result]) -> None:
    Path("reels.py").write_text(FILM)
    default_registry().add_file(Path("reels.py"))
    for name, says in {
        "good": "",
        "array": "gave ndarray as frames; expected a function without arguments",
        "none": "gave NoneType as frames; expected a function",
        "no frame": "gave NoneType as frame 1; expected a picture of Pillow or an array",
        "grey": "gave an array (4, 4) of uint8 as frame 0; expected",
        "floats": "gave an array (4, 4, 3) of float64 as frame 0; expected",
        "not iterable": "gave NoneType as frames; expected an iterator",
        "list": "gave list as times; expected a function without arguments",
        "number": "gave int as times; expected milliseconds for each frame",
        "nan": "gave nan as time of frame 1; expected milliseconds above 0",
        "word": "gave '50' as time of frame 1; expected milliseconds above 0",
        "few": "gave 2 frames and 3 times; expected as many frames as times",
        "many": "gave more frames and 1 time; expected as many frames as times",
        "sizes": "gave frame 1 of 4x2; expected 4x4, as frame 0 has",
        "record": "gave bytes as record; expected text or None",
    }.items():
        Path(f"{name}.reel").write_bytes(b"x")
        done = artgan_cli(
            *("apply", "--plugin", "reels.py", "--style", "invert", f"{name}.reel"),
            *("--format", "gif", "--out", f"o-{name}"),
        )
        assert done.exit_code == (1 if says else 0), (name, done.output)
        told = " ".join(done.output.split())
        assert not says or ("animation-format 'reel' of reels" in told and says in told), told
        assert bool(list(Path(f"o-{name}").glob("*.gif"))) is not bool(says), name
    for name, says in (
        ("sound", r"gave samples that are none as sound; .*\(N, 2\)"),
        ("rate", "gave 0 as rate of its sound; expected None, or samples"),
    ):
        Path(f"{name}.reel").write_bytes(b"x")
        clip = open_clip(Path(f"{name}.reel"))
        assert clip is not None
        with pytest.raises(PluginError, match=says):
            clip.moving.sound()
