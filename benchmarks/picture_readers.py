"""Reads the pictures of the sets in ``picture_sets`` from unpacked packages.

Each function yields all pictures of one package that are of the set's kind, always in the same
order, and lays them on a ground where the set has one. ``stored`` is the longest side in pixels
that they get where the package has larger ones.
"""

import gzip
import io
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

PIECE = 64
"""Side in pixels of a piece of a pattern."""
FIRST_GLYPH, GLYPHS = 0x13000, 1071
"""Where the Egyptian hieroglyphs stand in Unicode, and how many there are."""
LARGEST = 60_000
"""Bytes of a drawing up to which it is read; a few hold hundreds of megapixels."""
WHITE, PARCHMENT = (255, 255, 255), (222, 212, 190)


def emoji(folder: Path, stored: int) -> Iterator[Image.Image]:
    """Yield emoji on white, without flags and without the shades of skin."""
    files = sorted((folder / "package/img/twitter/64").glob("*.png"))
    for file in files:
        if (
            not file.stem.startswith(("1f1", "1f3f4-"))
            and "1f3f" not in file.stem.split("-", 1)[-1]
        ):
            yield on_ground(Image.open(file), WHITE)


def clipart(folder: Path, stored: int) -> Iterator[Image.Image]:
    """Yield drawings of things that have a clear ground."""
    shelves = ("animals", "food", "people", "plants", "recreation", "tools", "transportation")
    for shelf in shelves:
        for file in sorted((folder / "usr/share/openclipart/png" / shelf).rglob("*.png")):
            if file.stat().st_size > LARGEST:
                continue
            picture = Image.open(file).convert("RGBA")
            clear = np.asarray(picture.resize((32, 32)))[:, :, 3] < 20
            if "cards" not in file.parts and 0.2 < clear.mean() < 0.9:
                yield squared(picture, stored)


def sprites(folder: Path, stored: int) -> Iterator[Image.Image]:
    """Yield the sprites of 32 x 32 pixels, the first of each animation."""
    packed = (folder / "usr/share/games/crossfire-client/crossfire.base").read_bytes()
    place, seen = 0, set()
    while packed[place : place + 6] == b"IMAGE ":
        end = packed.index(b"\n", place)
        _, length, name = packed[place:end].decode().split(" ", 2)
        data, place = packed[end + 1 : end + 1 + int(length)], end + 1 + int(length)
        stem = name.rsplit(".", 1)[0]
        if data[16:24] == struct.pack(">2I", 32, 32) and stem not in seen:
            seen.add(stem)
            yield Image.open(io.BytesIO(data)).convert("RGBA")


def hieroglyphs(folder: Path, stored: int) -> Iterator[Image.Image]:
    """Yield hieroglyphs in black on white, each as large as it fits."""
    file = "usr/share/fonts/truetype/noto/NotoSansEgyptianHieroglyphs-Regular.ttf"
    font = ImageFont.truetype(folder / file, stored)
    for code in range(FIRST_GLYPH, FIRST_GLYPH + GLYPHS):
        left, top, right, bottom = font.getbbox(chr(code))
        side = int(1.1 * max(right - left, bottom - top)) + 2
        picture = Image.new("L", (side, side), 255)
        corner = ((side - right + left) / 2 - left, (side - bottom + top) / 2 - top)
        ImageDraw.Draw(picture).text(corner, chr(code), fill=0, font=font)
        yield picture.resize((stored, stored), Image.Resampling.LANCZOS)


def flags(folder: Path, stored: int) -> Iterator[Image.Image]:
    """Yield flags of countries and regions, stretched to squares."""
    for file in sorted((folder / "package/png250px").glob("*.png")):
        yield on_ground(Image.open(file), WHITE).resize((stored, stored), Image.Resampling.LANCZOS)


def portraits(folder: Path, stored: int) -> Iterator[Image.Image]:
    """Yield painted figures on parchment."""
    for file in sorted(folder.glob("usr/share/games/wesnoth/*/data/**/portraits/**/*.png")):
        yield squared(
            on_ground(squared(Image.open(file).convert("RGBA"), stored), PARCHMENT), stored
        )


def clothes(folder: Path, stored: int) -> Iterator[Image.Image]:
    """Yield the test pictures of Fashion-MNIST, grey, 28 x 28."""
    packed = folder / "usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz"
    pixels = np.frombuffer(gzip.decompress(packed.read_bytes()), np.uint8, offset=16)
    for picture in pixels.reshape(-1, 28, 28):
        yield Image.fromarray(picture)


def textures(folder: Path, stored: int) -> Iterator[Image.Image]:
    """Yield pieces of 64 x 64 pixels of patterns that repeat; small patterns are left out."""
    key = np.random.Generator(np.random.PCG64(0))
    for file in sorted(folder.glob("usr/share/gimp/2.0/patterns/**/*.pat")):
        data = file.read_bytes()
        header, _, width, height, channels = struct.unpack(">5I", data[:20])
        if min(width, height) < PIECE:
            continue
        pixels = np.frombuffer(data, np.uint8, offset=header).reshape(height, width, channels)
        pixels = np.repeat(pixels, 3, 2) if channels == 1 else pixels[:, :, :3]
        for _ in range(16):
            moved = np.roll(pixels, (key.integers(height), key.integers(width)), (0, 1))
            yield Image.fromarray(np.ascontiguousarray(moved[:PIECE, :PIECE]))


def photographs(folder: Path, stored: int) -> Iterator[Image.Image]:
    """Yield square pieces of photographs, from a quarter to all of the shorter side."""
    key = np.random.Generator(np.random.PCG64(0))
    for file in sorted((folder / "usr/share/backgrounds").rglob("*.jpg")):
        if "abstract" in file.parts or "desktop" in file.parts:
            continue
        picture = Image.open(file).convert("RGB")
        picture.thumbnail((1200, 1200))
        for _ in range(30):
            side = int(min(picture.size) * key.uniform(0.25, 1))
            left = int(key.integers(picture.width - side + 1))
            top = int(key.integers(picture.height - side + 1))
            yield squared(picture.crop((left, top, left + side, top + side)), stored)


def stamps(folder: Path, stored: int) -> Iterator[Image.Image]:
    """Yield photographs of things, cut out and laid on white."""
    kinds = ("animals", "clothes", "food", "household", "plants", "vehicles", "town", "seasonal")
    for kind in kinds:
        for file in sorted((folder / "usr/share/tuxpaint/stamps" / kind).rglob("*.png")):
            if "cartoon" not in file.parts:
                yield on_ground(squared(Image.open(file).convert("RGBA"), stored), WHITE)


def on_ground(picture: Image.Image, color: tuple[int, int, int]) -> Image.Image:
    """Lay a picture on a ground of one colour."""
    ground = Image.new("RGBA", picture.size, (*color, 255))
    return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")


def squared(picture: Image.Image, stored: int) -> Image.Image:
    """Shrink a picture and put it into the middle of a square; what is added is clear or black."""
    picture.thumbnail((stored, stored), Image.Resampling.LANCZOS)
    if picture.width == picture.height:
        return picture
    side = max(picture.size)
    square = Image.new(picture.mode, (side, side))
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return square
