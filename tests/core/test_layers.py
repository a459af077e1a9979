"""``artgan layers``: pictures over each other."""

import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan.base.suggest import natural_key
from artgan.core.registry import Registry
from artgan.errors import ArtganError, OptionError
from artgan.layering.compose import compose
from artgan.layering.openraster import OPERATIONS
from artgan.layering.photoshop import MODES
from artgan.layering.stack import make_layers, read_layers
from artgan.plugin.color import BLENDS

Cli = Callable[..., Result]


def square(path: str, color: tuple[int, ...], side: int = 8) -> None:
    Image.new("RGBA" if len(color) == 4 else "RGB", (side, side), color).save(path)


def test_layers_are_laid_as_editors_lay_them(registry: Registry) -> None:
    square("a.png", (200, 100, 50))
    square("b.png", (100, 200, 250, 128))
    made = make_layers(read_layers(["a.png", "b.png blend=multiply opacity=0.5"]), registry)
    under, over = np.array([200, 100, 50]) / 255, np.array([100, 200, 250]) / 255
    share = 128 / 255 * 0.5
    wanted = under * (1 - share) + under * over * share
    assert np.abs(compose(made)[0, 0] - [*wanted, 1]).max() < 1e-3
    # Over nothing, every blend shows the layer as it is.
    alone = compose(make_layers(read_layers(["b.png blend=multiply"]), registry))
    assert np.abs(alone[0, 0] - [*over, 128 / 255]).max() < 1e-3


def test_every_blend_has_its_operation() -> None:
    assert set(OPERATIONS) == set(BLENDS)


def test_masks_styles_and_sizes_of_layers(registry: Registry) -> None:
    square("a.png", (10, 10, 10), 16)
    square("b.png", (240, 240, 240), 8)
    asked = read_layers(["a.png", "b.png style=invert mask=top"])
    assert [layer.title for layer in asked] == ["a", "b invert"]
    lower, upper = make_layers(asked, registry)
    assert lower.pixels.shape == upper.pixels.shape == (16, 16, 4)
    assert upper.pixels[0, 0, 0] < 0.3
    assert upper.pixels[0, 0, 3] > 0.9 > 0.1 > upper.pixels[15, 0, 3]


def test_an_openraster_file_opens_as_its_specification_says(artgan_cli: Cli, trained: Path) -> None:
    square("paper & ink.png", (250, 240, 220), 16)
    asked = ["'paper & ink.png' name=Paper", f"{trained} seed=3 blend=screen opacity=0.25"]
    done = artgan_cli("layers", *asked, "--out", "a.ora")
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile("a.ora") as file:
        first = file.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert file.read("mimetype") == b"image/openraster"
        stack = ElementTree.fromstring(file.read("stack.xml"))
        layers = list(stack.iter("layer"))
        assert (stack.get("w"), stack.get("h")) == ("16", "16")
        assert [layer.get("name") for layer in layers] == ["run 3", "Paper"]
        assert layers[0].get("composite-op") == "svg:screen"
        assert layers[0].get("opacity") == "0.25"
        for layer in layers:
            assert Image.open(io.BytesIO(file.read(str(layer.get("src"))))).mode == "RGBA"
        merged = Image.open(io.BytesIO(file.read("mergedimage.png")))
        assert "artgan" in merged.info
        assert "Thumbnails/thumbnail.png" in file.namelist()
    again = Path("a.ora").read_bytes()
    assert artgan_cli("layers", *asked, "--out", "a.ora", "--overwrite").exit_code == 0
    assert Path("a.ora").read_bytes() == again
    flat = artgan_cli("layers", *asked, "--out", "a.png")
    assert flat.exit_code == 0, flat.output
    assert np.array_equal(np.asarray(Image.open("a.png")), np.asarray(merged))
    record = artgan.read_record("a.png")
    assert record
    assert record["layers"][0]["name"] == "Paper"


def test_a_photoshop_file_has_the_layers_and_how_it_was_made(artgan_cli: Cli) -> None:
    tools = pytest.importorskip("psd_tools", reason="artgan[psd] is not installed")
    square("a.png", (250, 240, 220), 16)
    square("b.png", (20, 90, 40), 16)
    asked = ["a.png name=紙", "b.png blend=add opacity=0.4 mask=top"]
    for name in ("a.psd", "b.psd", "a2.png"):
        done = artgan_cli("layers", *asked, "--out", name)
        assert done.exit_code == 0, done.output
    assert Path("a.psd").read_bytes() == Path("b.psd").read_bytes()
    lower, upper = tools.PSDImage.open(io.BytesIO(Path("a.psd").read_bytes()))
    assert [lower.name, upper.name] == ["紙", "b"]
    assert upper.blend_mode.name == "LINEAR_DODGE"
    assert upper.opacity == 102
    assert upper.topil().mode == "RGBA"
    with Image.open("a.psd") as merged, Image.open("a2.png") as flat:
        both = [np.asarray(image.convert("RGB"), int) for image in (merged, flat)]
    assert np.abs(both[0] - both[1]).max() <= 2
    assert b'"blend"' in Path("a.psd").read_bytes().replace(b"&quot;", b'"')


def test_every_blend_has_its_mode_in_photoshop() -> None:
    assert set(MODES) == set(BLENDS)


def test_a_photoshop_file_without_the_extra_names_it(
    artgan_cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    square("a.png", (9, 9, 9), 16)
    monkeypatch.setitem(sys.modules, "psd_tools", None)
    done = artgan_cli("layers", "a.png", "--out", "a.psd")
    assert done.exit_code == 1
    assert "pip install 'artgan[psd]'" in done.output
    assert not Path("a.psd").exists()


def test_a_stack_comes_from_a_file(registry: Registry) -> None:
    Path("deep").mkdir()
    square("deep/a.png", (9, 9, 9))
    Path("deep/s.toml").write_text(
        '[[layers]]\npicture = "a.png"\n[[layers]]\npicture = "a.png"\nblend = "add"\n'
    )
    layers = read_layers(["deep/s.toml"])
    assert [layer.blend for layer in layers] == ["normal", "add"]
    assert len(make_layers(layers, registry)) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a.png blend=scren", "Did you mean 'screen'"),
        ("a.png opacity=2", "expected 0 to 1"),
        ("a.png opacity=x", "opacity 'x' does not fit"),
        ("a.png stile=neon", "stile"),
        ("a.png neon", "key=value"),
        ("a.png 'open", "does not fit"),
        ("none.png", "none.png"),
    ],
)
def test_layers_that_do_not_fit_are_told(registry: Registry, text: str, says: str) -> None:
    with pytest.raises(ArtganError, match=says):
        make_layers(read_layers([text]), registry)
    with pytest.raises(OptionError, match="needs a layer"):
        read_layers([])


def test_two_comes_before_ten() -> None:
    names = ["s10.png", "s2.png", "S1.png", "a", "10", "2", "x²"]
    assert sorted(names, key=natural_key) == ["2", "10", "a", "S1.png", "s2.png", "s10.png", "x²"]


def test_sheets_carry_captions(artgan_cli: Cli) -> None:
    for number in (2, 10):
        square(f"p{number}.png", (200, 10, 10), 64)
    plain = artgan_cli("sheet", "p2.png", "p10.png", "--columns", "2", "--out", "plain.png")
    told = artgan_cli(
        "sheet", "p2.png", "p10.png", "--columns", "2", "--captions", "--out", "told.png"
    )
    assert plain.exit_code == told.exit_code == 0, told.output
    with Image.open("plain.png") as bare, Image.open("told.png") as named:
        assert named.size == (bare.width, bare.height + 24)
        words = np.asarray(named.convert("RGBA"))[64:]
        assert words[:, :64, 3].any()
        assert words[:, 64:, 3].any()
    assert artgan_cli("sheet", "p2.png", "--captions", "--atlas").exit_code == 2
