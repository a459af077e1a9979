"""Palettes: by name, as a list of colours, or from a file."""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.core.colormaps import Credit, find_colormap, names_colormap
from artgan.core.pictures import from_pil, open_image
from artgan.core.registry import Registry
from artgan.core.suggest import join_names, suggest
from artgan.errors import StyleError, UnknownNameError
from artgan.plugin.color import (
    distinct_colors,
    extract_colors,
    fit_gamut,
    nearest,
    oklab_to_srgb,
    parse_colors,
    parse_hex,
    srgb_to_linear,
    srgb_to_oklab,
    to_hex,
    to_rgb,
)
from artgan.plugin.picture import Picture

FloatArray = NDArray[np.float32]
PALETTE_ENDINGS = (".toml", ".hex", ".gpl", ".pal", ".txt", ".act", ".ase")
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
FILE_ENDINGS = (*PALETTE_ENDINGS, *PICTURE_ENDINGS)
TOML_KEYS = ("name", "summary", "colors", "roles", "author", "licence")
EXTRACTED = 8
"""How many colours are taken from a picture that holds more than 256."""


Note = Callable[[str], None]


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


def _colors(colors: Sequence[Any], where: str) -> FloatArray:
    colors = list(dict.fromkeys(colors))
    try:
        parsed = [parse_hex(str(color)) for color in colors]
    except ValueError as error:
        raise StyleError(f"{where}: {error}") from error
    if not 2 <= len(parsed) <= 256:
        raise StyleError(f"{where} has {len(parsed)} colours; expected 2 to 256")
    return np.array(parsed, dtype=np.float32)


def read_palette(path: Path, count: int | None = None, note: Note = lambda _: None) -> FloatArray:
    """Read a palette file, or take the colours of a picture.

    Args:
        path: Our TOML, .hex, GIMP's .gpl, .pal (JASC or RIFF), Paint.NET's .txt, .act, Adobe's
            .ase, or any picture.
        count: How many colours to extract from a picture; None takes all of them if there are at
            most 256, else 8.
        note: Told what had to be changed in reading, in one sentence.

    Returns:
        sRGB (K, 3), in the file's order without repeats; a picture that has no palette of its own
        gives them sorted by lightness.

    Raises:
        StyleError: It is not there or damaged; names file and line.
    """
    ending = path.suffix.lower()
    if ending in PICTURE_ENDINGS:
        return _from_picture(path, count)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise StyleError(f"there is no palette file '{path}'") from error
    except OSError as error:
        raise StyleError(f"palette file '{path}' cannot be read: {error.strerror}") from error
    if ending in (".act", ".ase") or (ending == ".pal" and data[:4] == b"RIFF"):
        from artgan.core.palette_files import read_binary

        return _colors(read_binary(data, path, note), f"palette file '{path}'")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StyleError(f"palette file '{path}' is not text: {error}") from error
    if ending == ".toml":
        return _from_toml(text, path)
    lines = [line.strip() for line in text.splitlines()]
    if ending == ".gpl":
        return _from_gpl(lines, path)
    from artgan.core.palette_files import read_lines

    return _colors(read_lines(lines, path), f"palette file '{path}'")


def _from_picture(path: Path, count: int | None) -> FloatArray:
    image = open_image(path)
    if count is None and image.mode == "P":
        found = _own_order(image)
    else:
        found = _seen(from_pil(image), path, count)
    if len(found) < 2:
        raise StyleError(f"picture '{path}' has one colour; a palette needs at least two")
    return found


def _own_order(image: Image.Image) -> FloatArray:
    """Give the colours that an indexed picture uses, in the order of its palette."""
    # The first pixel of each entry tells its colour, clear or not.
    _, first = np.unique(np.asarray(image).reshape(-1), return_index=True)
    table = np.asarray(image.convert("RGBA")).reshape(-1, 4)[first]
    kept = list(dict.fromkeys(tuple(row[:3]) for row in table.tolist() if row[3]))
    colors: FloatArray = np.array(kept, np.float32).reshape(-1, 3) / np.float32(255)
    return colors


def _seen(picture: Picture, path: Path, count: int | None) -> FloatArray:
    """Give all colours of a picture if there are at most 256 and no count, else extracted ones."""
    picture = picture.to("srgb")
    color = to_rgb(picture.color).reshape(-1, 3)
    if picture.alpha is not None:
        color = color[picture.alpha.reshape(-1) > 0.5]
    if not len(color):
        raise StyleError(f"picture '{path}' is wholly clear; it has no colours")
    every = distinct_colors(color)
    if count is None and len(every) <= 256:
        return every
    return extract_colors(color, count or EXTRACTED)


def _from_toml(text: str, path: Path) -> FloatArray:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StyleError(f"palette file '{path}' is not valid TOML: {error}") from error
    missing = "" if "colors" in tree else " no key 'colors'"
    for name in tree:
        if name not in TOML_KEYS:
            raise StyleError(
                f"palette file '{path}' has{missing and missing + ', but'} an unknown key "
                f"'{name}'; "
                f"expected {join_names(TOML_KEYS)}.{suggest(name, TOML_KEYS)}"
            )
    if missing:
        raise StyleError(f"palette file '{path}' has{missing}")
    colors = tree["colors"]
    if not isinstance(colors, list) or not all(isinstance(color, str) for color in colors):
        raise StyleError(
            f'palette file \'{path}\': colors must be a list of colours, as in ["07051a", "ff4fa3"]'
        )
    plain = [color.strip().lstrip("#").lower() for color in colors]
    twice = [color for color in colors if plain.count(color.strip().lstrip("#").lower()) > 1]
    if twice:
        raise StyleError(
            f"palette file '{path}' lists the colour {twice[0]} twice; leave one of them out"
        )
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
    return _colors(colors, f"palette file '{path}'")


def picture_palette(path: Path, count: int) -> FloatArray:
    """Extract ``count`` colours from a picture, sRGB (K, 3), darkest first.

    Raises:
        StyleError: It has only one colour.
        DataError: It cannot be read.
    """
    return _from_picture(path, count)


HARMONIES = {
    "complementary": (0, 180),
    "analogous": (-30, 0, 30),
    "triadic": (0, 120, 240),
    "tetradic": (0, 90, 180, 270),
    "split": (0, 150, 210),
    "shades": (0,),
}
"""Turns of the hue in degrees."""


def harmonize(color: str, harmony: str, count: int) -> FloatArray:
    """Make a palette around a colour: hues by rule, lightness in even steps, all inside sRGB.

    Args:
        color: Hex.
        harmony: A name of ``HARMONIES``.
        count: How many colours.

    Returns:
        sRGB (K, 3), darkest first; the colour itself takes the place of the one nearest to it.
    """
    try:
        own = np.array([parse_hex(color)], np.float32)
    except ValueError as error:
        raise StyleError(str(error)) from error
    lab = srgb_to_oklab(own)[0]
    chroma, hue = float(np.hypot(lab[1], lab[2])), float(np.arctan2(lab[2], lab[1]))
    turns = np.radians(HARMONIES[harmony])
    light = np.linspace(0.2, 0.94, count)
    hues = hue + turns[np.arange(count) % len(turns)]
    # Very dark and very light colours can hold little chroma.
    fade = np.clip(1.2 - 2.2 * np.abs(light - 0.55) ** 1.5, 0.25, 1) * chroma
    points = np.stack([light, fade * np.cos(hues), fade * np.sin(hues)], axis=1)
    made = oklab_to_srgb(fit_gamut(points.astype(np.float32)))
    made[int(nearest(own, made)[0])] = own[0]
    return sort_colors(made, "lightness")


def sort_colors(colors: FloatArray, by: str) -> FloatArray:
    """Order colours (K, 3) by OKLab "lightness", "hue" or "chroma"; greys first by hue."""
    lab = srgb_to_oklab(colors)
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    hue = np.where(chroma < 0.02, -1, np.arctan2(lab[:, 2], lab[:, 1]) % (2 * np.pi))
    keys = {"lightness": lab[:, 0], "hue": hue, "chroma": chroma}
    return colors[np.lexsort((lab[:, 0], keys[by]))]


@dataclass(frozen=True)
class PaletteFacts:
    """How well a palette's colours stand apart.

    Attributes:
        count: Number of colours.
        contrast: Largest WCAG contrast ratio, 1 to 21.
        strongest: The two colours that have it, lighter first, as hex.
        nearest: Smallest distance in OKLab.
        pair: The two colours that have it, as hex.
    """

    count: int
    contrast: float
    strongest: tuple[str, str]
    nearest: float
    pair: tuple[str, str]


def check_colors(colors: FloatArray) -> PaletteFacts:
    """Measure contrast (WCAG 2, on relative luminance) and the nearest two colours (OKLab)."""
    names = to_hex(colors)
    luminance = srgb_to_linear(colors) @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    light, dark = int(luminance.argmax()), int(luminance.argmin())
    lab = srgb_to_oklab(colors)
    apart = np.sqrt(((lab[:, None] - lab[None]) ** 2).sum(2))
    np.fill_diagonal(apart, np.inf)
    one, other = divmod(int(apart.argmin()), len(colors))
    return PaletteFacts(
        len(colors),
        float((luminance[light] + 0.05) / (luminance[dark] + 0.05)),
        (names[light], names[dark]),
        float(apart.min()),
        (names[one], names[other]),
    )
