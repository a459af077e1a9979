"""Palettes: by name, as a list of colours, or from a file."""

import re
from pathlib import Path
from typing import Any

from artgan.base.paths import exists
from artgan.base.suggest import suggest
from artgan.core.registry import Registry
from artgan.errors import StyleError, UnknownNameError
from artgan.palettes.colormaps import Credit, find_colormap, names_colormap, split_count
from artgan.palettes.read import (
    EXTRACTED,
    Note,
    check_palette,
    is_palette_file,
    read_palette,
)
from artgan.plugin.color import extract_colors, parse_colors, to_rgb
from artgan.plugin.files import palette_endings
from artgan.plugin.picture import FloatArray, Picture


def find_palette(
    wanted: Any, registry: Registry, picture: Picture | None = None, note: Note = lambda _: None
) -> FloatArray:
    """Look up a palette's colours: sRGB (K, 3) in [0, 1].

    ``wanted`` is a name ("gameboy"), hex colours ("07051a,ff4fa3" or a list), a palette file, a
    picture to take the colours from ("me.jpg", "picture:me.jpg", or "picture:me.jpg:12" for
    twelve), a colormap of the package cmap ("cmap:viridis", or "cmap:viridis:12" for twelve), or
    "own" for the colours of ``picture`` ("own:12" for twelve). ``note`` is called with a sentence
    for what had to be changed in reading.

    Raises:
        StyleError: There is no such palette, or it is damaged.
        MissingExtraError: It is a colormap, and ``artgan[colormaps]`` is not installed.
    """
    if not isinstance(wanted, str):
        return check_palette(wanted, "a palette")
    if names_colormap(wanted):
        return parse_colors(find_colormap(wanted).colors)
    if re.fullmatch(r"own(:\d+)?", wanted):
        return _picture_colors(wanted, picture)
    if wanted == "series":
        raise StyleError(
            "there is no palette 'series': own:16 takes sixteen colours of each picture, and the "
            "filter common-palette takes those of all pictures that a command styles"
        )
    path, count = split_picture(wanted)
    if count is not None or is_palette_file(path):
        return read_palette(Path(path), count, note)
    return _named_or_listed(path, registry)


def _named_or_listed(wanted: str, registry: Registry) -> FloatArray:
    """Look up a declared palette, or read hex colours with commas between them."""
    names = [entry.declaration.name for entry in registry.entries("palette")]
    if wanted not in names and exists(wanted) and Path(wanted).is_file():
        known = ", ".join(palette_endings("read"))
        raise StyleError(
            f"'{wanted}' is a file, but no palette by its ending; expected {known}, or a picture: "
            "save it so in the program it is from"
        )
    if wanted in names or "/" in wanted:
        return parse_colors(registry.find("palette", wanted).declaration.colors)
    colors = [part.strip() for part in wanted.split(",")]
    if len(colors) == 1:
        raise StyleError(
            f"there is no palette '{colors[0]}'.{suggest(colors[0], names)} Expected a name "
            "(artgan list palette), colours as in 07051a,ff4fa3, a palette file or picture, or "
            "a colormap as in cmap:viridis"
        )
    return check_palette(colors, "a palette")


def palette_credit(wanted: str, registry: Registry) -> Credit:
    """Return the author and licence of a named palette or colormap; of others all is ""."""
    if names_colormap(wanted):
        return find_colormap(wanted).credit
    try:
        declared = registry.find("palette", wanted).declaration
    except UnknownNameError:
        return Credit()
    return Credit(declared.author, declared.licence)


def names_file(wanted: str) -> bool:
    """Check whether a palette is given as a file."""
    return wanted.startswith("picture:") or is_palette_file(wanted)


def _picture_colors(wanted: str, picture: Picture | None) -> FloatArray:
    """Extract the colours of the picture that is styled; transparent pixels do not count."""
    if picture is None:
        raise StyleError(f"'{wanted}' means the colours of a picture; it works only inside styles")
    plain = picture.to("srgb")
    color = to_rgb(plain.color).reshape(-1, 3)
    if plain.alpha is not None:
        opaque = color[plain.alpha.reshape(-1) > 0]
        color = opaque if len(opaque) else color
    return extract_colors(color, split_count(wanted)[1] or EXTRACTED)


def split_picture(wanted: str) -> tuple[str, int | None]:
    """Split "picture:me.jpg:12" into "me.jpg" and 12; None if no number of colours is given."""
    if not wanted.startswith("picture:"):
        return wanted, None
    name, count = split_count(wanted)
    return name.removeprefix("picture:"), count
