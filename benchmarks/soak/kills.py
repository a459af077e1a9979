"""Kills commands at random instants, and checks what is promised for afterwards.

After a kill each file is the one before, the one that the unbroken command writes, or whole by
itself. After the next start everything is as if nothing had happened: the same files with the same
bytes, above all the same weights, and no temporary file. A signal that asks to end leaves no
temporary file even before that, and the exit code says which it was.
"""

import hashlib
import random
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from artgan.plugin.leftovers import NAME
from benchmarks.soak.commands import CASES, WORLD, Case, write_world
from benchmarks.soak.processes import Blow, Ended, call
from benchmarks.soak.whole import fault_of

SIGNALS = [signal.SIGKILL] * 7 + [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]

OLD = b"an old file"

STATE = ("new/checkpoints/", "begun/checkpoints/")
"""Where an interrupted training may leave states of more steps than an unbroken one."""

Contents = dict[str, bytes]


@dataclass(frozen=True)
class Unbroken:
    """What a command does if nobody kills it.

    Attributes:
        before: Contents of each file of the world, by path.
        after: The same afterwards.
        seconds: How long it runs.
        changes: How often it changes a file or folder.
    """

    before: Contents
    after: Contents
    seconds: float
    changes: int


@dataclass
class Tally:
    """What happened to one command.

    Attributes:
        kills: How often it was hit.
        finished: How often it had ended before that.
        signals: Name of the signal -> how often.
        left: Kills that left temporary files, until the next start.
        seconds: How long it runs unbroken.
        changes: How often it changes a file or folder.
        faults: What broke a promise.
    """

    kills: int = 0
    finished: int = 0
    signals: dict[str, int] = field(default_factory=dict)
    left: int = 0
    seconds: float = 0.0
    changes: int = 0
    faults: list[str] = field(default_factory=list)


class Range:
    """A folder in which commands are killed, each time in the same world."""

    def __init__(self, folder: Path) -> None:
        """Build the world below ``folder``."""
        self.work, self._template = folder / "work", folder / "template"
        self.work.mkdir(parents=True)
        write_world(self.work)
        for command in WORLD:
            ended = call(command, self.work)
            assert ended.code == 0, f"{command}: {ended.said}"
        shutil.move(self.work, self._template)
        self._known: dict[tuple[str, ...], Unbroken] = {}
        self._varying: dict[tuple[str, ...], set[str]] = {}

    def renew(self, old: Mapping[str, bytes] | None = None) -> None:
        """Put the world back to how it was, with ``old`` files added."""
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self._template, self.work, symlinks=True)
        for name, data in (old or {}).items():
            path = self.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def unbroken(self, case: Case) -> Unbroken:
        """Run a command to its end, once, and keep what it does."""
        if case.command not in self._known:
            self.renew()
            before = self.contents()
            ended = call(case.command, self.work)
            assert ended.code == 0, f"{case.command}: {ended.said}"
            assert not (left := self.leftovers()), f"{case.command} leaves {left}"
            self._known[case.command] = Unbroken(
                before, self.contents(), ended.seconds, ended.changes
            )
        return self._known[case.command]

    def varying(self, case: Case) -> set[str]:
        """List the files whose bytes differ between two times that a command is not killed."""
        if case.command not in self._varying:
            self.renew()
            call(case.command, self.work)
            first, second = self.unbroken(case).after, self.contents()
            self._varying[case.command] = {n for n in first if first[n] != second.get(n)}
        return self._varying[case.command]

    def contents(self) -> Contents:
        """Read all files but temporary ones."""
        return {
            str(path.relative_to(self.work)): path.read_bytes()
            for path in sorted(self.work.rglob("*"))
            if path.is_file() and not _is_temporary(path.relative_to(self.work))
        }

    def leftovers(self) -> list[str]:
        """List temporary files and folders."""
        paths = (path.relative_to(self.work) for path in self.work.rglob("*"))
        return sorted(str(path) for path in paths if _is_temporary(path))


def _is_temporary(path: Path) -> bool:
    below_tmp = path.parts[0] == "tmp" and len(path.parts) > 1
    return below_tmp or any(NAME.fullmatch(part) for part in path.parts)


def kill_all(
    folder: Path, kills: int, seed: int, show: Callable[[str, list[str]], None]
) -> dict[str, Tally]:
    """Kill the commands in turn, ``kills`` times in all.

    Args:
        folder: Where; it must not exist.
        kills: How often.
        seed: Of the order and the instants.
        show: Called for each kill with what was done and what broke a promise.

    Returns:
        What happened to each command.
    """
    place, rng = Range(folder), random.Random(seed)
    tallies = {case.name: Tally() for case in CASES}
    turns = [case for case in CASES for _ in range(case.weight)]
    rng.shuffle(turns)
    for number in range(kills):
        case = turns[number % len(turns)]
        tally = tallies[case.name]
        unbroken = place.unbroken(case)
        tally.seconds = max(tally.seconds, unbroken.seconds)
        tally.changes = max(tally.changes, unbroken.changes)
        blow = _choose_blow(unbroken, rng)
        where = f"before change {blow.change}" if blow.change else f"after {blow.seconds:.3f} s"
        found = kill_once(place, case, blow, tally, replaces=rng.random() < 0.5)
        text = f"artgan {' '.join(case.command)}, {blow.number.name} {where}"
        tally.faults += [f"{text}: {fault}" for fault in found]
        show(text, found)
    return tallies


def _choose_blow(unbroken: Unbroken, rng: random.Random) -> Blow:
    """Choose an instant: half of them by the clock, half just before a file changes."""
    number, share = rng.choice(SIGNALS), rng.random()
    if rng.random() < 0.5 and unbroken.changes:
        return Blow(number, change=1 + int(share * unbroken.changes))
    return Blow(number, seconds=share * unbroken.seconds)


def kill_once(place: Range, case: Case, blow: Blow, tally: Tally, *, replaces: bool) -> list[str]:
    """Kill a command once and start it again; return what broke a promise.

    Args:
        place: Where.
        case: The command.
        blow: When, and by which signal.
        tally: Takes what happened.
        replaces: Whether other files lie under the names of those that it writes, if it can
            replace them.
    """
    unbroken, command = place.unbroken(case), case.command
    made = [name for name in unbroken.after if name not in unbroken.before]
    old: Contents = {}
    # "share" replaces a folder that says it is a shared run, and nothing else.
    if replaces and case.name != "share" and _can_overwrite(case):
        old = {name: OLD for name in made if not name.startswith(("cache/", "home/"))}
        command = (*command, "--overwrite")
    place.renew(old)
    unbroken = replace(unbroken, before={**unbroken.before, **old})
    ended = call(command, place.work, blow)
    tally.kills += 1
    tally.signals[blow.number.name] = tally.signals.get(blow.number.name, 0) + 1
    faults = [*_check_end(ended, blow, tally), *_check_files(place, unbroken)]
    left = place.leftovers()
    tally.left += bool(left)
    if left and ended.code >= 0:
        faults.append(f"left {left} though it could clean up")
    again = _start_again(place, case, command)
    return [*faults, *_check_again(place, case, unbroken, again)]


def _can_overwrite(case: Case) -> bool:
    import click

    from artgan.cli.main import cli

    command: click.Command | None = cli
    for word in case.name.split():
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    assert command is not None
    return any("--overwrite" in parameter.opts for parameter in command.params)


def _check_end(ended: Ended, blow: Blow, tally: Tally) -> Iterator[str]:
    # Before a command has begun, and after its end, a signal ends the process by itself.
    wanted = (-blow.number, 128 + blow.number)
    if ended.code == 0:
        tally.finished += 1
    elif ended.code not in wanted:
        yield f"ended with {ended.code} instead of {wanted[1]}: {ended.said[-1000:]}"
    if "Traceback" in ended.said:
        yield f"printed a traceback: {ended.said[-1000:]}"
    if ended.orphans:
        yield "left a process running"


def _check_files(place: Range, unbroken: Unbroken) -> Iterator[str]:
    """Check that each file is an old one, a new one, or whole."""
    found = place.contents()
    for name, data in found.items():
        if data in (unbroken.before.get(name), unbroken.after.get(name)):
            continue
        if fault := fault_of(place.work / name):
            yield f"half-written: {name}: {fault}"
    # What a command deletes: states of earlier steps.
    for name in unbroken.before.keys() - found.keys():
        if not name.startswith(STATE):
            yield f"lost: {name}"


def _start_again(place: Range, case: Case, command: tuple[str, ...]) -> Ended:
    begun = case.trains and (place.work / case.trains / "run.toml").exists()
    return call(("resume", case.trains) if begun and case.name != "resume" else command, place.work)


def _check_again(place: Range, case: Case, unbroken: Unbroken, again: Ended) -> Iterator[str]:
    """Check that after the next start everything is as if nothing had happened."""
    found, left = place.contents(), place.leftovers()
    done = all(found.get(name) == data for name, data in unbroken.after.items())
    refused = again.code in (1, 2) and done
    if again.code and not refused:
        yield f"the next start ended with {again.code}: {again.said[-1000:]}"
    if "Traceback" in again.said:
        yield f"the next start printed a traceback: {again.said[-1000:]}"
    # An empty folder goes with the next file that is written beside it, if not now.
    if not refused and any(not _is_empty(place.work / name) for name in left):
        yield f"the next start left {left}"
    yield from _compare(place, case, unbroken, found)


def _is_empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _compare(place: Range, case: Case, unbroken: Unbroken, found: Contents) -> Iterator[str]:
    # resume makes samples too, also of what train began, and shows them on the run's page.
    more = (*STATE, f"{case.trains}/") if case.name == "train" else STATE
    page = f"{case.trains}/index.html" if case.name == "train" else ""
    for name in unbroken.after.keys() - found.keys():
        if not name.startswith(STATE):
            yield f"missing after the next start: {name}"
    for name in found.keys() - unbroken.after.keys():
        if not name.startswith(more):
            yield f"more after the next start: {name}"
    shared = unbroken.after.keys() & found.keys()
    differ = [name for name in shared if found[name] != unbroken.after[name]]
    faults = {name: fault_of(place.work / name) for name in differ}
    for name in differ:
        if name != page and name not in place.varying(case):
            digests = _digests(unbroken.after[name], found[name])
            yield f"differs after the next start: {name}{digests}"
        elif faults[name]:
            yield f"not whole after the next start: {name}: {faults[name]}"


def _digests(wanted: bytes, found: bytes) -> str:
    one, other = (hashlib.sha256(data).hexdigest()[:8] for data in (wanted, found))
    return f" ({len(wanted)} bytes {one}, found {len(found)} bytes {other})"
