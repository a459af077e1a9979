"""Records what code does outside Python: files it writes, programs it starts, hosts it contacts.

This finds accidents, not malice: only what raises one of Python's audit events (PEP 578) is seen.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

CHANGES = {
    "os.mkdir": "makes the folder",
    "os.remove": "deletes",
    "os.rmdir": "deletes the folder",
    "os.rename": "renames",
    "os.symlink": "links",
    "os.link": "links",
    "os.truncate": "cuts",
}

STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")

NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")

OWN_PYTHON = ("__pycache__", os.devnull)
"""Places that Python itself writes to."""

Listener = Callable[[str, tuple[Any, ...]], None]


@contextmanager
def record_side_effects(*, refuse_network: bool = False) -> Iterator[list[str]]:
    """Yield a list that fills with what the block does outside Python, one phrase each.

    It can also let every connection fail, as on a machine without a network.
    """
    seen: list[str] = []

    def listen(event: str, args: tuple[Any, ...]) -> None:
        phrase = _phrase(event, args)
        if phrase and phrase not in seen:
            seen.append(phrase)
        if refuse_network and event in NETWORK:
            raise OSError("the network is not there")

    listeners = _installed_listeners()
    listeners.append(listen)
    try:
        yield seen
    finally:
        listeners.remove(listen)


@cache
def _installed_listeners() -> list[Listener]:
    """Install the audit hook at the first call; return the list of functions that it calls.

    Python keeps an audit hook for good, so there is one, which does nothing without listeners.
    """
    listeners: list[Listener] = []

    def notify(event: str, args: tuple[Any, ...]) -> None:
        for listener in tuple(listeners):
            listener(event, args)

    sys.addaudithook(notify)
    return listeners


def _phrase(event: str, args: tuple[Any, ...]) -> str:
    """Describe an audit event as in "writes 'a.txt'"; "" if it changes nothing outside."""
    first = str(args[0]) if args else ""
    if any(place in first for place in OWN_PYTHON):
        return ""
    if event == "open":
        mode, flags = args[1] or "", args[2] or 0
        written = any(letter in mode for letter in "wax+") or flags & WRITING
        return f"writes '{first}'" if written and not first.isdigit() else ""
    if event in CHANGES:
        return f"{CHANGES[event]} '{first}'"
    if event in STARTS:
        return f"starts the program {first or '(a copy of itself)'}"
    if event in NETWORK:
        address = args[0] if event.startswith("socket.get") else args[-1]
        return f"asks the network for {address}"
    return ""
