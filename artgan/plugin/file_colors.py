"""Reads what a file says of its colours beside an ICC profile, as an ICC profile.

Of PNG the strongest of cICP, iCCP, sRGB, and gAMA with cHRM counts (Portable Network Graphics,
third edition, 4.3). mDCV and cLLI tell of the screen that a picture was made on, and change
nothing. JPEG of cameras may be in Adobe RGB by a word of EXIF alone (DCF 2.0).
"""

import struct
from collections.abc import Callable
from functools import lru_cache, partial
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.plugin.matrix_profiles import SRGB_PRIMARIES, build

Floats = NDArray[np.float64]

PRIMARIES: dict[int, tuple[float, ...]] = {
    1: SRGB_PRIMARIES,
    4: (0.67, 0.33, 0.21, 0.71, 0.14, 0.08, 0.310, 0.316),
    5: (0.64, 0.33, 0.29, 0.60, 0.15, 0.06, 0.3127, 0.3290),
    6: (0.63, 0.34, 0.31, 0.595, 0.155, 0.07, 0.3127, 0.3290),
    7: (0.63, 0.34, 0.31, 0.595, 0.155, 0.07, 0.3127, 0.3290),
    8: (0.681, 0.319, 0.243, 0.692, 0.145, 0.049, 0.310, 0.316),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290),
    11: (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.314, 0.351),
    12: (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.3290),
    22: (0.63, 0.34, 0.295, 0.605, 0.155, 0.077, 0.3127, 0.3290),
}
"""ColourPrimaries of H.273 -> places x, y of red, green, blue and white."""

ADOBE_PRIMARIES = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290)
"""Places x, y of Adobe RGB (1998)."""

EXIF_TABLE, INTEROPERABILITY = 0x8769, 0xA005

HDR_WHITE = 203.0
"""Light of white paper in HDR pictures, in candelas a square metre (ITU-R BT.2408)."""

SRGB_GAMMA, NEAR_SRGB = 0.45455, 2e-5
"""gAMA that writers of sRGB put in place of its curve, and how far off it still is that."""

PLACE_ERROR = 0.002
"""Difference of x or y below which cHRM names the primaries of sRGB, whose digits writers cut."""

MOST_CHUNKS = 200
"""Chunks before the pixels among which cICP is looked for."""

CUT = "it holds more light than white (HDR): what is brighter is cut to white"


def srgb_curve(values: Floats) -> Floats:
    """Turn values into linear light by the curve of sRGB (IEC 61966-2-1)."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _bt709(v: Floats) -> Floats:
    return np.where(v < 0.081, v / 4.5, ((v + 0.099) / 1.099) ** (1 / 0.45))


def _pq(v: Floats) -> Floats:
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    root = v ** (1 / m2)
    light = (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
    return light * 10_000 / HDR_WHITE


def _hlg(v: Floats) -> Floats:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(v <= 0.5, v**2 / 3, (np.exp((v - c) / a) + b) / 12)
    # The system gamma of BT.2100 on each channel alone, for a screen of 1,000 candelas.
    return scene**1.2 * 1000 / HDR_WHITE


def _power(exponent: float, values: Floats) -> Floats:
    return values**exponent


CURVES: dict[int, Callable[[Floats], Floats]] = {
    **dict.fromkeys((1, 6, 14, 15), _bt709),
    4: partial(_power, 2.2),
    5: partial(_power, 2.8),
    8: partial(_power, 1.0),
    13: srgb_curve,
    16: _pq,
    18: _hlg,
}
"""TransferCharacteristics of H.273 -> the curve from values to linear light."""


def color_profile(image: Image.Image) -> tuple[bytes | None, str]:
    """Return the ICC profile that a picture is to be read with.

    Args:
        image: Of any format; not decoded yet, if its cICP shall count.

    Returns:
        Its own profile, or that of its chunks, or None for sRGB; and what was assumed, or "".
    """
    info = image.info
    coded = _coded(image)
    if coded is not None and (profile := _coded_profile(*coded)):
        return profile, CUT if coded[1] in (16, 18) else ""
    if profile := info.get("icc_profile"):
        return bytes(profile), ""
    if "srgb" in info:
        return None, ""
    if image.format in ("JPEG", "MPO") and _is_dcf_adobe(image):
        return _adobe_profile(), ""
    gamma, places = info.get("gamma"), info.get("chromaticity")
    return _measured_profile(_gamma(gamma), _places(places)), ""


def _gamma(value: Any) -> float | None:
    """Return a usable gAMA, or None."""
    return float(value) if isinstance(value, int | float) and 0.01 <= value <= 10 else None


def _places(value: Any) -> tuple[float, ...] | None:
    """Return a cHRM with white last, or None."""
    if not isinstance(value, tuple) or len(value) != 8:
        return None
    return (*map(float, value[2:]), *map(float, value[:2]))


def _is_dcf_adobe(image: Image.Image) -> bool:
    exif = image.getexif()
    # EXIF 2.32: ColorSpace, and the table of interoperability with its index.
    uncalibrated = EXIF_TABLE in exif and exif.get_ifd(EXIF_TABLE).get(0xA001) == 0xFFFF
    return uncalibrated and exif.get_ifd(INTEROPERABILITY).get(1) == "R03"


@lru_cache(maxsize=1)
def _adobe_profile() -> bytes:
    return build(ADOBE_PRIMARIES, partial(_power, 563 / 256)).to_icc()


@lru_cache(maxsize=32)
def _measured_profile(gamma: float | None, places: tuple[float, ...] | None) -> bytes | None:
    """Build the profile of gAMA and cHRM; None for what is sRGB, or none."""
    near = places is None or max(map(_distance, places, SRGB_PRIMARIES)) < PLACE_ERROR
    plain = gamma is None or abs(gamma - SRGB_GAMMA) < NEAR_SRGB
    if near and plain:
        return None
    curve = srgb_curve if gamma is None else partial(_power, 1 / gamma)
    try:
        return build(SRGB_PRIMARIES if places is None else places, curve).to_icc()
    except ValueError:
        return None


def _distance(one: float, other: float) -> float:
    return abs(one - other)


@lru_cache(maxsize=32)
def _coded_profile(primaries: int, transfer: int, matrix: int, full: int) -> bytes | None:
    """Build the profile of cICP; None for numbers that are not known, or not of RGB."""
    if primaries not in PRIMARIES or transfer not in CURVES or matrix != 0 or full > 1:
        return None
    curve = CURVES[transfer]
    if not full:
        # Narrow range: black at 16 and white at 235 of 255.
        return build(
            PRIMARIES[primaries], lambda v: curve(np.clip((v * 255 - 16) / 219, 0, 1))
        ).to_icc()
    return build(PRIMARIES[primaries], curve).to_icc()


def _coded(image: Image.Image) -> tuple[int, int, int, int] | None:
    """Read the four numbers of cICP, which Pillow does not, from a PNG whose file is open."""
    file = getattr(image, "fp", None)
    if image.format != "PNG" or file is None:
        return None
    place = file.tell()
    try:
        return _find_coded(file)
    finally:
        file.seek(place)


def _find_coded(file: IO[bytes]) -> tuple[int, int, int, int] | None:
    file.seek(8)
    for _ in range(MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8 or head[4:] in (b"IDAT", b"IEND"):
            return None
        (length,) = struct.unpack(">I", head[:4])
        if head[4:] == b"cICP" and length == 4:
            numbers = file.read(4)
            return (*numbers,) if len(numbers) == 4 else None
        file.seek(length + 4, 1)
    return None
