"""Megapixels a second of every filter, next to a plain copy and to other libraries.

    python -m benchmarks.filters --side 2048

Each filter runs alone with its usual options on a float picture, decoding and encoding excluded.
Pillow and, where it is installed, scipy, scikit-image and OpenCV do the nearest thing that they
have: Pillow on 8 bits in sRGB, so without linear light, alpha or wrapping.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from artgan.core.pictures import to_pil
from artgan.core.registry import Entry, load_registry
from artgan.core.styles import apply_style, parse_style
from artgan.plugin.picture import Picture
from artgan.plugin.raster import gaussian_blur

SLOW = {"dither": ("bayer-8", "floyd-steinberg")}


def scene(side: int) -> Picture:
    """Give a picture with forms of all sizes."""
    rng = np.random.default_rng(1)
    total = np.zeros((side, side, 3), np.float32)
    for sigma, weight in ((side / 12, 40.0), (side / 60, 8.0), (2.0, 1.0)):
        noise = rng.standard_normal((side, side, 3), dtype=np.float32)
        total += np.float32(weight) * gaussian_blur(noise, sigma, (True, True))
    total -= total.min()
    return Picture(total / total.max(), wraps=(True, True))


def seconds(call: Callable[[], Any], repeats: int) -> float:
    """Give the shortest of some runs."""
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return min(times)


def pillow(image: Image.Image) -> dict[str, Callable[[], Any]]:
    """Give what Pillow has that comes nearest to a filter."""
    side = image.width
    small, radius = (48, 48), side * 0.06
    colors = Image.new("P", (1, 1))
    colors.putpalette([15, 56, 15, 48, 98, 48, 139, 172, 15, 155, 188, 15])
    return {
        "palette": lambda: image.quantize(palette=colors, dither=Image.Dither.NONE),
        "dither (floyd-steinberg)": lambda: image.convert("1"),
        "levels": lambda: image.point([255 - i for i in range(256)] * 3),
        "adjust": lambda: ImageEnhance.Contrast(image).enhance(1.2),
        "invert": lambda: ImageOps.invert(image),
        "posterize": lambda: ImageOps.posterize(image, 2),
        "gradient-map": lambda: ImageOps.colorize(image.convert("L"), "black", "white"),
        "glow": lambda: image.filter(ImageFilter.GaussianBlur(radius)),
        "pixelate": lambda: image.resize(small, Image.Resampling.BOX).resize(
            image.size, Image.Resampling.NEAREST
        ),
        "mirror": lambda: ImageOps.mirror(image),
        "border": lambda: ImageOps.expand(image, side // 25, "white"),
        "ink-edges": lambda: image.filter(ImageFilter.FIND_EDGES),
        "kuwahara": lambda: image.filter(ImageFilter.MedianFilter(5)),
    }


def others(image: Image.Image) -> dict[str, tuple[str, Callable[[], Any]]]:
    """Give what scipy, scikit-image and OpenCV have, if they are installed."""
    found: dict[str, tuple[str, Callable[[], Any]]] = {}
    array = np.asarray(image, np.float32) / np.float32(255)
    rows, columns = np.mgrid[: image.height, : image.width].astype(np.float32)
    bent = (rows + 9 * np.sin(columns / 40), columns + 9 * np.sin(rows / 40))
    bent = (bent[0].astype(np.float32), bent[1].astype(np.float32))
    if scipy := _installed("scipy.ndimage"):
        found["displace"] = (
            "scipy",
            lambda: [
                scipy.map_coordinates(array[:, :, i], bent, order=1, mode="mirror")
                for i in range(3)
            ],
        )
    if skimage := _installed("skimage.transform"):
        found["swirl"] = ("scikit-image", lambda: skimage.swirl(array, strength=3))
    if opencv := _installed("cv2"):
        found["displace"] = ("OpenCV", lambda: opencv.remap(array, bent[1], bent[0], 1))
        found["kuwahara"] = ("OpenCV", lambda: opencv.bilateralFilter(array, 9, 0.2, 5))
    return found


def _installed(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        return None


def calls(entry: Entry) -> list[tuple[str, str]]:
    """Give (label, style) of a filter: usually one with its usual options."""
    name = entry.declaration.name
    if name in SLOW:
        return [(f"{name} ({method})", f"{name}:method={method}") for method in SLOW[name]]
    sizes = {"upscale": "upscale:size=0,factor=1", "tile": "tile:columns=1,rows=1"}
    return [(name, sizes.get(name, name))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=1024, help="Pixels a side.")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default="", help="Filters, as in glow,stipple.")
    given = parser.parse_args()
    registry = load_registry(packages=False)
    picture = scene(given.side)
    image = to_pil(picture)
    megapixels = given.side**2 / 1e6
    wanted = [name for name in given.only.split(",") if name]
    copy = seconds(lambda: picture.pixels.copy(), given.repeats)
    print(f"{megapixels:.1f} megapixels; a plain copy: {megapixels / copy:.0f} MP/s")
    print("| filter | MP/s | copies | another library | MP/s |\n|---|---|---|---|---|")
    rivals = {name: ("Pillow", call) for name, call in pillow(image).items()} | others(image)
    for entry in registry.entries("filter"):
        if wanted and entry.declaration.name not in wanted:
            continue
        for label, style in calls(entry):
            chain = parse_style(style, registry)
            ours = seconds(partial(apply_style, chain, picture, registry=registry), given.repeats)
            row = f"| {label} | {megapixels / ours:.3g} | {ours / copy:.0f} |"
            if label in rivals:
                library, rival = rivals[label]
                row += f" {library} | {megapixels / seconds(rival, given.repeats):.3g} |"
            else:
                row += " | |"
            print(row, flush=True)


if __name__ == "__main__":
    main()
