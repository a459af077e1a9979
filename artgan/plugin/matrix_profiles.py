"""Colour spaces of three primaries and curves: built as ICC profiles, read from them, converted.

LittleCMS, through Pillow, converts 8 bits a channel; what is deeper is converted here, with floats.

Sources: ICC.1:2022 for the form of profiles; ITU-T H.273 for primaries and curves by number;
Bradford's adaptation of white as ICC.1, annex E, has it.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from artgan.plugin.color import linear_to_srgb
from artgan.plugin.strips import in_strips

Floats = NDArray[np.float64]

STEPS = 4096
"""Samples of a curve."""

BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)

D50 = np.array([0.9642, 1.0, 0.8249])
"""White of ICC's connection space."""

SRGB_PRIMARIES = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
"""Places x, y of red, green, blue and white (IEC 61966-2-1)."""


@dataclass(frozen=True)
class MatrixProfile:
    """A colour space of three primaries.

    Attributes:
        curves: Linear light at evenly spaced values of each channel, (3, N), in [0, 1].
        matrix: Linear light to XYZ as seen under D50, (3, 3).
    """

    curves: Floats
    matrix: Floats

    @cached_property
    def to_linear_srgb(self) -> Floats:
        """Linear light to that of sRGB, (3, 3)."""
        matrix: Floats = np.linalg.inv(to_xyz(SRGB_PRIMARIES)) @ self.matrix
        return matrix

    def to_srgb(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Convert colours (H, W, 3) in [0, 1]; what sRGB cannot show is clipped."""
        made = np.empty(pixels.shape, np.float32)
        places = np.linspace(0, 1, self.curves.shape[1])

        def work(start: int, stop: int) -> None:
            strip = pixels[start:stop]
            light = [np.interp(strip[:, :, c], places, self.curves[c]) for c in range(3)]
            linear = np.stack(light, axis=2) @ self.to_linear_srgb.T
            made[start:stop] = linear_to_srgb(np.clip(linear, 0, 1).astype(np.float32))

        in_strips(work, len(pixels), pixels.shape[1] * 3)
        return made

    def to_icc(self) -> bytes:
        """Write the space as a display profile of ICC version 2."""
        body, table, places = b"", b"", {}
        columns = [b"XYZ \0\0\0\0" + _fixed(*column) for column in self.matrix.T]
        curves = [_curve_tag(curve) for curve in self.curves]
        tags = [
            (b"desc", b"desc\0\0\0\0" + struct.pack(">I", 7) + b"artgan\0" + bytes(78)),
            (b"wtpt", b"XYZ \0\0\0\0" + _fixed(*D50)),
            *zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True),
            *zip((b"rTRC", b"gTRC", b"bTRC"), curves, strict=True),
        ]
        start = 128 + 4 + 12 * len(tags)
        for name, data in tags:
            if data not in places:
                places[data] = start + len(body)
                body += data + bytes(-len(data) % 4)
            table += name + struct.pack(">2I", places[data], len(data))
        head = b"".join(
            [
                struct.pack(">3I", start + len(body), 0, 0x02400000),
                b"mntrRGB XYZ ",
                struct.pack(">6H", 2026, 1, 1, 0, 0, 0),
                b"acsp".ljust(32, b"\0"),
                _fixed(*D50),
            ]
        ).ljust(128, b"\0")
        return head + struct.pack(">I", len(tags)) + table + body


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(float(value) * 65536) for value in values))


def _curve_tag(curve: Floats) -> bytes:
    samples = np.round(np.clip(curve, 0, 1) * 65535).astype(">u2")
    return b"curv\0\0\0\0" + struct.pack(">I", len(samples)) + samples.tobytes()


def to_xyz(primaries: tuple[float, ...]) -> Floats:
    """Compute the matrix from linear light to XYZ under D50, (3, 3).

    Args:
        primaries: Places x, y of red, green, blue and white.

    Raises:
        ValueError: They span no triangle.
    """
    x, y = np.asarray(primaries, float).reshape(4, 2).T
    if not (y > 1e-6).all() or not np.isfinite(x).all():
        raise ValueError("a primary without light")
    ends = np.stack([x / y, np.ones(4), (1 - x - y) / y])
    if abs(np.linalg.det(ends[:, :3])) < 1e-6:
        raise ValueError("primaries that span no triangle")
    white = ends[:, 3]
    matrix = ends[:, :3] * np.linalg.solve(ends[:, :3], white)
    gains = np.diag((BRADFORD @ D50) / (BRADFORD @ white))
    adapted: Floats = np.linalg.inv(BRADFORD) @ gains @ BRADFORD @ matrix
    return adapted


def build(primaries: tuple[float, ...], curve: Callable[[Floats], Floats]) -> MatrixProfile:
    """Build a space from its primaries and the curve from values to linear light.

    Raises:
        ValueError: The primaries span no triangle.
    """
    samples = np.clip(curve(np.linspace(0, 1, STEPS)), 0, 1)
    return MatrixProfile(np.tile(samples, (3, 1)), to_xyz(primaries))


@lru_cache(maxsize=32)
def read_matrix_profile(icc: bytes) -> MatrixProfile | None:
    """Read the space of an ICC profile; None if it is of another kind, or damaged."""
    try:
        (count,) = struct.unpack_from(">I", icc, 128)
        entries = (struct.unpack_from(">4s2I", icc, 132 + 12 * n) for n in range(min(count, 100)))
        tags = {name: icc[start : start + size] for name, start, size in entries}
        if icc[16:24] != b"RGB XYZ " or any(name.startswith(b"A2B") for name in tags):
            return None
        columns = [struct.unpack_from(">3i", tags[name], 8) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
        curves = [_read_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC")]
    except (struct.error, KeyError, ValueError):
        return None
    return MatrixProfile(np.stack(curves), np.array(columns).T / 65536)


def _read_curve(tag: bytes) -> Floats:
    """Read a curve (ICC.1, 10.6 and 10.18) at ``STEPS`` places.

    Raises:
        ValueError, struct.error: It is none.
    """
    places = np.linspace(0, 1, STEPS)
    if tag[:4] == b"para":
        # Numbers of a damaged curve may lead anywhere.
        with np.errstate(all="ignore"):
            return np.clip(np.nan_to_num(_parametric(places, tag)), 0, 1)
    (count,) = struct.unpack_from(">I", tag, 8)
    if tag[:4] != b"curv" or len(tag) < 12 + 2 * count:
        raise ValueError("no curve")
    samples = np.frombuffer(tag, ">u2", count, 12).astype(float)
    if count < 2:
        return places ** (samples[0] / 256 if count else 1.0)
    return np.interp(places, np.linspace(0, 1, count), samples / 65535)


def _parametric(x: Floats, tag: bytes) -> Floats:
    kind, count = struct.unpack_from(">H", tag, 8)[0], (1, 3, 4, 5, 7)
    if kind >= len(count):
        raise ValueError("no known curve")
    given = [value / 65536 for value in struct.unpack_from(f">{count[kind]}i", tag, 12)]
    g, a, b, c, d, e, f = given + [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0][len(given) :]
    if kind == 2:
        e = f = c
        c = 0.0
    # The first two kinds are straight nowhere, or 0 below -b/a.
    knee = d if kind > 2 else (-b / a if a and kind else 0.0)
    power = np.maximum(a * x + b, 0) ** g + e
    curve: Floats = np.where(x >= knee, power, c * x + f)
    return curve
