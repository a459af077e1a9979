"""``python -m tests.fuzz``: fuzz for as long as is asked for."""

import tempfile
from pathlib import Path

import click

from tests.fuzz.fuzz import fuzz


@click.command()
@click.option("--seconds", default=120.0, show_default=True)
@click.option("--seed", default=0, show_default=True)
def command(seconds: float, seed: int) -> None:
    """Feed damaged files to the commands and print what ends badly."""
    with tempfile.TemporaryDirectory() as folder:
        findings = fuzz(Path(folder), seconds, seed)
    print(*findings.faults, sep="\n\n")
    print(f"{findings.tries} commands, {len(findings.faults)} faults")
    raise SystemExit(bool(findings.faults))


command()
