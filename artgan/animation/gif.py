"""GIF: one palette for the whole animation, and only the pixels that change."""

import io
import json
import struct
from collections.abc import Sequence
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.animation.reel import Reel, Writer, _changed, _opaque
from artgan.plugin.color import extract_colors, nearest

BITS = 6
"""Bits a channel in which the nearest palette colour is looked up."""

# Bayer 1973: an order of thresholds in which every prefix is spread evenly. It is fixed to the
# picture, so that what does not move does not flicker.
_BAYER_2 = np.array([[0, 2], [3, 1]])

_BAYER_4 = np.block([[4 * _BAYER_2 + k for k in row] for row in _BAYER_2])

_BAYER_8 = np.block([[4 * _BAYER_4 + k for k in row] for row in _BAYER_2])

THRESHOLDS = (_BAYER_8 + 0.5) / 64 - 0.5


class GifWriter(Writer):
    """One palette for all frames, and a dither that holds still."""

    def __init__(self, reel: Reel, file: IO[bytes]) -> None:
        super().__init__(reel, file)
        self.colors = Palette(reel.preview())
        self.before: Image.Image | None = None
        file.write(b"GIF89a" + struct.pack("<HH", *reel.size) + b"\xf7\x00\x00")
        file.write(self.colors.table)
        if reel.repeats:
            file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
        if reel.record is not None:
            text = json.dumps(reel.record, sort_keys=True).encode("ascii")
            file.write(b"\x21\xfe" + _blocks(text))

    def _add(self, frame: Image.Image) -> None:
        indexed = self.colors.index(frame)
        left, top, right, bottom = box = _changed(self.before, indexed)
        self.before = indexed
        delay = self.reel.duration(self.index, 100)
        self.file.write(b"\x21\xf9\x04\x04" + struct.pack("<H", delay) + b"\x00\x00")
        self.file.write(b"\x2c" + struct.pack("<HHHH", left, top, right - left, bottom - top))
        self.file.write(b"\x00" + _gif_data(indexed.crop(box)))

    def close(self) -> None:
        """Write the trailer."""
        self.file.write(b"\x3b")


def _blocks(data: bytes) -> bytes:
    """Give data in GIF's blocks of at most 255 bytes."""
    pieces = [data[start : start + 255] for start in range(0, len(data), 255)]
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\x00"


def _gif_data(indexed: Image.Image) -> bytes:
    """Give the compressed pixels of an image as they stand in a GIF: code size and blocks."""
    image = indexed.copy()
    # Makes it an image with a palette; which one does not matter here.
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


class Palette:
    """At most 256 colours that suit some frames, and the way from pixels to them."""

    def __init__(self, frames: Sequence[Image.Image]) -> None:
        grey = all(frame.mode == "L" for frame in frames)
        if grey:
            colors = np.arange(256, dtype=np.uint8).repeat(3).reshape(256, 3)
        else:
            colors = _chosen([np.asarray(_opaque(frame)) for frame in frames])
        self.grey = grey
        self.colors = colors
        self.codes = _codes(colors)
        self.order = self.codes.argsort()
        self.nearest: NDArray[np.uint8] | None = None
        self.spread = _spacing(colors)

    @property
    def table(self) -> bytes:
        """The colours as they stand in a GIF: 256 of three bytes."""
        return self.colors.tobytes().ljust(768, b"\x00")

    def index(self, frame: Image.Image) -> Image.Image:
        """Give a frame as numbers of colours, in mode L; exact where all its colours are there."""
        if self.grey and frame.mode == "L":
            return frame
        pixels = np.asarray(_opaque(frame))
        codes = _codes(pixels.reshape(-1, 3))
        sorted_codes = self.codes[self.order]
        place = np.searchsorted(sorted_codes, codes).clip(max=len(sorted_codes) - 1)
        if np.array_equal(sorted_codes[place], codes):
            found = self.order[place].astype(np.uint8)
        else:
            found = self._dithered(pixels)
        return Image.fromarray(found.reshape(pixels.shape[:2]))

    def _dithered(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width, _ = pixels.shape
        wave = np.tile(THRESHOLDS, (-(-height // 8), -(-width // 8)))[:height, :width, None]
        moved = np.clip(pixels + wave * self.spread, 0, 255).astype(np.uint8) >> (8 - BITS)
        if self.nearest is None:
            self.nearest = self._looked_up()
        table = self.nearest
        places = moved.astype(np.int32)
        found: NDArray[np.uint8] = table[
            places[..., 0] << 2 * BITS | places[..., 1] << BITS | places[..., 2]
        ]
        return found

    def _looked_up(self) -> NDArray[np.uint8]:
        """Give the nearest colour of each of the coarser colours, in OKLab."""
        levels = (np.arange(1 << BITS) + 0.5) / (1 << BITS)
        grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
        rgb = grid.reshape(-1, 3).astype(np.float32)
        return nearest(rgb, _shares(self.colors)).astype(np.uint8)


def _chosen(frames: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Give colours (K, 3) of frames (H, W, 3): all of them, or the 256 that stand for them."""
    found = [np.unique(_codes(frame.reshape(-1, 3))) for frame in frames]
    every = np.unique(np.concatenate(found))
    if len(every) <= 256:
        return np.stack([every >> 16, every >> 8 & 255, every & 255], axis=1).astype(np.uint8)
    shown = np.concatenate([frame[::2, ::2].reshape(-1, 3) for frame in frames])
    return (extract_colors(_shares(shown), 256) * 255 + 0.5).astype(np.uint8)


def _shares(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give 8-bit values as shares of 1."""
    return np.divide(pixels, np.float32(255), dtype=np.float32)


def _codes(colors: NDArray[np.uint8]) -> NDArray[np.int32]:
    whole = colors.astype(np.int32)
    codes: NDArray[np.int32] = whole[:, 0] << 16 | whole[:, 1] << 8 | whole[:, 2]
    return codes


def _spacing(colors: NDArray[np.uint8]) -> float:
    """Give the usual distance, in levels a channel, from a colour to the one nearest to it."""
    if len(colors) < 2:
        return 0.0
    away = np.abs(colors[:, None].astype(np.int32) - colors[None]).max(-1)
    np.fill_diagonal(away, 255)
    return float(np.median(away.min(1)))
