"""Palettes: by name, as a list of colours, or from a file."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.core.registry import Registry
from artgan.core.suggest import suggest
from artgan.errors import StyleError
from artgan.plugin.color import parse_colors, parse_hex

FloatArray = NDArray[np.float32]
FILE_ENDINGS = (".toml", ".hex", ".gpl")


def find_palette(wanted: Any, registry: Registry) -> FloatArray:
    """Give a palette's colours as sRGB (K, 3) in [0, 1].

    Args:
        wanted: A name ("gameboy"), hex colours ("07051a,ff4fa3" or a list), or a file that ends in
            .toml, .hex or .gpl.
        registry: Where names are looked up.

    Raises:
        StyleError: There is no such palette, or it is damaged.
    """
    if isinstance(wanted, str):
        if wanted.lower().endswith(FILE_ENDINGS):
            return read_palette(Path(wanted))
        if any(entry.declaration.name == wanted for entry in registry.entries("palette")):
            return parse_colors(registry.find("palette", wanted).declaration.colors)
        if "/" in wanted:
            return parse_colors(registry.find("palette", wanted).declaration.colors)
        wanted = [part.strip() for part in wanted.split(",")]
        if len(wanted) == 1:
            names = [entry.declaration.name for entry in registry.entries("palette")]
            raise StyleError(
                f"there is no palette '{wanted[0]}'.{suggest(wanted[0], names)} Expected a name "
                "(artgan list palette), colours as in 07051a,ff4fa3, or a .toml, .hex or .gpl file"
            )
    return _colors(wanted, "a palette")


def _colors(colors: Sequence[Any], where: str) -> FloatArray:
    try:
        parsed = [parse_hex(str(color)) for color in colors]
    except ValueError as error:
        raise StyleError(f"{where}: {error}") from error
    if not 2 <= len(parsed) <= 256:
        raise StyleError(f"{where} has {len(parsed)} colours; expected 2 to 256")
    return np.array(parsed, dtype=np.float32)


def read_palette(path: Path) -> FloatArray:
    """Read a palette file: our TOML, .hex, or GIMP's .gpl.

    Raises:
        StyleError: It is not there or damaged; names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise StyleError(f"there is no palette file '{path}'") from error
    except (OSError, UnicodeDecodeError) as error:
        raise StyleError(f"palette file '{path}' cannot be read: {error}") from error
    if path.suffix.lower() == ".toml":
        return _from_toml(text, path)
    lines = [line.strip() for line in text.splitlines()]
    if path.suffix.lower() == ".hex":
        return _colors([line for line in lines if line], f"palette file '{path}'")
    return _from_gpl(lines, path)


def _from_toml(text: str, path: Path) -> FloatArray:
    try:
        colors = tomllib.loads(text)["colors"]
    except tomllib.TOMLDecodeError as error:
        raise StyleError(f"palette file '{path}' is not valid TOML: {error}") from error
    except KeyError as error:
        raise StyleError(f"palette file '{path}' has no key 'colors'") from error
    return _colors(colors, f"palette file '{path}'")


def _from_gpl(lines: list[str], path: Path) -> FloatArray:
    if not lines or lines[0] != "GIMP Palette":
        raise StyleError(f"'{path}' does not begin with 'GIMP Palette'; it is no GIMP palette")
    colors = []
    for number, line in enumerate(lines[1:], start=2):
        if (
            not line
            or line.startswith("#")
            or line.split(":")[0] in ("Name", "Columns", "Channels")
        ):
            continue
        fields = line.split()
        if len(fields) < 3 or not all(f.isdecimal() and int(f) < 256 for f in fields[:3]):
            raise StyleError(f"'{path}' line {number}: expected red, green, blue from 0 to 255")
        colors.append("".join(f"{int(field):02x}" for field in fields[:3]))
    return _colors(list(dict.fromkeys(colors)), f"palette file '{path}'")
