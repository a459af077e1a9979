"""Feeds damaged files to the commands: each must end with an exit code and a sentence, soon.

python -m tests.fuzz --files 20000 --seed 3
"""

import io
import os
import random
import re
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

from artgan.cli.main import main
from artgan.plugin_manager import load
from tests.conftest import light_work
from tests.fuzz.corpus import Case, build_corpus
from tests.fuzz.mutate import damaged

SLOW_SECONDS = 3.0
MOST_COMMANDS = 2
"""How many of the commands that read a file are tried on each damaged one."""
EXIT_CODES = (0, 1, 2, 3)


@dataclass
class Findings:
    """What a fuzzing found.

    Attributes:
        files: Files that were damaged.
        tries: Commands that were run.
        slowest: Most processor time of a command, in seconds.
        kinds: Kind of fault, by where it was raised -> a text about the first.
    """

    files: int = 0
    tries: int = 0
    slowest: float = 0.0
    kinds: dict[str, str] = field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        """A text for each kind of fault: the first that was found."""
        return list(self.kinds.values())


def fuzz(
    folder: Path,
    seconds: float,
    seed: int,
    most_cases: int = 10**9,
    show: Callable[[Findings], None] = lambda findings: None,
) -> Findings:
    """Damage files of a corpus built in ``folder`` one at a time until the time is up.

    It ends sooner after ``most_cases`` damaged files, or after 20 kinds of faults. ``show`` is
    called after each file.
    """
    place, before = folder / "damaged", Path.cwd()
    place.mkdir(parents=True)
    os.chdir(place)
    try:
        with _own_settings(place), light_work():
            fuzzer, end = _Fuzzer(place), time.monotonic() + seconds
            findings = fuzzer.findings
            while (
                time.monotonic() < end and len(findings.kinds) < 20 and findings.files < most_cases
            ):
                fuzzer.try_next(seed)
                show(findings)
    finally:
        os.chdir(before)
    return findings


@contextmanager
def _own_settings(folder: Path) -> Iterator[None]:
    """Keep the settings and the cache of whoever runs this out of it."""
    own = {"ARTGAN_HOME": str(folder / "home"), "ARTGAN_CACHE": str(folder / "cache")}
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    load._load_and_log.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
        load._load_and_log.cache_clear()


class _Fuzzer:
    """Damages the files of a folder one after another."""

    def __init__(self, folder: Path) -> None:
        # Made where it is used, as trust holds for a place.
        self.cases = build_corpus(folder)
        self.folder, self.findings = folder, Findings()
        self.whole = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def try_next(self, seed: int) -> None:
        """Damage one file and run some of the commands that read it."""
        name = f"{seed} {self.findings.files}"
        case, rng = self.cases[self.findings.files % len(self.cases)], random.Random(name)
        self.findings.files += 1
        self._mend()
        file = Path(case.file)
        bad = damaged(file.read_bytes(), file.name, rng)
        file.write_bytes(bad)
        for command in rng.sample(case.commands, min(MOST_COMMANDS, len(case.commands))):
            fault, seconds = _fault_of(command, fresh=case.settings)
            self.findings.tries += 1
            self.findings.slowest = max(self.findings.slowest, seconds)
            if not fault and seconds > SLOW_SECONDS:
                fault = self._slowness(case, command, bad)
            if fault:
                self._keep(f"[{name}] {case.file}", command, fault)

    def _slowness(self, case: Case, command: Sequence[str], bad: bytes) -> str:
        """Measure a command again, with the damaged file and with the whole one.

        One measurement says little: on a busy machine anything takes long now and then.

        Returns:
            How slow the damaged file makes it, or "" where it does not.
        """
        usual = self._least_seconds(case, command, self.whole[self.folder / case.file])
        slow = self._least_seconds(case, command, bad)
        # On a slow machine the whole file takes as long.
        if slow <= max(SLOW_SECONDS, 2 * usual):
            return ""
        return f"took {slow:.1f} seconds, and {usual:.1f} with the whole file"

    def _least_seconds(self, case: Case, command: Sequence[str], data: bytes) -> float:
        """Return the least of three times of a command, with these contents of the file."""
        seconds = []
        for _ in range(3):
            self._mend()
            Path(case.file).write_bytes(data)
            seconds.append(_fault_of(command, fresh=case.settings)[1])
        return min(seconds)

    def _keep(self, where: str, command: Sequence[str], fault: str) -> None:
        text = f"{where}: artgan {' '.join(command)}\n{fault}"
        self.findings.kinds.setdefault(_kind(fault, command), text)

    def _mend(self) -> None:
        """Bring the folder back to what it was: delete what is new, write anew what differs."""
        for path in sorted(self.folder.rglob("*"), reverse=True):
            if path not in self.whole and not path.is_dir():
                path.unlink()
            elif path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
                path.rmdir()
        for path, data in self.whole.items():
            if not path.is_file() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)


def _kind(fault: str, command: Sequence[str]) -> str:
    """Name the kind of a fault: the last place of artgan in its traceback, else the command."""
    places = re.findall(r'File ".*(artgan/.*\.py)", line (\d+)', fault)
    return str(places[-1]) if places else f"{command[0]}: {fault[:20]}"


def _fault_of(command: Sequence[str], *, fresh: bool = False) -> tuple[str, float]:
    """Run a command in this process; a ``fresh`` one looks for plugins again.

    Returns:
        What is wrong with how it ended, or "", and how long it took.
    """
    if fresh:
        load._load_and_log.cache_clear()
    # Processor time: a busy machine is no fault of the command.
    begun, out = time.process_time(), io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(out), warnings.catch_warnings():
            # Pillow warns of damaged tags; that is no traceback.
            warnings.simplefilter("ignore")
            main(list(command))
        code: object = 0
    except SystemExit as ended:
        code = ended.code or 0
    # Whatever else comes out is what is looked for.
    except BaseException:
        return traceback.format_exc(), time.process_time() - begun
    finally:
        if fresh:
            load._load_and_log.cache_clear()
    wrong = code not in EXIT_CODES or "Traceback" in out.getvalue()
    fault = f"exit code {code}: {out.getvalue()[-2000:]}" if wrong else ""
    return fault, time.process_time() - begun
