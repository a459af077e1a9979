"""Files in layers: what is in them, and that artgan reads and makes them again."""

import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from artgan_openraster.layers import open_merged


@pytest.fixture
def styled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Style a photograph as OpenRaster."""
    monkeypatch.chdir(tmp_path)
    Image.effect_noise((40, 30), 60).convert("RGB").save("photo.png")
    artgan("apply", "photo.png", "--style", "invert", "--format", "ora", "--out", "o")
    (made,) = Path("o").iterdir()
    return made


def artgan(*args: str | Path) -> str:
    """Run the command line; return what it prints."""
    command = [sys.executable, "-m", "artgan", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_layers_lie_as_the_specification_has_them(styled: Path) -> None:
    """The mimetype comes first, the stack names what is there, the topmost layer first."""
    with zipfile.ZipFile(styled) as archive:
        names = archive.namelist()
        stack = ElementTree.fromstring(archive.read("stack.xml"))
        assert (names[0], archive.read("mimetype")) == ("mimetype", b"image/openraster")
        assert archive.getinfo("mimetype").compress_type == zipfile.ZIP_STORED
        with archive.open("data/layer0.png") as layer, Image.open(layer) as original:
            below = original.tobytes()
    with Image.open("photo.png") as photo:
        assert below == photo.tobytes()
    layers = stack.findall("./stack/layer")
    assert [layer.get("name") for layer in layers] == ["picture", "original"]
    assert {layer.get("src") for layer in layers} <= {*names}
    assert (stack.get("w"), stack.get("h")) == ("40", "30")


def test_the_mark_and_the_record_hold(styled: Path) -> None:
    """Artgan tells what made the file; --no-mark and --no-record leave nothing in it."""
    assert "invert" in artgan("info", styled)
    assert b"DigitalSourceType" in styled.read_bytes()
    options = ("--no-mark", "--no-record", "--out", "bare")
    artgan("apply", "photo.png", "--style", "invert", "--format", "ora", *options)
    (bare,) = Path("bare").iterdir()
    assert b"DigitalSourceType" not in bare.read_bytes()
    assert b"xpacket" not in bare.read_bytes()


def test_a_file_is_styled_and_made_again(styled: Path) -> None:
    """The merged picture is read as any other, and remade from its own record."""
    artgan("apply", styled, "--style", "invert", "--out", "twice")
    (twice,) = Path("twice").iterdir()
    with Image.open(twice) as again, Image.open("photo.png") as photo:
        assert again.size == photo.size
    artgan("remake", styled, "--source", "photo.png", "--out", "again")
    (remade,) = Path("again").iterdir()
    with styled.open("rb") as one, remade.open("rb") as other:
        assert open_merged(one, "a.ora").tobytes() == open_merged(other, "b.ora").tobytes()


def test_a_damaged_file_ends_in_a_sentence(styled: Path) -> None:
    """What is cut off is told, without a traceback."""
    Path("cut.ora").write_bytes(styled.read_bytes()[:200])
    command = [sys.executable, "-m", "artgan", "apply", "cut.ora", "--style", "invert"]
    done = subprocess.run([*command, "--out", "x"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "'cut.ora' cannot be read: reader 'openraster'" in done.stderr
    assert "Traceback" not in done.stderr
