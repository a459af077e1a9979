"""Feeds damaged files to the commands: each must end with an exit code and a sentence, soon.

python -m tests.fuzz --seconds 600 --seed 3
"""

import io
import os
import random
import shutil
import time
import traceback
import warnings
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

from artgan.cli.main import main
from tests.fuzz.corpus import Case, build_corpus
from tests.fuzz.mutate import damaged

SLOW_SECONDS = 3.0
EXIT_CODES = (0, 1, 2, 3)


@dataclass
class Findings:
    """What a fuzzing found.

    Attributes:
        tries: Commands that were run.
        faults: A text for each that ended in a traceback, another exit code, or too late.
    """

    tries: int = 0
    faults: list[str] = field(default_factory=list)


def fuzz(folder: Path, seconds: float, seed: int, most_cases: int = 10**9) -> Findings:
    """Damage files of a corpus built in ``folder`` one at a time until the time is up.

    It ends sooner after ``most_cases`` damaged files, or after 20 faults.
    """
    (folder / "whole").mkdir(parents=True)
    before = Path.cwd()
    os.chdir(folder / "whole")
    try:
        cases = build_corpus(folder / "whole")
        findings, end, number = Findings(), time.monotonic() + seconds, 0
        while time.monotonic() < end and len(findings.faults) < 20 and number < most_cases:
            case = cases[number % len(cases)]
            _try_case(folder, case, random.Random(f"{seed} {number}"), findings, f"{seed} {number}")
            number += 1
    finally:
        os.chdir(before)
    return findings


def _try_case(folder: Path, case: Case, rng: random.Random, findings: Findings, name: str) -> None:
    place = folder / "damaged"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folder / "whole", place)
    os.chdir(place)
    file = Path(case.file)
    file.write_bytes(damaged(file.read_bytes(), file.name, rng))
    for command in case.commands:
        findings.tries += 1
        fault = _fault_of(command)
        if fault:
            findings.faults.append(f"[{name}] {case.file}: artgan {' '.join(command)}\n{fault}")


def _fault_of(command: Sequence[str]) -> str:
    """Run a command in this process; return what is wrong with how it ended, or ""."""
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
        return traceback.format_exc()
    seconds = time.process_time() - begun
    if code not in EXIT_CODES or "Traceback" in out.getvalue():
        return f"exit code {code}: {out.getvalue()[-2000:]}"
    return f"took {seconds:.1f} seconds" if seconds > SLOW_SECONDS else ""
