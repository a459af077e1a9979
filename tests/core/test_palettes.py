"""Palette files of artists' tools, each with its trap; extraction; writing and reading back."""

import contextlib
import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artgan.core.registry import Registry
from artgan.errors import StyleError
from artgan.palettes.accents import colors_with_accents
from artgan.palettes.find import find_palette
from artgan.palettes.formats import write_palette, written
from artgan.palettes.harmony import harmonize, sort_colors
from artgan.palettes.names import WORDS, color_name, palette_words
from artgan.palettes.read import read_palette
from artgan.palettes.vision import MATRICES, as_seen, confusions
from artgan.plugin.color import extract_colors, parse_colors, srgb_to_oklab, to_hex

RED_BLUE = ["ff0000", "0000ff"]
ACT = bytes.fromhex("ff00000000ff") + bytes(762)
RIFF_BODY = struct.pack("<HH", 0x300, 2) + bytes.fromhex("ff0000000000ff00")
RIFF = b"RIFF" + struct.pack("<I", 24) + b"PAL data" + struct.pack("<I", 12) + RIFF_BODY


def swatch(model: bytes, *values: float) -> bytes:
    body = struct.pack(">H", 1) + b"\0\0" + model + struct.pack(f">{len(values)}fH", *values, 0)
    return struct.pack(">HI", 1, len(body)) + body


ASE = b"ASEF" + struct.pack(">HHI", 1, 0, 4) + struct.pack(">HI", 0xC001, 4) + b"\0\1\0\0"
ASE += swatch(b"RGB ", 1, 0, 0) + swatch(b"CMYK", 1, 1, 0, 0) + struct.pack(">HI", 0xC002, 0)


def zipped(name: str, text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, text)
    return file.getvalue()


GOOD = {
    "plain.hex": b"ff0000\n0000ff\n",
    "hash-crlf-alpha.hex": b"#FF0000\r\n\r\n#0000ff80\r\n",
    "gimp.gpl": b"GIMP Palette\nName: x\nColumns: 2\n# c\n255\t0 0\tred\n  0 0 255\n",
    "aseprite.gpl": b"GIMP Palette\nChannels: RGBA\n255 0 0 255 red\n0 0 255 128 blue\n",
    "nameless.gpl": b"GIMP Palette\n255 0 0\n0 0 255\n255 0 0\n",
    "jasc.pal": b"JASC-PAL\r\n0100\r\n2\r\n255 0 0\r\n0 0 255\r\n",
    "riff.pal": RIFF,
    "utf-16.txt": "FFff0000\nFF0000ff\n".encode("utf-16"),
    "latin-1.gpl": "GIMP Palette\nName: Grün\nComment: x\n255 0 0 é\n0 0 255\n".encode("latin-1"),
    "gimp.pal": b"GIMP Palette\n255 0 0\n0 0 255\n",
    "clear.act": bytes.fromhex("00ff00ff00000000ff") + bytes(759) + b"\0\3\0\0",
    "photoshop.aco": struct.pack(">2H10H", 1, 2, 0, 65535, 0, 0, 0, 1, 43690, 65535, 65535, 0),
    "inks.aco": struct.pack(">2H10H", 1, 2, 2, 65535, 0, 0, 65535, 9, 10000, 10000, 0, 0),
    "lab.aco": struct.pack(">2H", 1, 2)
    + struct.pack(">2H2hH", 7, 5429, 8081, 6989, 0)
    + struct.pack(">5H", 0, 0, 0, 65535, 0),
    "procreate.swatches": zipped(
        "Swatches.json",
        '[{"swatches": [{"hue": 0, "saturation": 1, "brightness": 1}, null, '
        '{"hue": 0.6666667, "saturation": 1, "brightness": 1}]}]',
    ),
    "krita.kpl": zipped(
        "colorset.xml",
        '<ColorSet><ColorSetEntry name="a"><RGB r="1" g="0" b="0"/></ColorSetEntry>'
        '<ColorSetEntry><sRGB r="0" g="0.0" b="1e0"/></ColorSetEntry></ColorSet>',
    ),
    "paint.txt": b"; Paint.NET\nFFFF0000\n800000FF ; half clear\n",
    "counted.act": ACT + struct.pack(">HH", 2, 0xFFFF),
    "adobe.ase": ASE,
    "ours.toml": b'name = "x"\ncolors = ["#ff0000", "0000ff"]\n',
}
BAD = {
    "no.hex": (b"ff0000\nblue\n", "line 2"),
    "no.gpl": (b"255 0 0\n", "GIMP Palette"),
    "short.gpl": (b"GIMP Palette\n255 0\n", "line 2"),
    "cut.pal": (b"JASC-PAL\n0100\n3\n255 0 0\n0 0 255\n", "promises 3"),
    "other.pal": (b"hello\n", "neither"),
    "cut-riff.pal": (RIFF[:-3], "promises 2"),
    "cut.act": (ACT[:700], "700 bytes"),
    "cut.ase": (ASE[:30], "cut short"),
    "sprite.ase": (b"\0\0\0\0\xe0\xa5" + bytes(20), "Aseprite sprite"),
    "lies.act": (ACT[:768] + struct.pack(">HH", 300, 0xFFFF), "promises 300"),
    "nan.ase": (ASE[:12] + swatch(b"RGB ", float("nan"), 0, 0), "not a number|cut short"),
    "long-name.ase": (
        b"ASEF" + struct.pack(">HHI", 1, 0, 1) + struct.pack(">HIH", 1, 2, 900),
        "longer than",
    ),
    "number.toml": (b"colors = 3\n", "must be a list"),
    "mixed.toml": (b'colors = ["ff0000", 3]\n', "must be a list"),
    "empty.gpl": (b"", "GIMP Palette"),
    "empty.act": (b"", "0 bytes"),
    "empty.ase": (b"", "ASEF"),
    "typo.toml": (b"colours = []\n", "mean 'colors'"),
    "one.hex": (b"ff0000\n", "1 colour; expected"),
    "equal.toml": (b'colors = ["ff0000", "#FF0000", "00ff00"]', "lists the colour ff0000 twice"),
    "key.toml": (b'colors = ["ff0000", "00ff00"]\nlicense = "x"', "mean 'licence'"),
    "binary.hex": (b"\xff\xfe\x00", "is not a colour"),
    # The place of its list, 6 bytes before the end, lies behind that.
    "lies.kpl": (
        zipped("colorset.xml", "<a/>")[:-6] + struct.pack("<IH", 5000, 0),
        "is damaged",
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_each_format_is_read_in_spite_of_its_traps(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(GOOD[name])
    assert to_hex(read_palette(path)) == RED_BLUE


@pytest.mark.parametrize("name", BAD)
def test_a_damaged_palette_is_one_sentence(name: str, tmp_path: Path) -> None:
    data, says = BAD[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(StyleError, match=says) as caught:
        read_palette(path)
    assert name in str(caught.value)


@pytest.mark.parametrize("ending", [e for e in written() if e != ".png"])
def test_what_is_written_is_read_back(ending: str, tmp_path: Path) -> None:
    colors = ["07051a", "c3149b", "7df9ff"]
    write_palette(parse_colors(colors), tmp_path / f"mine{ending}")
    assert to_hex(read_palette(tmp_path / f"mine{ending}")) == colors


def test_a_strip_gives_its_colours_back(tmp_path: Path) -> None:
    write_palette(parse_colors(RED_BLUE), tmp_path / "strip.png")
    assert sorted(to_hex(read_palette(tmp_path / "strip.png"))) == sorted(RED_BLUE)


def test_extraction_does_not_depend_on_the_order_of_pixels() -> None:
    rng = np.random.default_rng(1)
    pixels = rng.random((5000, 3), dtype=np.float32) ** 2
    first = extract_colors(pixels, 8)
    assert np.array_equal(first, extract_colors(rng.permutation(pixels), 8))
    assert len(first) == 8


def test_extraction_gives_flat_colours_back() -> None:
    colors = parse_colors(["102030", "a0b0c0", "ff8800"])
    found = extract_colors(np.repeat(colors, 50, axis=0), 3)
    assert set(to_hex(found)) == set(to_hex(colors))


def test_a_palette_can_be_a_picture(tmp_path: Path, registry: Registry) -> None:
    Image.linear_gradient("L").save(tmp_path / "grey.png")
    assert len(find_palette(f"picture:{tmp_path / 'grey.png'}", registry)) == 256
    assert len(read_palette(tmp_path / "grey.png", 5)) == 5
    assert len(find_palette(f"picture:{tmp_path / 'grey.png'}:12", registry)) == 12


@pytest.mark.parametrize("name", GOOD)
def test_a_palette_cut_anywhere_is_read_or_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    data = GOOD[name]
    for end in range(0, len(data), max(1, len(data) // 25)):
        path = tmp_path / name
        path.write_bytes(data[:end])
        with contextlib.suppress(StyleError):
            assert len(read_palette(path)) >= 2


def test_an_indexed_picture_gives_its_palette_in_its_own_order(tmp_path: Path) -> None:
    image = Image.fromarray(np.array([[2, 0, 3, 0]], np.uint8), "P")
    image.putpalette(bytes.fromhex("ffffff123456000000ff0000"))
    image.save(tmp_path / "sprite.png", transparency=3)
    assert to_hex(read_palette(tmp_path / "sprite.png")) == ["ffffff", "000000"]


def test_swatches_that_are_converted_are_noted(tmp_path: Path) -> None:
    (tmp_path / "print.ase").write_bytes(ASE)
    notes: list[str] = []
    read_palette(tmp_path / "print.ase", note=notes.append)
    assert len(notes) == 1
    assert "swatches in CMYK" in notes[0]


def test_extracted_colours_stand_apart_and_keep_a_small_accent() -> None:
    rng = np.random.default_rng(4)
    greys = np.repeat(rng.random((4000, 1), np.float32), 3, axis=1)
    accent = np.tile(np.array([[0.9, 0.1, 0.1]], np.float32), (40, 1))
    found = extract_colors(np.concatenate([greys, accent]), 6)
    lab = srgb_to_oklab(found)
    apart = np.linalg.norm(lab[:, None] - lab, axis=2) + np.eye(6)
    assert apart.min() > 0.05
    assert np.abs(found - accent[0]).max(1).min() < 0.03


def test_a_file_that_is_no_palette_is_not_said_to_be_missing(
    registry: Registry, tmp_path: Path
) -> None:
    (tmp_path / "mac.clr").write_bytes(b"?")
    with pytest.raises(StyleError, match="is a file, but no palette by its ending"):
        find_palette(str(tmp_path / "mac.clr"), registry)


def test_lab_swatches_hold_lightness_up_to_1_or_up_to_100(tmp_path: Path) -> None:
    for scale in (1, 100):
        (tmp_path / "x.ase").write_bytes(
            b"ASEF"
            + struct.pack(">HHI", 1, 0, 2)
            + swatch(b"LAB ", 0.5429 * scale, 80.81, 69.89)
            + swatch(b"RGB ", 0, 0, 1)
        )
        red = read_palette(tmp_path / "x.ase")[0]
        assert np.abs(red - [1, 0, 0]).max() < 0.03


def photograph(accent: tuple[int, int, int], side: int) -> np.ndarray:
    """A grey picture with soft shades, and a small square of a colour."""
    rng = np.random.default_rng(0)
    shade = np.linspace(0.1, 0.9, 128)[:, None] + 0.08 * rng.standard_normal((128, 128))
    pixels = np.repeat(np.clip(shade, 0, 1)[..., None], 3, 2).astype(np.float32)
    pixels[40 : 40 + side, 60 : 60 + side] = np.array(accent) / 255
    return pixels


@pytest.mark.parametrize("accent", [(200, 20, 30), (40, 150, 60), (30, 60, 200)])
@pytest.mark.parametrize("count", [3, 4, 6, 8])
def test_an_accent_stays_in_a_grey_photograph(accent: tuple[int, int, int], count: int) -> None:
    wanted = srgb_to_oklab(np.array([accent], np.float32) / np.float32(255))
    colors = colors_with_accents(photograph(accent, 5), count)
    assert len(colors) == count
    assert np.sqrt(((srgb_to_oklab(colors) - wanted) ** 2).sum(1)).min() < 0.03
    grey = colors_with_accents(photograph((120, 120, 120), 5), count)
    assert np.array_equal(grey, extract_colors(photograph((120, 120, 120), 5), count))
    speck = colors_with_accents(photograph(accent, 2), count)
    assert np.array_equal(speck, extract_colors(photograph(accent, 2), count)) or count >= 6


def test_colour_blind_readers_mix_up_red_and_green() -> None:
    pair = np.array([[0.75, 0.3, 0.1], [0.45, 0.45, 0.1]], np.float32)
    white = np.ones((1, 3), np.float32)
    for vision in MATRICES:
        assert np.abs(as_seen(white, vision) - 1).max() < 0.01
        grey = np.full((1, 3), 0.4, np.float32)
        assert np.abs(as_seen(grey, vision) - 0.4).max() < 0.01
    mixed = {one.vision for one in confusions(pair)}
    assert mixed
    assert "tritanopia" not in mixed
    assert confusions(np.array([[0, 0, 0], [1, 1, 1]], np.float32)) == []


def test_lights_of_a_ramp_lean_to_yellow_and_shadows_away() -> None:
    straight = harmonize("2e9a3c", "shades", 6)
    turned = harmonize("2e9a3c", "shades", 6, 80)
    assert "2e9a3c" in to_hex(turned)

    def hue(color: np.ndarray) -> float:
        lab = srgb_to_oklab(color[None])[0]
        return float(np.degrees(np.arctan2(lab[2], lab[1])) % 360)

    assert hue(turned[-1]) < hue(straight[-1]) - 10
    assert hue(turned[0]) > hue(straight[0]) + 10


def test_a_smooth_order_takes_small_steps() -> None:
    rng = np.random.default_rng(3)
    colors = rng.random((12, 3)).astype(np.float32)

    def length(found: np.ndarray) -> float:
        return float(np.sqrt((np.diff(srgb_to_oklab(found), axis=0) ** 2).sum(1)).sum())

    smooth = sort_colors(colors, "smooth")
    assert sorted(to_hex(smooth)) == sorted(to_hex(colors))
    assert all(length(smooth) < length(sort_colors(colors, by)) for by in ("lightness", "hue"))


def test_colours_and_palettes_have_words() -> None:
    assert [color_name(c) for c in ("000000", "ffffff", "c98a1e", "dd2222", "14203f")] == [
        "black", "white", "ochre", "red", "navy",
    ]  # fmt: skip
    assert all(color_name(color) == name for name, color in WORDS.items())
    assert palette_words("cmap:viridis:8") == "viridis:8"
    assert palette_words("picture:sea/blue.jpg:8") == "blue"
    assert palette_words("core/ember") == "ember"
    assert palette_words("000000,ffffff") == "black, white"
    assert palette_words(["nothing"]) == "nothing"
