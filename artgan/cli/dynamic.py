"""Flags that depend on what is chosen: ``--arch.base-channels``, ``--style.glow`` ...

A command line is read twice: first for the choices (``--arch dcgan``), then in full, with the flags
that the chosen contributions declare. So a style has its knobs; its own flags stand here too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import artgan
from artgan.cli.flags import group, load_plugin_files

if TYPE_CHECKING:
    from artgan.base.contributions import Entry
    from artgan.base.options import OptionFact
    from artgan.core.registry import Registry
    from artgan.planning.settings import PartSettings
    from artgan.plugin import Options
    from artgan.styling.chain import Chain

SECTIONS = "artgan.sections"
CHAINS = ("regularizer", "augmentation")
TABLES = {
    "arch": "architecture", "dataset": "dataset", "loss": "loss", "train": "training",
    "update": "update", "optimizer": "optimizer", "schedule": "schedule",
}  # fmt: skip
"""First part of a flag -> table of run.toml."""

BOOLEANS = {"true": "true", "yes": "true", "false": "false", "no": "false"}

REPEATABLE = "repeatable; several are applied one after another"
run_style_flag = click.option(
    "--style", multiple=True, help=f"Style; {REPEATABLE}.  [default: the run's]"
)
chain_flags = group(
    click.option("--style", multiple=True, help=f"Style or chain; {REPEATABLE}."),
    click.option("--filter", multiple=True, help="Filter after the styles; repeatable."),
)
each_style_flag = click.option(
    "--each-style", is_flag=True, help="A picture for each --style instead of one through all."
)


@dataclass(frozen=True)
class Section:
    """Flags of one contribution, under a heading in help."""

    title: str
    flags: Sequence[click.Option]
    shown: bool = True


def values_of(args: Sequence[str], flag: str) -> list[str]:
    """List the values that a flag has on a command line: ``--flag value`` or ``--flag=value``."""
    found = []
    for index, arg in enumerate(args):
        if arg == flag and index + 1 < len(args):
            found.append(args[index + 1])
        elif arg.startswith(flag + "="):
            found.append(arg.partition("=")[2])
    return found


def _switched(args: Sequence[str], sections: Iterable["Section"], *, all_flags: bool) -> list[str]:
    """Spell "--arch.labels false", as run.toml and messages have it, as "--arch.no-labels".

    With ``all_flags`` the command has nothing but flags, so any word after one belongs to it.

    Raises:
        click.BadParameter: A flag that is on or off has another value.
    """
    switches = {
        flag.opts[0]: {"true": flag.opts[0], "false": flag.secondary_opts[0]}
        for section in sections
        for flag in section.flags
        if flag.secondary_opts
    }
    spelled: list[str] = []
    for before, arg in zip(("", *args), args, strict=False):
        flag, equals, value = arg.partition("=")
        word = BOOLEANS.get((value if equals else arg).lower(), "")
        given = all_flags and before in switches and not arg.startswith("-")
        if not word and (given or (equals and flag in switches)):
            name, wrong = (before, arg) if given else (flag, value)
            raise click.BadParameter(f"'{wrong}'; expected true or false", param_hint=name)
        if equals and flag in switches:
            spelled.append(switches[flag][word])
        elif before in switches and word:
            spelled[-1] = switches[before][word]
        else:
            spelled.append(arg)
    return spelled


class DynamicCommand(click.Command):
    """A command with further flags, which its own command line decides."""

    def find_sections(self, args: Sequence[str]) -> Iterable[Section]:
        """Find the further flags; plugin files are loaded already."""
        raise NotImplementedError

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Load plugin files, find the further flags, and parse."""
        load_plugin_files(values_of(args, "--plugin"))
        ctx.meta[SECTIONS] = list(self.find_sections(args))
        all_flags = not any(isinstance(param, click.Argument) for param in self.params)
        spelled = _switched(args, ctx.meta[SECTIONS], all_flags=all_flags)
        return super().parse_args(ctx, spelled)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """List the fixed flags, then the further ones."""
        further = [flag for section in ctx.meta.get(SECTIONS, ()) for flag in section.flags]
        return [*super().get_params(ctx), *further]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the fixed flags, then those of each section that is shown."""
        shown = [section for section in ctx.meta.get(SECTIONS, ()) if section.shown]
        for title, params in (
            ("Options", super().get_params(ctx)),
            *((section.title, section.flags) for section in shown),
        ):
            options = [param for param in params if isinstance(param, click.Option)]
            rows = [option.get_help_record(ctx) for option in options]
            with formatter.section(title):
                formatter.write_dl([row for row in rows if row])


class TrainingCommand(DynamicCommand):
    """A command with the options of the architecture, dataset, loss ... that are chosen."""

    def find_sections(self, args: Sequence[str]) -> Iterable[Section]:
        """Find the options of what is chosen, and the knobs of the style."""
        return [*chosen_sections(args), _knobs(args)]


class StyleCommand(DynamicCommand):
    """A command that takes the knobs of a style: ``--style.glow 2``."""

    def find_sections(self, args: Sequence[str]) -> Iterable[Section]:
        """Make a flag of each knob that is set."""
        return [_knobs(args)]


class ExportCommand(DynamicCommand):
    """A command that takes the options of exporters: ``--to.web.directions``."""

    def find_sections(self, args: Sequence[str]) -> Iterable[Section]:
        """Find the options of all exporters; those of the chosen ones are shown."""
        from artgan.plugin_manager.load import default_registry

        chosen = [
            *values_of(args, "--to"),
            *(name for name in ("web", "onnx") if f"--{name}" in args),
        ]
        for entry in default_registry().entries("exporter"):
            name = entry.declaration.name
            shown = name in chosen or entry.full_name in chosen
            yield _section_of(entry, f"to.{name}", shown)


class DatasetCommand(DynamicCommand):
    """A command that takes the options of a dataset of pictures: ``--dataset.background``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take ``--dataset PATH``, as training does, for the pictures as well."""
        for arg, after in zip(args, [*args[1:], "-"], strict=True):
            if arg == "--dataset" and after.startswith("-"):
                raise click.BadOptionUsage(arg, "Option '--dataset' requires an argument.", ctx)
        given = [arg.removeprefix("--dataset=") for arg in args if arg != "--dataset"]
        return super().parse_args(ctx, given)

    def find_sections(self, args: Sequence[str]) -> Iterable[Section]:
        """Find the options of the dataset ``folder``; ``zip`` has the same."""
        from artgan.plugin_manager.load import default_registry

        entry = default_registry().find("dataset", "folder")
        return [_section("Options of the pictures", "dataset", entry.declaration.options)]


def chosen_sections(args: Sequence[str]) -> Iterator[Section]:
    """Yield the options of everything that a training command line, or its --config, chooses."""
    from artgan.core.config import TrainingOptions
    from artgan.planning.plan import find_architecture
    from artgan.plugin_manager.load import default_registry

    registry = default_registry()
    parts = _chosen_parts(args, registry)
    named = bool(values_of(args, "--arch"))
    yield _section_of(find_architecture(parts["arch"].name, registry), "arch", named)
    yield _dataset_section(args, parts["dataset"], registry)
    if parts["loss"].name:
        yield _section_of(registry.find("loss", parts["loss"].name), "loss")
    for kind in CHAINS:
        chosen = values_of(args, f"--{kind}")
        for entry in registry.entries(kind):
            name = entry.declaration.name
            shown = name in chosen or entry.full_name in chosen
            yield _section_of(entry, f"{kind}.{name}", shown)
    yield _section("Options of training", "train", TrainingOptions, named)
    yield from _method_sections(args, registry)


def _method_sections(args: Sequence[str], registry: "Registry") -> Iterator[Section]:
    """Yield the options of what says how to train, as the command line or its --config names it."""
    from artgan.core.config import METHODS, TrainingOptions
    from artgan.planning.settings import Settings, read_settings, settings_file

    files = [settings_file(Path(file)) for file in values_of(args, "--config")]
    configured = read_settings(files[-1]) if files else Settings()
    for kind, field in METHODS.items():
        usual = configured.training.get(field, getattr(TrainingOptions(), field))
        name = [usual, *values_of(args, f"--train.{field.replace('_', '-')}")][-1]
        yield _section_of(registry.find(kind, name), kind)


def _chosen_parts(args: Sequence[str], registry: "Registry") -> "dict[str, PartSettings]":
    """Find architecture, dataset and loss on a command line, or else in its --config."""
    from artgan.core.requirements import require
    from artgan.core.run_toml import read_made_with
    from artgan.planning.settings import PartSettings, Settings, read_settings, settings_file

    files = [settings_file(Path(file)) for file in values_of(args, "--config")]
    configured = read_settings(files[-1]) if files else Settings()
    parts = {}
    for flag in ("arch", "dataset", "loss"):
        given = values_of(args, f"--{flag}")
        parts[flag] = PartSettings(given[-1]) if given else getattr(configured, TABLES[flag])
    if files:
        # A plugin that is not there is told before a name is looked up.
        versions = read_made_with(files[-1]).get("plugins", {})
        named = [part.name for part in parts.values() if "/" in part.name]
        require(f"'{files[-1]}'", named, versions, registry)
    return parts


def _dataset_section(args: Sequence[str], dataset: "PartSettings", registry: "Registry") -> Section:
    from artgan.datasets.find import choose_dataset
    from artgan.errors import ArtganError

    try:
        entry = choose_dataset(registry, dataset.name, dataset.path)[0]
    except ArtganError:
        # The name or path is wrong; the command itself says so, with all it knows.
        return _section_of(registry.find("dataset", "folder"), "dataset", shown=False)
    return _section_of(entry, "dataset", bool(values_of(args, "--dataset")))


def _section_of(entry: "Entry", prefix: str, shown: bool = True) -> Section:
    return _section(f"Options of {entry.where}", prefix, entry.declaration.options, shown)


def _section(
    title: str, prefix: str, options_class: "type[Options]", shown: bool = True
) -> Section:
    from artgan.base.options import describe

    flags = [_flag(prefix, fact) for fact in describe(options_class)]
    return Section(title, flags, shown and bool(flags))


def _flag(prefix: str, fact: "OptionFact") -> click.Option:
    """Declare the flag of an option."""
    spelled = f"--{prefix}.{fact.flag}"
    bounds = "" if fact.low is None and fact.high is None else f"; {fact.expected}"
    text = f"{fact.help}  [default: {_default_text(fact.default)}{bounds}]"
    kinds: dict[str, Any] = {"int": click.INT, "float": click.FLOAT}
    kind = kinds.get(fact.kind, click.STRING)
    if fact.kind == "bool":
        spelled, kind = f"{spelled}/--{prefix}.no-{fact.flag}", None
    elif fact.kind == "choice":
        kind = click.Choice(fact.choices)
    return click.Option(
        [_parameter(prefix, fact.name), spelled], type=kind, default=None, help=text
    )


def _parameter(prefix: str, name: str) -> str:
    """Return the name of the parameter that a flag's value arrives under."""
    return f"{prefix}.{name}".replace("-", "_").replace(".", "__")


def _default_text(default: Any) -> str:
    if isinstance(default, list | tuple):
        return ",".join(map(str, default)) or "none"
    return "none" if default in (None, "") else str(default)


def _knobs(args: Sequence[str]) -> Section:
    """Declare the knobs that are set; the style is not known yet, so its names are not checked."""
    names = [arg.partition("=")[0] for arg in args if arg.startswith("--style.")]
    flags = [
        click.Option([_parameter("style", name.removeprefix("--style.")), name], hidden=True)
        for name in dict.fromkeys(names)
    ]
    return Section("", flags, shown=False)


def read_tables(given: Mapping[str, Any]) -> dict[str, Any]:
    """Sort the values of further flags into tables shaped like run.toml; only what was given."""
    tables: dict[str, Any] = {}
    for name, value in given.items():
        if value is None or "__" not in name:
            continue
        prefix, _, rest = name.partition("__")
        if prefix in (*CHAINS, "to"):
            part, _, option = rest.partition("__")
            chain = tables.setdefault(prefix, {})
            chain.setdefault(part.replace("_", "-"), {})[option] = value
        else:
            tables.setdefault({**TABLES, "style": "knobs"}[prefix], {})[rest] = value
    return tables


def style_of_run(run: "artgan.Run", given: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    """Return the style that --style names, with its knobs; or else the run's own."""
    knobs = read_tables(given).get("knobs", {})
    if given["style"]:
        return one_or_list(given["style"]), knobs
    return run.config.style, knobs or run.config.knobs


def each_style_of_run(
    run: "artgan.Run", given: Mapping[str, Any]
) -> list[tuple[Any, Mapping[str, Any]]]:
    """Return what --style asks for as ``style_of_run`` does: with --each-style, one by one."""
    if not given["each_style"]:
        return [style_of_run(run, given)]
    knobs = _shared_knobs(_named_styles(given), given)
    return list(zip(given["style"], knobs, strict=True))


def read_chain(given: Mapping[str, Any], default: str = "") -> "tuple[Any, Chain]":
    """Parse and check what the flags of ``chain_flags`` ask for; ``default`` is a style, or none.

    Returns the style as it was written, and its chain.
    """
    names = [*given["style"], *given["filter"]] or [default]
    if names == [""]:
        raise click.UsageError("Name a style with --style or --filter; see: artgan style list.")
    style = one_or_list(names)
    return style, _checked_chain(style, read_tables(given).get("knobs", {}))


def read_chains(given: Mapping[str, Any]) -> "list[tuple[Any, Chain]]":
    """Read what --style and --filter ask for: one chain, or one for each style.

    Returns each style as it was written, and its chain.
    """
    if not given["each_style"]:
        return [read_chain(given)]
    styles = [one_or_list([name, *given["filter"]]) for name in _named_styles(given)]
    knobs = _shared_knobs(styles, given)
    return [(s, _checked_chain(s, own)) for s, own in zip(styles, knobs, strict=True)]


def _named_styles(given: Mapping[str, Any]) -> Sequence[str]:
    """Return the styles of --style, which --each-style needs."""
    named: Sequence[str] = given["style"]
    if not named:
        raise click.UsageError("--each-style needs --style, once for each picture.")
    return named


def _shared_knobs(styles: Sequence[Any], given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return for each style those of the knobs that were turned which it has."""
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.parse import known_knobs

    knobs = read_tables(given).get("knobs", {})
    had = [known_knobs(style, default_registry()) for style in styles]
    shared = [{name: value for name, value in knobs.items() if name in one} for one in had]
    # What no style has goes to the first one, which says so, and what it has.
    unknown = knobs.keys() - {name for one in had for name in one}
    shared[0] |= {name: knobs[name] for name in unknown}
    return shared


def _checked_chain(style: Any, knobs: Mapping[str, Any]) -> "Chain":
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.parse import check_chain, parse_style

    chain = parse_style(style, default_registry(), knobs=knobs)
    check_chain(chain, default_registry())
    return chain


def one_or_list(names: "tuple[str, ...] | list[str]") -> str | list[str]:
    """Return a name alone if it is the only one."""
    return names[0] if len(names) == 1 else list(names)
