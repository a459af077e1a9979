"""Limits on the size of pictures: the memory that filters need, and what the machine has."""

import os
import re
from pathlib import Path

from artgan.plugin import StyleError

COPIES = 5
"""Float copies of a picture that a chain may hold at once."""
MOST_PIXELS = 178_000_000
"""Larger pictures are refused on any machine; Pillow treats them as decompression bombs."""


def free_bytes() -> int | None:
    """Read how many bytes of memory are free, or None if the system does not say."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
        found = re.search(r"MemAvailable:\s+(\d+) kB", text)
        if found:
            return int(found[1]) * 1024
    except (OSError, UnicodeDecodeError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):
        return None


def most_pixels(channels: int = 3) -> int:
    """Compute how many pixels a picture may have."""
    free = free_bytes()
    return MOST_PIXELS if free is None else min(MOST_PIXELS, free // (4 * channels * COPIES))


def check_size(width: int, height: int, channels: int = 3, what: str = "a picture") -> None:
    """Check that a picture fits into memory, before it is made.

    Args:
        width: Pixels across.
        height: Pixels down.
        channels: Numbers in a pixel.
        what: How the message begins, such as "'photo.png'".

    Raises:
        StyleError: It is too large; the message names its size and one that would fit.
    """
    most = most_pixels(channels)
    if width * height <= most:
        return
    share = (most / (width * height)) ** 0.5
    need = width * height * channels * 4 * COPIES / 1e9
    raise StyleError(
        f"{what} of {width}x{height} pixels needs about {need:.3g} GB of memory; "
        f"{max(1, int(width * share))}x{max(1, int(height * share))} would fit"
    )
