"""``artgan plugins check``: hold a plugin to its contract."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from artgan.cli import flags
from artgan.cli.output import Output, count_of, say
from artgan.cli.plugins import timeout_flag

if TYPE_CHECKING:
    from artgan.testing import Report


@click.command("check")
@click.argument("name")
@click.option(
    "--sample",
    "samples",
    multiple=True,
    metavar="DATASET=PATH",
    help="File or folder to open a dataset with; may be repeated.",
)
@timeout_flag
@click.option(
    "--limit",
    type=click.FloatRange(1, 86400),
    default=600.0,
    show_default=True,
    help="Seconds that all checks together may take.",
)
@click.option("--all", "show_all", is_flag=True, help="Also show the checks that passed.")
@flags.json_output
def check(name: str, samples: tuple[str, ...], output: Output, **given: Any) -> int:
    """Check that the plugin NAME, or a FILE.py, keeps its contract; "core" is artgan's own.

    It runs in a process of its own. The exit code is 1 if a check fails.

    \b
    Examples:
      artgan plugins check artgan-neon
      artgan plugins check negative.py --all
    """
    from artgan.testing.apart import check_apart

    report = check_apart(
        name,
        samples=_samples(samples),
        timeout_seconds=given["timeout"],
        limit_seconds=given["limit"],
    )
    if output.as_json:
        facts = {
            "plugin": report.plugin,
            "version": report.version,
            "passed": report.passed,
            "checks": [asdict(result) for result in report.results],
        }
        output.result(facts, indent=1)
    else:
        _show(report, given["show_all"])
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
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        say(f"  {kind:14}{outcomes}")
    total, failed = len(report.results), len(report.failed)
    if report.passed:
        say(f"{count_of(total, 'check')}: {report.plugin} keeps its contract.")
    else:
        say(f"{failed} of {count_of(total, 'check')} failed; blocked ones depend on them.")
