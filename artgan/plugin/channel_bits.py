"""Tells how many bits a channel a file has, of the formats of which Pillow gives 8 and no word.

JPEG 2000 says it in the marker SIZ (ISO/IEC 15444-1, A.5.1), HEIC in the box hvcC (ISO/IEC
14496-15, 8.3.3), AVIF in av1C (AV1 Codec ISO Media File Format Binding, 2.3).
"""

import re
import struct
from typing import Any

HEAD = 1 << 20
"""Bytes of a file in which it is looked for, before the pixels."""

SIZ = re.compile(rb"\xff\x4f\xff\x51.{36}(..)", re.DOTALL)
AV1C = re.compile(rb"av1C\x81.(.)", re.DOTALL)
HVCC = re.compile(rb"hvcC\x01.{16}(.)", re.DOTALL)

TWELVE, HIGH = 0x20, 0x40
"""Flags of av1C: 12 bits a channel and not 10; more than 8."""


def channel_bits(image: Any) -> int:
    """Return the most bits that a channel of a file has that is not decoded yet.

    Args:
        image: A PIL image as it was opened.

    Returns:
        The bits; 0 where the format is another, or nothing is said.
    """
    count = {"JPEG2000": _jpeg_2000, "AVIF": _avif, "HEIF": _heic}.get(image.format)
    file = getattr(image, "fp", None)
    if image.format == "DDS" and getattr(image, "pixel_format", "").startswith("BC6"):
        return 16
    if count is None or file is None:
        return 0
    place = file.tell()
    try:
        file.seek(0)
        return count(file.read(HEAD))
    finally:
        file.seek(place)


def _jpeg_2000(head: bytes) -> int:
    found = SIZ.search(head)
    if found is None:
        return 0
    (channels,) = struct.unpack(">H", found[1])
    # Three bytes for each channel; the highest bit of the first tells signed ones.
    depths = head[found.end() : found.end() + 3 * channels : 3]
    return max(((depth & 0x7F) + 1 for depth in depths), default=0)


def _avif(head: bytes) -> int:
    flags = [found[1][0] for found in AV1C.finditer(head)]
    return max(((12 if each & TWELVE else 10) if each & HIGH else 8 for each in flags), default=0)


def _heic(head: bytes) -> int:
    return max((8 + (found[1][0] & 7) for found in HVCC.finditer(head)), default=0)
