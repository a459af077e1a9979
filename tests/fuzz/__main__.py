"""``python -m tests.fuzz``: fuzz for so many files or so long."""

import tempfile
from pathlib import Path

import click

from tests.fuzz.fuzz import fuzz


@click.command()
@click.option("--files", default=10**9, help="Damaged files.  [default: no limit]")
@click.option("--seconds", help="Time.  [default: 120 without --files]", type=float)
@click.option("--seed", default=0, show_default=True)
def command(files: int, seconds: float | None, seed: int) -> None:
    """Feed damaged files to the commands and print what ends badly."""
    with tempfile.TemporaryDirectory() as folder:
        limit = seconds or (120.0 if files == 10**9 else float("inf"))
        findings = fuzz(Path(folder), limit, seed, files)
    print(*findings.faults, sep="\n\n")
    print(
        f"{findings.files} damaged files, {findings.tries} commands, the slowest "
        f"{findings.slowest:.1f} s, {len(findings.faults)} faults"
    )
    raise SystemExit(bool(findings.faults))


command()
