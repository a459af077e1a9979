"""Checks of a place where runs are shared."""

from pathlib import Path
from tempfile import TemporaryDirectory

from artgan.testing._checks import Checks, Subject, expect

CHECKS = Checks()

NONSENSE = ("", " ", "\n", "../../no such place", "no-such-place-at-all:\0")


@CHECKS.add("refuses-nonsense", applies=lambda s: s.declared.fetch is not None)
def refuses_nonsense(subject: Subject) -> None:
    """What cannot be an address raises an error, and leaves nothing in the folder."""
    for address in NONSENSE:
        with TemporaryDirectory() as place:
            folder = Path(place) / "run"
            try:
                found = subject.contribution.call("fetch", address, folder)
            # Any error will do: artgan names the host.
            except Exception:
                left = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
                expect(not left, f"for address {address!r} it leaves {left} in the folder")
                continue
            expect(False, f"it fetched {found} for address {address!r}")
