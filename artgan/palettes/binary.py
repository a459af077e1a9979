"""Palettes in binary formats: Adobe's .act and .ase, and the RIFF form of .pal."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np

from artgan.base.suggest import count_of
from artgan.errors import StyleError
from artgan.plugin.color import linear_to_srgb, to_hex

CONVERTED = {
    "CMYK": "without a profile: the print may look different",
    "LAB": "from CIE L*a*b* under D50; what sRGB cannot show is clipped",
}
"""Colour model -> how its swatches are read."""

ASE_COLOR = 1
"""Type of an .ase block that holds a colour."""

_SPRITE_MAGIC = b"\xe0\xa5"


def read_binary(data: bytes, path: Path, note: Callable[[str], None]) -> list[str]:
    """Read a binary palette as hex colours; the ending tells .act, .ase, or .pal (RIFF).

    ``note`` is called with a sentence for each colour model that was converted to sRGB.
    """
    try:
        if path.suffix.lower() == ".ase":
            return _read_ase(data, path, note)
        return (
            _read_act(data, path, note) if path.suffix.lower() == ".act" else _read_riff(data, path)
        )
    except struct.error as error:
        raise StyleError(f"palette file '{path}' is cut short: save or copy it again") from error


def _triples(data: bytes, step: int = 3) -> list[str]:
    """Return the first three bytes of every ``step`` as hex."""
    return [data[i : i + 3].hex() for i in range(0, len(data) - step + 1, step)]


def _read_act(data: bytes, path: Path, note: Callable[[str], None]) -> list[str]:
    """Read Adobe's colour table: 256 colours, how many of them count, and which is clear."""
    if len(data) not in (768, 772):
        raise StyleError(
            f"'{path}' has {count_of(len(data), 'byte')}; an .act palette has 768 or 772"
        )
    colors = _triples(data[:768])
    if len(data) == 768:
        return colors
    count, clear = struct.unpack_from(">HH", data, 768)
    if count > 256:
        raise StyleError(
            f"'{path}' promises {count_of(count, 'colour')}; an .act palette holds at most 256"
        )
    # Unused entries are black; some tools write 0 for all 256.
    colors = colors[: count or 256]
    if clear < len(colors):
        note(f"'{path}' has a clear colour, {colors[clear]}, which is left out")
        del colors[clear]
    return colors


def _read_riff(data: bytes, path: Path) -> list[str]:
    """Read a RIFF palette: chunks, one of which holds the colours."""
    place = 12
    if data[8:12] != b"PAL ":
        raise StyleError(f"'{path}' is a RIFF file but no palette")
    while True:
        kind, length = struct.unpack_from("<4sI", data, place)
        if kind == b"data":
            break
        place += 8 + length + length % 2
    _, count = struct.unpack_from("<HH", data, place + 8)
    body = data[place + 12 : place + 12 + 4 * count]
    if len(body) != 4 * count:
        raise StyleError(
            f"'{path}' promises {count_of(count, 'colour')} and holds {len(body) // 4}: it is cut"
        )
    return _triples(body, 4)


def _read_ase(data: bytes, path: Path, note: Callable[[str], None]) -> list[str]:
    """Read Adobe's swatches, in any colour model that is converted without a profile."""
    if data[4:6] == _SPRITE_MAGIC:
        raise StyleError(
            f"'{path}' is an Aseprite sprite, which has the same ending as a swatch file; export "
            "its palette as .gpl"
        )
    if data[:4] != b"ASEF":
        raise StyleError(f"'{path}' does not begin with 'ASEF'; it is no Adobe swatch file")
    (blocks,) = struct.unpack_from(">I", data, 8)
    colors, place, converted = [], 12, set()
    for _ in range(blocks):
        kind, length = struct.unpack_from(">HI", data, place)
        if place + 6 + length > len(data):
            raise StyleError(f"palette file '{path}' is cut short: its last swatch is not whole")
        if kind == ASE_COLOR:
            color, model = _swatch(data[place + 6 : place + 6 + length], path)
            colors.append(color)
            converted.add(model)
        place += 6 + length
    for model in sorted(converted & set(CONVERTED)):
        note(f"'{path}' has swatches in {model}, turned into sRGB {CONVERTED[model]}")
    return colors


def _swatch(block: bytes, path: Path) -> tuple[str, str]:
    """Read the colour of a swatch as hex, and the colour model that it is in."""
    (units,) = struct.unpack_from(">H", block)
    place = 2 + 2 * units
    if place + 4 > len(block):
        raise StyleError(f"'{path}' has a swatch whose name is longer than the swatch: it is cut")
    model = block[place : place + 4].decode("ascii", "replace").strip()
    channels = {"RGB": 3, "CMYK": 4, "LAB": 3, "Gray": 1}.get(model)
    if channels is None:
        raise StyleError(f"'{path}' has a swatch in '{model}'; expected RGB, CMYK, LAB or Gray")
    values = np.array(struct.unpack_from(f">{channels}f", block, place + 4))
    if not np.isfinite(values).all():
        raise StyleError(f"'{path}' has a swatch that is not a number; it is damaged")
    if model == "CMYK":
        values = (1 - values[:3]) * (1 - values[3])
    elif model == "LAB":
        values = from_cielab(values * [1 if values[0] > 1 else 100, 1, 1])
    rgb = np.resize(values, 3) if model == "Gray" else values
    return to_hex(np.clip(rgb, 0, 1)[None].astype(np.float32))[0], model


def from_cielab(lab: np.ndarray) -> np.ndarray:
    """Convert CIE L*a*b* under D50 to sRGB (matrix of the ICC's sRGB profile, inverted)."""
    middle = (lab[0] + 16) / 116
    roots = np.array([middle + lab[1] / 500, middle, middle - lab[2] / 200])
    cubes = np.where(roots > 6 / 29, roots**3, 3 * (6 / 29) ** 2 * (roots - 4 / 29))
    xyz = cubes * [0.9642, 1.0, 0.8249]
    matrix = np.array(
        [[0.4360, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]]
    )
    return linear_to_srgb(np.clip(np.linalg.inv(matrix) @ xyz, 0, 1))
