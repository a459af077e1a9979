"""The size of a JPEG XL picture, read from the head of its file.

Boxes after ISO/IEC 18181-2, the size header after ISO/IEC 18181-1.
"""

import struct

CODESTREAM = b"\xff\x0a"

RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
"""Width to height, for the ratios 1 to 7."""

LENGTHS = (9, 13, 18, 30)
"""Bits of a side, by the two bits before it."""


class _Bits:
    """Whole numbers out of bytes, the lowest bits first."""

    def __init__(self, data: bytes) -> None:
        self.value, self.left = int.from_bytes(data, "little"), 8 * len(data)

    def take(self, count: int) -> int:
        """Return the next bits as a number."""
        if count > self.left:
            raise ValueError("the file ends within its head")
        found = self.value & ((1 << count) - 1)
        self.value >>= count
        self.left -= count
        return found

    def side(self, small: bool) -> int:
        """Return the next length of a side in pixels."""
        return 8 * (1 + self.take(5)) if small else 1 + self.take(LENGTHS[self.take(2)])


def read_size(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels, as they are coded: a turn of the picture may swap them.

    Raises:
        ValueError: The file is cut off, or no JPEG XL.
    """
    stream = data if data.startswith(CODESTREAM) else _in_boxes(data)
    bits = _Bits(stream[2:16])
    small = bool(bits.take(1))
    height = bits.side(small)
    ratio = bits.take(3)
    if ratio == 0:
        return bits.side(small), height
    across, down = RATIOS[ratio - 1]
    return height * across // down, height


def _in_boxes(data: bytes) -> bytes:
    """Return the beginning of the codestream that lies in the boxes of a container."""
    place = 0
    while place + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        head = 8
        if length == 1 and place + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, place + 8)
            head = 16
        if kind in (b"jxlc", b"jxlp"):
            # The first of several parts has its number in front.
            begin = place + head + (4 if kind == b"jxlp" else 0)
            if data[begin : begin + 2] == CODESTREAM:
                return data[begin : begin + 16]
            break
        if length < head:
            break
        place += length
    raise ValueError("there is no codestream in it")
