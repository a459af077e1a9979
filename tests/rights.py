"""Takes from root, for a while, the right to read and write what its modes forbid."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

VERSION = 0x20080522
"""Of the layout that capget(2) and capset(2) read and write."""
READ_AND_WRITE_ALL = 0b1110
"""CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH and CAP_FOWNER."""


@contextmanager
def rights_of_anybody() -> Iterator[None]:
    """Let the modes of files hold for this thread, even if it is root's; else skip the test."""
    if os.name == "nt":
        pytest.skip("modes of POSIX")
    if os.geteuid() != 0:
        yield
        return
    if not sys.platform.startswith("linux"):
        pytest.skip("root reads everything")
    libc = ctypes.CDLL(None, use_errno=True)
    head, sets = (ctypes.c_uint32 * 2)(VERSION, 0), (ctypes.c_uint32 * 6)()
    if libc.capget(head, sets):
        pytest.skip("root's rights cannot be read here")
    effective = sets[0]
    sets[0] = effective & ~READ_AND_WRITE_ALL
    if libc.capset(head, sets):
        pytest.skip("root's rights cannot be given up here")
    try:
        yield
    finally:
        sets[0] = effective
        libc.capset(head, sets)
