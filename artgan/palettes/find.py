"""Palettes: by name, as a list of colours, or from a file."""

import re
from pathlib import Path
from typing import Any

from artgan.base.suggest import suggest
from artgan.core.registry import Registry
from artgan.errors import StyleError, UnknownNameError
from artgan.palettes.colormaps import Credit, find_colormap, names_colormap
from artgan.palettes.read import EXTRACTED, FILE_ENDINGS, FloatArray, Note, _colors, read_palette
from artgan.plugin.color import extract_colors, parse_colors, to_rgb
from artgan.plugin.picture import Picture


def find_palette(
    wanted: Any,
    registry: Registry,
    shown: Picture | None = None,
    note: Note = lambda _: None,
) -> FloatArray:
    """Give a palette's colours as sRGB (K, 3) in [0, 1].

    Args:
        wanted: A name ("gameboy"), hex colours ("07051a,ff4fa3" or a list), a palette file, a
            picture to take the colours from ("me.jpg", "picture:me.jpg", or "picture:me.jpg:12"
            for twelve), a colormap of the package cmap ("cmap:viridis", or "cmap:viridis:12" for
            twelve), or "own" for the colours of the shown picture ("own:12" for twelve).
        registry: Where names are looked up.
        shown: The picture that the palette is for, if there is one.
        note: Told what had to be changed in reading, in one sentence.

    Raises:
        StyleError: There is no such palette, or it is damaged.
        MissingExtraError: It is a colormap, and ``artgan[colormaps]`` is not installed.
    """
    if isinstance(wanted, str):
        if names_colormap(wanted):
            return parse_colors(find_colormap(wanted).colors)
        if re.fullmatch(r"own(:\d+)?", wanted):
            return _own(wanted, shown)
        if wanted == "series":
            raise StyleError(
                "a picture must not depend on those made beside it, so there is no palette "
                "'series'; own:16 takes sixteen colours of each picture, and 'artgan palette "
                "extract SHEET --colors 16 --out mine.gpl' those of a sheet for all of them"
            )
        wanted, count = _split_picture(wanted)
        if count is not None:
            return read_palette(Path(wanted), count, note)
        if wanted.lower().endswith(FILE_ENDINGS):
            return read_palette(Path(wanted), note=note)
        if any(entry.declaration.name == wanted for entry in registry.entries("palette")):
            return parse_colors(registry.find("palette", wanted).declaration.colors)
        if "/" in wanted:
            return parse_colors(registry.find("palette", wanted).declaration.colors)
        wanted = [part.strip() for part in wanted.split(",")]
        if len(wanted) == 1:
            names = [entry.declaration.name for entry in registry.entries("palette")]
            raise StyleError(
                f"there is no palette '{wanted[0]}'.{suggest(wanted[0], names)} Expected a name "
                "(artgan list palette), colours as in 07051a,ff4fa3, a palette file or picture, or "
                "a colormap as in cmap:viridis"
            )
    return _colors(wanted, "a palette")


def palette_credit(wanted: str, registry: Registry) -> Credit:
    """Say whose a named palette or colormap is; of colours and files nothing is told."""
    if names_colormap(wanted):
        return find_colormap(wanted).credit
    try:
        declared = registry.find("palette", wanted).declaration
    except UnknownNameError:
        return Credit()
    return Credit(declared.author, declared.licence)


def names_file(wanted: str) -> bool:
    """Tell whether a palette is given by the name of a file."""
    return wanted.startswith("picture:") or wanted.lower().endswith(FILE_ENDINGS)


def _own(wanted: str, shown: Picture | None) -> FloatArray:
    """Give the colours of the picture itself; clear parts have none."""
    count = int(wanted.partition(":")[2] or EXTRACTED)
    if not 2 <= count <= 256:
        raise StyleError(f"'{wanted}': {count} colours; expected 2 to 256")
    if shown is None:
        raise StyleError(f"'{wanted}' means the colours of a picture; it works inside styles alone")
    plain = shown.to("srgb")
    color = to_rgb(plain.color).reshape(-1, 3)
    if plain.alpha is not None:
        seen = color[plain.alpha.reshape(-1) > 0]
        color = seen if len(seen) else color
    return extract_colors(color, count)


def _split_picture(wanted: str) -> tuple[str, int | None]:
    """Split "picture:me.jpg:12" into the path and the number of colours, if there is one."""
    if not wanted.startswith("picture:"):
        return wanted, None
    path = wanted.removeprefix("picture:")
    found = re.fullmatch(r"(.+):(\d+)", path)
    if not found:
        return path, None
    count = int(found[2])
    if not 2 <= count <= 256:
        raise StyleError(f"'{wanted}': {count} colours; expected 2 to 256")
    return found[1], count
