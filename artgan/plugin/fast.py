"""Compiles loops that arrays cannot express, if the extra ``artgan[fast]`` is installed.

A kernel is a plain function over sequences and numbers. Without numba it runs in Python, on lists;
with numba it is compiled and runs on arrays. Both add the same numbers in the same order, so their
results are equal bit for bit, and a picture can be made again from its record with or without it.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from typing import Any

_LOCK = Lock()
_READY: dict[Callable[..., Any], Callable[..., Any]] = {}
_SLOW: dict[Callable[..., Any], float] = {}
PATIENCE_SECONDS = 1.0
"""Seconds of work done in Python before a kernel is compiled; compiling takes about as long."""


@cache
def _numba() -> Any:
    """Import numba; None if it is missing or does not support the installed numpy."""
    try:
        return import_module("numba")
    except ImportError:
        return None


@cache
def _installed() -> bool:
    """Check whether numba is installed without importing it, which takes a third of a second."""
    return find_spec("numba") is not None


def compiled(
    kernel: Callable[..., Any],
    *helpers: Callable[..., Any],
    seconds: float = PATIENCE_SECONDS,
) -> Callable[..., Any] | None:
    """Compile a kernel, once that saves time.

    Nothing is stored on disk: each process compiles anew, and only after this call and those before
    it have asked for ``PATIENCE_SECONDS`` of work.

    Args:
        kernel: Function of arrays, numbers and tuples of them, in the part of Python that numba
            knows. Plain numbers in it turn float32 into float64. Arrays of its module are taken as
            constants, which lets numba look up several values at once.
        *helpers: The functions that it calls.
        seconds: About how long the work takes in Python.

    Returns:
        The compiled function, which releases the interpreter's lock; None if numba is missing or
        there was too little work so far.
    """
    if kernel in _READY:
        return _READY[kernel]
    if not _installed():
        return None
    with _LOCK:
        _SLOW[kernel] = _SLOW.get(kernel, 0.0) + seconds
        if _SLOW[kernel] < PATIENCE_SECONDS:
            return None
        numba = _numba()
        if numba is None:
            return None
        if kernel not in _READY:
            for helper in helpers:
                if helper not in _SLOW:
                    numba.extending.register_jitable(helper)
                    _SLOW[helper] = 0.0
            _READY[kernel] = numba.njit(nogil=True, error_model="numpy")(kernel)
        return _READY[kernel]
