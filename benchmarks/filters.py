"""Measures megapixels per second of every filter, a plain copy and the best-known libraries.

    python -m benchmarks.filters --side 2048
    python -m benchmarks.filters --compiled
    python -m benchmarks.filters --side 4096 --neon

Each filter runs alone on a float picture, decoding and encoding excluded. Libraries do the same
work where they can: OpenCV and scikit-image on float32, with the same sizes. "Same work" marks
those that convert sRGB to light first, as the filter does, and draw the same noise, or that compute
lightness and distances in CIELAB where the filter uses OKLab; "8 bit" marks those that work on
bytes in sRGB, with a quarter of the memory and without linear light, alpha or wrapping.
``--compiled`` compiles kernels at once, if artgan[fast] is installed, and does not count the time
that takes; without it nothing is compiled. ``--neon`` measures the time and memory of a whole style
instead.
"""

import argparse
import math
import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from artgan.base.contributions import Entry
from artgan.pictures.files import to_pil
from artgan.plugin import fast
from artgan.plugin.picture import Picture
from artgan.plugin.raster import gaussian_blur
from artgan.plugin_manager.load import load_registry
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

CALLS: dict[str, tuple[str, ...]] = {
    "palette": ("gameboy", "pico"),
    "levels": ("black=0.1,white=0.9", "gamma=1.5"),
    "adjust": ("contrast=0.2,saturation=0.2",),
    "invert": ("what=color", "what=lightness"),
    "posterize": ("by=channels", "by=lightness"),
    "dither": (
        "method=bayer-8",
        "method=blue-noise",
        "method=floyd-steinberg",
        "method=floyd-steinberg,palette=spectrum",
        "method=floyd-steinberg,serpentine=true",
    ),
    "upscale": ("size=0,factor=2", "size=0,factor=2,method=nearest"),
    "tile": ("columns=2,rows=2",),
    "kuwahara": ("sectors=8", "sectors=4"),
}
"""Options that each filter is measured with; the others run as they are."""
GAMEBOY = np.array([[15, 56, 15], [48, 98, 48], [139, 172, 15], [155, 188, 15]], np.float32) / 255
"""Colours of the palette ``gameboy``."""
Call = Callable[[], Any]
Rivals = dict[str, list[tuple[str, Call]]]


def scene(side: int) -> Picture:
    """Draw a picture with shapes of all sizes."""
    rng = np.random.default_rng(1)
    total = np.zeros((side, side, 3), np.float32)
    for sigma, weight in ((side / 12, 40.0), (side / 60, 8.0), (2.0, 1.0)):
        noise = rng.standard_normal((side, side, 3), dtype=np.float32)
        total += np.float32(weight) * gaussian_blur(noise, sigma, (True, True))
    total -= total.min()
    return Picture(total / total.max(), wraps=(True, True))


clock = time.perf_counter


def seconds(call: Call, repeats: int) -> float:
    """Measure the shortest of some runs."""
    times = []
    for _ in range(repeats):
        begun = clock()
        call()
        times.append(clock() - begun)
    return min(times)


def pillow(image: Image.Image) -> Rivals:
    """List the nearest functions of Pillow, on bytes."""
    side = image.width
    colors = Image.new("P", (1, 1))
    colors.putpalette((GAMEBOY * 255).round().astype(int).reshape(-1).tolist())
    box, near, sharp = (
        Image.Resampling.BOX,
        Image.Resampling.NEAREST,
        Image.Resampling.LANCZOS,
    )
    double = (2 * side, 2 * side)
    calls: dict[str, Call] = {
        "palette:gameboy": lambda: image.quantize(palette=colors, dither=Image.Dither.NONE),
        "dither:method=floyd-steinberg": lambda: image.quantize(
            palette=colors, dither=Image.Dither.FLOYDSTEINBERG
        ),
        "levels:gamma=1.5": lambda: image.point([255 - i for i in range(256)] * 3),
        "adjust:contrast=0.2,saturation=0.2": lambda: ImageEnhance.Color(
            ImageEnhance.Contrast(image).enhance(1.2)
        ).enhance(1.2),
        "invert:what=color": lambda: ImageOps.invert(image),
        "posterize:by=channels": lambda: ImageOps.posterize(image, 2),
        "gradient-map": lambda: ImageOps.colorize(image.convert("L"), "black", "white"),
        "pixelate": lambda: image.resize((48, 48), box).resize(image.size, near),
        "mirror": lambda: ImageOps.mirror(image),
        "border": lambda: ImageOps.expand(image, side // 25, "white"),
        "upscale:size=0,factor=2": lambda: image.resize(double, sharp),
        "upscale:size=0,factor=2,method=nearest": lambda: image.resize(double, near),
    }
    return {name: [("Pillow, 8 bit", call)] for name, call in calls.items()}


def opencv(array: np.ndarray) -> Rivals:
    """List the functions of OpenCV, on float32."""
    if not (cv2 := _installed("cv2")):
        return {}
    side = len(array)
    bent = bend(side)
    middle = (side / 2, side / 2)
    plain_down, plain_across = np.mgrid[:side, :side].astype(np.float32)
    small, double = (48, 48), (2 * side, 2 * side)
    bytes_ = (array * 255).astype(np.uint8)
    knee, numbers = 0.04045, array.reshape(side, -1)

    def light() -> Any:
        # Without branches: the straight part up to the knee, and what the curve rises above it.
        curve = cv2.max(numbers, knee)
        curve = cv2.pow(cv2.addWeighted(curve, 1 / 1.055, curve, 0, 0.055 / 1.055), 2.4)
        below = cv2.min(numbers, knee)
        return cv2.addWeighted(below, 1 / 12.92, curve, 1, -knee / 12.92).reshape(array.shape)

    def pixelated(pixels: Any) -> Any:
        means = cv2.resize(pixels, small, interpolation=cv2.INTER_AREA)
        return cv2.resize(means, (side, side), interpolation=cv2.INTER_NEAREST)

    def displaced() -> Any:
        places = []
        for plain in (plain_across, plain_down):
            noise = cv2.randu(np.empty((5, 5), np.float32), -1, 1)
            noise = cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC)
            places.append(cv2.scaleAdd(noise, 0.03 * side, plain))
        return cv2.remap(light(), *places, cv2.INTER_LINEAR)

    def polar(pixels: Any) -> Any:
        return cv2.warpPolar(pixels, (side, side), middle, side / 2, cv2.INTER_LINEAR)

    def glow() -> Any:
        light, radius = np.power(array, 2.2), side * 0.06
        for share, weight in ((0.25, 0.8), (0.5, 0.5), (1.0, 0.3)):
            light = light + weight * cv2.GaussianBlur(array, (0, 0), radius * share)
        return cv2.min(light, 1.0)

    calls: dict[str, Call] = {
        "glow": glow,
        "displace": lambda: cv2.remap(array, bent[1], bent[0], cv2.INTER_LINEAR),
        "polar": lambda: polar(array),
        "mirror": lambda: cv2.flip(array, 1),
        "border": lambda: cv2.copyMakeBorder(array, *[side // 25] * 4, cv2.BORDER_CONSTANT),
        "tile:columns=2,rows=2": lambda: cv2.repeat(array, 2, 2),
        "pixelate": lambda: pixelated(array),
        "upscale:size=0,factor=2": lambda: cv2.resize(
            array, double, interpolation=cv2.INTER_LANCZOS4
        ),
        "upscale:size=0,factor=2,method=nearest": lambda: cv2.resize(
            array, double, interpolation=cv2.INTER_NEAREST
        ),
        "invert:what=color": lambda: cv2.subtract(1.0, array),
        "levels:gamma=1.5": lambda: cv2.pow(array, 1 / 1.5),
    }
    rivals: Rivals = {name: [("OpenCV", call)] for name, call in calls.items()}
    rivals["gradient-map"] = [
        ("OpenCV, 8 bit", lambda: cv2.applyColorMap(bytes_, cv2.COLORMAP_INFERNO))
    ]
    same: dict[str, Call] = {
        "displace": displaced,
        "polar": lambda: polar(light()),
        "pixelate": lambda: pixelated(light()),
        **by_eye(cv2, array),
    }
    for name, call in same.items():
        rivals.setdefault(name, []).append(("OpenCV, same work", call))
    return rivals


def by_eye(cv2: Any, array: np.ndarray) -> dict[str, Call]:
    """List the functions of OpenCV in CIELAB, on float32."""
    ramp = np.linspace(0, 1, 3 * 1024, dtype=np.float32).reshape(1024, 3)
    palette = cv2.cvtColor(GAMEBOY[None], cv2.COLOR_RGB2Lab)[0]
    colors = np.zeros((1, 256, 3), np.float32)
    colors[0, : len(GAMEBOY)] = GAMEBOY

    def mapped() -> Any:
        # Lightness in bytes would show steps, so a ramp of more colours is looked up.
        lightness = cv2.extractChannel(cv2.cvtColor(array, cv2.COLOR_RGB2Lab), 0)
        return ramp.take((lightness * np.float32(10.23)).astype(np.intp), axis=0, mode="clip")

    def nearest() -> Any:
        # |p - c|^2 without |p|^2, which is the same for every c; a plane for each colour.
        lab = cv2.cvtColor(array, cv2.COLOR_RGB2Lab).reshape(-1, 3)
        away = (-2 * palette) @ lab.T
        away += (palette * palette).sum(1, keepdims=True)
        found, least = np.zeros(len(lab), np.uint8), away[0]
        for place, one in enumerate(away[1:], 1):
            np.putmask(found, one < least, place)
            np.minimum(least, one, out=least)
        return cv2.LUT(cv2.merge([found.reshape(array.shape[:2])] * 3), colors)

    return {"gradient-map": mapped, "palette:gameboy": nearest}


def scikit_image(array: np.ndarray) -> Rivals:
    """List the functions of scikit-image, on float32."""
    if not _installed("skimage"):
        return {}
    color, exposure = import_module("skimage.color"), import_module("skimage.exposure")
    filters, transform = import_module("skimage.filters"), import_module("skimage.transform")
    util = import_module("skimage.util")

    def nearest() -> Any:
        lab, wanted = color.rgb2lab(array), color.rgb2lab(GAMEBOY)
        return np.stack([((lab - one) ** 2).sum(axis=2) for one in wanted]).argmin(axis=0)

    def adjusted() -> Any:
        lab = color.rgb2lab(array)
        lab[:, :, 1:] *= 1.2
        return color.lab2rgb(lab)

    radius = len(array) * 0.06
    calls: dict[str, Call] = {
        "palette:gameboy": nearest,
        "adjust:contrast=0.2,saturation=0.2": adjusted,
        "levels:black=0.1,white=0.9": lambda: exposure.rescale_intensity(array, (0.1, 0.9)),
        "levels:gamma=1.5": lambda: exposure.adjust_gamma(array, 1 / 1.5),
        "invert:what=color": lambda: util.invert(array),
        "swirl": lambda: transform.swirl(array, strength=3),
        "polar": lambda: transform.warp_polar(array, channel_axis=2),
        "grain": lambda: util.random_noise(array),
        "glow": lambda: filters.gaussian(array, radius, channel_axis=2),
        "ink-edges": lambda: filters.difference_of_gaussians(array, 3, 5, channel_axis=2),
    }
    return {name: [("scikit-image", call)] for name, call in calls.items()}


def magick(image: Image.Image, folder: Path) -> Rivals:
    """List the calls of ImageMagick; reading and writing an uncompressed file is subtracted."""
    program = shutil.which("magick") or shutil.which("convert")
    if not program:
        return {}
    told = subprocess.run([program, "-version"], check=False, capture_output=True)
    if b"Version: ImageMagick" not in told.stdout:
        return {}
    source = folder / "scene.ppm"
    image.save(source)

    def call(*words: str) -> Call:
        command = [program, str(source), *words, "ppm:" + str(folder / "out.ppm")]
        return lambda: subprocess.run(command, check=True, capture_output=True)

    plain = seconds(call(), 2)

    def less(*words: str) -> Call:
        run = call(*words)

        def timed() -> float:
            begun = time.perf_counter()
            run()
            return max(1e-4, time.perf_counter() - begun - plain)

        return timed

    calls = {
        "posterize:by=channels": less("-posterize", "4"),
        "kuwahara:sectors=4": less("-kuwahara", str(round(image.width * 0.015))),
        "swirl": less("-swirl", "90"),
        "vignette": less("-vignette", "0x40"),
        "crosshatch": less("-sketch", "0x10+45"),
    }
    return {name: [("ImageMagick", call)] for name, call in calls.items()}


def bend(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Compute places near every pixel, down and across."""
    rows, columns = np.mgrid[:side, :side].astype(np.float32)
    bent = (rows + 9 * np.sin(columns / 40), columns + 9 * np.sin(rows / 40))
    return bent[0].astype(np.float32), bent[1].astype(np.float32)


def _installed(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        return None


def calls(entry: Entry) -> list[str]:
    """List the styles that a filter is measured with."""
    name = entry.declaration.name
    return [f"{name}:{options}" for options in CALLS[name]] if name in CALLS else [name]


def fastest(rivals: list[tuple[str, Call]], repeats: int) -> tuple[str, float]:
    """Find the name and time of the quickest library."""
    timed = []
    for name, call in rivals:
        # ImageMagick's calls measure their own time, without reading and writing.
        try:
            own = [call() for _ in range(repeats)] if name == "ImageMagick" else []
        except subprocess.CalledProcessError:
            # An older version that has no such option.
            continue
        timed.append((min(own) if own else seconds(call, repeats), name))
    return min(timed, default=(math.inf, ""))[::-1]


def neon(side: int) -> None:
    """Print time and memory of the style neon."""
    registry = load_registry(packages=False)
    chain, picture = parse_style("neon", registry), scene(side)
    small = Picture(picture.pixels[:64, :64])
    apply_style(chain, small, registry=registry)
    # The peak includes what drawing the scene needed, so it is an upper bound.
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken = seconds(lambda: apply_style(chain, picture, registry=registry), 2)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    copy = seconds(lambda: picture.pixels.copy(), 3)
    size = picture.pixels.nbytes / 1024
    print(f"neon at {side}x{side}: {taken:.2f} s, {taken / copy:.0f} plain copies")
    print(f"peak {peak / size:.1f} pictures; {before / size:.1f} before it began")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=1024, help="Pixels a side.")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default="", help="Filters, as in glow,stipple.")
    parser.add_argument("--neon", action="store_true", help="Measure the style neon instead.")
    parser.add_argument(
        "--cpu", action="store_true", help="Count processor time, for machines that do other work."
    )
    parser.add_argument("--compiled", action="store_true", help="Machine code from the start.")
    given = parser.parse_args()
    fast.PATIENCE_SECONDS = 0.0 if given.compiled else math.inf
    if given.cpu:
        global clock
        clock = time.process_time
    if given.neon:
        neon(given.side)
        return
    with TemporaryDirectory() as folder:
        table(given, Path(folder))


def table(given: argparse.Namespace, folder: Path) -> None:
    """Print a row for each filter and set of options."""
    registry = load_registry(packages=False)
    picture = scene(given.side)
    image, megapixels = to_pil(picture), given.side**2 / 1e6
    wanted = [name for name in given.only.split(",") if name]
    rivals: Rivals = {}
    libraries = {
        "Pillow": pillow(image),
        "OpenCV": opencv(picture.pixels),
        "scikit-image": scikit_image(picture.pixels),
        "ImageMagick": magick(image, folder),
    }
    for library, has in libraries.items():
        if not has:
            print(f"{library} is not installed: its rows are missing")
        for name, more in has.items():
            rivals.setdefault(name, []).extend(more)
    copy = seconds(lambda: picture.pixels.copy(), given.repeats)
    print(f"{megapixels:.1f} megapixels; a plain copy: {megapixels / copy:.0f} MP/s")
    print("| filter | MP/s | copies | fastest library | MP/s | ours / theirs |")
    print("|---|---|---|---|---|---|")
    for entry in registry.entries("filter"):
        if wanted and entry.declaration.name not in wanted:
            continue
        for style in calls(entry):
            chain = parse_style(style, registry)
            ours = seconds(partial(apply_style, chain, picture, registry=registry), given.repeats)
            row = f"| {style} | {megapixels / ours:.3g} | {ours / copy:.0f} |"
            for kind in ("", "same work", "8 bit"):
                same = [r for r in rivals.get(style, []) if r[0].partition(", ")[2] == kind]
                if same:
                    library, theirs = fastest(same, given.repeats)
                    if not library:
                        continue
                    row += f" {library} | {megapixels / theirs:.3g} | {theirs / ours:.2g} |"
            print(row, flush=True)


if __name__ == "__main__":
    main()
