"""Animated PNG: without loss; a frame holds only the rectangle that changes.

PNG specification, third edition, sections 11.3.6.1 (acTL), 11.3.6.2 (fcTL) and 11.3.6.3 (fdAT).
"""

import io
import struct

from PIL import Image

from artgan.animation.writer import FrameWriter
from artgan.base.marks import XMP_KEYWORD
from artgan.pictures.png_chunks import SIGNATURE, read_chunks, write_chunk, write_text
from artgan.pictures.records import KEYWORD


class ApngWriter(FrameWriter):
    """Writes an animated PNG."""

    sequence = 0

    def _add(self, frame: Image.Image) -> None:
        left, top, right, bottom = box = self._changed_box(frame)
        buffer = io.BytesIO()
        frame.crop(box).save(buffer, "PNG")
        chunks = read_chunks(buffer.getvalue())
        if self.index == 0:
            self._start(chunks[b"IHDR"])
        delay = self.facts.delay(self.index)
        box_data = (right - left, bottom - top, left, top)
        delays = (delay.numerator, delay.denominator)
        # The two zeros: keep this frame when the next is drawn, and replace what lies below it.
        self._write_numbered(b"fcTL", struct.pack(">IIIIHHBB", *box_data, *delays, 0, 0))
        if self.index == 0:
            write_chunk(self.file, b"IDAT", chunks[b"IDAT"])
        else:
            self._write_numbered(b"fdAT", chunks[b"IDAT"])

    def _start(self, header: bytes) -> None:
        self.file.write(SIGNATURE)
        write_chunk(self.file, b"IHDR", header)
        plays = 0 if self.facts.repeats else 1
        write_chunk(self.file, b"acTL", struct.pack(">II", self.facts.count, plays))
        if self.facts.record is not None:
            write_text(self.file, KEYWORD, self.facts.record.encode())
        if self.facts.mark is not None:
            write_text(self.file, XMP_KEYWORD, self.facts.mark)

    def close(self) -> None:
        """Write the last chunk."""
        write_chunk(self.file, b"IEND", b"")

    def _write_numbered(self, name: bytes, data: bytes) -> None:
        """Write a chunk that begins with its number in the animation."""
        write_chunk(self.file, name, struct.pack(">I", self.sequence) + data)
        self.sequence += 1
