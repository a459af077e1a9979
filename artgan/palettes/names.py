"""Colours and palettes in words: "ochre", "navy to cream".

The words are those of painters and of everyday English; each stands for one colour, and the
nearest in OKLab (Ottosson 2020) names any other.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.errors import ArtganError
from artgan.plugin.color import parse_hex, srgb_to_oklab

# fmt: off
WORDS = {
    "black": "0a0a0a", "charcoal": "36393d", "slate": "5f6b76", "grey": "808080",
    "silver": "b4b7ba", "ash": "d6d4cf", "white": "fafafa", "ivory": "fbf6e3",
    "cream": "f5e9c8", "sand": "dcc79c",
    "beige": "cbb89d", "taupe": "8b7d6b", "khaki": "a89f68", "olive": "6f6f24", "moss": "5d7035",
    "sage": "9caf88", "lime": "a4d233", "green": "2e9a3c", "forest": "1d4d2b", "emerald": "12a06a",
    "mint": "a6e8c5", "jade": "3f9e7e", "teal": "147a7e", "petrol": "12495a", "cyan": "17c3d4",
    "turquoise": "40d0c0", "sky": "87c3ee", "azure": "2d8fe0", "blue": "2a52d8", "cobalt": "1c3fa0",
    "ultramarine": "2a1f8f", "navy": "14203f", "denim": "44618c", "indigo": "45307c",
    "violet": "7a3fd0", "purple": "7d2a8c", "plum": "5a2748", "lavender": "bfa8e8",
    "lilac": "d8b4e2", "mauve": "a97b9e", "magenta": "e0219b", "fuchsia": "ff3fe0",
    "pink": "f59bbb", "rose": "e0567f", "blush": "f4cfc8", "salmon": "f58f7c", "coral": "ff6f55",
    "red": "dd2222", "scarlet": "ff3a1f", "crimson": "a8142f", "wine": "661425", "brick": "a8442f",
    "rust": "a84a14", "terracotta": "c8704c", "sienna": "8f4a26", "umber": "5f4630",
    "chocolate": "3f2415", "brown": "7a4b26", "tan": "cfa273", "ochre": "c98a1e", "amber": "ffb31a",
    "orange": "f5821f", "apricot": "f9b678", "peach": "fbcfa6", "gold": "dfb02c",
    "mustard": "b8961f", "yellow": "f7dc1e", "lemon": "f9f06b",
}
# fmt: on

HEX = re.compile(r"#?[0-9a-fA-F]{6}")


def color_name(color: str) -> str:
    """Return the word for a colour that is given as hex digits, "c98a1e" -> "ochre"."""
    wanted = srgb_to_oklab(np.asarray(parse_hex(color), np.float32)[None])
    away = ((_known() - wanted) ** 2).sum(1)
    return list(WORDS)[int(away.argmin())]


@lru_cache(maxsize=1)
def _known() -> NDArray[np.float32]:
    colors = np.asarray([parse_hex(color) for color in WORDS.values()], np.float32)
    return np.asarray(srgb_to_oklab(colors), np.float32)


def palette_words(palette: Any) -> str:
    """Return what people call a palette: its name, that of its file, or its colours in words."""
    if isinstance(palette, str) and not HEX.fullmatch(palette.split(",")[0].strip()):
        kind, colon, rest = palette.partition(":")
        if colon and kind in ("picture", "cmap"):
            return Path(rest.partition(":")[0]).stem if kind == "picture" else rest
        return Path(palette).stem if "." in palette else palette.rpartition("/")[2]
    colors = palette.split(",") if isinstance(palette, str) else palette
    return _in_words(colors) if isinstance(colors, list | tuple) else str(palette)


def _in_words(colors: Iterable[Any]) -> str:
    """Name a row of colours by its ends and its middle: "navy, rose, cream"."""
    try:
        named = list(dict.fromkeys(color_name(str(color).strip()) for color in colors))
    except (ArtganError, ValueError):
        return ", ".join(map(str, colors))
    few = named if len(named) <= 3 else [named[0], named[len(named) // 2], named[-1]]
    return ", ".join(few)
