"""Chunks of PNG files, for writers that never hold the whole picture.

PNG specification, third edition: 5.3 (layout of a chunk), 11.3.2.3 (iCCP), 11.3.3.4 (iTXt) and
11.3.4.3 (pHYs).
"""

import struct
import zlib
from typing import IO

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def write_chunk(file: IO[bytes], name: bytes, data: bytes) -> None:
    """Write a chunk: length, name, data and their CRC."""
    check = zlib.crc32(name + data)
    file.write(struct.pack(">I", len(data)) + name + data + struct.pack(">I", check))


def write_text(file: IO[bytes], keyword: str, text: bytes) -> None:
    """Write UTF-8 text under a keyword, without compression or language (iTXt)."""
    write_chunk(file, b"iTXt", keyword.encode() + b"\0\0\0\0\0" + text)


def write_profile(file: IO[bytes], profile: bytes) -> None:
    """Write an ICC profile of sRGB (iCCP)."""
    write_chunk(file, b"iCCP", b"sRGB\0\0" + zlib.compress(profile, 9))


def write_resolution(file: IO[bytes], dpi: float) -> None:
    """Write the resolution, the same for width and height (pHYs)."""
    per_metre = round(dpi / 25.4 * 1000)
    write_chunk(file, b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))


def read_chunks(data: bytes) -> dict[bytes, bytes]:
    """Return name -> data of the chunks of a PNG; data of chunks of one name is joined."""
    place = len(SIGNATURE)
    chunks: dict[bytes, bytes] = {}
    while place < len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        chunks[name] = chunks.get(name, b"") + data[place + 8 : place + 8 + length]
        place += 12 + length
    return chunks
