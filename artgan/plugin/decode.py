"""Decodes picture files of any kind: upright, in sRGB, 8 bits or floats, clear pixels as alpha.

Everything in artgan that reads pictures reads them here, and so may plugins. What a file holds of
more than 8 bits a channel is read as floats. The range of deep pictures is the one that the file
declares, never that of the picture's own values.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from artgan.errors import PluginError
from artgan.plugin.channel_bits import channel_bits
from artgan.plugin.deep_color import is_deep_color, levels_of, raw_mode, read_deep_color, upright
from artgan.plugin.deep_tiff import (
    BEGINS,
    FLOAT,
    FLOATS_ASSUMED,
    SIGNED,
    UNSIGNED,
    WHITE_IS_0,
    DeepTiff,
    level_of,
)
from artgan.plugin.file_colors import color_profile
from artgan.plugin.files import Contribution, find_reader, read_endings
from artgan.plugin.profiles import deep_to_srgb, to_srgb

PICTURE_ENDINGS = tuple(
    f".{ending}"
    for kinds in (
        "png apng jpg jpeg jpe jfif webp gif bmp tif tiff avif heic heif",
        "ppm pgm pbm pnm pfm tga ico jp2 j2k dds pcx qoi",
    )
    for ending in kinds.split()
)
"""Endings of files that are taken for pictures, in lower case."""

HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
"""What tells a HEIC file, for plugins that ask; the reader ``heic`` reads it."""

BEGIN = 64
"""Bytes at the beginning of a file by which its format is known."""

PHOTOMETRIC, BITS, SAMPLE_FORMAT, PLANES = 262, 258, 339, 284
"""Tags of TIFF 6.0."""

ORIENTATION = 0x0112

ROWS = 257
"""TIFF tag of how many rows a picture has."""

BITS_ASSUMED = "grey is taken as 16 bits, 0 to 65535"

ROUNDED = "its {bits} bits a channel are rounded to 8"

NARROW = 1 / 128
"""Share of the declared range below which the values of a picture are worth a sentence."""


@dataclass(frozen=True)
class Decoded:
    """A decoded picture.

    Attributes:
        pixels: (H, W, C) in sRGB, upright; C is 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA).
            uint8, or float32 in [0, 1] for more than 8 bits a channel.
        notes: What was converted, each as a few words.
        assumed: What the file does not say and was assumed, each as a sentence without a full stop.
        indices: Place of each pixel's colour in the palette, uint8 (H, W); None without a palette.
        dpi: Printed pixels per inch, or None.
    """

    pixels: NDArray[np.uint8] | NDArray[np.float32]
    notes: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    indices: NDArray[np.uint8] | None = None
    dpi: float | None = None

    def as_floats(self) -> NDArray[np.float32]:
        """Return the pixels as float32 in [0, 1]."""
        if self.pixels.dtype == np.uint8:
            return np.divide(self.pixels, np.float32(255), dtype=np.float32)
        return self.pixels.astype(np.float32, copy=False)

    def as_image(self) -> Image.Image:
        """Return the pixels as an 8-bit PIL image: L, LA, RGB or RGBA."""
        pixels = self.pixels
        if pixels.dtype != np.uint8:
            pixels = (pixels * 255 + 0.5).astype(np.uint8)
        return Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)


def identify(file: IO[bytes], name: str = "") -> Image.Image:
    """Open a picture of any size without decoding it.

    ``PIL.Image.open`` refuses large files by a limit that all threads share. Here there is none:
    the head of a poster may be read, and whoever decodes pixels checks the size before.

    Args:
        file: The file, open until the pixels are decoded.
        name: Its name, which a few formats need.

    Raises:
        PIL.UnidentifiedImageError: It is in no format that can be read.
        MissingExtraError: It needs a package that is not installed.
        DataError: It is a TIFF whose colours cannot be read.
    """
    file.seek(0)
    begin = file.read(BEGIN)
    own = find_reader(begin, name, own=True)
    if own is not None:
        return _read_with(own, file, name)
    tried: set[str] = set()
    for load_formats in (Image.preinit, Image.init):
        load_formats()
        for kind in [kind for kind in Image.ID if kind not in tried]:
            tried.add(kind)
            build, accepts = Image.OPEN[kind]
            try:
                accepted = accepts is None or accepts(begin[:16])
                # A text in place of True says why the format cannot be read here.
                if accepted and not isinstance(accepted, str):
                    file.seek(0)
                    image = build(file, name)
                    if not _is_misread(image):
                        return image
            except (SyntaxError, IndexError, TypeError, struct.error):
                continue
    if begin.startswith(BEGINS):
        file.seek(0)
        return DeepTiff(file, name)
    other = find_reader(begin, name, own=False)
    if other is not None:
        return _read_with(other, file, name)
    raise UnidentifiedImageError(f"no known picture format: {name}")


def _is_misread(image: Image.Image) -> bool:
    """Tell whether Pillow takes samples for bytes: deep TIFF with a plane for each channel."""
    tags = getattr(image, "tag_v2", {})
    bits = int(np.max(tags.get(BITS, 1)))
    return tags.get(PLANES, 1) != 1 and bits > 8 and len(image.getbands()) > 1


def _read_with(reader: Contribution, file: IO[bytes], name: str) -> Image.Image:
    """Open a file by the reader of its format.

    Raises:
        PluginError: What it returned is no picture.
    """
    file.seek(0)
    image = reader.call("open", file, name)
    if not isinstance(image, Image.Image):
        raise PluginError(f"{reader.where} returned {type(image).__name__}; expected a PIL image")
    return image


def picture_endings() -> tuple[str, ...]:
    """List ``PICTURE_ENDINGS`` and those that readers of plugins declare."""
    return (*PICTURE_ENDINGS, *read_endings())


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Read (width, height) of a picture when upright, without decoding it."""
    # Pillow's own TIFF reader reports the size when upright.
    swapped = image.format != "TIFF" or isinstance(image, DeepTiff)
    turned = swapped and image.getexif().get(ORIENTATION, 1) in (5, 6, 7, 8)
    return (image.height, image.width) if turned else image.size


def decode(image: Image.Image) -> Decoded:
    """Decode a PIL image of any mode; of several frames, the one that it stands at.

    Args:
        image: As ``identify`` or ``PIL.Image.open`` gives it. A copy made by Pillow has lost what
            its file says of range and depth, which is then assumed.
    """
    _refuse_missing_rows(image)
    depth, deep = _Depth.of(image), is_deep_color(image) or _gets_8_of_more(image)
    levels = _color_levels(image, depth)
    # Only now: to look for EXIF, Pillow decodes a PNG.
    turned = image.getexif().get(ORIENTATION, 1) in range(2, 9)
    image.load()
    image = ImageOps.exif_transpose(image) if turned else image
    assumed = list(depth.assumed)
    grey = image.mode.startswith("I") or image.mode == "F"
    if grey:
        levels = _grey_levels(image, depth)
        assumed += _listed(_tell_narrow(levels))
    pixels, notes = _finish_levels(levels, image.mode, depth)
    if pixels is None:
        assumed += [ROUNDED.format(bits=depth.bits)] * (deep or levels is not None)
        pixels, notes = _decode_8_bits(image if levels is None else _rounded(levels, image), depth)
    return Decoded(
        pixels,
        (*(["turned upright by EXIF"] if turned else []), *notes),
        tuple(assumed),
        np.asarray(image) if image.mode == "P" else None,
        _dpi(image),
    )


def _color_levels(image: Image.Image, depth: "_Depth") -> NDArray[np.float32] | None:
    """Decode colour of more than 8 bits a channel; None if a file holds none that can be read."""
    if isinstance(image, DeepTiff):
        orientation = image.getexif().get(ORIENTATION, 1)
        return None if image.mode == "F" else upright(image.levels(), orientation)
    levels = read_deep_color(image)
    if levels is None or not isinstance(depth.key, tuple):
        return levels
    key = levels_of(np.asarray(depth.key, np.uint16))
    other = (levels != key).any(axis=2, keepdims=True)
    return np.concatenate([levels, other.astype(np.float32)], axis=2)


def _rounded(levels: NDArray[np.float32], image: Image.Image) -> Image.Image:
    """Round levels (H, W, C) to an image of 8 bits."""
    mode = "CMYK" if image.mode == "CMYK" else {2: "LA", 3: "RGB", 4: "RGBA"}[levels.shape[2]]
    data = (levels * 255 + 0.5).astype(np.uint8)
    return Image.frombytes(mode, (data.shape[1], data.shape[0]), data.tobytes())


def _gets_8_of_more(image: Image.Image) -> bool:
    """Tell whether Pillow gives 8 bits a channel of a file that has more."""
    return channel_bits(image) > 8 and not image.mode.startswith(("I", "F"))


def _refuse_missing_rows(image: Image.Image) -> None:
    """Refuse a TIFF that holds fewer rows than its head says, which Pillow fills with black.

    Raises:
        ValueError: It does.
    """
    # The size that Pillow gives is that of the upright picture.
    told = getattr(image, "tag_v2", {}).get(ROWS, 0)
    held = max((tile[1][3] for tile in getattr(image, "tile", ()) if tile[1]), default=told)
    if held < told:
        raise ValueError(f"it holds {held} of {told} rows")


def _dpi(image: Image.Image) -> float | None:
    dpi = image.info.get("dpi")
    return float(dpi[0]) if dpi and dpi[0] else None


@dataclass(frozen=True)
class _Depth:
    """What a file says of its samples.

    Attributes:
        kind: ``UNSIGNED``, ``SIGNED`` or ``FLOAT``.
        bits: Bits of a sample that count.
        padded: Zeros that Pillow puts below them, as it does for JPEG 2000.
        inverted: Whether the lowest value is white, and Pillow did not turn that round.
        key: The clear colour as the samples in memory have it, or None.
        profile: The ICC profile of its colours, or None.
        assumed: What the file does not say, each as a sentence.
    """

    kind: int = UNSIGNED
    bits: int = 16
    padded: int = 0
    inverted: bool = False
    key: Any = None
    profile: bytes | None = None
    assumed: tuple[str, ...] = ()

    @classmethod
    def of(cls, image: Image.Image) -> "_Depth":
        """Read it from a picture that may not be decoded yet."""
        profile, told = color_profile(image)
        if isinstance(image, DeepTiff):
            return cls(FLOAT, profile=profile, assumed=_listed(image.assumed, told))
        tags = getattr(image, "tag_v2", None)
        if image.mode == "F":
            inverted, assumed = _white_is_0(tags), _listed(FLOATS_ASSUMED, told)
            return cls(FLOAT, inverted=inverted, profile=profile, assumed=assumed)
        if tags is not None:
            kind, bits = (int(np.max(tags.get(t, 1))) for t in (SAMPLE_FORMAT, BITS))
            inverted = image.mode.startswith("I") and _white_is_0(tags)
            return cls(kind, bits, 0, inverted, None, profile, _listed(told))
        unsaid = BITS_ASSUMED if image.mode == "I" and not image.format else ""
        bits = channel_bits(image) or 16
        padded = 16 - bits if image.mode == "I;16" else 0
        return cls(
            bits=bits,
            padded=padded,
            key=_clear_key(image),
            profile=profile,
            assumed=_listed(unsaid, told),
        )


def _listed(*sentences: str) -> tuple[str, ...]:
    return tuple(filter(None, sentences))


def _white_is_0(tags: Any) -> bool:
    return tags is not None and tags.get(PHOTOMETRIC, 1) == WHITE_IS_0


def _clear_key(image: Image.Image) -> Any:
    """Return the clear colour; a PNG has it at its own depth, and Pillow expands only pixels."""
    key = image.info.get("transparency")
    stored = raw_mode(image) if image.format == "PNG" else ""
    factor = {"L;2": 85, "L;4": 17}.get(stored)
    if factor and isinstance(key, int):
        return key * factor
    if stored == "RGB;16B" and isinstance(key, tuple) and getattr(image, "n_frames", 1) > 1:
        # Of animations the upper byte alone is read.
        return tuple(part >> 8 for part in key)
    return key


def _finish_levels(
    levels: NDArray[np.float32] | None, mode: str, depth: _Depth
) -> tuple[NDArray[np.uint8] | NDArray[np.float32] | None, list[str]]:
    """Bring levels of more than 8 bits to sRGB, with notes; None for what takes 8 bits."""
    if levels is None or mode == "CMYK":
        return None, []
    if not depth.profile:
        return levels, []
    converted, note = deep_to_srgb(levels, depth.profile)
    return converted, [*_listed(note)]


def _grey_levels(image: Image.Image, depth: _Depth) -> NDArray[np.float32]:
    """Bring grey of 16 or 32 bits, and floats, to levels (H, W, C) in [0, 1]."""
    values = np.asarray(image) >> depth.padded if depth.padded else np.asarray(image)
    if depth.kind == UNSIGNED and depth.bits == 32:
        # Pillow keeps the bits, but has signed numbers only.
        values = values.view(np.uint32)
    levels = level_of(values, depth.kind, depth.bits)
    channels = [1 - levels if depth.inverted else levels]
    if isinstance(depth.key, int):
        channels.append((values != depth.key).astype(np.float32))
    return np.stack(channels, axis=2)


def _tell_narrow(pixels: NDArray[Any]) -> str:
    """Say that deep grey looks flat since the file declares more bits than it uses."""
    low, high = float(pixels[:, :, 0].min()), float(pixels[:, :, 0].max())
    if low == high or high - low > NARROW:
        return ""
    return (
        f"its grey lies between {low:.2%} and {high:.2%} of the range that the file declares, and "
        "looks flat; if it shall fill it, save it so in the program that made it"
    )


def _decode_8_bits(image: Image.Image, depth: _Depth) -> tuple[NDArray[np.uint8], list[str]]:
    """Decode every mode of 8 bits or fewer a channel."""
    image, notes = _to_plain_mode(image, depth, bool(depth.profile))
    if depth.profile:
        image, note = to_srgb(image, depth.profile)
        notes += [note] if note else []
    if image.mode == "CMYK":
        image = image.convert("RGB")
    pixels: NDArray[np.uint8] = np.asarray(image)
    return pixels[:, :, None] if pixels.ndim == 2 else pixels, notes


def _to_plain_mode(
    image: Image.Image, depth: _Depth, profiled: bool
) -> tuple[Image.Image, list[str]]:
    """Convert to L, LA, RGB or RGBA, or to CMYK, with notes on what was converted."""
    mode = image.mode
    if mode == "P":
        plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
        return plain, ["indexed colours expanded"]
    if mode in ("1", "L", "RGB"):
        plain = image.convert("L") if mode == "1" else image
        if mode == "L" and depth.kind == SIGNED:
            plain = plain.point([(level + 128) % 256 for level in range(256)])
        return (plain if depth.key is None else _with_key(plain, depth.key)), []
    if mode in ("LA", "RGBA"):
        return image, []
    if mode == "La":
        return image.convert("LA"), []
    notes = [f"{mode} converted to RGB"]
    if mode == "CMYK":
        return image, notes if profiled else [*notes, "CMYK without a colour profile"]
    return image.convert("RGBA" if mode[-1] in "Aa" else "RGB"), notes


def _with_key(image: Image.Image, key: Any) -> Image.Image:
    """Make one colour clear."""
    pixels = np.asarray(image)
    other = pixels != np.asarray(key)
    alpha = (other.any(axis=2) if other.ndim == 3 else other).astype(np.uint8) * 255
    result = image.copy()
    result.putalpha(Image.fromarray(alpha))
    return result


def frames(image: Image.Image) -> Iterator[Image.Image]:
    """Yield the frames or pages of a picture one after the other, each to be decoded at once."""
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        yield image
