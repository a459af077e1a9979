"""Formats that plugins bring: read and written by every command, with records and marks."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan.errors import DataError, PluginError, RunError
from artgan.pictures.files import open_image, read_record, save_picture
from artgan.pictures.marks import Metadata
from artgan.pictures.told import read_mark
from artgan.plugin.files import find_writer, written_endings
from artgan.plugin_manager.load import default_registry
from tests.platform.conftest import ROOT

PAGE = (ROOT / "docs/plugins/files.md").read_text()
WRITER, READER, *_ = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(autouse=True)
def _fresh(fresh_plugins: None) -> None:
    """Every test here loads its plugins anew."""


@pytest.fixture
def pam() -> None:
    """The plugins of the page, loaded."""
    for name, code in (("pam_writer", WRITER), ("pam_reader", READER)):
        Path(f"{name}.py").write_text(code)
        default_registry().add_file(Path(f"{name}.py"))


@pytest.mark.usefixtures("pam")
def test_a_sample_in_a_format_of_a_plugin_tells_all(
    trained: Path, artgan_cli: Callable[..., Result]
) -> None:
    args = ["sample", trained, "--seeds", "3", "--style", "invert", "--format", "pam"]
    assert artgan_cli(*args, "--out", "o").exit_code == 0
    made = Path("o/s00003-invert.pam")
    record, mark = read_record(made), read_mark(made)
    assert record is not None
    assert record["seed"] == 3
    assert mark is not None
    assert mark.made_by_ai
    plain = artgan.load_run(trained).sample([3], style="invert")[0]
    assert open_image(made).tobytes() == plain.tobytes()
    assert artgan.remake(made, run=trained).identical
    bare = ["--no-mark", "--no-record", "--out", "bare"]
    assert artgan_cli(*args, *bare).exit_code == 0
    assert b"xpacket" not in Path("bare/s00003-invert.pam").read_bytes()


@pytest.mark.usefixtures("pam")
def test_folders_of_such_files_are_read(artgan_cli: Callable[..., Result]) -> None:
    Path("in").mkdir()
    save_picture(Image.effect_noise((20, 16), 60), Path("in/a.pam"))
    done = artgan_cli("apply", "in", "--style", "invert", "--out", "o")
    assert done.exit_code == 0, done.output
    assert [path.name for path in Path("o").iterdir()] == ["a-invert.png"]


@pytest.mark.usefixtures("pam")
def test_a_damaged_file_names_its_reader() -> None:
    Path("a.pam").write_bytes(b"P7\nrubbish")
    with pytest.raises((DataError, PluginError), match=r"'a\.pam' cannot be read: reader 'pam'"):
        open_image(Path("a.pam"))


def test_unknown_formats_are_refused(trained: Path, artgan_cli: Callable[..., Result]) -> None:
    refused = artgan_cli("sample", trained, "--seeds", "1", "--format", "pam")
    assert refused.exit_code == 2
    assert "'pam' is none that is written; expected png, jpg" in refused.output
    with pytest.raises(RunError, match=r"ends in none of \.png"):
        save_picture(Image.new("L", (4, 4)), Path("a.pam"))


def test_a_writer_that_leaves_out_the_mark_is_refused() -> None:
    Path("forgets.py").write_text(WRITER.replace(' + (content.xmp or b"")', ""))
    default_registry().add_file(Path("forgets.py"))
    with pytest.raises(PluginError, match=r"forgets \w+ left out the XMP packet"):
        save_picture(Image.new("L", (4, 4)), Path("a.pam"), {"artgan": "1", "format": 1})
    assert not Path("a.pam").exists()
    save_picture(Image.new("L", (4, 4)), Path("a.pam"), Metadata())
    assert Path("a.pam").exists()


def test_a_writer_that_writes_nothing_is_refused() -> None:
    Path("idle.py").write_text(WRITER.replace("path.write_bytes(", "len("))
    default_registry().add_file(Path("idle.py"))
    with pytest.raises(PluginError, match="wrote no file"):
        save_picture(Image.new("L", (4, 4)), Path("a.pam"))


def test_no_plugin_takes_an_ending_of_ours() -> None:
    Path("own.py").write_text(WRITER.replace('".pam"', '".png"'))
    default_registry().add_file(Path("own.py"))
    writer = find_writer(Path("a.png"))
    assert writer is not None
    assert writer.where == "writer 'png'"
    assert written_endings().count(".png") == 2


@pytest.mark.parametrize(
    ("endings", "says"),
    [
        ("()", "is no ending"),
        ("('pam',)", "'pam' is no ending"),
        ("'.pam'", r"a tuple, as in \('.pam',\)"),
        ("('.PAM',)", "'.PAM' is no ending"),
    ],
)
def test_endings_that_are_none_are_refused(endings: str, says: str) -> None:
    Path("odd.py").write_text(WRITER.replace('(".pam",)', endings))
    with pytest.raises(PluginError, match=says):
        default_registry().add_file(Path("odd.py"))


def test_layers_go_to_writers_that_take_them(
    trained: Path, artgan_cli: Callable[..., Result]
) -> None:
    layered = WRITER.replace('endings=(".pam",)', 'endings=(".pam",), layers=True').replace(
        "    image = content.image\n",
        "    image = content.image\n"
        "    names = ' '.join(f'{one.name}:{one.image.size}' for one in content.layers)\n"
        "    (path.parent.parent / f'{path.stem}.txt').write_text(names)\n",
    )
    Path("layered.py").write_text(layered)
    default_registry().add_file(Path("layered.py"))
    artgan_cli("sample", trained, "--seeds", "1", "--style", "invert", "--format", "pam",
               "--out", "o")  # fmt: skip
    assert Path("o/s00001-invert.txt").read_text() == "raw:(16, 16) picture:(16, 16)"
