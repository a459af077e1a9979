"""Animated GIF (GIF89a): one palette for all frames; a frame holds only what changes."""

import io
import json
import struct
from collections.abc import Sequence
from functools import cached_property
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.animation.writer import FrameWriter
from artgan.plugin.animations import AnimationFacts, on_black
from artgan.plugin.color import extract_colors, nearest

BITS = 6
"""Bits a channel in which the nearest palette colour is looked up."""

# Ordered dithering (Bayer 1973): thresholds that depend on the place in the picture alone, so that
# what does not move does not flicker.
_BAYER_2 = np.array([[0, 2], [3, 1]])
_BAYER_4 = np.block([[4 * _BAYER_2 + k for k in row] for row in _BAYER_2])
_BAYER_8 = np.block([[4 * _BAYER_4 + k for k in row] for row in _BAYER_2])

THRESHOLDS = (_BAYER_8 + 0.5) / 64 - 0.5
"""Shape (8, 8), values in (-0.5, 0.5)."""

XMP_TRAILER = bytes([1, *range(255, -1, -1), 0])
"""What ends a packet, which is not cut into blocks: wherever a reader that takes its bytes for
lengths of blocks arrives, it is led to the end (XMP Specification Part 3, 1.1.2)."""


class GifWriter(FrameWriter):
    """Writes an animated GIF."""

    def __init__(self, facts: AnimationFacts, file: IO[bytes]) -> None:
        super().__init__(facts, file)
        self.palette = GifPalette(facts.preview())
        file.write(b"GIF89a" + struct.pack("<HH", *facts.size) + b"\xf7\x00\x00")
        file.write(self.palette.table)
        if facts.repeats:
            file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
        if facts.record is not None:
            text = json.dumps(json.loads(facts.record), sort_keys=True).encode("ascii")
            file.write(b"\x21\xfe" + _sub_blocks(text))
        if facts.mark is not None:
            file.write(b"\x21\xff\x0bXMP DataXMP" + facts.mark + XMP_TRAILER)

    def _add(self, frame: Image.Image) -> None:
        indices = self.palette.index(frame)
        left, top, right, bottom = box = self._changed_box(indices)
        delay = self.facts.duration(self.index, 100)
        self.file.write(b"\x21\xf9\x04\x04" + struct.pack("<H", delay) + b"\x00\x00")
        self.file.write(b"\x2c" + struct.pack("<HHHH", left, top, right - left, bottom - top))
        self.file.write(b"\x00" + _compressed_pixels(indices.crop(box)))

    def close(self) -> None:
        """Write the trailer."""
        self.file.write(b"\x3b")


def _sub_blocks(data: bytes) -> bytes:
    """Cut data into GIF's blocks of at most 255 bytes."""
    pieces = [data[start : start + 255] for start in range(0, len(data), 255)]
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\x00"


def _compressed_pixels(indices: Image.Image) -> bytes:
    """Return the code size and the compressed pixels of palette indices, as a GIF holds them."""
    image = indices.copy()
    # Turns it into an image with a palette; only the indices are used.
    image.putpalette(bytes(768))
    buffer = io.BytesIO()
    image.save(buffer, "GIF", optimize=False, interlace=0)
    data = buffer.getvalue()
    place = 13 + 3 * (2 << (data[10] & 7) if data[10] & 0x80 else 0)
    while data[place] == 0x21:
        place += 2
        while data[place]:
            place += data[place] + 1
        place += 1
    local = data[place + 9]
    place += 10 + 3 * (2 << (local & 7) if local & 0x80 else 0)
    return data[place : data.rindex(b"\x3b")]


class GifPalette:
    """At most 256 colours that suit some frames."""

    def __init__(self, frames: Sequence[Image.Image]) -> None:
        self.grey = all(frame.mode == "L" for frame in frames)
        if self.grey:
            self.colors = np.arange(256, dtype=np.uint8).repeat(3).reshape(256, 3)
        else:
            self.colors = _choose_colors([np.asarray(on_black(frame)) for frame in frames])
        self.codes = _codes(self.colors)
        self.order = self.codes.argsort()

    @property
    def table(self) -> bytes:
        """The colours as a GIF holds them: 256 of three bytes."""
        return self.colors.tobytes().ljust(768, b"\x00")

    def index(self, frame: Image.Image) -> Image.Image:
        """Replace colours by their places in the palette; the result has mode L.

        A frame of which all colours are in the palette stays exact; others are dithered.
        """
        if self.grey and frame.mode == "L":
            return frame
        pixels = np.asarray(on_black(frame))
        codes = _codes(pixels.reshape(-1, 3))
        sorted_codes = self.codes[self.order]
        place = np.searchsorted(sorted_codes, codes).clip(max=len(sorted_codes) - 1)
        if np.array_equal(sorted_codes[place], codes):
            indices = self.order[place].astype(np.uint8)
        else:
            indices = self._dithered(pixels)
        return Image.fromarray(indices.reshape(pixels.shape[:2]))

    def _dithered(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return palette indices (H, W) of pixels (H, W, 3)."""
        height, width, _ = pixels.shape
        wave = np.tile(THRESHOLDS, (-(-height // 8), -(-width // 8)))[:height, :width, None]
        moved = np.clip(pixels + wave * self._spacing, 0, 255).astype(np.uint8) >> (8 - BITS)
        red, green, blue = np.moveaxis(moved.astype(np.int32), 2, 0)
        indices: NDArray[np.uint8] = self._nearest[red << 2 * BITS | green << BITS | blue]
        return indices

    @cached_property
    def _nearest(self) -> NDArray[np.uint8]:
        """Index of the nearest colour, in OKLab, for each colour of ``BITS`` bits a channel."""
        levels = (np.arange(1 << BITS) + 0.5) / (1 << BITS)
        grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
        rgb = grid.reshape(-1, 3).astype(np.float32)
        return nearest(rgb, _as_floats(self.colors)).astype(np.uint8)

    @cached_property
    def _spacing(self) -> float:
        """Usual distance, in levels of a channel, from a colour to the one nearest to it."""
        if len(self.colors) < 2:
            return 0.0
        distances = np.abs(self.colors[:, None].astype(np.int32) - self.colors[None]).max(-1)
        np.fill_diagonal(distances, 255)
        return float(np.median(distances.min(1)))


def _choose_colors(frames: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Return colours (K, 3) of frames (H, W, 3): all of them, or the 256 that stand for them."""
    found = [np.unique(_codes(frame.reshape(-1, 3))) for frame in frames]
    every = np.unique(np.concatenate(found))
    if len(every) <= 256:
        return np.stack([every >> 16, every >> 8 & 255, every & 255], axis=1).astype(np.uint8)
    pixels = np.concatenate([frame[::2, ::2].reshape(-1, 3) for frame in frames])
    return (extract_colors(_as_floats(pixels), 256) * 255 + 0.5).astype(np.uint8)


def _as_floats(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Convert 8-bit values to [0, 1]."""
    return np.divide(pixels, np.float32(255), dtype=np.float32)


def _codes(colors: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return each colour (N, 3) as one number (N,)."""
    whole = colors.astype(np.int32)
    codes: NDArray[np.int32] = whole[:, 0] << 16 | whole[:, 1] << 8 | whole[:, 2]
    return codes
