"""``python -m tests.fuzz``: fuzz for so many files or so long."""

import tempfile
from pathlib import Path

import click

from tests.fuzz.fuzz import Findings, fuzz


@click.command()
@click.option("--files", default=10**9, help="Damaged files.  [default: no limit]")
@click.option("--seconds", help="Time.  [default: 120 without --files]", type=float)
@click.option("--seed", default=0, show_default=True)
def command(files: int, seconds: float | None, seed: int) -> None:
    """Feed damaged files to the commands and print what ends badly."""
    with tempfile.TemporaryDirectory() as folder:
        limit = seconds or (120.0 if files == 10**9 else float("inf"))
        findings = fuzz(Path(folder), limit, seed, files, _Shown())
    _print_count(findings)
    raise SystemExit(bool(findings.faults))


class _Shown:
    """Prints faults as they are found, and now and then how far it is."""

    def __init__(self) -> None:
        self._faults = 0

    def __call__(self, findings: Findings) -> None:
        for fault in findings.faults[self._faults :]:
            print(fault, end="\n\n", flush=True)
        self._faults = len(findings.faults)
        if findings.files % 500 == 0:
            _print_count(findings)


def _print_count(findings: Findings) -> None:
    print(
        f"{findings.files} damaged files, {findings.tries} commands, the slowest "
        f"{findings.slowest:.1f} s, {len(findings.faults)} faults",
        flush=True,
    )


command()
