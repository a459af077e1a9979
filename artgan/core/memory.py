"""Running out of memory: how to tell, and how to say it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from artgan.errors import ArtganError

WORDS = re.compile(
    r"can't allocate memory|out of memory|bad_alloc|ALLOC_FAILED"
    r"|could not create a (memory|primitive)(?! desc)"
)
"""Of torch's plain RuntimeErrors on processors, Apple's GPUs and within NVIDIA's libraries."""


def out_of_memory(error: BaseException | None) -> bool:
    """Tell whether an error means that memory ran out, whoever raised it; imports nothing."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and bool(WORDS.search(str(error)))


@contextmanager
def telling_memory(doing: str, remedy: str) -> Iterator[None]:
    """Turn running out of memory inside the block into one sentence.

    Args:
        doing: As in "making 32 pictures of 64x64 at once".
        remedy: What to do.

    Raises:
        ArtganError: Memory ran out.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
        raise ArtganError(f"out of memory while {doing}: {remedy}") from error
