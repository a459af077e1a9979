"""Makes standard input, output and error safe to use, whatever the caller has done with them.

A service may have closed them, and then the next file opened would take their number; a reader such
as ``head`` leaves early; a terminal may not know all letters.
"""

import errno
import io
import os
import sys
from typing import Any

GONE = (errno.EPIPE, errno.EINVAL) if os.name == "nt" else (errno.EPIPE,)
"""Errors of a pipe that nobody reads any more."""


class _Outlet(io.FileIO):
    """Writes to a standard stream until that fails, and from then on nowhere.

    Nobody can be told that standard error fails, and who closes a pipe has read enough: the work
    goes on. That output fails for another reason, such as a full disk, is an error.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number, "w", closefd=number > 2)

    def write(self, data: Any) -> int:
        """Write bytes; returns how many."""
        try:
            return super().write(data)
        except OSError as error:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            if self.fileno() == 2 or error.errno in GONE:
                return len(data)
            raise OSError(error.errno, error.strerror, "standard output") from error


def prepare_streams() -> None:
    """Open closed streams to nowhere, and let letters that a stream cannot show be spelled out.

    Streams that a program has replaced, as tests do, stay.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is taken, which is this one.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        if stream is getattr(sys, f"__{name}__") and _is_plain(stream):
            setattr(sys, name, _rewrapped(stream, number))


def _is_plain(stream: Any) -> bool:
    """Check whether a stream is closed, or writes to a file or pipe as Python sets it up."""
    buffer = getattr(stream, "buffer", None)
    return stream is None or isinstance(getattr(buffer, "raw", buffer), io.FileIO)


def _rewrapped(stream: Any, number: int) -> io.TextIOWrapper:
    return outlet(
        number,
        encoding=getattr(stream, "encoding", "utf-8"),
        line_buffering=getattr(stream, "line_buffering", True),
        write_through=getattr(stream, "write_through", False),
    )


def outlet(number: int, **settings: Any) -> io.TextIOWrapper:
    """Open a standard stream, or a copy of its descriptor, to write text until nobody reads it.

    ``settings`` are those of ``io.TextIOWrapper``. The descriptor of a standard stream stays open
    when the text is closed.
    """
    raw = io.BufferedWriter(_Outlet(number))
    return io.TextIOWrapper(raw, errors="backslashreplace", **settings)
