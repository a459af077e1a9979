"""Animated PNG: lossless, and only the rectangle that changes."""

import io
import json
import struct
import zlib
from collections.abc import Mapping
from fractions import Fraction
from typing import IO, Any

from PIL import Image

from artgan.animation.reel import Reel, Writer, _changed
from artgan.pictures.records import KEYWORD


class ApngWriter(Writer):
    """Frames without loss; each as a PNG of what changed."""

    def __init__(self, reel: Reel, file: IO[bytes]) -> None:
        super().__init__(reel, file)
        self.sequence = 0
        self.before: Image.Image | None = None

    def _add(self, frame: Image.Image) -> None:
        left, top, right, bottom = box = _changed(self.before, frame)
        self.before = frame
        chunks = _png_chunks(frame.crop(box))
        if self.index == 0:
            self.file.write(b"\x89PNG\r\n\x1a\n")
            self._chunk(b"IHDR", chunks[b"IHDR"])
            self._chunk(b"acTL", struct.pack(">II", self.reel.count, 0 if self.reel.repeats else 1))
            if self.reel.record is not None:
                self._chunk(b"iTXt", _itxt(self.reel.record))
        delay = Fraction(1) / Fraction(self.reel.fps).limit_denominator(1000)
        box_data = (right - left, bottom - top, left, top)
        delays = (delay.numerator, delay.denominator)
        # Neither disposed of nor blended: what is written stands until it is written over.
        self._numbered(b"fcTL", struct.pack(">IIIIHHBB", *box_data, *delays, 0, 0))
        if self.index == 0:
            self._chunk(b"IDAT", chunks[b"IDAT"])
        else:
            self._numbered(b"fdAT", chunks[b"IDAT"])

    def close(self) -> None:
        """Write the last chunk."""
        self._chunk(b"IEND", b"")

    def _numbered(self, name: bytes, data: bytes) -> None:
        self._chunk(name, struct.pack(">I", self.sequence) + data)
        self.sequence += 1

    def _chunk(self, name: bytes, data: bytes) -> None:
        check = zlib.crc32(name + data)
        self.file.write(struct.pack(">I", len(data)) + name + data + struct.pack(">I", check))


def _png_chunks(frame: Image.Image) -> dict[bytes, bytes]:
    """Give the chunks of a frame as a PNG, those of one name joined."""
    buffer = io.BytesIO()
    frame.save(buffer, "PNG")
    data, place = buffer.getvalue(), 8
    chunks: dict[bytes, bytes] = {}
    while place < len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        chunks[name] = chunks.get(name, b"") + data[place + 8 : place + 8 + length]
        place += 12 + length
    return chunks


def _itxt(record: Mapping[str, Any]) -> bytes:
    text = json.dumps(record, ensure_ascii=False, sort_keys=True).encode("utf-8")
    return KEYWORD.encode() + b"\x00\x00\x00\x00\x00" + text
