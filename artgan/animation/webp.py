"""Animated WebP: a frame holds only the rectangle that changes.

"Extensible image format", developers.google.com/speed/webp/docs/riff_container.
"""

import io
import struct

from PIL import Image

from artgan.animation.writer import FrameWriter


class WebpWriter(FrameWriter):
    """Writes an animated WebP.

    Frames are stored without loss if the first has at most 256 colours, as pixel art; otherwise at
    quality 90.
    """

    lossless = False

    def _add(self, frame: Image.Image) -> None:
        frame = frame.convert("RGBA" if "A" in frame.getbands() else "RGB")
        if self.index == 0:
            self.lossless = frame.getcolors(256) is not None
            self._start(frame.mode == "RGBA")
        left, top, right, bottom = self._changed_box(frame)
        # Offsets are stored halved.
        left, top = left & ~1, top & ~1
        image = _pixel_chunks(frame.crop((left, top, right, bottom)), self.lossless)
        box = (left // 2, top // 2, right - left - 1, bottom - top - 1)
        numbers = b"".join(map(_uint24, (*box, self.facts.duration(self.index, 1000))))
        # The flag: replace what was there, do not blend with it.
        self._write_chunk(b"ANMF", numbers + b"\x02" + image)

    def _start(self, alpha: bool) -> None:
        flags = 0x02 | (0x10 if alpha else 0) | (0 if self.facts.xmp is None else 0x04)
        self.file.write(b"RIFF\x00\x00\x00\x00WEBP")
        size = b"".join(_uint24(side - 1) for side in self.facts.size)
        self._write_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size)
        self._write_chunk(b"ANIM", struct.pack("<IH", 0, 0 if self.facts.repeats else 1))

    def close(self) -> None:
        """Write the record and the mark, and the length of the file at its beginning."""
        if self.facts.xmp is not None:
            self._write_chunk(b"XMP ", self.facts.xmp)
        length = self.file.tell()
        self.file.seek(4)
        self.file.write(struct.pack("<I", length - 8))

    def _write_chunk(self, name: bytes, data: bytes) -> None:
        self.file.write(name + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2))


def _uint24(number: int) -> bytes:
    return number.to_bytes(3, "little")


def _pixel_chunks(frame: Image.Image, lossless: bool) -> bytes:
    """Return the chunks of a still WebP that hold its pixels."""
    buffer = io.BytesIO()
    frame.save(buffer, "WEBP", lossless=lossless, quality=75 if lossless else 90, method=4)
    data, place, kept = buffer.getvalue(), 12, b""
    while place < len(data):
        name, length = struct.unpack_from("<4sI", data, place)
        end = place + 8 + length + length % 2
        if name in (b"ALPH", b"VP8 ", b"VP8L"):
            kept += data[place:end]
        place = end
    return kept
