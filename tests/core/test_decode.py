"""One decoder for all: every mode, profile, orientation, alpha, depth and format that files have.

References: LittleCMS through ImageCms for colours, numpy's turns for orientation, the declared
range of the type for depth.
"""

import io
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from artgan.core.registry import Registry
from artgan.errors import DataError, MissingExtraError
from artgan.palettes.read import read_palette
from artgan.pictures.files import from_pil, open_image, read_picture
from artgan.plugin.color import to_hex
from artgan.plugin.decode import Decoded, decode, frames, identify
from artgan.plugin.profiles import to_srgb
from tests.plugins.test_datasets_odd import opened

PROFILES = {path.stem: path.read_bytes() for path in Path(__file__).parent.glob("profiles/*.icc")}
SRGB = ImageCms.createProfile("sRGB")

TURNS: dict[int, Any] = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
    8: lambda a: np.rot90(a, 1),
}
"""EXIF orientation -> how stored pixels become upright."""

STORED = {
    "PNG": ("1", "L", "LA", "P", "PA", "RGB", "RGBA"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB"),
    "WEBP": ("RGB", "RGBA"),
    "JPEG": ("L", "RGB", "CMYK"),
    "AVIF": ("RGB", "RGBA"),
    "GIF": ("P", "PA"),
}
"""Format -> modes that it is written in; PA is a palette with a clear entry."""

FITTING = {"1": "grey18", "L": "grey18", "LA": "grey18", "P": "p3", "PA": "p3"}
CASES = [
    (kind, mode, profiled, turn)
    for kind, modes in STORED.items()
    for mode in modes
    for profiled in ((False,) if kind == "GIF" or mode in ("CMYK", "LAB") else (False, True))
    for turn in ((1,) if kind == "GIF" else (1, 2, 3, 4, 5, 6, 7, 8))
]


def drawn(mode: str) -> Image.Image:
    """Draw a picture of a mode with many colours, and clear in a corner where it can be."""
    y, x = np.mgrid[0:12, 0:20]
    red, green, blue = x * 12 + 8, y * 20 + 9, (x * 7 + y * 11) % 256
    alpha = np.where((x < 5) & (y < 4), 0, 255 - y * 8)
    pixels = np.stack([red, green, blue, alpha], axis=2).astype(np.uint8)
    image = Image.fromarray(pixels)
    if mode == "PA":
        flat = image.convert("RGB").quantize(15)
        flat.info["transparency"] = flat.getpixel((0, 0))
        return flat
    if mode == "P":
        return image.convert("RGB").quantize(16)
    return image.convert("RGB").convert(mode) if mode in ("CMYK", "LAB") else image.convert(mode)


def saved(image: Image.Image, kind: str, turn: int = 1, **more: Any) -> bytes:
    file = io.BytesIO()
    if turn != 1:
        exif = Image.Exif()
        exif[0x0112] = turn
        more["exif"] = exif
    image.save(file, format=kind, **more)
    return file.getvalue()


def read(data: bytes) -> Decoded:
    with identify(io.BytesIO(data)) as image:
        return decode(image)


def rgba(image: Image.Image) -> NDArray[np.int64]:
    return np.asarray(image.convert("RGBA")).astype(int)


def reference(stored: Image.Image, profile: bytes | None) -> NDArray[np.int64]:
    """Convert pixels as stored to sRGB by LittleCMS; alpha stays."""
    pixels = rgba(stored)
    if profile:
        grey = stored.mode in ("1", "L", "LA")
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        colors = stored.convert("L" if grey else "RGB")
        converted = ImageCms.profileToProfile(colors, source, SRGB, outputMode="RGB")
        assert converted is not None
        pixels[:, :, :3] = np.asarray(converted)
    return pixels


@pytest.mark.parametrize(("kind", "mode", "profiled", "turn"), CASES)
def test_every_picture_is_upright_in_srgb_with_its_alpha(
    kind: str, mode: str, profiled: bool, turn: int
) -> None:
    profile = PROFILES[FITTING.get(mode, "adobe")] if profiled else None
    more = {"icc_profile": profile} if profile else {}
    image = drawn(mode)
    with Image.open(io.BytesIO(saved(image, kind))) as stored:
        expected = TURNS[turn](reference(stored, profile))
    decoded = read(saved(image, kind, turn, **more))
    found = rgba(decoded.as_image())
    assert found.shape == expected.shape
    seen = expected[:, :, 3] > 0
    assert np.abs(found - expected)[seen].max() <= 2
    assert np.array_equal(found[:, :, 3], expected[:, :, 3])


def test_profiles_count_by_what_they_do_and_not_by_their_names() -> None:
    image = drawn("RGB")
    named = PROFILES["p3"].replace(b"Display P3", b"sRGB IEC61")
    assert named != PROFILES["p3"]
    assert np.abs(rgba(to_srgb(image, named)[0]) - reference(image, PROFILES["p3"])).max() <= 1
    plain = ImageCms.ImageCmsProfile(SRGB).tobytes()
    other = plain.replace("sRGB built-in".encode("utf-16-be"), "An own space!".encode("utf-16-be"))
    assert other != plain
    assert to_srgb(image, other) == (image, "")


@pytest.mark.parametrize(
    ("mode", "profile", "told"),
    [
        ("RGB", b"no profile", "damaged"),
        ("L", b"\0" * 200, "damaged"),
        ("RGB", PROFILES["grey18"], "other colours"),
        ("CMYK", PROFILES["p3"], "other colours"),
    ],
)
def test_profiles_that_cannot_be_used_are_told(mode: str, profile: bytes, told: str) -> None:
    image = drawn(mode)
    decoded = read(saved(image, "TIFF", icc_profile=profile))
    assert told in " ".join(decoded.notes)
    assert np.array_equal(rgba(decoded.as_image()), rgba(image))


def test_greys_follow_a_profile_for_colour() -> None:
    image = drawn("L")
    found = read(saved(image, "PNG", icc_profile=PROFILES["adobe"])).as_image()
    expected = reference(image.convert("RGB"), PROFILES["adobe"])
    assert np.abs(rgba(found) - expected).max() <= 1


def png(depth: int, kind: int, rows: NDArray[Any], key: tuple[int, ...]) -> bytes:
    """Write a PNG at any depth, with a clear colour (PNG, third edition, 11.2 and 11.3.1)."""
    if depth < 8:
        bits = ((rows[:, :, None] >> np.arange(depth - 1, -1, -1)) & 1).reshape(len(rows), -1)
        lines = np.packbits(bits.astype(np.uint8), axis=1)
    else:
        lines = rows.astype(f">u{depth // 8}").reshape(len(rows), -1).view(np.uint8)
    parts = {
        b"IHDR": struct.pack(">2I5B", rows.shape[1], len(rows), depth, kind, 0, 0, 0),
        b"tRNS": struct.pack(f">{len(key)}H", *key),
        b"IDAT": zlib.compress(b"".join(b"\0" + line.tobytes() for line in lines)),
        b"IEND": b"",
    }
    chunks = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts.items()
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_a_clear_grey_is_clear_at_every_depth(depth: int) -> None:
    top = 2**depth - 1
    grey = np.tile(np.linspace(0, top, 8).round().astype(int), (3, 1))
    decoded = read(png(depth, 0, grey, (top,)))
    assert np.array_equal(decoded.as_floats()[:, :, 1], grey != top)
    assert np.abs(decoded.as_floats()[:, :, 0] - grey / top).max() < 1e-6


@pytest.mark.parametrize("depth", [8, 16])
def test_a_clear_colour_is_clear_at_every_depth(depth: int) -> None:
    rgb = np.random.default_rng(0).integers(0, 2**depth, (5, 6, 3))
    decoded = read(png(depth, 2, rgb, tuple(rgb[2, 3])))
    alpha = np.ones((5, 6))
    alpha[2, 3] = 0
    assert np.array_equal(decoded.as_floats()[:, :, 3], alpha)
    assert np.abs(decoded.as_floats()[:, :, :3] - rgb / (2**depth - 1)).max() < 1e-6


def levels(kind: str, channels: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return samples of a type, and their share of its range."""
    share = np.random.default_rng(1).random((7, 9, channels))
    dtype = np.dtype(kind)
    if dtype.kind == "f":
        return share.astype(dtype), share
    facts = np.iinfo(dtype)
    low, high = int(facts.min), int(facts.max)
    return (low + share * (high - low)).round().astype(dtype), share


@pytest.mark.parametrize("photometric", ["minisblack", "miniswhite", "rgb"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["u1", "u2", "u4", "i1", "i2", "i4", "f2", "f4", "f8"])
def test_depth_is_the_one_that_the_file_declares(kind: str, order: str, photometric: str) -> None:
    tifffile = pytest.importorskip("tifffile")
    samples, share = levels(f"{order}{kind}", 3 if photometric == "rgb" else 1)
    file = io.BytesIO()
    squeezed = samples if photometric == "rgb" else samples[:, :, 0]
    tifffile.imwrite(file, squeezed, photometric=photometric, byteorder=order)
    decoded = read(file.getvalue())
    expected = 1 - share if photometric == "miniswhite" else share
    near = 1 / 255 if photometric == "rgb" or kind[1] == "1" else 1e-3
    assert np.abs(decoded.as_floats() - expected).max() <= near
    assert bool(decoded.assumed) == (kind[0] == "f")


@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("extra", ["assocalpha", "unassalpha"])
def test_alpha_of_floats_is_straight(planes: str, extra: str) -> None:
    tifffile = pytest.importorskip("tifffile")
    straight = np.random.default_rng(2).random((6, 5, 4)).clip(0.2, 1).astype(np.float32)
    samples = straight.copy()
    if extra == "assocalpha":
        samples[:, :, :3] *= samples[:, :, 3:]
    if planes == "separate":
        samples = np.ascontiguousarray(np.moveaxis(samples, -1, 0))
    file, more = io.BytesIO(), {"planarconfig": planes, "extrasamples": [extra]}
    tifffile.imwrite(file, samples, photometric="rgb", **more)
    assert np.abs(read(file.getvalue()).as_floats() - straight).max() <= 1 / 255


def test_12_bits_have_a_range_of_4096() -> None:
    rows = np.linspace(0, 4095, 64).round().astype(int).reshape(4, 16)
    bits = ((rows.reshape(-1, 1) >> np.arange(11, -1, -1)) & 1).astype(np.uint8)
    body = np.packbits(bits.reshape(-1)).tobytes()
    tags = [(256, 16), (257, 4), (258, 12), (259, 1), (262, 1), (273, 8), (277, 1), (278, 4)]
    tags.append((279, len(body)))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    head = struct.pack("<2sHI", b"II", 42, 8 + len(body))
    data = head + body + struct.pack("<H", len(tags)) + entries + bytes(4)
    assert np.abs(read(data).as_floats()[:, :, 0] - rows / 4095).max() < 1e-6


def test_dark_deep_grey_stays_dark_and_is_told(tmp_path: Path) -> None:
    dark = np.arange(200, dtype=np.uint16).reshape(10, 20)
    Image.fromarray(dark).save(tmp_path / "dark.png")
    told: list[str] = []
    pixels = read_picture(tmp_path / "dark.png", told.append).pixels
    assert np.allclose(pixels[:, :, 0], dark / 65535)
    assert "looks flat" in told[0]


def test_what_a_picture_in_memory_does_not_say_is_told() -> None:
    told: list[str] = []
    deep = np.arange(0, 65536, 256, dtype=np.int32).reshape(16, 16)
    assert from_pil(Image.fromarray(deep), told.append).pixels.max() == pytest.approx(65280 / 65535)
    from_pil(Image.fromarray(np.linspace(-1, 2, 9, dtype=np.float32)[None]), told.append)
    assert "16 bits" in told[0]
    assert "0 for black to 1 for white" in told[1]


def test_training_palettes_and_styles_see_the_same(registry: Registry, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    for number, mode in enumerate(("RGB", "RGBA", "P", "PA")):
        image = drawn(mode)
        image.save(folder / f"{number}.png", icc_profile=PROFILES["p3"])
    table = opened(registry, folder, channels="rgba", size=(12, 20)).images
    for number in range(4):
        own = rgba(open_image(folder / f"{number}.png"))
        assert np.array_equal(table[number], own)
    flat = Image.new("RGB", (4, 2), (234, 51, 35))
    flat.putpixel((0, 0), (0, 0, 0))
    flat.save(tmp_path / "red.png", icc_profile=PROFILES["p3"])
    assert to_hex(read_palette(tmp_path / "red.png"))[1].startswith("ff")


HEIC_HEAD = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)


def test_heic_names_its_extra(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    folder = tmp_path / "x"
    folder.mkdir()
    for number in range(4):
        drawn("RGB").save(folder / f"{number}.png")
    (folder / "IMG_1.HEIC").write_bytes(HEIC_HEAD)
    with pytest.raises(MissingExtraError, match=r"IMG_1\.HEIC.*artgan\[heic\]"):
        read_picture(folder / "IMG_1.HEIC")
    findings = opened(registry, folder).facts["report"]["findings"]
    assert "artgan[heic]" in next(f["skipped"] for f in findings if f["name"] == "IMG_1.HEIC")


def test_heic_is_read(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    image = Image.new("RGB", (64, 48), (200, 90, 40))
    heif.from_pillow(image).save(tmp_path / "a.heic", quality=100)
    found = np.asarray(open_image(tmp_path / "a.heic")).astype(int)
    assert np.abs(found - [200, 90, 40]).max() <= 4


def test_tiff_that_nothing_reads_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.tif").write_bytes(b"II*\0" + struct.pack("<IHI", 8, 0, 0))
    with pytest.raises(DataError, match=r"x\.tif"):
        read_picture(tmp_path / "x.tif")


def test_pages_of_deep_tiff_follow_each_other() -> None:
    tifffile = pytest.importorskip("tifffile")
    file, pages = io.BytesIO(), np.random.default_rng(5).random((3, 4, 5), np.float64)
    tifffile.imwrite(file, pages, photometric="minisblack")
    with identify(file) as image:
        read = [decode(frame).pixels[:, :, 0] for frame in frames(image)]
    assert np.abs(np.stack([page.astype(float) for page in read]) - pages).max() < 1e-6


def test_a_tiff_with_fewer_rows_than_its_head_says_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    Image.new("L", (4, 4), 200).save(path)
    data = path.read_bytes()
    # Tag 257 is the number of rows, of type 3 (16 bits) or 4.
    place = next(p for kind in (3, 4) if (p := data.find(struct.pack("<HHI", 257, kind, 1))) > 0)
    path.write_bytes(data[: place + 8] + struct.pack("<H", 900) + data[place + 10 :])
    with pytest.raises(DataError, match=r"a\.tif.*holds 4 of 900 rows"):
        open_image(path)
