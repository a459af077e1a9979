"""``artgan plugins``: see, examine, install, switch, check and write plugins.

All but ``show``, ``doctor`` and ``check`` work without running a line of any plugin's code, so that
a broken plugin can always be found and removed.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.base.suggest import count_of, plural_of
from artgan.cli import flags
from artgan.cli.catalogue import find_kind
from artgan.cli.main import LazyGroup
from artgan.cli.output import Output, say

if TYPE_CHECKING:
    from artgan.plugin_manager.examine import ExaminedPlugin
    from artgan.plugin_manager.manage import PluginRow
    from artgan.testing import Report

COMMANDS = {
    "list": ("List plugins, importing none.", "plugins:list_command"),
    "show": ("Show one plugin and what it contributes.", "plugins:show_command"),
    "search": ("Search the list of plugins to use.", "plugins:search_command"),
    "doctor": ("Find out what is wrong with plugins.", "plugins:doctor_command"),
    "install": ("Install a package; torch and artgan stay as they are.", "plugins:install_command"),
    "uninstall": ("Remove a package.", "plugins:uninstall_command"),
    "enable": ("Switch a plugin on again.", "plugins:enable_command"),
    "disable": ("Switch a plugin off.", "plugins:disable_command"),
    "check": ("Check that a plugin keeps its contract.", "plugins:check_command"),
    "new": ("Write the start of a plugin of your own.", "plugins:new_command"),
}

yes_flag = click.option("--yes", is_flag=True, help="Do not ask.")
timeout_flag = click.option(
    "--timeout",
    type=click.FloatRange(0.1, 600),
    default=20.0,
    show_default=True,
    help="Seconds that loading a plugin may take.",
)


@click.group("plugins", cls=LazyGroup, lazy=COMMANDS)
def plugins_command() -> None:
    """See, examine, install and switch plugins.

    \b
    Examples:
      artgan plugins list
      artgan plugins install artgan-neon
      artgan plugins doctor artgan-neon
      artgan plugins disable artgan-neon
    """


@click.command("list")
@flags.json_output
def list_command(output: Output) -> None:
    """List plugins with what they contribute, read from their source; import none."""
    from artgan.plugin_manager.discovery import discover
    from artgan.plugin_manager.manage import list_plugins
    from artgan.plugin_manager.plugin_settings import settings_of_nobody
    from artgan.plugin_manager.selection import PROCESS

    rows = list_plugins(PROCESS.restriction)
    for line in settings_of_nobody(discover(PROCESS.restriction)):
        say(line, err=True)
    if output.as_json:
        output.result([asdict(row) for row in rows], indent=1)
        return
    if not rows:
        from artgan.base.paths import config_folder

        say("No plugins. Write one: artgan plugins new NAME; or put files into your folder:")
        say(f"  {config_folder()}")
    table = [(row.name, row.version, row.origin) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row, cells in zip(rows, table, strict=True):
        plain = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        say(f"{plain}  {_state(row)}", fg="red" if row.state == "broken" else None)


def _state(row: "PluginRow") -> str:
    if row.state in ("broken", "disabled"):
        return row.reason if row.reason.startswith(row.state) else f"{row.state}: {row.reason}"
    return _contributions(row) or "nothing"


def _contributions(row: "PluginRow") -> str:
    # A kind without names has some that only loading the plugin tells.
    return ", ".join(
        # A plugin has one class of settings, without a name.
        kind if kind == "settings" else count_of(len(names), kind) if names else plural_of(kind)
        for kind, names in row.brings.items()
    )


@click.command("show")
@click.argument("name")
@timeout_flag
@flags.json_output
def show_command(name: str, timeout: float, output: Output) -> int:
    """Show the plugin NAME, or a FILE.py, and what it contributes; loads it in its own process."""
    from artgan.plugin_manager.examine import examine

    seen = examine(name, timeout)
    if output.as_json:
        output.result(_plain(seen), indent=1)
    else:
        _show(seen)
    return 1 if seen.row.state == "broken" else 0


@click.command("search")
@click.argument("words", nargs=-1)
@click.option("--kind", default="", help="Only those that bring this kind.")
@click.option("--url", default="", help="Another list: an https address, or a file.")
@flags.json_output
def search_command(words: tuple[str, ...], kind: str, url: str, output: Output) -> None:
    """Search the list of plugins for WORDS; all of them without any.

    It reads the list that ships with artgan and asks nothing of the network, unless --url does.

    \b
    Examples:
      artgan plugins search layers
      artgan plugins search --kind filter
    """
    from artgan.plugin_manager.index import read_index, search_index

    found = search_index(read_index(url), words, kind)
    rows = [
        {name: getattr(one, name) for name in one.__struct_fields__} | {"command": one.command}
        for one in found
    ]
    lines = []
    for one in found:
        lines += [f"{one.name}  {', '.join(one.kinds)}  {one.licence}", f"    {one.summary}"]
        lines += [f"    {one.source}", f"    {one.command}"]
    output.result(rows, *(lines or ["Nothing in the list fits."]), indent=1)


@click.command("doctor")
@click.argument("name", required=False)
@timeout_flag
@flags.json_output
def doctor_command(name: str | None, timeout: float, output: Output) -> int:
    """Load NAME, a FILE.py, or every plugin, each in its own process, and say what is wrong.

    The exit code is 1 if one is broken.
    """
    from artgan.plugin_manager.discovery import discover
    from artgan.plugin_manager.examine import examine, examine_all
    from artgan.plugin_manager.manage import describe_environment
    from artgan.plugin_manager.plugin_settings import settings_of_nobody

    seen = [examine(name, timeout)] if name else examine_all(timeout)
    broken = sum(one.row.state == "broken" for one in seen)
    if output.as_json:
        facts = {"surroundings": describe_environment(), "plugins": [_plain(one) for one in seen]}
        output.result(facts, indent=1)
    else:
        for key, value in describe_environment().items():
            say(f"{key + ':':13}{value}")
        for one in seen:
            say()
            _show(one, details=False)
        say()
        for line in settings_of_nobody(discover()):
            say(line)
        say(f"{count_of(len(seen), 'plugin')} looked at, {broken} broken.")
    return 1 if broken else 0


def _plain(seen: "ExaminedPlugin") -> dict[str, Any]:
    return {
        **asdict(seen.row),
        "seconds": round(seen.probe.seconds, 3),
        "heavy": list(seen.probe.heavy),
        "notes": list(seen.notes),
        **(
            {"settings": [asdict(one) for one in seen.probe.settings]}
            if seen.probe.settings
            else {}
        ),
        **seen.about,
    }


def _show(seen: "ExaminedPlugin", details: bool = True) -> None:
    row = seen.row
    say(f"{row.name} {row.version}  ({row.path or row.origin})", bold=True)
    if details:
        for key, value in seen.about.items():
            say(f"  {key}: {', '.join(value) if isinstance(value, list) else value}")
        for one in seen.probe.settings:
            value = one.value if one.value != "" else "''"
            say(f"  [plugins.{row.name}] {one.name} = {value}  ({one.source or one.expected})")
            say(f"      {one.help}")
        for kind, names in row.brings.items():
            if kind == "settings":
                continue
            for name, summary in names.items():
                say(f"  {kind} {name if kind == 'observer' else f'{row.name}/{name}'}  {summary}")
    if row.state == "broken":
        say(f"  broken: {row.reason}", fg="red")
        say(f"  switch it off: artgan plugins disable {row.name}")
    elif row.state == "disabled":
        say(f"  {row.reason}")
    else:
        say(f"  loads in {seen.probe.seconds * 1000:.0f} ms: {_contributions(row) or 'nothing'}")
    for note in seen.notes:
        say(f"  - {note}")


@click.command("install")
@click.argument("packages", nargs=-1, required=True)
@click.option("--url", "urls", is_flag=True, help="PACKAGES may be addresses (https:, git+https:).")
@click.option("--dry-run", is_flag=True, help="Show the plan and stop.")
@yes_flag
def install_command(packages: tuple[str, ...], urls: bool, dry_run: bool, yes: bool) -> None:
    """Install plugin PACKAGES: names, name==version, or wheels and folders that you have.

    artgan, torch, numpy and Pillow stay as they are; a package that does not work with them is
    refused. The plan is shown first.
    """
    from artgan.plugin_manager import installer

    installer.check_names(packages, urls=urls)
    plan = installer.plan_install(packages)
    held = [f"{name} {version}" for name, version in installer.held_versions().items()]
    say(f"Stays as it is: {', '.join(held)}")
    for name, version, now in plan.packages:
        say(f"  {'change' if now else 'install'} {name} {f'{now} -> ' if now else ''}{version}")
    if not plan.packages:
        say("Nothing to install: all of it is there.")
    if dry_run or not plan.packages:
        return
    if not yes:
        click.confirm("A plugin is code that can do all you can do. Go on?", abort=True)
    plugins = installer.install([name for name, _, _ in plan.packages], packages)
    for name in plugins:
        say(f"Installed {name}. See: artgan plugins show {name}")
    if not plugins:
        say("Installed, but no plugin is among it: nothing has an entry point 'artgan'.")


@click.command("trust")
@click.argument("folder", type=flags.PATH, default=Path())
@click.option("--remove", is_flag=True, help="Trust it no more.")
def trust_command(folder: Path, remove: bool) -> None:
    """Let the plugin files run that the artgan.toml in FOLDER names; here, if you name none.

    Read them first: a plugin can do all that you can do. They run whenever you call artgan in that
    folder or below, until one of them or artgan.toml changes; then artgan asks for this again.

    \b
    Examples:
      artgan trust .
      artgan trust ~/downloads/tides --remove
    """
    from artgan.plugin_manager.trust import distrust, trust

    if remove:
        say(f"Not trusted any more: {distrust(folder)}")
        return
    project, digests = trust(folder)
    say(f"Trusted, as it is now: {project}")
    for name, digest in digests.items():
        say(f"  {f'SHA-256 {digest}' if digest else 'cannot be read'}  {name}")


@click.command("uninstall")
@click.argument("name")
@yes_flag
def uninstall_command(name: str, yes: bool) -> None:
    """Remove the plugin package NAME; works however broken it is."""
    from artgan.plugin_manager import installer

    plugin_id = installer.check_removable(name)
    if not yes:
        click.confirm(f"Remove {plugin_id}?", abort=True)
    installer.uninstall(plugin_id)
    say(f"Removed {plugin_id}.")


@click.command("enable")
@click.argument("name")
def enable_command(name: str) -> None:
    """Switch the plugin NAME on again."""
    from artgan.plugin_manager.manage import switch

    say(switch(name, on=True))


@click.command("disable")
@click.argument("name")
def disable_command(name: str) -> None:
    """Switch the plugin NAME off, for you, everywhere."""
    from artgan.plugin_manager.manage import switch

    say(switch(name, on=False))


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
def check_command(name: str, samples: tuple[str, ...], output: Output, **given: Any) -> int:
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
        _show_report(report, given["show_all"])
    return 0 if report.passed else 1


def _samples(given: tuple[str, ...]) -> dict[str, str]:
    samples = {}
    for item in given:
        dataset, equals, path = item.partition("=")
        if not (dataset and equals and path):
            raise click.BadParameter(f"'{item}' is not DATASET=PATH", param_hint="--sample")
        samples[dataset] = path
    return samples


def _show_report(report: "Report", show_all: bool) -> None:
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


def _start_files(name: str, run: Path | None) -> dict[str, bytes]:
    """Make the files of a start of a run, if one is named."""
    if run is None:
        return {}
    from artgan.core.run import TrainedRun
    from artgan.plugin_manager.load import default_registry
    from artgan.starts.ship import run_facts, start_toml, start_weights

    trained = TrainedRun.open(run, default_registry())
    file = f"{name}.safetensors"
    text = start_toml(run_facts(trained, name), [(file, trained)])
    return {f"{name}.toml": text.encode(), file: start_weights(trained)}


@click.command("new")
@click.argument("name")
@click.argument("run", required=False, type=click.Path(path_type=Path))
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    default=("filter",),
    show_default="filter",
    help="What it contains; may be repeated: architecture, loss, regularizer, augmentation, "
    "dataset, filter, style, palette, extractor, start, metric, reader, writer, "
    "palette-format, animation-format, exporter, run-host, trait, panel, update, optimizer, "
    "schedule, latents, sampler, observer, command, settings.",
)
@click.option("--file", "one_file", is_flag=True, help="Write one file instead of a package.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    show_default="here",
    help="Folder that it goes into.",
)
@flags.plugin
def new_command(
    name: str, run: Path | None, kinds: tuple[str, ...], one_file: bool, out: Path
) -> None:
    """Write a plugin called NAME that works and keeps its contract, to be changed.

    Of a RUN it makes a start: trained weights that others may begin with.

    \b
    Examples:
      artgan plugins new mine --file
      artgan plugins new artgan-neon --kind filter --kind style
      artgan plugins new artgan-mushrooms --kind start runs/dcgan-001
    """
    from artgan.plugin_manager.scaffold import KIND_NAMES, short_name, write_file, write_package

    kinds = tuple(find_kind(kind, KIND_NAMES) or kind for kind in kinds)
    if run and "start" not in kinds:
        raise click.UsageError("a run becomes a start: add --kind start")
    if not one_file:
        made = write_package(name, kinds, out, _start_files(short_name(name), run))
        say(f"Wrote the package {made}. It works as it is; now change it:")
        # A bare name would mean a package of some index.
        folder = made if made.is_absolute() else f"./{made}"
        say(f"  python -m pip install -e '{folder}[dev]'")
        say(f"  artgan plugins check {name}")
        return
    made = write_file(name, kinds, out)
    say(f"Wrote {made}. It works as it is; now change it:")
    if made.suffix == ".toml":
        palette = "palette" in kinds
        style = f"palette:{made}" if palette else str(made)
        say(f"  artgan apply --style {style} photo.jpg --out styled")
        return
    say(f"  artgan plugins check {made}")
    if "filter" in kinds or "style" in kinds:
        say(f"  artgan apply --plugin {made} --style {short_name(name)} photo.jpg --out styled")
