"""Flags that follow from what was chosen: ``--arch.base-channels``, ``--dataset.background`` ...

Two passes: the first looks for the choices (``--arch dcgan``), the second parses everything with
the flags that the chosen contributions declare.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from artgan.base.options import OptionFact
    from artgan.core.registry import Registry
    from artgan.plugin import Options

DYNAMIC = "artgan.dynamic"
SECTIONS = "artgan.sections"
CHAINS = {"regularizer": "regularizer", "augmentation": "augmentation"}

record_flag = click.option(
    "--no-record", is_flag=True, help="Leave what made a picture out of its file."
)
format_flag = click.option(
    "--format",
    "ending",
    type=click.Choice(("png", "jpg", "webp", "tiff")),
    default="png",
    show_default=True,
    help="Format of the files; all but jpg keep every pixel.",
)

only_flag = click.option(
    "--only",
    type=click.Choice(("all", "keep", "star")),
    default="all",
    show_default=True,
    help="Of folders: all but those rejected, those kept, or those starred; see artgan curate.",
)


def values_of(args: Sequence[str], flag: str) -> list[str]:
    """List the values that a flag has on a command line: ``--flag value`` or ``--flag=value``."""
    found = []
    for index, arg in enumerate(args):
        if arg == flag and index + 1 < len(args):
            found.append(args[index + 1])
        elif arg.startswith(flag + "="):
            found.append(arg.partition("=")[2])
    return found


class ChosenFlags(click.Command):
    """A command whose flags depend on the choices made on its own command line."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Add the flags of what was chosen, then parse."""
        load_plugin_files(values_of(args, "--plugin"))
        sections = list(chosen_sections(args))
        ctx.meta[SECTIONS] = [(title, flags) for title, flags, shown in sections if shown]
        ctx.meta[DYNAMIC] = [flag for _, flags, _ in sections for flag in flags]
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Give the fixed flags and those of what was chosen."""
        return [*super().get_params(ctx), *ctx.meta.get(DYNAMIC, [])]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the fixed flags, then a section for each choice made by name."""
        fixed = [p.get_help_record(ctx) for p in super().get_params(ctx)]
        with formatter.section("Options"):
            formatter.write_dl([record for record in fixed if record])
        for title, flags in ctx.meta.get(SECTIONS, []):
            rows = [flag.get_help_record(ctx) for flag in flags]
            with formatter.section(title):
                formatter.write_dl([row for row in rows if row])


class StyleFlags(click.Command):
    """A command that takes the knobs of a style: ``--style.glow 2``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Load plugin files and add a flag for each knob that is named."""
        load_plugin_files(values_of(args, "--plugin"))
        ctx.meta[DYNAMIC] = [_knob(flag) for flag in _knob_flags(args)]
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Give the fixed flags and the knobs."""
        return [*super().get_params(ctx), *ctx.meta.get(DYNAMIC, [])]


class DatasetFlags(click.Command):
    """A command that takes the options of a dataset of pictures: ``--dataset.background``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Load plugin files, add the flags of ``folder`` (``zip`` has the same), and parse."""
        from artgan.plugin_manager.load import default_registry

        load_plugin_files(values_of(args, "--plugin"))
        options = default_registry().find("dataset", "folder").declaration.options
        ctx.meta[DYNAMIC] = _section("", "dataset", options, True)[1]
        return super().parse_args(ctx, args)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Give the fixed flags and the dataset's."""
        return [*super().get_params(ctx), *ctx.meta.get(DYNAMIC, [])]


def load_plugin_files(paths: Sequence[str]) -> None:
    """Load the plugin files that were named."""
    from artgan.plugin_manager.load import default_registry

    for path in paths:
        default_registry().add_file(Path(path))


def chosen_sections(args: Sequence[str]) -> Iterator[tuple[str, list[click.Option], bool]]:
    """Yield (title, flags, whether help shows them) for everything that was chosen."""
    from artgan.core.config import TrainingOptions
    from artgan.core.datasets import choose_dataset
    from artgan.errors import ArtganError
    from artgan.planning.plan import find_architecture
    from artgan.planning.settings import Choice, Settings, read_settings
    from artgan.plugin_manager.load import default_registry

    registry = default_registry()
    files = [Path(file) for file in values_of(args, "--config")]
    configured = read_settings(files[-1]) if files else Settings()
    arch, dataset, loss = (
        Choice(given[-1]) if (given := values_of(args, flag)) else getattr(configured, kind)
        for kind, flag in (("architecture", "--arch"), ("dataset", "--dataset"), ("loss", "--loss"))
    )
    if files:
        _require_plugins(files[-1], [arch.name, dataset.name, loss.name], registry)
    entry = find_architecture(arch.name, registry)
    named = bool(values_of(args, "--arch"))
    yield _section(f"Options of {entry.where}", "arch", entry.declaration.options, named)
    named_data = bool(values_of(args, "--dataset"))
    try:
        entry = choose_dataset(registry, dataset.name, dataset.path)[0]
    except ArtganError:
        # The name or path is wrong; the command itself says so, with all it knows.
        entry = registry.find("dataset", "folder")
        named_data = False
    yield _section(f"Options of {entry.where}", "dataset", entry.declaration.options, named_data)
    if loss.name:
        entry = registry.find("loss", loss.name)
        yield _section(f"Options of {entry.where}", "loss", entry.declaration.options, True)
    for kind in CHAINS:
        chosen = values_of(args, f"--{kind}")
        for entry in registry.entries(kind):
            name = entry.declaration.name
            shown = name in chosen or entry.full_name in chosen
            yield _section(
                f"Options of {entry.where}", f"{kind}.{name}", entry.declaration.options, shown
            )
    yield _section("Options of training", "train", TrainingOptions, named)
    yield "", [_knob(arg) for arg in _knob_flags(args)], False


def _require_plugins(file: Path, names: Sequence[str], registry: "Registry") -> None:
    """Say which plugins a run.toml needs that are not there, before a name is looked up."""
    from artgan.base.tables import read_toml
    from artgan.core.requirements import require
    from artgan.errors import RunError

    versions = read_toml(file, RunError).get("made-with", {}).get("plugins", {})
    require(f"'{file}'", [name for name in names if "/" in name], versions, registry)


def _section(
    title: str, prefix: str, options_class: "type[Options]", shown: bool
) -> tuple[str, list[click.Option], bool]:
    from artgan.base.options import describe

    flags = [_flag(prefix, fact) for fact in describe(options_class)]
    return title, flags, shown and bool(flags)


def destination(prefix: str, name: str) -> str:
    """Give the parameter name that a flag's value arrives under."""
    return f"{prefix}.{name}".replace("-", "_").replace(".", "__")


def _flag(prefix: str, fact: "OptionFact") -> click.Option:
    spelled = f"--{prefix}.{fact.flag}"
    names = [destination(prefix, fact.name), spelled]
    bounds = "" if fact.low is None and fact.high is None else f"; {fact.expected}"
    text = f"{fact.help}  [default: {_shown(fact.default)}{bounds}]"
    if fact.kind == "bool":
        names[1] = f"{spelled}/--{prefix}.no-{fact.flag}"
        return click.Option(names, default=None, help=text)
    kinds: dict[str, Any] = {"int": click.INT, "float": click.FLOAT}
    if fact.kind == "choice":
        return click.Option(names, type=click.Choice(fact.choices), default=None, help=text)
    return click.Option(names, type=kinds.get(fact.kind, click.STRING), default=None, help=text)


def _shown(default: Any) -> str:
    if isinstance(default, list | tuple):
        return ",".join(map(str, default)) or "none"
    return "none" if default in (None, "") else str(default)


def _knob_flags(args: Sequence[str]) -> list[str]:
    flags = [arg.partition("=")[0] for arg in args if arg.startswith("--style.")]
    return list(dict.fromkeys(flags))


def _knob(flag: str) -> click.Option:
    name = flag.removeprefix("--style.")
    return click.Option([destination("style", name), flag], hidden=True)


def collect(given: dict[str, Any]) -> dict[str, Any]:
    """Turn parsed flags into settings shaped like run.toml; only what was given counts."""
    tables: dict[str, Any] = {}
    sections = {"arch": "architecture", "dataset": "dataset", "loss": "loss", "train": "training"}
    for name, value in given.items():
        if value is None or "__" not in name:
            continue
        prefix, _, rest = name.partition("__")
        if prefix in CHAINS:
            part, _, option = rest.partition("__")
            chain = tables.setdefault(prefix, {})
            chain.setdefault(part.replace("_", "-"), {})[option] = value
        elif prefix == "style":
            tables.setdefault("knobs", {})[rest] = value
        else:
            tables.setdefault(sections[prefix], {})[rest] = value
    return tables
