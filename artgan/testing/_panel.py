"""Checks of a panel."""

import re

from artgan.testing._checks import Checks, Subject, expect

CHECKS = Checks()

MOST_BYTES = 200_000


@CHECKS.add("is-small")
def is_small(subject: Subject) -> None:
    """It is a small piece of HTML: each page of a run holds it."""
    size = len(subject.contribution.declaration.html.encode())
    expect(size <= MOST_BYTES, f"it has {size} bytes; expected at most {MOST_BYTES}")


@CHECKS.add("stands-alone")
def stands_alone(subject: Subject) -> None:
    """It names no file and no address, which its frame would not load."""
    html = subject.contribution.declaration.html
    found = re.search(
        r"""(?:src|href)\s*=\s*["']?(?!data:|\#)[^"'>\s]+|@import|\bfetch\s*\(""", html
    )
    expect(not found, f"it asks for {found[0] if found else ''!r}: put all of it into the HTML")
