"""Counts the small vivid squares in a grey picture whose colour an extracted palette keeps.

    python -m benchmarks.accents

Squares of 4, 6, 8 and 12 pixels in red, green or blue lie in a grey ramp with noise of 128 x 128
pixels; palettes have 3, 4, 6 or 8 colours. A colour is kept if a palette colour lies within
``NEAR`` of it in OKLab. Beside artgan's extraction stands weighted k-means alone.
"""

from itertools import product

import numpy as np

from artgan.palettes.accents import colors_with_accents
from artgan.plugin.color import extract_colors, srgb_to_oklab

SQUARES, COUNTS = (4, 6, 8, 12), (3, 4, 6, 8)
COLORS = ((0.85, 0.1, 0.12), (0.1, 0.65, 0.2), (0.15, 0.25, 0.85))
NEAR = 0.06


def main() -> None:
    rng = np.random.default_rng(0)
    grey = np.linspace(0.1, 0.9, 128)[None, :] + rng.normal(0, 0.02, (128, 128))
    kept = {"artgan": 0, "k-means alone": 0}
    tried = 0
    for side, count, color in product(SQUARES, COUNTS, COLORS):
        picture = np.repeat(np.clip(grey, 0, 1)[:, :, None], 3, axis=2).astype(np.float32)
        picture[40 : 40 + side, 60 : 60 + side] = color
        wanted = srgb_to_oklab(np.array(color, np.float32)[None])
        ways = (("artgan", colors_with_accents), ("k-means alone", extract_colors))
        for name, extract in ways:
            away = np.linalg.norm(srgb_to_oklab(extract(picture, count)) - wanted, axis=1)
            kept[name] += int(away.min() < NEAR)
        tried += 1
    print(*(f"{name}: {number} of {tried}" for name, number in kept.items()), sep="\n")


if __name__ == "__main__":
    main()
