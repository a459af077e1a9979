"""Depth of JPEG 2000, AVIF, HEIC and DDS: read where it can be, else told."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image, features

from artgan.plugin.decode import decode, identify
from tests.core.test_decode import read

RAMP = (np.arange(48 * 64).reshape(48, 64) * 4 // 3).astype(np.uint16)
COLORS = np.stack([RAMP // 16, RAMP.T.reshape(48, 64) // 16, 255 - RAMP // 16], 2).astype(np.uint8)

jpeg_2000 = pytest.mark.skipif(not features.check("jpg_2000"), reason="Pillow without JPEG 2000")


def with_bits(data: bytes, bits: int) -> bytes:
    """Let a JPEG 2000 say that its channels have so many bits."""
    changed = bytearray(data)
    first = changed.find(b"\xff\x4f\xff\x51") + 42
    (channels,) = struct.unpack_from(">H", changed, first - 2)
    changed[first : first + 3 * channels : 3] = bytes([bits - 1] * channels)
    return bytes(changed)


def saved(pixels: object, kind: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)  # type: ignore[arg-type]
    return file.getvalue()


@jpeg_2000
def test_grey_jpeg_2000_is_read_at_its_depth() -> None:
    wide = RAMP * 16
    found = read(saved(wide, "JPEG2000"))
    assert np.abs(found.pixels[:, :, 0] - wide / 65535).max() < 1e-6
    # Its samples are kept less the middle of the range: 32768 of 16 bits, 2048 of 12.
    found = read(with_bits(saved(RAMP + (32768 - 2048), "JPEG2000"), 12))
    assert np.abs(found.pixels[:, :, 0] - RAMP / 4095).max() < 1e-6
    assert not any("bits" in told for told in found.assumed)


@jpeg_2000
def test_deep_colour_of_jpeg_2000_is_rounded_with_a_sentence() -> None:
    data = saved(COLORS, "JPEG2000")
    assert read(data).assumed == ()
    assert read(with_bits(data, 12)).assumed == ("its 12 bits a channel are rounded to 8",)


@pytest.mark.skipif(not features.check("avif"), reason="Pillow without AVIF")
@pytest.mark.parametrize(("flags", "bits"), [(0x40, 10), (0x60, 12)])
def test_deep_avif_is_rounded_with_a_sentence(flags: int, bits: int, tmp_path: Path) -> None:
    data = saved(COLORS, "AVIF")
    assert read(data).assumed == ()
    place = data.index(b"av1C") + 6
    data = data[:place] + bytes([data[place] | flags]) + data[place + 1 :]
    data = data.replace(b"\3\x08\x08\x08", bytes([3, bits, bits, bits]))
    with identify(io.BytesIO(data)) as image:
        assert decode(image).assumed == (f"its {bits} bits a channel are rounded to 8",)


@pytest.mark.parametrize("bits", [10, 12])
def test_heic_is_read_at_its_depth(bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    heif = pytest.importorskip("pillow_heif")
    monkeypatch.setattr(heif.options, "SAVE_HDR_TO_12_BIT", bits == 12)
    samples = np.stack([RAMP, RAMP[::-1], RAMP[:, ::-1]], 2) % 2**bits
    made = heif.from_bytes("RGB;16", (64, 48), (samples << (16 - bits)).tobytes())
    file = io.BytesIO()
    made.save(file, quality=-1, chroma=444, matrix_coefficients=0)
    found = read(file.getvalue())
    assert np.abs(found.pixels * (2**bits - 1) - samples).max() < 0.01
    assert found.assumed == ()


def test_floats_of_a_texture_are_rounded_with_a_sentence() -> None:
    head = struct.pack("<4s7I44x", b"DDS ", 124, 0x1007, 4, 4, 16, 0, 0)
    kind = struct.pack("<2I4s5I5I", 32, 4, b"DX10", 0, 0, 0, 0, 0, 0x1000, 0, 0, 0, 0)
    found = read(head + kind + struct.pack("<5I", 95, 3, 0, 1, 0) + bytes(16))
    assert found.assumed == ("its 16 bits a channel are rounded to 8",)


@jpeg_2000
def test_the_sentence_names_the_file(
    tmp_path: Path, artgan_cli: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("deep.jp2").write_bytes(with_bits(saved(COLORS, "JPEG2000"), 12))
    done = artgan_cli("apply", "deep.jp2", "--style", "invert", "--out", "out")
    assert "'deep.jp2': its 12 bits a channel are rounded to 8" in done.stderr
