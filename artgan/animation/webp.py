"""Animated WebP."""

import io
import json
import struct
from collections.abc import Mapping
from typing import IO, Any

from PIL import Image

from artgan.animation.reel import Reel, Writer, _changed


class WebpWriter(Writer):
    """Frames without loss where the first has few colours, as pixel art; else at quality 90."""

    def __init__(self, reel: Reel, file: IO[bytes]) -> None:
        super().__init__(reel, file)
        self.before: Image.Image | None = None
        self.lossless = False
        self.alpha = False

    def _add(self, frame: Image.Image) -> None:
        shown = frame if frame.mode in ("RGB", "RGBA") else frame.convert(_rgb_mode(frame))
        if self.index == 0:
            self.lossless = shown.getcolors(256) is not None
            self.alpha = shown.mode == "RGBA"
            self._start()
        left, top, right, bottom = _changed(self.before, shown)
        # Places are stored halved.
        left, top = left & ~1, top & ~1
        self.before = shown
        images = _webp_images(shown.crop((left, top, right, bottom)), self.lossless)
        places = (left // 2, top // 2, right - left - 1, bottom - top - 1)
        numbers = b"".join(map(_three, (*places, self.reel.duration(self.index, 1000))))
        # The flag: written over what was there, not blended with it.
        self._chunk(b"ANMF", numbers + b"\x02" + images)

    def _start(self) -> None:
        record = self.reel.record
        flags = 0x02 | (0x10 if self.alpha else 0) | (0x04 if record is not None else 0)
        self.file.write(b"RIFF\x00\x00\x00\x00WEBP")
        size = b"".join(_three(side - 1) for side in self.reel.size)
        self._chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size)
        self._chunk(b"ANIM", struct.pack("<IH", 0, 0 if self.reel.repeats else 1))

    def close(self) -> None:
        """Write the record, and the length at the beginning."""
        if self.reel.record is not None:
            self._chunk(b"XMP ", _xmp(self.reel.record))
        length = self.file.tell()
        self.file.seek(4)
        self.file.write(struct.pack("<I", length - 8))

    def _chunk(self, name: bytes, data: bytes) -> None:
        self.file.write(name + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2))


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")


def _rgb_mode(frame: Image.Image) -> str:
    return "RGBA" if "A" in frame.getbands() else "RGB"


def _webp_images(frame: Image.Image, lossless: bool) -> bytes:
    """Give the chunks of a still WebP that hold pixels."""
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


def _xmp(record: Mapping[str, Any]) -> bytes:
    from xml.sax.saxutils import quoteattr

    text = quoteattr(json.dumps(record, ensure_ascii=False, sort_keys=True))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:artgan="urn:artgan:record" artgan:record={text}/>'
        "</rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    ).encode()
