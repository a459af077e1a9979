"""Sets filters of artgan beside the best free tools that are installed, on the same picture.

    python -m benchmarks.looks --compare --out build/looks

G'MIC and ImageMagick are found on the PATH (``apt-get install gmic imagemagick caca-utils``),
OpenCV if it is installed (``pip install opencv-python-headless``); a row whose tool is missing is
left out with a sentence. Both sides get the same picture at the same size, a PNG, and write it as
PPM (img2txt: TGA), since what packing a PNG takes says nothing about a filter. The time is that of
the processor, the least of ``TRIES`` runs, with decoding on both sides, and with the start of the
program for those that are programs, which takes them some hundredths of a second; artgan is loaded
already. ``--rows`` chooses rows by the first word of each.
"""

import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageDraw

import artgan
from benchmarks.look_pictures import load_pictures

SIDE = 768
"""Longer side of the pictures that are compared."""
CELL, TALL = 300, 210
TRIES = 5


@dataclass(frozen=True)
class Rival:
    """One row of the page.

    Attributes:
        what: What both sides do.
        picture: Name of the test picture.
        ours: A style or a chain.
        tool: Name of the other tool, with its command.
        command: Program and arguments, with "in.png" and "out.ppm"; or a function of a picture.
        side: Longer side of the picture.
    """

    what: str
    picture: str
    ours: str
    tool: str
    command: tuple[str, ...] | Callable[[Image.Image], Image.Image]
    side: int = SIDE


def _opencv(picture: Image.Image) -> Image.Image:
    cv2 = import_module("cv2")
    pixels = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
    return Image.fromarray(cv2.stylization(pixels, sigma_s=60, sigma_r=0.45)[:, :, ::-1])


def _pillow_palette(picture: Image.Image) -> Image.Image:
    return picture.quantize(16, Image.Quantize.MEDIANCUT).convert("RGB")


C64 = "dither palette=c64 method=floyd-steinberg"
RIVALS = (
    Rival(
        "Dithering to 16 colours",
        "face",
        C64,
        "ImageMagick",
        ("convert", "in.png", "-dither", "FloydSteinberg", "-remap", "palette.png", "out.ppm"),
    ),
    Rival(
        "Ordered dithering",
        "landscape",
        "dither palette=black-white method=blue-noise",
        "ImageMagick o8x8",
        ("convert", "in.png", "-colorspace", "Gray", "-ordered-dither", "o8x8", "out.ppm"),
    ),
    Rival(
        "Sixteen colours of its own",
        "face",
        "palette own:16",
        "Pillow, median cut",
        _pillow_palette,
    ),
    Rival(
        "Halftone",
        "face",
        "halftone:90,inks=cyan,magenta,yellow,key,paper=ffffff",
        "ImageMagick h8x8a in CMYK",
        (
            "convert",
            "in.png",
            "-colorspace",
            "CMYK",
            "-ordered-dither",
            "h8x8a",
            "-colorspace",
            "sRGB",
            "out.ppm",
        ),
    ),
    Rival(
        "Oil",
        "landscape",
        "brush",
        "G'MIC fx_painting",
        ("gmic", "in.png", "fx_painting", "5,2.5,1.5,50,1", "cut", "0,255", "o", "out.ppm"),
    ),
    Rival("Watercolour", "landscape", "kuwahara 0.014 | wash", "OpenCV stylization", _opencv),
    Rival(
        "Stained glass",
        "face",
        "kuwahara 0.008 | leaded-glass",
        "G'MIC stained_glass",
        ("gmic", "in.png", "stained_glass", "20%,0.3,1", "o", "out.ppm"),
    ),
    Rival(
        "Low poly",
        "face",
        "facets",
        "G'MIC polygonize",
        ("gmic", "in.png", "polygonize", "300,10", "o", "out.ppm"),
    ),
    Rival(
        "Etching",
        "face",
        "engraving",
        "G'MIC linify",
        ("gmic", "in.png", "linify", "40,2,70,10", "o", "out.ppm"),
    ),
    Rival(
        "Picture tube",
        "face",
        "phosphor",
        "G'MIC scanlines",
        ("gmic", "in.png", "scanlines", "60,4,0,0,0,0", "cut", "0,255", "o", "out.ppm"),
    ),
    Rival(
        "Sorted pixels",
        "landscape",
        "pixel-sort",
        "G'MIC pixelsort",
        ("gmic", "in.png", "pixelsort", "+,y", "o", "out.ppm"),
    ),
    Rival(
        "Letters",
        "face",
        "ascii columns=100 color=true",
        "libcaca img2txt",
        ("img2txt", "--width=100", "--format=tga", "in.png"),
    ),
    Rival(
        "Pixel art, eight times",
        "creature",
        "upscale size=0 factor=8 method=epx",
        "G'MIC scale2x, thrice",
        ("gmic", "in.png", "scale2x", "scale2x", "scale2x", "o", "out.ppm"),
        32,
    ),
    Rival(
        "Photograph, four times",
        "photo",
        "upscale size=0 factor=4 method=lanczos",
        "ImageMagick Lanczos",
        ("convert", "in.png", "-filter", "Lanczos", "-resize", "400%", "out.ppm"),
        192,
    ),
)


def compare(out: Path, words: list[str] | None = None) -> None:
    """Make the page, and print the times; of the rows that begin with one of some words, if any."""
    rivals = [r for r in RIVALS if not words or r.what.split()[0].strip(",").lower() in words]
    pictures = load_pictures(sorted({rival.picture for rival in rivals}))
    print("| What | artgan | s | Other tool | s | Ratio |\n|---|---|---|---|---|---|")
    rows = []
    for rival in rivals:
        source = pictures.get(rival.picture) or pictures.get("photo")
        missing = _missing(rival)
        if missing or source is None:
            print(f"left out {rival.what}: {missing or 'no picture'}")
            continue
        share = rival.side / max(source.size)
        size = max(1, round(source.width * share)), max(1, round(source.height * share))
        picture = source.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        shown = _pair(picture, rival)
        if shown is None:
            continue
        (ours, our_time), (theirs, their_time) = shown
        print(
            f"| {rival.what} | `{rival.ours}` | {our_time:.3f} | {rival.tool} | {their_time:.3f} "
            f"| {our_time / max(their_time, 1e-3):.2f} |",
            flush=True,
        )
        labels = (f"{rival.what}: artgan, {our_time:.2f} s", f"{rival.tool}, {their_time:.2f} s")
        rows.append(_row((ours, theirs), labels))
        ours.save(out / f"{rival.what.split()[0].lower()}-ours.png")
        theirs.save(out / f"{rival.what.split()[0].lower()}-theirs.png")
    page = Image.new("RGB", (2 * CELL + 6, sum(row.height for row in rows)), "white")
    top = 0
    for row in rows:
        page.paste(row, (0, top))
        top += row.height
    page.save(out / "compare.png")


def _missing(rival: Rival) -> str:
    if callable(rival.command):
        needs = "cv2" if rival.command is _opencv else "PIL"
        return "" if find_spec(needs) else f"{needs} is not installed"
    return "" if shutil.which(rival.command[0]) else f"{rival.command[0]} is not on the PATH"


def _pair(
    picture: Image.Image, rival: Rival
) -> tuple[tuple[Image.Image, float], tuple[Image.Image, float]] | None:
    with TemporaryDirectory() as folder:
        picture.save(Path(folder) / "in.png")
        artgan.apply(picture, rival.ours)
        our_times, their_times = [], []
        for _ in range(TRIES):
            began = time.process_time()
            with Image.open(Path(folder) / "in.png") as opened:
                opened.load()
                ours = artgan.apply(opened, rival.ours)
            ours.save(Path(folder) / "ours.ppm")
            our_times.append(time.process_time() - began)
            theirs, their_time = _run(rival, Path(folder))
            if theirs is None:
                print(f"left out {rival.what}: {rival.tool} failed")
                return None
            their_times.append(their_time)
            both = ours.convert("RGB"), theirs.convert("RGB")
        return (both[0], min(our_times)), (both[1], min(their_times))


def _run(rival: Rival, folder: Path) -> tuple[Image.Image | None, float]:
    if callable(rival.command):
        began = time.process_time()
        result = rival.command(Image.open(folder / "in.png").convert("RGB"))
        result.save(folder / "out.ppm")
        return result, time.process_time() - began
    _palette(folder / "palette.png")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(rival.command, cwd=folder, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if rival.command[0] == "img2txt":
        (folder / "letters.tga").write_bytes(ran.stdout)
        Image.open(folder / "letters.tga").save(folder / "out.ppm")
    written = sorted(folder.glob("out*.ppm"))
    return (Image.open(written[0]).copy() if written else None), spent


def _palette(path: Path) -> None:
    from artgan.plugin_manager.load import load_registry

    colors = load_registry(packages=False).find("palette", "c64").declaration.colors
    strip = Image.new("RGB", (len(colors), 1))
    for place, color in enumerate(colors):
        strip.putpixel((place, 0), tuple(bytes.fromhex(color.lstrip("#"))))
    strip.save(path)


def _row(pictures: tuple[Image.Image, ...], labels: tuple[str, ...]) -> Image.Image:
    shown = []
    for picture in pictures:
        # Screens and letters are looked at as they are: the middle at full size.
        wide, tall = CELL, min(picture.height, TALL)
        left, top = (picture.width - wide) // 2, max(0, (picture.height - tall) // 3)
        shown.append(picture.crop((left, top, left + wide, top + tall)))
    row = Image.new("RGB", (2 * CELL + 6, max(p.height for p in shown) + 22), "white")
    for place, (picture, label) in enumerate(zip(shown, labels, strict=True)):
        row.paste(picture, (place * (CELL + 6), 18))
        ImageDraw.Draw(row).text((place * (CELL + 6) + 2, 3), label, fill="black")
    return row
