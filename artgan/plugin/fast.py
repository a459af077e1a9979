"""Machine code for loops that arrays cannot express, where the extra ``artgan[fast]`` is installed.

A kernel is a plain function over sequences and numbers. Without numba it runs as it stands, on
lists; with numba it is compiled and runs on arrays. Both do the same sums in the same order, so the
results are the same bit for bit and a record remakes on either.
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
"""Work that is done without machine code before it is worth making some, which takes as long."""


@cache
def _numba() -> Any:
    """Give numba, or None where it is missing or does not fit the numpy that is here."""
    try:
        return import_module("numba")
    except ImportError:
        return None


@cache
def _installed() -> bool:
    """Tell whether numba is there, without the third of a second that its import takes."""
    return find_spec("numba") is not None


def compiled(
    kernel: Callable[..., Any],
    *helpers: Callable[..., Any],
    seconds: float = PATIENCE_SECONDS,
) -> Callable[..., Any] | None:
    """Give a kernel as machine code, once that pays.

    Nothing is stored: it is made anew in each process, and only after a second's worth of work has
    been asked for, by this call and those before it.

    Args:
        kernel: Function of arrays, numbers and tuples of them, in the part of Python that numba
            knows. Mind that plain numbers in it make float32 into float64. Arrays that it takes
            from its module are known not to change, so that several values are looked up at once.
        *helpers: The functions that it calls.
        seconds: About how long the work takes without machine code.

    Returns:
        The compiled function, which lets other threads run; None where numba is missing or the
        work so far would not repay the wait.
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
