"""A small CMYK profile for tests: ICC.1:2001-04, lut8Type in both directions."""

import struct
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

D50 = struct.pack(">iii", 63190, 65536, 54061)


def write_cmyk_profile(path: Path, black: float = 1.0) -> Path:
    """Write a profile of inks that multiply; ``black`` is how much of the grey K takes over."""
    lab = np.array(list(product(np.linspace(0, 255, 17), repeat=3)), np.uint8)
    to_inks = _inks(_convert(lab, "LAB", "sRGB"), black)
    inks = np.array(list(product(np.linspace(0, 1, 6), repeat=4)))
    light = (1 - inks[:, :3]) * (1 - inks[:, 3:])
    to_lab = _convert((light * 255 + 0.5).astype(np.uint8), "sRGB", "LAB")
    text = b"Test inks"
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(text) + 1) + text + bytes(79),
        b"wtpt": b"XYZ " + bytes(4) + D50,
        b"A2B0": _lut(4, 3, 6, to_lab),
        b"B2A0": _lut(3, 4, 17, to_inks),
    }
    path.write_bytes(_profile(tags))
    return path


def _convert(values: NDArray[np.uint8], first: str, second: str) -> NDArray[np.uint8]:
    modes = {"LAB": "LAB", "sRGB": "RGB"}
    begin, end = (ImageCms.createProfile(name) for name in (first, second))  # type: ignore[arg-type]
    change = ImageCms.buildTransform(begin, end, modes[first], modes[second])
    # Pillow's LAB has signed a and b.
    signed = np.array([0, 128, 128], np.uint8)
    given = values ^ signed if first == "LAB" else values
    image = Image.frombytes(modes[first], (len(values), 1), given.tobytes())
    changed = ImageCms.applyTransform(image, change)
    assert changed is not None
    found = np.frombuffer(changed.tobytes(), np.uint8).reshape(-1, 3)
    return found ^ signed if second == "LAB" else found


def _inks(rgb: NDArray[np.uint8], black: float) -> NDArray[np.uint8]:
    light = rgb / 255
    key = black * (1 - light.max(1, keepdims=True))
    rest = 1 - light / np.maximum(1 - key, 1e-6)
    found: NDArray[np.float64] = np.clip(np.concatenate([rest, key], 1), 0, 1) * 255 + 0.5
    return found.astype(np.uint8)


def _lut(inside: int, outside: int, grid: int, table: NDArray[np.uint8]) -> bytes:
    straight = bytes(range(256))
    matrix = struct.pack(">9i", *(65536 * (place % 4 == 0) for place in range(9)))
    head = b"mft1" + bytes(4) + bytes([inside, outside, grid, 0]) + matrix
    return head + straight * inside + table.tobytes() + straight * outside


def _profile(tags: dict[bytes, bytes]) -> bytes:
    places, data = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        places += struct.pack(">4sII", name, start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    head = struct.pack(
        ">I4xI4s4s4s6H4s28x", start + len(data), 0x02400000, b"prtr", b"CMYK", b"Lab ",
        2026, 1, 1, 0, 0, 0, b"acsp",
    )  # fmt: skip
    head = head + D50
    return head + bytes(128 - len(head)) + struct.pack(">I", len(tags)) + places + data
