import errno
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import artgan
from artgan.base.marks import ENHANCED, TERMS, TRAINED
from artgan.errors import DataError, RunError
from artgan.pictures import formats
from artgan.pictures.files import read_picture, read_record, save_picture, to_pil
from artgan.pictures.formats import FORMATS, srgb_profile
from artgan.pictures.marks import metadata_of
from artgan.pictures.records import wraps_of
from artgan.pictures.xmp import xmp_packet, xmp_record
from artgan.plugin.files import written_endings

RECORD: dict[str, Any] = {
    "seed": 7,
    "style": {"name": "a <b> & \"c\" 'd'"},
    "ä": ["\n\t\x01 &amp; &#65; ]]>", 2.5, None],
}
MODES = ("L", "LA", "RGB", "RGBA")


def drawn(mode: str = "RGB") -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 255, (9, 12, 4), dtype=np.uint8)
    return Image.fromarray(pixels).convert(mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_carries_the_record_and_the_same_bytes(
    tmp_path: Path, ending: str, mode: str
) -> None:
    paths = [tmp_path / f"{name}.{ending}" for name in "ab"]
    for path in paths:
        save_picture(drawn(mode), path, RECORD)
    assert read_record(paths[0]) == RECORD
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with Image.open(paths[0]) as image:
        if ending != "jpg":
            wanted = drawn(mode).convert(image.mode)
            assert np.array_equal(np.asarray(image), np.asarray(wanted))


@pytest.mark.parametrize("ending", FORMATS)
def test_without_a_record_nothing_tells_of_artgan(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    save_picture(drawn(), path, None)
    assert b"artgan" not in path.read_bytes().lower()
    assert read_record(path) is None


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_viewers_find_description_and_comment_in_exif(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    save_picture(drawn(), path, {"seed": 7, "run": "sea", "style": {"name": "neon"}})
    with Image.open(path) as image:
        exif = image.getexif()
    assert exif[0x010E] == "sea, seed 7, neon"
    assert b"Seed: 7, Size: 12x9, Model: sea" in exif.get_ifd(0x8769)[0x9286]


def test_the_packet_is_xml_that_others_read() -> None:
    from xml.etree import ElementTree

    packet = xmp_packet(metadata_of(RECORD)) or b""
    root = ElementTree.fromstring(packet.decode().removeprefix("\ufeff"))
    about = root[0][0]
    assert json.loads(about.attrib["{urn:artgan:record}record"]) == RECORD
    assert TERMS + TRAINED in about.attrib.values()
    assert "".join(root.itertext()) == f"seed 7, {RECORD['style']['name']}"


def test_a_styled_photograph_is_not_said_to_come_from_a_model() -> None:
    photo: dict[str, Any] = {"source": "photo.jpg", "source_sha256": "0", "seed": 0}
    again = {**photo, "source_record": photo}
    sample = {**photo, "source_record": {"run": "sea", "seed": 3}}
    for record, kind in ((photo, ENHANCED), (again, ENHANCED), (sample, TRAINED)):
        assert kind.encode() in (xmp_packet(metadata_of(record)) or b"")


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (b"", None),
        (b"\xff\xfe artgan:record=", None),
        (b"<x artgan:record='{&quot;a&quot;: 1}'/>", '{"a": 1}'),
        (b"<artgan:record>{&#34;a&#x22;: &lt;}</artgan:record>", '{"a": <}'),
        (b'<!DOCTYPE x [<!ENTITY e "eee">]><x artgan:record="&e;&amp;lt;"/>', "&e;&lt;"),
        (b'<x artgan:record="&#9999999;"/>', "&#9999999;"),
    ],
)
def test_packets_of_others_are_read_without_expanding_anything(
    packet: bytes, expected: str | None
) -> None:
    assert xmp_record(packet) == expected


@pytest.mark.parametrize("text", ["{", "[1]", "[" * 100_000, "nonsense", "1e999"])
@pytest.mark.parametrize("ending", ["webp", "tiff"])
def test_a_damaged_record_is_named(tmp_path: Path, ending: str, text: str) -> None:
    path = tmp_path / f"a.{ending}"
    packet = f'<x artgan:record="{text}"/>'.encode()
    if ending == "tiff":
        drawn().save(path, tiffinfo={700: packet})
    else:
        drawn().save(path, xmp=packet)
    with pytest.raises(DataError, match=f"record in '.*a.{ending}'"):
        read_record(path)


@pytest.mark.parametrize("ending", sorted(written_endings()))
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"before")

    def fails_half_way(_: Any, __: Any, temporary: Path) -> None:
        temporary.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(formats, "write_file", fails_half_way)
    with pytest.raises(RunError, match="disk is full"):
        save_picture(drawn(), path, RECORD, overwrite=True)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"before"]


def test_a_record_too_long_for_a_jpeg_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="PNG, WebP or TIFF"):
        save_picture(drawn(), tmp_path / "a.jpg", {"long": "x" * 70_000})
    save_picture(drawn(), tmp_path / "a.webp", {"long": "x" * 70_000})
    assert [path.name for path in tmp_path.iterdir()] == ["a.webp"]


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"none of \.png, "):
        save_picture(drawn(), tmp_path / "a.bmp")


@pytest.mark.parametrize("ending", FORMATS)
def test_sampled_pictures_tell_all(artgan_cli: Any, trained: Path, ending: str) -> None:
    args = ["sample", trained, "--seeds", "3", "--style", "neon", "--out", "o"]
    assert artgan_cli(*args, "--format", ending).exit_code == 0
    record = read_record(Path(f"o/s00003-neon.{ending}"))
    assert record is not None
    assert record["size"] == [16, 16]
    assert record["wraps"] == [False, False]
    assert {"numpy", "pillow", "torch", "artgan", "dataset_licence"} <= set(record)
    assert len(record["raw_sha256"]) == 64
    raw = read_record(Path(f"o/s00003-raw.{ending}"))
    assert raw == {key: value for key, value in record.items() if key != "style"}
    assert artgan_cli(*args, "--format", ending, "--no-record", "--overwrite").exit_code == 0
    assert read_record(Path(f"o/s00003-neon.{ending}")) is None


def test_an_applied_style_tells_what_it_was_applied_to(artgan_cli: Any, trained: Path) -> None:
    artgan_cli("sample", trained, "--seeds", "3", "--out", "o", "--style", "none")
    args = ["apply", "o/s00003-raw.png", "--style", "neon", "--out", "p", "--format", "webp"]
    assert artgan_cli(*args).exit_code == 0
    record = read_record(Path("p/s00003-raw-neon.webp"))
    assert record is not None
    assert record["source"] == "s00003-raw.png"
    assert record["source_record"] == read_record(Path("o/s00003-raw.png"))
    same = artgan.apply("o/s00003-raw.png", "neon").info["artgan"]
    assert same == record
    assert artgan_cli(*args, "--no-record", "--overwrite").exit_code == 0
    assert read_record(Path("p/s00003-raw-neon.webp")) is None


def test_wrapping_goes_on_through_files(tmp_path: Path) -> None:
    tile = {"seed": 7, "wraps": [True, True]}
    save_picture(drawn(), tmp_path / "raw.webp", tile)
    assert read_picture(tmp_path / "raw.webp").wraps == (True, True)
    blurred = artgan.apply(tmp_path / "raw.webp", "glow | grain")
    artgan.save(blurred, tmp_path / "glow.png")
    assert read_picture(tmp_path / "glow.png").wraps == (True, True)
    ended = artgan.apply(tmp_path / "glow.png", "vignette")
    artgan.save(ended, tmp_path / "vignette.png")
    assert read_picture(tmp_path / "vignette.png").wraps == (False, False)
    assert ended.info["artgan"]["style"]["notes"] == ["step 'vignette' ended the tiling"]
    for damaged in ([True], "yes", [1, 1], None):
        assert wraps_of({"wraps": damaged}) == (False, False)


@pytest.mark.parametrize("ending", FORMATS)
def test_files_say_that_their_colours_are_srgb(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    save_picture(drawn(), path, None)
    with Image.open(path) as image:
        told = image.info.get("icc_profile") == srgb_profile() or image.info.get("srgb") == 0
    assert told
    if ending != "jpg":
        assert np.array_equal(np.asarray(to_pil(read_picture(path))), np.asarray(drawn()))


def test_the_record_of_a_poster_is_read_without_its_pixels(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    path = tmp_path / "poster.png"
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 20000, 20000, 8, 2, 0, 0, 0))
    text = chunk(b"iTXt", b"artgan\0\0\0\0\0" + json.dumps(RECORD).encode())
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + text + chunk(b"IDAT", b""))
    assert read_record(path) == RECORD
    with pytest.raises(DataError, match=r"poster\.png' of 20000x20000 pixels needs"):
        read_picture(path)


def test_the_path_of_a_run_is_nobodys_business(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(trained.parent)
    record = artgan.load_run(trained).record(0)
    assert record["run"] == trained.name
    assert str(trained.parent) not in repr(record)
