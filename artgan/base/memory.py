"""Reuses memory, and recognizes and explains running out of it."""

import ctypes
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager

from artgan.errors import ArtganError

WORDS = re.compile(
    r"can't allocate memory|out of memory|bad_alloc|ALLOC_FAILED"
    r"|could not create a (memory|primitive)(?! desc)"
)
"""Of torch's plain RuntimeErrors on processors, Apple's GPUs and within NVIDIA's libraries."""

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_MMAP_MAX = -1, -3, -4
"""What mallopt(3) calls the limits below."""

USUAL = {M_MMAP_MAX: 65536, M_MMAP_THRESHOLD: 32 << 20, M_TRIM_THRESHOLD: 64 << 20}
"""How many buffers glibc maps one by one, from how many bytes on, and how many free bytes it gives
back: the highest to which it raises the last two by itself."""

KEEPING = {M_MMAP_MAX: 0, M_TRIM_THRESHOLD: -1}
"""No buffer is mapped, and nothing is given back."""


@contextmanager
def reusing_memory(device: str) -> Iterator[bool]:
    """Keep freed tensor memory for the next tensors inside the block, not for the system.

    The GNU C library gives buffers of more than 32 MiB back to the system at once, which has to
    clear every page of the next one again. At 256 pixels that took an eighth of a step on a
    processor (benchmarks/memory_reuse.py). It counts for the main thread; other libraries, and
    GPUs, are left alone. Yields whether anything was changed.
    """
    if device != "cpu" or platform.libc_ver()[0] != "glibc":
        yield False
        return
    libc = ctypes.CDLL(None)
    try:
        for name, value in KEEPING.items():
            libc.mallopt(name, value)
        yield True
    finally:
        for name, value in USUAL.items():
            libc.mallopt(name, value)
        libc.malloc_trim(0)


def out_of_memory(error: BaseException | None) -> bool:
    """Check whether an error means that memory ran out, whoever raised it; imports nothing."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and bool(WORDS.search(str(error)))


@contextmanager
def explain_memory(doing: str, remedy: str) -> Iterator[None]:
    """Turn running out of memory inside the block into one sentence, an ArtganError.

    ``doing`` is as in "making 32 pictures of 64x64 at once".
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
        raise ArtganError(f"out of memory while {doing}: {remedy}") from error
