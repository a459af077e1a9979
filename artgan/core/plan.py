"""Settings -> plan: opens the pictures, asks the architecture for a recipe, checks all of it.

What the user sets wins over the recipe. Everything is checked before the first step, and the plan
says in words what was chosen and why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from artgan.core.clusters import find_clusters
from artgan.core.config import Part, RunConfig, TrainingOptions, parse_size
from artgan.core.data import ImageTable, read_table
from artgan.core.device import fast_bf16, pick_device
from artgan.core.looking import look_at
from artgan.core.options import build_effective, build_options, describe, to_plain
from artgan.core.paths import cache_folder
from artgan.core.registry import Entry, Registry
from artgan.core.suggest import join_names, suggest
from artgan.errors import DataError, OptionError
from artgan.plugin import DataContext, DataFacts, Recipe

if TYPE_CHECKING:
    from artgan.core.run import Run
    from artgan.core.run_folder import RunFolder

DEFAULT_ARCHITECTURE = "dcgan"
DEFAULT_DATASET = "mnist"
SIDES = {"cpu": 64, "mps": 64, "cuda": 128}
"""Side of large pictures that a device trains on in reasonable time, unless --size is given."""
FEWEST_PER_LABEL = 4
"""Different pictures a label must have on average to be used unasked."""
AND_THE_RECIPES = "..."
"""Key beside named regularizers or augmentations that keeps the recipe's own as well."""


@dataclass(frozen=True)
class Plan:
    """A checked run, ready to be built.

    Attributes:
        config: What decides the result.
        table: The pictures.
        reasons: What was chosen and why, one sentence each.
    """

    config: RunConfig
    table: ImageTable
    reasons: tuple[str, ...] = field(default=())


def make_plan(
    settings: Mapping[str, Any], registry: Registry, report: Callable[[str], None] = lambda _: None
) -> Plan:
    """Make a plan from settings shaped like run.toml, all of them optional.

    Args:
        settings: ``architecture``, ``dataset``, ``loss``, ``regularizer``, ``augmentation``,
            ``training``, ``output`` and ``from`` as tables; ``seed``, ``size``, ``device``,
            ``preset``.
        registry: Where names are looked up.
        report: Called with sentences worth showing while pictures are read.

    Raises:
        ArtganError: Anything that would keep the run from starting.
    """
    settings, base = _from_base(settings, registry)
    architecture = find_architecture(settings, registry)
    device = pick_device(settings.get("device"))
    preset = _preset(settings, architecture)
    dataset, path, dataset_options = choose_dataset(settings, registry)
    table, notes = _open_to_fit(
        settings, architecture, (dataset, path, dataset_options), report, device
    )
    facts = _facts(table, device, preset, mirrors=dataset.declaration.mirrors)
    if not preset and "name" not in settings.get("architecture", {}):
        architecture, why = _best_architecture(facts, settings, registry)
        notes += [why] if why else []
    labels, dropped = _labels(facts, settings)
    notes += [dropped] if dropped else []
    facts = _as_learnt(facts, architecture, labels)
    recipe = architecture.call("recipe", facts) if architecture.declaration.recipe else Recipe()
    given = dict(settings.get("architecture", {}))
    given.pop("name", None)
    if dropped and "labels" in _option_names(architecture):
        given["labels"] = False
    options = build_effective(
        architecture.declaration.options,
        _plain(given),
        recipe.options,
        architecture.where,
        "--arch.",
    )
    classes = facts.classes if getattr(options, "labels", True) else 0
    training = _training(settings, recipe, device)
    seed = _whole_number(settings.get("seed", 0), "seed", 0)
    shares: tuple[float, ...] = ()
    if training.clusters:
        _refuse_clusters(classes, architecture)
        table, shares = _sorted_by_look(table, training.clusters, seed)
        classes = len(shares)
    loss, loss_part = _loss(settings, recipe, registry)
    regularizers = _chain(settings, "regularizer", recipe.regularizers, registry)
    augmentations = _chain(settings, "augmentation", recipe.augmentations, registry)
    output = dict(settings.get("output", {}))
    config = RunConfig(
        architecture=Part(architecture.full_name, to_plain(options)),
        dataset=Part(dataset.full_name, to_plain(dataset_options)),
        path=str(path) if path else "",
        base=str(base.path) if base else "",
        base_weights=base.checkpoint.sha256 if base else "",
        loss=loss_part,
        regularizers=regularizers,
        augmentations=augmentations,
        training=training,
        height=facts.height,
        width=facts.width,
        channels=facts.channels,
        classes=classes,
        class_names=table.class_names if classes else (),
        class_shares=shares,
        seed=seed,
        device=device,
        style=output.pop("style", "none"),
        knobs=dict(output.pop("knobs", {})),
        count=_whole_number(output.pop("count", 16), "count", 0),
    )
    if output:
        name = next(iter(output))
        raise OptionError(
            f"'output' has no key '{name}'.{suggest(name, ['style', 'knobs', 'count'])}"
        )
    _refuse_unsound(config, loss, architecture)
    return Plan(config, table, (*notes, *recipe.reasons))


def _from_base(
    settings: Mapping[str, Any], registry: Registry
) -> "tuple[Mapping[str, Any], Run | None]":
    """Give the settings with those of the run to start from, and that run, if there is one."""
    if not settings.get("from", {}).get("run"):
        return settings, None
    # It needs torch, which a plan for the help of flags does not.
    from artgan.core.finetune import find_base, like_base

    base = find_base(settings["from"], registry)
    return like_base(settings, base), base


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    return {key.replace("-", "_"): value for key, value in options.items()}


def _whole_number(value: Any, name: str, low: int) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = low - 1
    if number < low or number >= 2**63:
        raise OptionError(f"{name} {value!r} does not fit; expected a whole number from {low}")
    return number


def find_architecture(settings: Mapping[str, Any], registry: Registry) -> Entry:
    """Look the wanted architecture up, and help when a preset's name was given instead."""
    name = settings.get("architecture", {}).get("name", DEFAULT_ARCHITECTURE)
    for entry in registry.entries("architecture"):
        if name in entry.declaration.presets:
            owner = entry.declaration.name
            raise OptionError(
                f"'{name}' is a preset of architecture '{owner}': "
                f"use --arch {owner} --preset {name}"
            )
    return registry.find("architecture", name)


def _preset(settings: Mapping[str, Any], architecture: Entry) -> str:
    preset = str(settings.get("preset") or "")
    known = architecture.declaration.presets
    if preset and preset not in known:
        raise OptionError(
            f"{architecture.where} has no preset '{preset}'; "
            f"expected {join_names(known) or 'none'}.{suggest(preset, known)}"
        )
    return preset


def looks_like_path(name: str) -> bool:
    """Tell whether a dataset was given as a path rather than a name."""
    return name.startswith((".", "~", "/")) or "\\" in name or Path(name).suffix == ".zip"


def choose_dataset(
    settings: Mapping[str, Any], registry: Registry
) -> tuple[Entry, Path | None, Any]:
    """Find the dataset: a name, or the folder or archive at a path.

    Raises:
        DataError: The path does not exist.
    """
    given = dict(settings.get("dataset", {}))
    name = str(given.pop("name", DEFAULT_DATASET))
    wanted = given.pop("path", None)
    names = {e.declaration.name for e in registry.entries("dataset")}
    names |= {e.full_name for e in registry.entries("dataset")}
    if name not in names and (looks_like_path(name) or Path(name).exists()):
        wanted, name = name, ""
    path = Path(wanted).expanduser() if wanted else None
    if path is not None and not path.exists():
        raise DataError(
            f"there is no file or folder '{path}'; expected a folder of pictures or a .zip"
        )
    if not name and path is not None:
        name = "folder" if path.is_dir() else "zip"
    entry = registry.find("dataset", name)
    if entry.declaration.takes_path and path is None:
        raise DataError(f"{entry.where} needs a path, as in --dataset ./my-pictures")
    return entry, path, build_options(entry.declaration.options, given, entry.where)


def _open_to_fit(
    settings: Mapping[str, Any],
    architecture: Entry,
    chosen: tuple[Entry, Path | None, Any],
    report: Callable[[str], None],
    device: str,
) -> tuple[ImageTable, list[str]]:
    """Open the pictures at the wanted size, or at the nearest one that the networks can make."""
    wanted = parse_size(settings["size"]) if settings.get("size") else None
    sizes = architecture.declaration.sizes
    if wanted and not sizes.fits(*wanted):
        near = join_names([f"{w}x{h}" for h, w in sizes.near(*wanted)])
        raise OptionError(
            f"{architecture.where} cannot make {wanted[1]}x{wanted[0]} pictures; "
            f"near sizes that it can make: {near}"
        )
    table = open_dataset(*chosen, wanted, report, device)
    height, width = table.images.shape[1:3]
    if sizes.fits(height, width):
        return table, []
    fitting = sizes.near(height, width)
    if wanted or not fitting:
        raise OptionError(f"{architecture.where} cannot make {width}x{height} pictures")
    table = open_dataset(*chosen, fitting[0], report, device)
    size = f"{fitting[0][1]}x{fitting[0][0]}"
    return table, [f"Size {size}: the nearest to {width}x{height} that the networks can make."]


def open_dataset(
    dataset: Entry,
    path: Path | None,
    options: Any,
    size: tuple[int, int] | None,
    report: Callable[[str], None] = lambda _: None,
    device: str = "cpu",
) -> ImageTable:
    """Open a dataset and read it as one table."""
    side = SIDES.get(device.split(":")[0], SIDES["cpu"])
    context = DataContext(size=size, cache=cache_folder(), path=path, report=report, side=side)
    return read_table(dataset.call("open", options, context), dataset.where)


def open_again(config: RunConfig, registry: Registry, folder: "RunFolder") -> ImageTable:
    """Open the pictures of a run that goes on.

    Args:
        config: The run.
        registry: Where its dataset is looked up.
        folder: Its files; pictures sorted by look keep their kinds.

    Raises:
        DataError: They are gone, or no longer what the run was made for.
    """
    settings = {
        "dataset": {"name": config.dataset.name, "path": config.path, **config.dataset.options}
    }
    entry, path, options = choose_dataset(settings, registry)
    table = open_dataset(entry, path, options, (config.height, config.width))
    if config.training.clusters:
        table = replace(table, labels=folder.read_kinds(table.count), class_names=())
    if table.images.shape[3] != config.channels or (
        config.classes and table.classes != config.classes
    ):
        raise DataError(
            f"the pictures of {entry.where} are not those that the run was made for: "
            f"{table.images.shape[3]} channels and {table.classes} labels, the run has "
            f"{config.channels} and {config.classes}"
        )
    return table


def _refuse_clusters(classes: int, architecture: Entry) -> None:
    if not architecture.declaration.conditional:
        raise OptionError(
            f"{architecture.where} cannot be told kinds of pictures; use --train.clusters 0"
        )
    if classes:
        raise OptionError(
            f"the pictures have {classes} labels, which are better than clusters; "
            "use --train.clusters 0, or --arch.labels false"
        )


def _sorted_by_look(
    table: ImageTable, count: int, seed: int
) -> tuple[ImageTable, tuple[float, ...]]:
    """Give the table with clusters for labels, and the share of each."""
    count = min(count, table.count)
    kinds = find_clusters(table.images, count, seed)
    shares = np.bincount(kinds, minlength=count) / table.count
    return replace(table, labels=kinds, class_names=()), tuple(map(float, shares.round(6)))


def _labels(facts: DataFacts, settings: Mapping[str, Any]) -> tuple[bool, str]:
    """Tell whether labels are used, and why not if that was not asked for.

    Kinds of one or two pictures each would be learnt by heart.
    """
    wanted = settings.get("architecture", {}).get("labels")
    if wanted is not None:
        return str(wanted).lower() not in ("false", "no"), ""
    if facts.different >= FEWEST_PER_LABEL * facts.classes:
        return True, ""
    return False, (
        f"Labels: left out, as {facts.classes} labels for {facts.different} different pictures "
        "would be learnt by heart; --arch.labels true uses them all the same."
    )


def _best_architecture(
    facts: DataFacts, settings: Mapping[str, Any], registry: Registry
) -> tuple[Entry, str]:
    """Give the built-in architecture that suits the pictures best, and why.

    Only those that know every option given can be meant.
    """
    given = set(_plain(settings.get("architecture", {})))
    fits = []
    for entry in registry.entries("architecture"):
        declared = entry.declaration
        able = declared.sizes.fits(facts.height, facts.width) and given <= _option_names(entry)
        if entry.plugin.id == "core" and declared.fit and able:
            fits.append((entry.call("fit", facts), entry))
    if not fits:
        return find_architecture(settings, registry), ""
    fit, entry = max(fits, key=lambda pair: pair[0].score)
    return entry, f"Architecture {entry.declaration.name}: {fit.reason}"


def _option_names(entry: Entry) -> set[str]:
    return {fact.name for fact in describe(entry.declaration.options)}


def _facts(table: ImageTable, device: str, preset: str, *, mirrors: bool) -> DataFacts:
    _, height, width, channels = table.images.shape
    looked = look_at(table.images)
    if looked.plain:
        raise DataError(
            f"all {table.count} pictures are one plain colour each: there is nothing to learn; "
            "expected pictures with something on them"
        )
    return DataFacts(
        height=height,
        width=width,
        channels=channels,
        count=table.count,
        classes=table.classes,
        device=device.split(":")[0],
        preset=preset,
        look=looked.look,
        near_duplicates=looked.near_duplicates,
        even=looked.even,
        mirrors=mirrors,
    )


def _as_learnt(facts: DataFacts, architecture: Entry, labels: bool) -> DataFacts:
    """Give the facts as the architecture can use them: labels only where it takes any."""
    declared = architecture.declaration
    if facts.channels not in declared.channels:
        raise OptionError(
            f"{architecture.where} cannot make pictures of {facts.channels} channels; "
            f"expected {join_names(map(str, declared.channels))}"
        )
    return facts if labels and declared.conditional else replace(facts, classes=0)


def _loss(settings: Mapping[str, Any], recipe: Recipe, registry: Registry) -> tuple[Entry, Part]:
    given = dict(settings.get("loss", {}))
    entry = registry.find("loss", given.pop("name", recipe.loss))
    if entry.declaration.name == recipe.loss:
        given = {**recipe.loss_options, **_plain(given)}
    options = build_options(entry.declaration.options, given, entry.where)
    return entry, Part(entry.full_name, to_plain(options))


def _chain(
    settings: Mapping[str, Any],
    kind: str,
    recommended: Mapping[str, Mapping[str, Any]],
    registry: Registry,
) -> tuple[Part, ...]:
    """Merge the wanted regularizers or augmentations; "none" or an empty table drops them all."""
    given = dict(recommended) if settings.get(kind) is None else dict(settings[kind])
    if AND_THE_RECIPES in given:
        given = {**recommended, **given}
    wanted = {k: v for k, v in given.items() if k not in ("none", AND_THE_RECIPES)}
    parts = []
    for name, values in wanted.items():
        entry = registry.find(kind, name)
        base = recommended.get(entry.declaration.name, {})
        options = build_options(
            entry.declaration.options, {**base, **_plain(dict(values or {}))}, entry.where
        )
        parts.append(Part(entry.full_name, to_plain(options)))
    return tuple(parts)


def _training(settings: Mapping[str, Any], recipe: Recipe, device: str) -> TrainingOptions:
    values = {**recipe.training, **_plain(settings.get("training", {}))}
    options = build_options(TrainingOptions, values, "training")
    if options.precision == "auto":
        values["precision"] = "bf16" if fast_bf16(device) else "fp32"
        options = build_options(TrainingOptions, values, "training")
    return options


def _refuse_unsound(config: RunConfig, loss: Entry, architecture: Entry) -> None:
    training = config.training
    if training.compile != "none":
        # It needs torch, which a plan for the help of flags does not.
        from artgan.core.compiling import refuse_compiling

        refuse_compiling(training.compile, config.device)
    if loss.declaration.needs_penalty and not config.regularizers:
        raise OptionError(
            f"{loss.where} needs a gradient penalty to be sound: add --regularizer gradient-penalty"
        )
    if training.updates == "simultaneous" and training.discriminator_steps > 1:
        raise OptionError(
            "simultaneous updates take one discriminator step each; "
            "use --train.updates alternating with --train.discriminator-steps"
        )
    if training.updates == "simultaneous" and not architecture.declaration.independent:
        raise OptionError(
            f"simultaneous updates need a discriminator that judges each picture alone, which "
            f"that of {architecture.where} does not; use --train.updates alternating"
        )
