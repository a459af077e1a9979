"""Exporters and palette formats of plugins, through the command line and Python."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

import artgan
from artgan.errors import OptionError, StyleError
from artgan.palettes.formats import write_palette
from artgan.palettes.read import read_palette
from artgan.plugin.color import parse_colors, to_hex
from artgan.plugin_manager import load
from artgan.plugin_manager.load import default_registry

Call = Callable[..., Result]


@pytest.fixture(scope="module", autouse=True)
def _forget_plugins() -> Iterator[None]:
    """Leave nothing to the tests of other files, whose messages list what there is."""
    yield
    load._load_and_log.cache_clear()


EXPORTER = """
from typing import Annotated
from artgan.plugin import Exporter, Meta, Options, hookimpl
from artgan.plugin.exports import ExportError

class Counting(Options):
    count: Annotated[int, Meta(ge=0, le=9, description="Latents that are written")] = 1

def export(generator, options, path):
    import torch
    if options.count == 9:
        raise ExportError("nine are too many; take fewer")
    latents = [generator.latents(seed).tolist() for seed in range(options.count)]
    labels = torch.zeros(1, dtype=torch.long) if generator.label_weights else None
    images = generator.network(generator.latents(0)[None], labels)
    path.write_text(f"{generator.name} {latents} {tuple(images.shape)} {generator.mark!r}")

@hookimpl
def artgan_exporters():
    yield Exporter(
        name="counting", summary="S.", export=export, ending=".count", options=Counting
    )
"""

SWATCHES = """
from artgan.plugin import PaletteFormat, hookimpl

def read(data, path, note):
    note("these are words")
    return [word.decode() for word in data.split(b";")[1:]]

def write(content):
    return ";".join([content.name, *content.colors]).encode()

@hookimpl
def artgan_palette_formats():
    yield PaletteFormat(name="words", summary="S.", read=read, write=write, endings=(".words",))
"""


def test_an_exporter_writes_what_it_gets(artgan_cli: Call, trained: Path) -> None:
    Path("counting.py").write_text(EXPORTER)
    args = ["export", trained, "--plugin", "counting.py", "--to", "counting", "--out", "to"]
    done = artgan_cli(*args, "--to.counting.count", "2", "--no-mark", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"files": [str(Path("to/run.count"))]}
    text = Path("to/run.count").read_text()
    assert text.startswith("run [[")
    assert text.endswith("(1, 1, 16, 16) b''")
    assert "--to.counting.count" in artgan_cli(*args, "--help").output
    refused = artgan_cli(*args, "--to.counting.count", "9")
    assert (refused.exit_code, "nine are too many; take fewer" in refused.stderr) == (1, True)
    # In Python the ending is enough; the mark is there unless it is not wanted.
    out = artgan.export(trained, "two.count", plugins=["counting.py"])
    assert "DigitalSourceType" in out.read_text()
    with pytest.raises(OptionError, match=r"expected \.html, \.onnx"):
        artgan.export(trained, "two.txt")


def test_options_of_the_page_count(trained: Path) -> None:
    page = artgan.export(trained, "page.html", options={"directions": 0})
    assert '"directions": []' in page.read_text()


def test_palettes_of_a_format_are_read_and_written(artgan_cli: Call) -> None:
    Path("swatch_words.py").write_text(SWATCHES)
    done = artgan_cli("palette", "convert", "gameboy", "own.words", "--plugin", "swatch_words.py")
    assert done.exit_code == 0, done.output
    first, *colors = Path("own.words").read_text().split(";")
    assert (first, len(colors)) == ("own", 4)
    shown = artgan_cli("palette", "show", "own.words", "--plugin", "swatch_words.py")
    assert all(color in shown.stdout for color in colors)
    assert "Note: these are words" in shown.stderr
    # Wherever a palette is expected.
    write_palette(np.eye(3, dtype=np.float32), Path("picture.png"))
    made = artgan.apply("picture.png", "palette:own.words").info["artgan"]
    assert made["style"]["steps"][0]["options"]["palette"] == colors
    Path("bad.words").write_text("words;no colour")
    with pytest.raises(StyleError, match=r"palette file 'bad.words'"):
        read_palette(Path("bad.words"))
    assert ".words" in str(default_registry().find("palette-format", "words").declaration.endings)


CSS = """
/* --no: #111111; */
:root { --ink: #07051A; --short: #f40; --clear: #7df9ff80; --size: 3px; }
.x { --loud: rgb(195, 20, 155); color: #123456 }
"""


def test_custom_properties_that_are_colours_are_read() -> None:
    Path("a.css").write_text(CSS)
    notes: list[str] = []
    found = to_hex(read_palette(Path("a.css"), note=notes.append))
    assert found == ["07051a", "ff4400", "7df9ff", "c3149b"]
    assert "a custom property that is no colour" in notes[0]
    Path("b.css").write_text("body { color: #123456 }")
    with pytest.raises(StyleError, match=r"'b\.css' has no custom property that is a colour"):
        read_palette(Path("b.css"))


def test_tables_of_libreoffice_are_read() -> None:
    Path("a.soc").write_text(
        "<ooo:color-table><draw:color draw:name='A &amp; b' draw:color='#07051A'/>"
        '<draw:color draw:color="#c3149b" draw:name="b"></draw:color></ooo:color-table>'
    )
    assert to_hex(read_palette(Path("a.soc"))) == ["07051a", "c3149b"]
    write_palette(parse_colors(["07051a", "c3149b"]), Path("x & y.soc"))
    assert 'draw:name="x &amp; y 2"' in Path("x & y.soc").read_text()


@pytest.mark.parametrize(
    "part", ["-", "--a \t", "--a:", "/*", "<draw:color ", 'draw:color="#12', "1 "]
)
@pytest.mark.parametrize("ending", ["css", "soc", "gpl", "hex", "pal", "txt", "toml"])
def test_no_text_takes_longer_to_read_the_more_often_it_begins(part: str, ending: str) -> None:
    start = {"soc": "<draw:color ", "gpl": "GIMP Palette\n", "pal": "JASC-PAL\n0100\n2\n"}
    path = Path(f"a.{ending}")
    path.write_text(start.get(ending, "") + part * (300_000 // len(part)))
    before = time.process_time()
    with pytest.raises(StyleError):
        read_palette(path)
    assert time.process_time() - before < 3
