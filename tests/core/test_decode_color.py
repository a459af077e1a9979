"""Colour of PNG chunks, and of more than 8 bits: against LittleCMS, formulas and tifffile."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from artgan.pictures.files import open_image
from artgan.plugin.decode import decode, frames, identify
from artgan.plugin.file_colors import CURVES, PRIMARIES, srgb_curve
from artgan.plugin.matrix_profiles import SRGB_PRIMARIES, build, read_matrix_profile
from tests.core.test_decode import PROFILES, SRGB, TURNS, drawn, read, rgba, saved

D65 = (0.3127, 0.3290)
P3, ADOBE = (0.68, 0.32, 0.265, 0.69, 0.15, 0.06), (0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
PLACES = {"p3": P3, "adobe": ADOBE, "srgb": SRGB_PRIMARIES[:6]}


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def gamma(value: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(value * 100_000)))


def places(name: str, white: tuple[float, float] = D65) -> bytes:
    values = (*white, *PLACES[name])
    return chunk(b"cHRM", struct.pack(">8I", *(round(v * 100_000) for v in values)))


def coded(*numbers: int) -> bytes:
    return chunk(b"cICP", bytes(numbers))


def profile(name: str) -> bytes:
    return chunk(b"iCCP", b"x\0\0" + zlib.compress(PROFILES[name]))


STANDARD = chunk(b"sRGB", b"\0")
SCREEN = chunk(b"mDCV", struct.pack(">8H2I", *range(8), 10_000_000, 1)) + chunk(
    b"cLLI", struct.pack(">2I", 10_000_000, 100)
)


def with_chunks(data: bytes, chunks: bytes) -> bytes:
    """Put chunks behind the header of a PNG."""
    return data[:33] + chunks + data[33:]


def by_lcms(image: Image.Image, name: str, curve: Any = srgb_curve) -> NDArray[np.int64]:
    """Convert by LittleCMS, from a profile that is built of primaries and a curve."""
    own = build((*PLACES[name], *D65), curve).to_icc()
    opened = ImageCms.ImageCmsProfile(io.BytesIO(own))
    made = ImageCms.profileToProfile(image.convert("RGB"), opened, SRGB, outputMode="RGB")
    assert made is not None
    pixels = rgba(image)
    pixels[:, :, :3] = np.asarray(made)
    return pixels


@pytest.mark.parametrize(
    ("chunks", "name", "curve"),
    [
        (places("p3") + gamma(0.5), "p3", lambda v: v**2),
        (places("adobe") + gamma(1 / 2.2), "adobe", lambda v: v**2.2),
        (gamma(1 / 1.8), "srgb", lambda v: v**1.8),
        (gamma(1), "srgb", lambda v: v),
        (places("p3"), "p3", srgb_curve),
        (coded(12, 13, 0, 1), "p3", srgb_curve),
        (coded(1, 8, 0, 1), "srgb", lambda v: v),
        (coded(12, 4, 0, 1) + STANDARD + SCREEN, "p3", lambda v: v**2.2),
        (coded(1, 13, 0, 0), "srgb", lambda v: srgb_curve(np.clip((v * 255 - 16) / 219, 0, 1))),
    ],
)
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_chunks_of_png_tell_its_colours(chunks: bytes, name: str, curve: Any, mode: str) -> None:
    image = drawn(mode)
    found = read(with_chunks(saved(image, "PNG"), chunks))
    expected = by_lcms(image, name, curve)
    changed = np.abs(expected - rgba(image)).max() > 1
    assert ("colour profile converted to sRGB" in found.notes) is bool(changed)
    seen = expected[:, :, 3] > 0
    assert np.abs(rgba(found.as_image()) - expected)[seen].max() <= 1
    assert np.array_equal(rgba(found.as_image())[:, :, 3], expected[:, :, 3])


PLAIN = [
    STANDARD, gamma(0.45455), gamma(0.45455) + places("srgb"), STANDARD + gamma(0.9) + places("p3"),
    SCREEN, coded(1, 13, 0, 1) + gamma(0.9), gamma(0), chunk(b"cHRM", bytes(32)),
    coded(99, 1, 0, 1), coded(12, 13, 1, 1), chunk(b"cICP", b"\x0c"),
]  # fmt: skip


@pytest.mark.parametrize("chunks", PLAIN)
def test_what_is_srgb_or_says_nothing_stays_as_it_is(chunks: bytes) -> None:
    image = drawn("RGB")
    found = read(with_chunks(saved(image, "PNG"), chunks))
    assert np.array_equal(rgba(found.as_image()), rgba(image))


def test_the_strongest_chunk_counts() -> None:
    image = drawn("RGB")
    weak = STANDARD + gamma(0.9) + places("srgb")
    by_profile = read(with_chunks(saved(image, "PNG"), profile("adobe") + weak))
    own = read(saved(image, "PNG", icc_profile=PROFILES["adobe"]))
    assert np.array_equal(by_profile.pixels, own.pixels)
    by_code = read(with_chunks(saved(image, "PNG"), profile("adobe") + weak + coded(12, 13, 0, 1)))
    assert np.abs(rgba(by_code.as_image()) - by_lcms(image, "p3")).max() <= 1


@pytest.mark.parametrize(("code", "white"), [(16, 0.5806), (18, 0.75)])
def test_hdr_keeps_what_is_darker_than_paper_and_says_so(code: int, white: float) -> None:
    """BT.2408 has white paper at 58 per cent of PQ and 75 per cent of HLG."""
    grey = Image.fromarray(np.full((2, 2, 3), round(white * 255), np.uint8))
    brighter = Image.new("RGB", (2, 2), "white")
    for image in (grey, brighter):
        found = read(with_chunks(saved(image, "PNG"), coded(9, code, 0, 1)))
        assert np.abs(found.pixels.astype(int) - 255).max() <= 3
        assert "brighter is cut to white" in found.assumed[0]


def test_curves_and_primaries_are_those_of_the_standard() -> None:
    coloraide = pytest.importorskip("coloraide")
    spaces = {1: "srgb-linear", 9: "rec2020-linear", 12: "display-p3-linear"}
    from coloraide.everything import ColorAll

    for code, space in spaces.items():
        rgb = (0.2, 0.5, 0.7)
        xyz = build(PRIMARIES[code], srgb_curve).matrix @ rgb
        expected = ColorAll(space, rgb).convert("xyz-d50").coords()
        assert np.abs(xyz - expected).max() < 2e-4, space
    assert coloraide
    for code, space in {13: "srgb", 16: "rec2100-pq", 18: "rec2100-hlg"}.items():
        ours = CURVES[code](np.array([0.1, 0.3, 0.5]))
        theirs = [ColorAll(space, [v] * 3).convert("xyz-d65")["y"] for v in (0.1, 0.3, 0.5)]
        shared = ours / np.array(theirs)
        # The spaces of HDR differ by what counts as 1, and HLG by its system gamma.
        assert code == 18 or np.ptp(shared) < 0.01 * shared.mean(), (space, ours, theirs)


def test_profiles_are_read_as_they_are_written_and_as_littlecms_does() -> None:
    colors = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    for name in ("p3", "adobe"):
        space = read_matrix_profile(PROFILES[name])
        assert space
        again = read_matrix_profile(space.to_icc())
        assert again
        assert np.abs(again.curves - space.curves).max() < 1e-4
        assert np.abs(again.matrix - space.matrix).max() < 1e-4
        source = ImageCms.ImageCmsProfile(io.BytesIO(PROFILES[name]))
        theirs = ImageCms.profileToProfile(Image.fromarray(colors), source, SRGB)
        ours = space.to_srgb((colors / 255).astype(np.float32)) * 255
        assert np.abs(ours - np.asarray(theirs)).max() < 0.8
    for cut in (b"", PROFILES["p3"][:200], PROFILES["grey18"]):
        assert read_matrix_profile(cut) is None


def test_damaged_profiles_are_read_without_a_word_of_numpy() -> None:
    rng, whole = np.random.default_rng(0), PROFILES["p3"]
    for _ in range(200):
        data = bytearray(whole)
        for place in rng.integers(128, len(whole), 12):
            data[place] = rng.integers(256)
        space = read_matrix_profile(bytes(data))
        assert space is None or np.isfinite(space.curves).all()


def test_adobe_rgb_of_cameras_is_named_by_exif_alone() -> None:
    """DCF 2.0: interoperability R03 and no profile."""
    image, exif = drawn("RGB").resize((64, 48)), Image.Exif()
    exif.get_ifd(0x8769)[0xA001] = 0xFFFF
    exif.get_ifd(0x8769)[0xA005] = {1: "R03"}
    data = saved(image, "JPEG", exif=exif, quality=100, subsampling=0)
    own = saved(image, "JPEG", icc_profile=PROFILES["adobe"], quality=100, subsampling=0)
    assert np.abs(rgba(read(data).as_image()) - rgba(read(own).as_image())).max() <= 2
    plain = saved(image, "JPEG", quality=100, subsampling=0)
    assert np.abs(rgba(read(data).as_image()) - rgba(read(plain).as_image())).max() > 5


def deep(channels: int) -> NDArray[np.uint16]:
    """Draw many levels of 16 bits, with a clear corner in a last channel of alpha."""
    pixels = np.random.default_rng(3).integers(0, 65536, (7, 9, channels)).astype(np.uint16)
    if channels in (2, 4):
        pixels[:2, :2, -1] = 0
    return pixels


def deep_png(pixels: NDArray[np.uint16], chunks: bytes = b"", filtered: bool = True) -> bytes:
    """Write a PNG of 16 bits, its lines filtered as the first byte of each says."""
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[pixels.shape[2]]
    lines = pixels.astype(">u2").reshape(len(pixels), -1).view(np.uint8)
    step, body = 2 * pixels.shape[2], b""
    for number, line in enumerate(lines):
        # Sub and Up in turn, which need to know how many bytes a pixel has.
        before = np.zeros_like(line)
        if number % 2:
            before = lines[number - 1]
        else:
            before[step:] = line[:-step]
        body += bytes([1 + number % 2]) + (line - before).tobytes()
    size = struct.pack(">2I5B", pixels.shape[1], len(pixels), 16, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunks
        + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")
    )  # fmt: skip


def exif_of(turn: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = turn
    return chunk(b"eXIf", exif.tobytes()[6:])


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_png_of_16_bits_keeps_them(channels: int, turn: int) -> None:
    pixels = deep(channels)
    found = read(deep_png(pixels, exif_of(turn)))
    assert found.pixels.dtype == np.float32
    expected = TURNS[turn](pixels / 65535)
    assert found.pixels.shape == expected.shape
    assert np.abs(found.pixels - expected).max() < 1e-6
    assert found.assumed == ()


@pytest.mark.parametrize("turn", [1, 6])
@pytest.mark.parametrize("packing", [None, "zlib"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("planes", ["contig", "separate"])
@pytest.mark.parametrize("extra", [None, "unassalpha", "assocalpha"])
def test_tiff_of_16_bits_keeps_them(
    extra: str | None, planes: str, order: str, packing: str | None, turn: int
) -> None:
    tifffile = pytest.importorskip("tifffile")
    pixels = deep(3 if extra is None else 4)
    expected = pixels / 65535
    if extra == "assocalpha":
        pixels[:, :, :3] = np.minimum(pixels[:, :, :3], pixels[:, :, 3:])
        expected = pixels / 65535
        expected[:, :, :3] /= np.maximum(expected[:, :, 3:], 1e-6)
    stored = pixels if planes == "contig" else np.ascontiguousarray(np.moveaxis(pixels, -1, 0))
    file = io.BytesIO()
    more = {"extrasamples": [extra]} if extra else {}
    tifffile.imwrite(
        file, stored, photometric="rgb", planarconfig=planes, byteorder=order, compression=packing,
        extratags=[(274, 3, 1, turn, True)], **more,
    )  # fmt: skip
    found = read(file.getvalue())
    assert np.abs(found.pixels - TURNS[turn](np.clip(expected, 0, 1))).max() < 1e-5


@pytest.mark.parametrize("name", ["p3", "adobe"])
def test_deep_colour_goes_through_its_profile_without_steps(name: str) -> None:
    pixels = deep(4)
    found = read(deep_png(pixels, profile(name)))
    eight = Image.fromarray((pixels[:, :, :3] / 257 + 0.5).astype(np.uint8))
    source = ImageCms.ImageCmsProfile(io.BytesIO(PROFILES[name]))
    theirs = ImageCms.profileToProfile(eight, source, SRGB)
    assert np.abs(found.pixels[:, :, :3] * 255 - np.asarray(theirs)).max() < 2
    assert "colour profile converted to sRGB" in found.notes
    # A ramp of 16 bits stays one: no two neighbours are the same level.
    ramp = np.repeat(np.arange(20_000, 21_024, dtype=np.uint16)[None, :, None], 3, axis=2)
    steps = np.diff(read(deep_png(ramp, profile(name))).pixels[0, :, 1])
    assert (steps > 0).mean() > 0.95


def test_a_clear_colour_of_16_bits_is_exact() -> None:
    pixels = deep(3)
    pixels[0, 0], pixels[0, 1] = (4660, 22136, 39612), (4661, 22136, 39612)
    found = read(deep_png(pixels, chunk(b"tRNS", struct.pack(">3H", *map(int, pixels[0, 0])))))
    assert list(found.pixels[0, :3, 3]) == [0, 1, 1]


def test_what_is_rounded_to_8_bits_is_told() -> None:
    tifffile = pytest.importorskip("tifffile")
    inks, file = deep(4), io.BytesIO()
    tifffile.imwrite(file, inks, photometric="separated")
    found = read(file.getvalue())
    rounded = Image.frombytes("CMYK", (9, 7), (inks / 257 + 0.5).astype(np.uint8).tobytes())
    assert np.array_equal(found.pixels, np.asarray(rounded.convert("RGB")))
    assert "its 16 bits a channel are rounded to 8" in found.assumed
    wide = b"P6 2 1 65535\n" + struct.pack(">6H", 0, 257, 65535, 1000, 2000, 3000)
    found = read(wide)
    assert found.pixels.tolist() == [[[0, 1, 255], [4, 8, 12]]]
    assert "its 16 bits a channel are rounded to 8" in found.assumed


def test_deep_pictures_are_read_once_they_are_in_memory(tmp_path: Path) -> None:
    """A picture that somebody else opened and loaded has lost its lower bytes."""
    (tmp_path / "a.png").write_bytes(deep_png(deep(3)))
    with Image.open(tmp_path / "a.png") as image:
        lazily = decode(image)
        image.load()
        loaded = decode(image)
    assert lazily.pixels.dtype == np.float32
    assert loaded.pixels.dtype == np.uint8
    assert open_image(tmp_path / "a.png").mode == "RGB"


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("kind", ["WEBP", "PNG", "TIFF", "JPEG", "AVIF"])
def test_every_orientation_of_every_format(kind: str, turn: int) -> None:
    image = drawn("RGB").resize((64, 48))
    plain, turned = (read(saved(image, kind, t)).as_image() for t in (1, turn))
    assert np.abs(rgba(turned) - TURNS[turn](rgba(plain))).max() <= 2


@pytest.mark.parametrize("mode", ["HSV", "YCbCr", "LAB", "RGBX", "La", "RGBa", "PA", "CMYK", "1"])
def test_pictures_in_memory_of_every_mode(mode: str) -> None:
    start = drawn({"La": "LA", "PA": "LA"}.get(mode, "RGBA"))
    image = start.convert("RGB").convert(mode) if mode in ("HSV", "LAB") else start.convert(mode)
    expected = rgba(image.convert("LA") if mode == "La" else image.convert("RGB")
                    if "a" not in mode and mode != "PA" else image)  # fmt: skip
    seen = expected[:, :, 3] > 0
    assert np.abs(rgba(decode(image).as_image()) - expected)[seen].max() <= 1


def painter(palettes: int) -> list[Image.Image]:
    """Draw frames that have palettes of their own and change a part each."""
    shown, frames = Image.new("RGBA", (12, 8), (0, 0, 0, 0)), []
    for number in range(palettes):
        color = (250 - 60 * number, 40 * number, 90, 255)
        shown.paste(color, (2 * number, 1, 2 * number + 4, 5))
        frames.append(shown.copy())
    return frames


@pytest.mark.parametrize(
    ("kind", "disposal"), [("GIF", 0), ("GIF", 1), ("GIF", 2), ("PNG", 0), ("PNG", 1), ("WEBP", 0)]
)
def test_frames_are_whole_pictures(kind: str, disposal: int) -> None:
    drawings, file = painter(4), io.BytesIO()
    more = {"lossless": True} if kind == "WEBP" else {"disposal": disposal}
    drawings[0].save(file, kind, save_all=True, append_images=drawings[1:], duration=50, **more)
    with identify(file) as image:
        found = [rgba(decode(frame).as_image()) for frame in frames(image)]
    assert len(found) == 4
    for one, drawing in zip(found, drawings, strict=True):
        clear = rgba(drawing)[:, :, 3] == 0
        assert np.array_equal(one[:, :, 3] == 0, clear)
        assert np.abs(one - rgba(drawing))[~clear].max() <= 2


def test_pages_of_mpo_and_tiff_are_read() -> None:
    pages = [Image.new("RGB", (16, 16), c) for c in ("red", "lime", "blue")]
    for kind, more in (("TIFF", {}), ("MPO", {"quality": 100, "subsampling": 0})):
        file = io.BytesIO()
        pages[0].save(file, kind, save_all=True, append_images=pages[1:], **more)
        with identify(file) as image:
            found = [np.asarray(decode(frame).as_image())[8, 8] for frame in frames(image)]
        wanted = [np.asarray(page)[8, 8] for page in pages]
        assert np.abs(np.subtract(found, wanted, dtype=int)).max() <= 2


@pytest.mark.parametrize("turn", [1, 6])
def test_heic_is_read_with_its_profile_upright_and_clear(turn: int) -> None:
    heif = pytest.importorskip("pillow_heif")
    flat = Image.new("RGBA", (64, 48), (234, 51, 35, 255))
    flat.paste((0, 0, 0, 0), (0, 0, 32, 24))
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = turn
    made = heif.from_pillow(flat)
    made.info["icc_profile"] = PROFILES["p3"]
    made.save(file, quality=-1, chroma=444, exif=exif.tobytes())
    found = rgba(read(file.getvalue()).as_image())
    assert found.shape[:2] == ((48, 64) if turn == 1 else (64, 48))
    corner = found[-1, -1] if turn == 1 else found[-1, 0]
    assert np.abs(corner - [255, 0, 0, 255]).max() <= 6, corner
    assert found[0, 0 if turn == 1 else -1, 3] == 0
