"""``artgan plugins check``: hold a plugin to its contract."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from artgan.cli.main import say
from artgan.cli.plugins import json_option, timeout_option

if TYPE_CHECKING:
    from artgan.testing import Report


@click.command("check")
@click.argument("name")
@click.option(
    "--sample",
    "samples",
    multiple=True,
    metavar="DATASET=PATH",
    help="File or folder that opens a dataset which takes one, repeatable.",
)
@timeout_option
@click.option(
    "--limit",
    type=click.FloatRange(1, 86400),
    default=600.0,
    show_default=True,
    help="Seconds that all of it may take.",
)
@click.option("--all", "show_all", is_flag=True, help="Show the checks that passed, too.")
@json_option
def check(
    name: str, samples: tuple[str, ...], timeout: float, limit: float, show_all: bool, as_json: bool
) -> int:
    """Check that the plugin NAME, or a FILE.py, keeps its contract; "core" is artgan's own.

    It runs in a process of its own. The exit code is 1 if a check fails.

    \b
    Examples:
      artgan plugins check artgan-neon
      artgan plugins check negative.py --all
    """
    from artgan.testing.apart import check_apart

    report = check_apart(
        name, samples=_samples(samples), timeout_seconds=timeout, limit_seconds=limit
    )
    if as_json:
        facts = {
            "plugin": report.plugin,
            "version": report.version,
            "passed": report.passed,
            "checks": [asdict(result) for result in report.results],
        }
        click.echo(json.dumps(facts, indent=1))
    else:
        _show(report, show_all)
    return 0 if report.passed else 1


def _samples(given: tuple[str, ...]) -> dict[str, str]:
    samples = {}
    for item in given:
        dataset, equals, path = item.partition("=")
        if not (dataset and equals and path):
            raise click.BadParameter(f"'{item}' is not DATASET=PATH", param_hint="--sample")
        samples[dataset] = path
    return samples


def _show(report: "Report", show_all: bool) -> None:
    say(f"{report.plugin} {report.version}", bold=True)
    for result in report.results:
        if result.outcome == "failed":
            say(f"  failed   {result}: {result.reason}", fg="red")
        elif show_all:
            say(f"  {result.outcome:8} {result}")
    say()
    for kind, counts in report.counts().items():
        told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        say(f"  {kind:14}{told}")
    total, failed = len(report.results), len(report.failed)
    if report.passed:
        say(f"{total} checks: {report.plugin} keeps its contract.")
    else:
        say(f"{failed} of {total} checks failed; those blocked wait for them.")
