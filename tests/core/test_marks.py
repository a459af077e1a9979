"""Everything that artgan writes says, for machines, how it came about."""

import base64
import io
import re
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import tomli_w
from PIL import Image

import artgan
from artgan import Series
from artgan.base.marks import (
    COMPOSITE,
    DIAGRAM,
    ENHANCED,
    TRAINED,
    WITH_TRAINED,
    Mark,
    join_marks,
    mark_packet,
    parse_mark,
)
from artgan.pictures.files import read_record, save_picture
from artgan.pictures.marks import Metadata, mark_of
from artgan.pictures.told import has_credentials, mark_of_file, read_mark, told_by
from artgan.plugin.files import animation_endings, written_endings
from artgan.plugin_manager.load import default_registry
from artgan.series.verify import verify_series
from artgan.version import __version__
from tests.conftest import TOY

Cli = Callable[..., Any]
OURS = Mark(TRAINED, "artgan", __version__)
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
IPTC = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
CREDENTIALS = b"jumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71\x03c2pa\x00"


@pytest.fixture
def sea(trained: Path) -> Path:
    """A folder with a sample of the toy run, and the name of the run."""
    artgan.sample_to(trained, [3], "o", "none")
    return trained


def photo(path: str = "photo.png", **more: Any) -> Path:
    Image.radial_gradient("L").resize((32, 32)).convert("RGB").save(path, **more)
    return Path(path)


# How others find the packet: by the rules of each format, not by scanning.


def png_packet(data: bytes) -> bytes:
    place = 8
    while place < len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        body = data[place + 8 : place + 8 + length]
        (crc,) = struct.unpack_from(">I", data, place + 8 + length)
        assert crc == zlib.crc32(name + body)
        if name == b"iTXt" and body.startswith(b"XML:com.adobe.xmp\0\0\0\0\0"):
            return body[22:]
        place += 12 + length
    return b""


def jpeg_packet(data: bytes) -> bytes:
    place, head = 2, b"http://ns.adobe.com/xap/1.0/\0"
    while data[place + 1] != 0xDA:
        (length,) = struct.unpack_from(">H", data, place + 2)
        body = data[place + 4 : place + 2 + length]
        if data[place + 1] == 0xE1 and body.startswith(head):
            return body[len(head) :]
        place += 2 + length
    return b""


def webp_packet(data: bytes) -> bytes:
    assert data[12:16] == b"VP8X"
    assert data[20] & 4
    assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8
    place = 12
    while place < len(data):
        name, length = struct.unpack_from("<4sI", data, place)
        if name == b"XMP ":
            return data[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
    return b""


def tiff_packet(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        return bytes(image.tag_v2[700])  # type: ignore[attr-defined]


def gif_packet(data: bytes) -> bytes:
    start = data.index(b"\x21\xff\x0bXMP DataXMP") + 14
    # A reader that takes the bytes for blocks must arrive at the end too.
    place = start
    while data[place]:
        place += data[place] + 1
    assert data[place + 1] in b"\x21\x2c\x3b"
    return data[start : place - 257]


def mp4_packet(data: bytes) -> bytes:
    place, found = 0, b""
    while place < len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        if name == b"uuid":
            assert data[place + 8 : place + 24].hex() == "be7acfcb97a942e89c71999491e3afac"
            found = data[place + 24 : place + length]
        place += length
    return found


def webm_packet(data: bytes) -> bytes:
    av = pytest.importorskip("av", reason="the extra artgan[video] is not installed")
    with av.open(io.BytesIO(data)) as file:
        return str({key.upper(): value for key, value in file.metadata.items()}["XMP"]).encode()


def pdf_packet(data: bytes) -> bytes:
    found = re.search(rb"/Type /Catalog [^>]*/Metadata (\d+) 0 R", data)
    assert found
    start = data.index(b"\n" + found[1] + b" 0 obj\n<< /Type /Metadata /Subtype /XML")
    table = data[data.index(b"xref\n") :].split(b"\n")
    assert int(table[2 + int(found[1])].split()[0]) == start + 1
    length = re.compile(rb"/Length (\d+) >>\nstream\n").search(data, start)
    assert length
    return data[length.end() : length.end() + int(length[1])]


def svg_packet(data: bytes) -> bytes:
    (found,) = ElementTree.fromstring(data).iter(f"{RDF}RDF")
    return ElementTree.tostring(found)


def page_packet(data: bytes) -> bytes:
    """Read the packet of the first picture in a page of styles, or of what an export saves."""
    if found := re.search(rb"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", data):
        return jpeg_packet(base64.b64decode(found[1]))
    found = re.search(rb'"mark": ?"([A-Za-z0-9+/=]*)"', data)
    assert found
    return base64.b64decode(found[1])


PACKETS = {
    "png": png_packet, "jpg": jpeg_packet, "jpeg": jpeg_packet, "webp": webp_packet,
    "tif": tiff_packet, "tiff": tiff_packet, "gif": gif_packet, "apng": png_packet,
    "mp4": mp4_packet, "webm": webm_packet, "pdf": pdf_packet, "svg": svg_packet,
    "html": page_packet,
}  # fmt: skip


def mark_by_the_format(path: Path) -> Mark:
    """Read the mark of a file with the reader of its format and an XML parser."""
    packet = PACKETS[path.suffix[1:]](path.read_bytes()).decode().replace("\ufeff", "")
    (about,) = ElementTree.fromstring(packet).iter(f"{RDF}Description")
    get = about.attrib.get
    address = get(f"{IPTC}DigitalSourceType", "")
    assert address.startswith("http://cv.iptc.org/newscodes/digitalsourcetype/")
    system = get(f"{IPTC}AISystemUsed", ""), get(f"{IPTC}AISystemVersionUsed", "")
    return Mark(address.rpartition("/")[2], *system)


MOVING = animation_endings("write")

RAW = "o/s00003-raw.png"
SHORT = ["--seeds", "1,2", "--seconds", "0.1"]
# What is written -> the command that writes it; RUN stands for the toy run.
COMMANDS: dict[str, list[str]] = {
    **{
        f"s/s00003-invert{ending}": [
            "sample", "RUN", "--seeds", "3", "--style", "invert", "--out", "s", "--format",
            {".jpeg": "jpg", ".tif": "tiff"}.get(ending, ending[1:]),
        ]
        for ending in written_endings() if ending not in (".jpeg", ".tif")
    },
    "s/contact-sheet.png": ["sample", "RUN", "--seeds", "3", "--style", "none", "--out", "s"],
    **{f"a{ending}": ["animate", "RUN", *SHORT, "--out", f"a{ending}"] for ending in MOVING},
    "f/f-00001.png": ["animate", "RUN", *SHORT, "--out", "f/"],
    "p/s00003-raw-ember.webp": [
        "apply", RAW, "--style", "ember", "--format", "webp", "--out", "p",
    ],
    "print.png": ["print", RAW, "--paper", "a6", "--dpi", "30", "--out", "print.png"],
    "print.tif": ["print", RAW, "--paper", "a6", "--dpi", "30", "--out", "print.tif"],
    "print.pdf": ["print", RAW, "--paper", "a6", "--dpi", "30", "--out", "print.pdf"],
    "plot.svg": ["plot", RAW, "--out", "plot.svg"],
    "sheet.jpg": ["sheet", RAW, "--out", "sheet.jpg", "--background", "000000"],
    "m.png": ["matrix", "RUN", "--vary", "seed=1,2", "--style", "none", "--out", "m.png"],
}  # fmt: skip


@pytest.mark.parametrize("wanted", COMMANDS)
def test_every_file_that_a_command_writes_is_marked(
    artgan_cli: Cli, sea: Path, wanted: str
) -> None:
    if wanted.endswith((".mp4", ".webm")):
        pytest.importorskip("av", reason="the extra artgan[video] is not installed")
    if wanted == "print.tif":
        pytest.importorskip("tifffile", reason="the extra artgan[print] is not installed")
    args = [str(sea) if word == "RUN" else word for word in COMMANDS[wanted]]
    path = Path(wanted)
    done = artgan_cli(*args)
    assert done.exit_code == 0, done.output
    assert mark_by_the_format(path) == OURS
    assert read_mark(path) == OURS
    again = ["--overwrite"]
    takes_record = args[0] not in ("plot", "sheet")
    if takes_record:
        assert artgan_cli(*args, *again, "--no-record").exit_code == 0
        if not wanted.endswith((".pdf", ".svg")):
            assert read_record(path) is None
        assert mark_by_the_format(path) == OURS
    done = artgan_cli(*args, *again, "--no-mark")
    assert done.exit_code == 0, done.output
    assert b"DigitalSourceType" not in path.read_bytes()
    assert read_mark(path) is None
    if takes_record and not wanted.endswith(".pdf") and "contact" not in wanted:
        assert read_record(path)


QUICK = ["--steps", "2", "--size", "16", "--batch", "4", "--device", "cpu"]
SMALL = ["--arch", "dcgan", "--arch.base-channels", "4", "--arch.latent-size", "8"]
# Command -> its arguments, in a folder with a run, a photograph and a palette. What it writes is
# found by looking.
WRITING: dict[str, list[str]] = {
    "run": ["run", "--dataset", "pictures", *QUICK, *SMALL, "--count", "2", "--out", "new"],
    "train": ["train", "--dataset", "pictures", *QUICK, *SMALL, "--out", "new"],
    "resume": ["resume", "run", "--steps", "5"],
    "sample": ["sample", "run", "--seeds", "1,2", "--style", "invert", "--out", "o"],
    "animate": ["animate", "run", *SHORT],
    "project": ["project", "photo.png", "--run", "run", "--steps", "2"],
    "directions": ["directions", "run", "--count", "2"],
    "evaluate": ["evaluate", "run", "--count", "8", "--extractor", "random"],
    "apply": ["apply", "photo.png", "--style", "ember", "--out", "o"],
    "matrix": ["matrix", "photo.png", "--style", "neon", "--vary", "glow=1,2"],
    "style preview": ["style", "preview", "photo.png", "--size", "64"],
    "layers": ["layers", "photo.png", "photo.png blend=screen", "--out", "l.png"],
    "sheet": ["sheet", "photo.png"],
    "print": ["print", "photo.png", "--paper", "a6", "--dpi", "30", "--out", "p.pdf"],
    "plot": ["plot", "photo.png"],
    "canvas": ["canvas", "texture", "--size", "64"],
    "export": ["export", "run", "--web", "--out", "page.html"],
    "share": ["share", "run", "--license", "MIT"],
    "series make": ["series", "make", "sea.toml"],
    "series pdf": ["series", "pdf", "sea", "--paper", "a6", "--dpi", "30"],
    "tile check": ["tile", "check", "photo.png", "--out", "twice.png"],
    "inspect": ["inspect", "pictures", "--minutes", "none"],
    "palette extract": ["palette", "extract", "photo.png", "--out", "c.png"],
    "palette show": ["palette", "show", "gameboy", "--out", "c.png"],
    "palette convert": ["palette", "convert", "gameboy", "c.png"],
    "palette make": ["palette", "make", "ff4fa3", "--out", "c.png"],
    "palette sort": ["palette", "sort", "gameboy", "--out", "c.png"],
}
NO_PICTURES = {
    "curate", "info", "list", "pack", "palette check", "plugins check", "plugins disable",
    "plugins doctor", "plugins enable", "plugins install", "plugins list", "plugins new",
    "plugins search", "plugins show", "plugins uninstall", "series new", "series verify", "show",
    "style from", "style list", "style make", "style pack", "style show",
    "trust",
}  # fmt: skip
AS_IT_WAS = {"remake"}
"""What it writes is marked as the picture that it makes again."""
CARRIERS = (*PACKETS, "svg", "html", "pdf")


def carriers(folder: Path) -> dict[Path, bytes]:
    """Return the files below a folder that hold pictures."""
    found = (path for path in folder.rglob("*.*") if path.suffix[1:] in CARRIERS)
    return {path: path.read_bytes() for path in found if path.name != "index.html"}


@pytest.fixture
def studio(artgan_cli: Cli, trained: Path, pictures: Path, request: pytest.FixtureRequest) -> None:
    """A folder with what the commands of WRITING read."""
    shutil.copytree(trained, "run")
    photo()
    if request.node.callspec.params["name"].startswith("series"):
        series = Series("sea", run="run", count=2, style="invert")
        Path("sea.toml").write_text(tomli_w.dumps(series.table() | {"count": 2}))
    if request.node.callspec.params["name"] == "series pdf":
        assert artgan_cli("series", "make", "sea.toml", "--out", "sea").exit_code == 0
    if request.node.callspec.params["name"] == "canvas":
        train_texture("texture")


def train_texture(out: str) -> None:
    small = {"base_channels": 4, "max_channels": 8, "latent_size": 4, "global_size": 2}
    more: dict[str, Any] = {
        "arch_options": small,
        "dataset_options": {"count": 8},
        "device": "cpu",
        "count": 0,
    }
    artgan.train("texture", "textures", out=out, size=32, steps=1, batch=4, **more)


@pytest.mark.usefixtures("studio")
@pytest.mark.parametrize("flags", [(), ("--no-mark",)], ids=["marked", "not"])
@pytest.mark.parametrize("name", WRITING)
def test_every_command_marks_unless_it_is_told_not_to(
    artgan_cli: Cli, name: str, flags: tuple[str, ...]
) -> None:
    before = carriers(Path())
    done = artgan_cli(*WRITING[name], *flags)
    assert done.exit_code == 0, done.output
    written = {path: data for path, data in carriers(Path()).items() if before.get(path) != data}
    assert written
    for path, data in written.items():
        if not flags:
            assert mark_by_the_format(path), path
        else:
            assert b"DigitalSourceType" not in data, path
            assert path.suffix != ".html" or page_packet(data) == b"", path


def test_no_command_is_forgotten() -> None:
    """A new command needs its line: in WRITING if it writes pictures, else in NO_PICTURES."""
    from artgan.cli.main import cli
    from tests.cli.test_flags import commands

    assert {*WRITING, *NO_PICTURES, *AS_IT_WAS} == set(commands(cli))
    marking = {
        name
        for name, command in commands(cli).items()
        if any("--no-mark" in param.opts for param in command.params)
    }
    assert marking == set(WRITING)


def test_no_ending_is_forgotten() -> None:
    endings = {Path(wanted).suffix for wanted in COMMANDS}
    assert {*written_endings(), *MOVING} - {".jpeg", ".tif"} <= endings | {".tiff"}


def test_python_leaves_marks_out_too(trained: Path) -> None:
    """What the calls that write pictures leave in a folder, with ``keep_mark`` off."""
    run = artgan.load_run(trained)
    run.animate([1, 2], "a.gif", seconds=0.1, keep_mark=False)
    artgan.animate(run, [1, 2], "b.webp", seconds=0.1, keep_mark=False, keep_record=False)
    artgan.sample_to(run, [3], "o", "invert", keep_mark=False)
    Series("sea", run=trained, count=1, style="invert").write("s", keep_mark=False)
    artgan.save(artgan.apply("a.gif", "ember"), "c.png", keep_mark=False)
    artgan.print_picture("c.png", "d.pdf", "a6", dpi=30, keep_mark=False)
    left_out = carriers(Path())
    assert len(left_out) == 8
    assert not [path for path, data in left_out.items() if b"DigitalSourceType" in data]
    assert read_record(Path("a.gif"))
    assert read_record(Path("b.webp")) is None
    found = list(verify_series(Path("s"), default_registry()))
    assert [one.same for one in found] == [True], found


def test_a_run_keeps_that_it_marks_nothing(pictures: Path) -> None:
    run = artgan.train(dataset=pictures, out="r", keep_mark=False, **TOY)
    assert "keep-mark = false" in run.folder.config_file.read_text()
    artgan.resume("r", steps=5)
    again = artgan.train(config="r/run.toml", out="again", steps=1)
    assert again.config.keep_mark is False
    assert not [path for path, data in carriers(Path("r")).items() if b"DigitalSource" in data]
    assert artgan.resume("r", steps=6, keep_mark=True).config.keep_mark
    assert mark_by_the_format(Path("r/previews/000006.png")) == OURS
    assert "keep-mark" not in run.folder.config_file.read_text()
    Path("wrong.toml").write_text("[output]\nkeep-mark = 3\n")
    with pytest.raises(artgan.ArtganError, match="keep-mark 3 does not fit; expected true or"):
        artgan.plan(config="wrong.toml")


def test_what_training_leaves_is_marked(trained: Path) -> None:
    previews = sorted((trained / "previews").iterdir())
    assert previews
    assert {mark_by_the_format(path) for path in previews} == {OURS}
    assert mark_by_the_format(trained / "training.webp") == OURS


def test_a_run_marks_its_samples_and_plots(artgan_cli: Cli, pictures: Path) -> None:
    flags = ["--steps", "2", "--size", "16", "--batch", "4", "--device", "cpu", "--count", "1"]
    run = ["run", "--dataset", pictures, *flags, "--arch", "dcgan", "--out", "r"]
    assert artgan_cli(*run, "--no-record").exit_code == 0
    (sample,) = Path("r/samples").iterdir()
    for path in (sample, Path("r/contact-sheet.png")):
        assert mark_by_the_format(path) == OURS
    assert read_record(sample) is None
    assert mark_by_the_format(Path("r/losses.png")) == Mark(DIAGRAM)
    assert artgan_cli("resume", "r", "--steps", "3", "--no-mark").exit_code == 0
    assert read_mark(sample) is None
    assert read_record(sample)
    assert artgan_cli("inspect", pictures, "--out", "seen.png", "--minutes", "none").exit_code == 0
    assert mark_by_the_format(Path("seen.png")) == Mark(COMPOSITE)


def test_a_canvas_is_marked(artgan_cli: Cli) -> None:
    train_texture("g")
    canvas = ["canvas", "g", "--size", "64", "--out", "c.png", "--overwrite"]
    assert artgan_cli(*canvas, "--no-record").exit_code == 0
    assert mark_by_the_format(Path("c.png")) == OURS
    assert artgan_cli(*canvas, "--no-mark").exit_code == 0
    assert read_mark(Path("c.png")) is None


def test_a_styled_photograph_is_marked_as_what_it_is(artgan_cli: Cli) -> None:
    path = photo()
    assert read_mark(path) is mark_of_file(path) is None
    commands = {
        "o/photo-ember.png": ["apply", path, "--style", "ember", "--out", "o"],
        "p.png": ["print", path, "--paper", "a6", "--dpi", "30", "--out", "p.png"],
        "p.pdf": ["print", path, "--paper", "a6", "--dpi", "30", "--out", "p.pdf"],
        "m.png": ["matrix", path, "--style", "neon", "--vary", "glow=1,2", "--out", "m.png"],
        "p.svg": ["plot", path, "--out", "p.svg"],
        "s.html": ["styles", "--preview", path, "--out", "s.html", "--size", "64"],
    }
    for wanted, args in commands.items():
        assert artgan_cli(*args).exit_code == 0
        # No AI system had a part in it, so none is named.
        assert mark_by_the_format(Path(wanted)) == Mark(ENHANCED)
    artgan.save(artgan.apply("o/photo-ember.png", "invert"), "again.png")
    assert mark_by_the_format(Path("again.png")) == Mark(ENHANCED)
    artgan_cli("sheet", path, path, "--out", "sheet.png")
    assert mark_by_the_format(Path("sheet.png")) == Mark(COMPOSITE)


def test_the_mark_of_another_system_stays(artgan_cli: Cli) -> None:
    other = Mark(TRAINED, "Dreamer & Co", "7")
    path = photo(xmp=mark_packet(other), path="a.jpg")
    assert artgan_cli("apply", path, "--style", "ember", "--out", "o", "--no-record").exit_code == 0
    assert (
        artgan_cli("print", path, "--paper", "a6", "--dpi", "30", "--out", "p.png").exit_code == 0
    )
    artgan.save(artgan.apply("a.jpg", "ember"), "b.webp")
    with Image.open("a.jpg") as image:
        artgan.save(artgan.apply(image, "ember"), "c.tiff", keep_record=False)
        artgan.save(image, "d.png")
    for made in ("o/a-ember.png", "p.png", "b.webp", "c.tiff", "d.png"):
        assert mark_by_the_format(Path(made)) == other
    assert artgan_cli("remake", "b.webp", "--source", "a.jpg").stdout == "identical\n"
    assert artgan_cli("remake", "p.png").stdout == "identical\n"
    # A camera's own mark is no claim about what a style made of it.
    photo("e.jpg", xmp=mark_packet(Mark("digitalCapture")))
    artgan.save(artgan.apply("e.jpg", "ember"), "e.png")
    assert mark_by_the_format(Path("e.png")) == Mark(ENHANCED)


def test_sheets_and_books_tell_what_they_are_made_of(artgan_cli: Cli, sea: Path) -> None:
    path = photo()
    for wanted, args in {
        "s.png": ["sheet", RAW, path, "--out", "s.png"],
        "s.pdf": ["print", RAW, path, "--paper", "a6", "--dpi", "30", "--out", "s.pdf"],
    }.items():
        assert artgan_cli(*args).exit_code == 0
        assert mark_by_the_format(Path(wanted)) == Mark(WITH_TRAINED, "artgan", __version__)


def test_marks_of_several_pictures_are_joined() -> None:
    other, photo = Mark(TRAINED, "other", "2"), Mark(ENHANCED)
    assert join_marks([OURS, OURS]) == OURS
    assert join_marks([OURS, other]) == Mark(TRAINED, "artgan, other", f"{__version__}, 2")
    assert join_marks([OURS, photo]).term == join_marks([OURS, None]).term == WITH_TRAINED
    assert join_marks([photo, photo]) == photo
    assert join_marks([photo, None]) == join_marks([None]) == join_marks([]) == Mark(COMPOSITE)


TERM = b"\x78\x46http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
SIGNED = {
    "png": lambda data: data[:33] + chunk(b"caBX", CREDENTIALS + TERM) + data[33:],
    "jpg": lambda data: data[:2] + segment(b"JP\0\1\0\0\0\1" + CREDENTIALS + TERM) + data[2:],
    "tiff": lambda data: data + CREDENTIALS,
    "svg": lambda data: data + b"<metadata><c2pa:manifest>AAAA</c2pa:manifest></metadata>",
    "pdf": lambda data: data + b"/AFRelationship /C2PA_Manifest",
}


def chunk(name: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + check


def segment(data: bytes) -> bytes:
    return b"\xff\xeb" + struct.pack(">H", len(data) + 2) + data


@pytest.mark.parametrize("ending", SIGNED)
def test_content_credentials_are_told(artgan_cli: Cli, ending: str) -> None:
    path = Path(f"signed.{ending}")
    if ending in ("svg", "pdf"):
        path.write_bytes(b"")
    else:
        photo(str(path))
    assert not has_credentials(path)
    path.write_bytes(SIGNED[ending](path.read_bytes()))
    assert has_credentials(path)
    shown = artgan_cli("info", path)
    assert (shown.exit_code, "C2PA, not verified" in shown.stdout) == (0, True), shown.output


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_apply_does_not_drop_content_credentials_without_a_word(
    artgan_cli: Cli, ending: str
) -> None:
    for name in ("a", "b"):
        path = photo(f"{name}.{ending}")
        path.write_bytes(SIGNED[ending](path.read_bytes()))
    done = artgan_cli("apply", f"a.{ending}", f"b.{ending}", "--style", "ember", "--out", "o")
    assert f"'a.{ending}' and 1 more: its Content Credentials (C2PA) are not in" in done.stderr
    # They say that a model made the picture; so does the result.
    made = Path("o/a-ember.png")
    assert mark_by_the_format(made) == Mark(TRAINED)
    record = read_record(made)
    assert record
    assert record["source_credentials"] is True
    assert not has_credentials(made)
    assert artgan_cli("remake", made).stdout == "identical\n"


TAKEN = {
    "apply": ["apply", "s.png", "--style", "ember", "--out", "o"],
    "print": ["print", "s.png", "--paper", "a6", "--dpi", "30", "--out", "p.png"],
    "sheet": ["sheet", "s.png", "--out", "sheet.png"],
    "plot": ["plot", "s.png"],
    "matrix": ["matrix", "s.png", "--style", "neon", "--vary", "glow=1,2"],
    "styles": ["styles", "--preview", "s.png", "--size", "64"],
    "tile check": ["tile", "check", "s.png", "--out", "twice.png"],
}


@pytest.mark.parametrize("name", TAKEN)
def test_every_command_tells_of_credentials_that_it_drops(artgan_cli: Cli, name: str) -> None:
    """Those of a picture that artgan made and somebody signed too."""
    image = artgan.apply(Image.open(photo()), "invert")
    artgan.save(image, "s.png")
    Path("s.png").write_bytes(SIGNED["png"](Path("s.png").read_bytes()))
    done = artgan_cli(*TAKEN[name])
    assert done.exit_code == 0, done.output
    assert "'s.png': its Content Credentials (C2PA) are not in the result" in done.stderr


def test_info_reads_marks_of_any_file(artgan_cli: Cli, sea: Path) -> None:
    artgan_cli("print", RAW, "--paper", "a6", "--dpi", "30", "--out", "p.pdf")
    for path in (RAW, "p.pdf"):
        shown = artgan_cli("info", path)
        assert f'mark: {{"term": "{TRAINED}", "system": "artgan"' in shown.stdout, shown.output
    artgan.sample_to(sea, [3], "n", "none", keep_record=False)
    shown = artgan_cli("info", "n/s00003-raw.png").stdout
    assert "mark: " in shown
    assert "record: none: sheets, previews and PDFs have none; other pictures were written" in shown
    artgan.sample_to(sea, [3], "u", "none", keep_record=False, keep_mark=False)
    told = artgan_cli("info", "u/s00003-raw.png")
    assert (told.exit_code, "no mark" in told.stderr) == (1, True)
    assert "no file" in artgan_cli("info", "nowhere.png").stderr


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        ("", None),
        (f'<x Iptc4xmpExt:DigitalSourceType="a/b/{TRAINED}"/>', Mark(TRAINED)),
        (f"<Iptc4xmpExt:DigitalSourceType>x/{ENHANCED}\n</Iptc4xmpExt:DigitalSourceType>",
         Mark(ENHANCED)),
        (f'<Iptc4xmpExt:DigitalSourceType rdf:resource="x/{TRAINED}"/>', Mark(TRAINED)),
        ('<x Iptc4xmpExt:DigitalSourceType="<b>&lt;"/>', None),
        ('<x Iptc4xmpExt:DigitalSourceType="x/&e;"/>', None),
    ],
)  # fmt: skip
def test_marks_of_other_programs_are_read(packet: str, expected: Mark | None) -> None:
    assert parse_mark(packet) == expected


def test_packed_and_damaged_packets_do_no_harm(tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", mark_packet(OURS).decode(), zip=True)
    photo("packed.png", pnginfo=info)
    assert read_mark(Path("packed.png")) == OURS
    Path("cut.bin").write_bytes(b"<x:xmpmeta" * 9)
    Path("empty.bin").write_bytes(b"")
    for name in ("cut.bin", "empty.bin"):
        assert read_mark(Path(name)) is None
        assert told_by(Path(name)) == {}


OLD = {
    **{f"a{ending}": Mark(TRAINED) for ending in (".png", ".jpg", ".webp", ".tiff")},
    **{f"b{ending}": None for ending in (".gif", ".apng", ".mp4")},
    "b.webp": Mark(TRAINED),
}


@pytest.mark.parametrize("name", OLD)
def test_files_of_the_version_before_are_made_again_to_the_byte(trained: Path, name: str) -> None:
    """0.1.0 named no AI system, and animations carried no mark."""
    from artgan.animation.animate import plan_animation, write_animation
    from artgan.animation.motion import Motion
    from artgan.sampling.samples import SampleRequest

    if name.endswith(".mp4"):
        pytest.importorskip("av", reason="the extra artgan[video] is not installed")
    run, path = artgan.load_run(trained), Path(name)
    if name.startswith("a"):
        (picture,) = run.sample([3], "invert")
        save_picture(picture, path, Metadata(picture.info["artgan"], OLD[name]))
    else:
        animation = plan_animation(run, SampleRequest([1, 5]), Motion(0.1))
        write_animation(animation, path, about=lambda record: Metadata(record, OLD[name]))
    assert read_mark(path) == OLD[name]
    assert artgan.remake(path, run=run, out="again").identical
    assert Path("again", name).read_bytes() == path.read_bytes()


def test_a_series_of_the_version_before_is_verified(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from artgan.series import make
    from artgan.series.verify import verify_series

    run = artgan.load_run(trained)
    old = Mark(TRAINED)
    with monkeypatch.context() as patch:
        patch.setattr(make, "metadata_of", lambda record, **_: Metadata(record, old))
        artgan.Series("tides", run=trained, count=2, seed=11).write("t")
    assert all(check.same for check in verify_series(Path("t"), run.registry, 2))
    assert {read_mark(path) for path in Path("t").glob("tides-*.png")} == {old}


def test_what_a_record_says_decides_the_mark() -> None:
    photo: dict[str, Any] = {"source": "photo.jpg", "source_sha256": "0", "seed": 0}
    generated = {**photo, "source_mark": {"term": TRAINED, "system": "x"}}
    for record, expected in (
        (photo, Mark(ENHANCED)),
        (generated, Mark(TRAINED, "x")),
        ({**photo, "source_mark": {"term": "digitalCapture"}}, Mark(ENHANCED)),
        ({**photo, "source_mark": 7}, Mark(ENHANCED)),
        (
            {**photo, "source_record": {"seed": 3, "artgan": "0.1.0"}},
            Mark(TRAINED, "artgan", "0.1.0"),
        ),
        ({**photo, "source_record": generated}, Mark(TRAINED, "x")),
    ):
        assert mark_of(record) == expected
