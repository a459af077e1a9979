"""Checks of a place where runs are shared."""

from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

from artgan.plugin.hosts import SharedFolder
from artgan.starts.hosts import checked_answer
from artgan.testing._checks import Checks, Subject, expect

CHECKS = Checks()

EMPTY = ("", " ", "\n")

NONSENSE = (*EMPTY, "../../no such place", "no-such-place-at-all:\0")


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


@CHECKS.add("tells-how-to-use", applies=lambda s: s.declared.how_to_use is not None)
def tells_how_to_use(subject: Subject) -> None:
    """how_to_use returns a HowToUse with an address to begin with, or raises an error."""
    for address in (subject.declared.example, *NONSENSE):
        try:
            told = subject.contribution.call("how_to_use", address)
        # Any error will do: artgan names the host.
        except Exception:
            continue
        checked_answer(subject.contribution, "how_to_use", told)


@CHECKS.add("publishes-no-nonsense", applies=lambda s: s.declared.publish is not None)
def publishes_no_nonsense(subject: Subject) -> None:
    """An empty address raises an error, in how_to_use or else in publish."""
    host = subject.contribution
    for address in EMPTY:
        with TemporaryDirectory() as place, chdir(place):
            folder = Path(place) / "run"
            folder.mkdir()
            (folder / "artgan.json").write_text("{}")
            shared = SharedFolder(folder=folder, files=("artgan.json",), private=True)
            try:
                if subject.declared.how_to_use is not None:
                    host.call("how_to_use", address)
                found = host.call("publish", address, shared)
            # Any error will do: artgan names the host.
            except Exception:
                continue
        checked_answer(host, "publish", found)
        expect(False, f"it published at address {address!r}, and returned {found!r}")
