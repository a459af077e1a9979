"""Scientific colormaps as palettes, by the names of the package cmap: the extra ``colormaps``."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import msgspec
import numpy as np

from artgan.base.options import describe
from artgan.base.suggest import count_of, join_names, suggest
from artgan.errors import MissingExtraError, StyleError
from artgan.plugin import Options
from artgan.plugin.color import to_hex

PREFIX = "cmap:"

SAMPLED = 8
"""Colours of a palette where no number is given."""

STOPS = 128
"""Colours of a ramp where no number is given: joined, they differ by a few of 255 from the map."""

NUDGES = sorted(product(range(-6, 7), repeat=3), key=lambda nudge: sum(map(abs, nudge)))
"""Steps of 1/255 from a colour to others, nearest first: enough even where a map has one colour."""


@dataclass(frozen=True)
class Credit:
    """The rights in a palette; a part that is not known is ""."""

    author: str = ""
    licence: str = ""
    source: str = ""

    @property
    def line(self) -> str:
        """What is known, in one line."""
        return ", ".join(part for part in (self.author, self.licence, self.source) if part)


@dataclass(frozen=True)
class Colormap:
    """A colormap as hex colours, all different, with its full name, such as "crameri:batlow"."""

    name: str
    colors: tuple[str, ...]
    credit: Credit

    @property
    def credit_line(self) -> str:
        """The line in the record of a picture."""
        return f"colormap {self.name}: {self.credit.line}"


def names_colormap(wanted: Any) -> bool:
    """Check whether a palette is given as a colormap, such as "cmap:viridis"."""
    return isinstance(wanted, str) and wanted.startswith(PREFIX)


def split_count(wanted: str) -> tuple[str, int | None]:
    """Split "own:12" into "own" and 12, from 2 to 256; None if there is no number of colours."""
    name, colon, digits = wanted.rpartition(":")
    if not colon or not digits.isdecimal():
        return wanted, None
    if not 2 <= int(digits) <= 256:
        count = count_of(int(digits), "colour")
        raise StyleError(f"'{wanted}': {count}; expected 2 to 256")
    return name, int(digits)


@lru_cache(maxsize=256)
def find_colormap(wanted: str, *, ramp: bool = False) -> Colormap:
    """Look up "cmap:viridis", "cmap:crameri:batlow_r", or "cmap:viridis:12" for twelve colours.

    Qualitative maps return their own colours, in order. The colours of a ramp are its stops: many,
    and evenly spaced to both ends.
    """
    name, count = split_count(wanted)
    full = _full_name(name.removeprefix(PREFIX))
    from cmap import Colormap as Map

    drawn = Map(full)
    if drawn.interpolation == "nearest":
        colors = _qualitative(drawn.color_stops.color_array, wanted, count)
    else:
        number = count or (STOPS if ramp else SAMPLED)
        # The ends of a cyclic map are the same colour, which a palette needs only once.
        places = np.linspace(0, 1, number, endpoint=ramp or drawn.category != "cyclic")
        colors = _different(drawn(places, N=4096))
    info = drawn.info
    licence = info.license.replace("UNKNOWN", "licence unknown")
    return Colormap(full, colors, Credit(join_names(info.authors, "and"), licence, info.source))


def _full_name(name: str) -> str:
    """Return a colormap's name with its collection, and "_r" at the end if it is reversed."""
    try:
        from cmap import Catalog
    except ImportError as error:
        raise MissingExtraError(
            f"the colormap '{name}' needs the package cmap: pip install 'artgan[colormaps]'"
        ) from error
    catalog = Catalog()
    for plain, ending in ((name, ""), (re.sub("_r$", "", name, flags=re.I), "_r")):
        try:
            return f"{catalog.resolve(plain)}{ending}"
        except KeyError:
            continue
    raise StyleError(
        f"there is no colormap '{name}'.{suggest(name, catalog)} All are shown at "
        "https://cmap-docs.readthedocs.io"
    )


def _qualitative(rgba: Any, wanted: str, count: int | None) -> tuple[str, ...]:
    """Return the colours (K, 4) of a qualitative map as hex, or the first ``count`` of them."""
    colors = tuple(dict.fromkeys(to_hex(rgba[:, :3].astype(np.float32))))
    if len(colors) < 2:
        raise StyleError(f"'{wanted}' has one colour; a palette needs at least two")
    if (count or 0) > len(colors):
        raise StyleError(f"'{wanted}' has {len(colors)} colours of its own, and no more")
    return colors[: count or len(colors)]


def _different(rgba: Any) -> tuple[str, ...]:
    """Return colours (K, 4) as hex, all different: a repeated one is moved by a shade.

    Left out, it would shift the colours behind it.
    """
    colors: dict[str, None] = {}
    for color in np.rint(rgba[:, :3] * 255).astype(int):
        shades = (np.clip(color + nudge, 0, 255) for nudge in NUDGES)
        names = (bytes(shade.tolist()).hex() for shade in shades)
        colors[next(name for name in names if name not in colors)] = None
    return tuple(colors)


def named_colormaps(options: Options) -> dict[str, Colormap]:
    """Look up the colormaps that options name: option -> colormap."""
    named = {f for f in options.__struct_fields__ if names_colormap(getattr(options, f))}
    facts = [
        fact
        for fact in (describe(type(options)) if named else ())
        if fact.name in named and fact.means in ("palette", "ramp")
    ]
    return {
        fact.name: find_colormap(getattr(options, fact.name), ramp=fact.means == "ramp")
        for fact in facts
    }


def spelled_out(options: Options) -> tuple[Options, tuple[str, ...]]:
    """Put the colours in place of colormaps' names, so that a record needs no extra.

    Returns the options, and the names to credit.
    """
    maps = named_colormaps(options)
    types = {fact.name: fact.type for fact in describe(type(options))} if maps else {}
    colors = {name: _convert_colors(found.colors, types[name]) for name, found in maps.items()}
    options = msgspec.structs.replace(options, **colors) if colors else options
    return options, tuple(found.credit_line for found in maps.values())


def _convert_colors(colors: tuple[str, ...], kind: Any) -> list[str] | str:
    """Return colours as a list, or joined by commas where an option takes only text."""
    try:
        return list(msgspec.convert(list(colors), kind))
    except msgspec.ValidationError:
        return ",".join(colors)
