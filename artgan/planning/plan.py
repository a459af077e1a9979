"""Turns settings into a plan: opens the pictures, asks the architecture for a recipe, checks all.

What the user sets wins over the recipe. Everything is checked before the first step, and the plan
says in words what was chosen and why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np

from artgan.base.contributions import Entry
from artgan.base.device import fast_bf16, pick_device
from artgan.base.grounds import CHEQUERED, check_ground
from artgan.base.options import build_effective, build_options, describe, to_plain
from artgan.base.schedule import Schedule
from artgan.base.suggest import count_of, join_names, suggest
from artgan.base.tables import toml_text
from artgan.base.threads import AUTO
from artgan.core.config import Part, RunConfig, TrainingOptions
from artgan.core.data import ImageTable
from artgan.core.registry import Registry
from artgan.datasets.find import Location, choose_dataset, open_dataset, usual_side
from artgan.errors import DataError, OptionError
from artgan.monitoring.costs import TimeLimit
from artgan.monitoring.judge import cheap_metric
from artgan.monitoring.thread_record import ThreadRecord
from artgan.planning import picture_stats
from artgan.planning.begin import choose_beginning, name_networks
from artgan.planning.clusters import find_clusters, shrunk
from artgan.planning.compilers import not_compiled, refuse_compiling
from artgan.planning.methods import choose_methods, with_fitting_update
from artgan.planning.settings import AND_THE_RECIPES, Settings, with_underscores
from artgan.plugin import DataFacts, Recipe

DEFAULT_ARCHITECTURE = "dcgan"

FEWEST_PER_LABEL = 4
"""Different pictures a label must have on average to be used unasked."""

SHAPES_BELOW = 1000
"""Different pictures below which clusters are found by what a start's discriminator sees; more were
measured by their pixels (docs/decisions.md)."""

SAMPLES = 16
"""Samples that a run makes unless told otherwise."""


@dataclass(frozen=True)
class Opened:
    """Pictures as they were opened: the dataset with its path and options, and facts of them.

    ``notes`` are sentences on what was chosen by then.
    """

    dataset: tuple[Entry, Location, Any]
    table: ImageTable
    facts: DataFacts
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A checked run, ready to be built: its config and pictures, and why, one sentence each.

    ``styled_with`` has the full names of the style's filters; ``record`` tells the threads of each
    step of the run that is repeated, and ``schedule`` how it went; ``seconds`` is how long the run
    will take here, or None where that was not measured; ``limit`` is the time it has to end in.
    ``opened`` has the pictures before the choice, for other plans of them. What the user does not
    set depends on whether the generator begins with trained weights: ``clusters_when_trained`` is
    the recipe's number for one that does, and ``latent_size`` its size for one that does not.
    """

    config: RunConfig
    table: ImageTable
    reasons: tuple[str, ...] = ()
    styled_with: tuple[str, ...] = ()
    record: ThreadRecord = ThreadRecord()
    schedule: Schedule | None = None
    seconds: float | None = None
    limit: TimeLimit | None = None
    opened: Opened | None = None
    clusters_when_trained: int | None = None
    latent_size: int | None = None

    @property
    def pixel_art(self) -> bool:
        """Whether the pictures look like pixel art."""
        return self.opened is not None and self.opened.facts.look == "pixel-art"


def each_once(report: Callable[[str], None]) -> Callable[[str], None]:
    """Report each sentence once, however often pictures are opened until their size is chosen."""
    told: set[str] = set()

    def tell(sentence: str) -> None:
        if sentence not in told:
            told.add(sentence)
            report(sentence)

    return tell


def make_plan(
    settings: Settings,
    registry: Registry,
    report: Callable[[str], None] = lambda _: None,
    side: int | None = None,
) -> Plan:
    """Choose and check everything a run needs; ``report`` is called while pictures are read.

    ``side`` is that of large pictures whose size is not given; None takes the device's.

    Raises:
        ArtganError: Anything that would keep the run from starting.
    """
    settings = name_networks(settings, registry)
    architecture = find_architecture(settings.architecture.name, registry)
    device = pick_device(settings.device)
    preset = _preset(settings, architecture)
    wanted = settings.dataset
    chosen = choose_dataset(registry, wanted.name, wanted.path, wanted.options)
    chosen = _opaque_if_needed(chosen, architecture)
    side = side or usual_side(device)
    table, notes = _open_to_fit(settings, architecture, chosen, report, side)
    facts = _facts(table, device, preset, mirrors=chosen[0].declaration.mirrors)
    return plan_opened(Opened(chosen, table, facts, tuple(notes)), settings, registry)


def plan_opened(opened: Opened, settings: Settings, registry: Registry) -> Plan:
    """Choose and check everything else for pictures that are open.

    ``settings`` are those that ``name_networks`` has completed.
    """
    architecture = find_architecture(settings.architecture.name, registry)
    device = pick_device(settings.device)
    preset, notes = _preset(settings, architecture), list(opened.notes)
    dataset, path, dataset_options = opened.dataset
    table, facts = opened.table, opened.facts
    if not preset and not settings.architecture.name:
        architecture, why = _best_architecture(facts, settings, registry)
        notes += [why] if why else []
    labels, dropped = _labels(facts, settings)
    notes += [dropped] if dropped else []
    facts = _as_learnt(facts, architecture, labels)
    begun = choose_beginning(settings, facts, table.images, (architecture, dataset), registry)
    recipe = architecture.call("recipe", facts) if architecture.declaration.recipe else Recipe()
    networks = settings.architecture
    recommended = recipe.options if networks.recorded is None else networks.recorded
    unasked = {**recommended, **begun.options, **(networks.recorded or {})}
    if dropped and "labels" in _option_names(architecture):
        unasked["labels"] = False
    options = build_effective(
        architecture.declaration.options, networks.options, unasked, architecture.where, "--arch."
    )
    classes = facts.classes if getattr(options, "labels", True) else 0
    if table.supply and recipe.training.get("clusters") and "clusters" not in settings.training:
        settings = replace(settings, training={**settings.training, "clusters": 0})
        notes.append("Clusters: left out, as these pictures are read when needed, not all at once.")
    recipe_names = registry.names_in(architecture.plugin.id)
    training = _training(settings, recipe, device)
    best_by = cheap_metric(training.best_by, registry)
    training = msgspec.structs.replace(training, best_by=best_by)
    training, methods = choose_methods(training, settings, recipe, registry, recipe_names)
    seed = settings.seed or 0
    shares: tuple[float, ...] = ()
    if training.clusters:
        _refuse_clusters(classes, architecture, table)
        if training.clusters > table.count:
            notes.append(f"Clusters {table.count}, not {training.clusters}: one for each picture.")
        table, shares = sort_into_clusters(
            table, facts.different, training.clusters, seed, registry
        )
        classes = len(shares)
    loss, loss_part = _loss(settings, recipe, registry, recipe_names)
    regularizers, augmentations = (
        _chain(chosen, kind, recommended, registry, recipe_names)
        for kind, chosen, recommended in (
            ("regularizer", settings.regularizers, recipe.regularizers),
            ("augmentation", settings.augmentations, recipe.augmentations),
        )
    )
    config = RunConfig(
        architecture=Part(architecture.full_name, to_plain(options)),
        dataset=Part(dataset.full_name, to_plain(dataset_options)),
        path=str(path) if path else "",
        base=begun.base,
        base_weights=begun.weights,
        loss=loss_part,
        regularizers=regularizers,
        augmentations=augmentations,
        training=training,
        methods=methods,
        draws=registry.find("update", training.updates).declaration.draws,
        height=facts.height,
        width=facts.width,
        channels=facts.channels,
        premultiplied=facts.channels == 4 and not settings.straight_alpha,
        classes=classes,
        class_names=table.class_names if classes else (),
        class_shares=shares,
        seed=seed,
        device=device,
        threads=settings.threads or AUTO,
        style="none" if settings.style is None else settings.style,
        ground=check_ground(settings.ground or CHEQUERED),
        knobs=dict(settings.knobs),
        count=SAMPLES if settings.count is None else settings.count,
        keep_mark=settings.keep_mark is not False,
    )
    _refuse_unsound(config, loss, architecture)
    config, other_update = with_fitting_update(config, settings, architecture, registry)
    if other_update:
        settled = {**settings.training, "updates": config.training.updates}
        settings = replace(settings, training=settled)
    # Names that run.toml cannot hold are refused before anything is written.
    toml_text({"dataset": config.path, "from": settings.base})
    told = [*begun.misfits(config.architecture.options)]
    told += _kept_from_preset(preset, recipe, settings, config)
    told += _told_reasons(recipe, settings, config.architecture.options)
    told += other_update + not_compiled(config, registry)
    latents = None if "latent_size" in networks.settled else recipe.options.get("latent_size")
    larger = None if "clusters" in settings.training else recipe.clusters_when_trained
    return Plan(
        config,
        table,
        (*notes, *begun.reasons, *told),
        opened=opened,
        clusters_when_trained=larger,
        latent_size=latents,
    )


def _kept_from_preset(
    preset: str, recipe: Recipe, settings: Settings, config: RunConfig
) -> list[str]:
    """Say what of a preset does not count beside a run that is repeated or begun with."""
    if not preset or settings.architecture.recorded is None:
        return []
    parts = ((recipe.options, config.architecture.options), (recipe.training, settings.training))
    own = [
        name.replace("_", "-")
        for wanted, taken in parts
        for name, value in wanted.items()
        if taken.get(name, value) != value
    ]
    if not own:
        return []
    return [f"Preset {preset}: not its {join_names(own, 'and')}, which the named run or you set."]


def _told_reasons(recipe: Recipe, settings: Settings, options: Mapping[str, Any]) -> list[str]:
    """List the reasons of a recipe, without those for what is set otherwise."""
    other = [name for name, value in recipe.options.items() if options.get(name) != value]
    set_otherwise = {
        *(f"training.{name}" for name in settings.training),
        *(f"architecture.{name}" for name in (*settings.architecture.settled, *other)),
    }
    if settings.loss.name or settings.loss.options:
        set_otherwise.add("loss")
    chains = {"regularizer": settings.regularizers, "augmentation": settings.augmentations}
    set_otherwise |= {
        kind for kind, chain in chains.items() if chain is not None and AND_THE_RECIPES not in chain
    }
    told = [r for r in recipe.reasons if isinstance(r, str) or not set_otherwise & set(r.about)]
    return [reason if isinstance(reason, str) else reason.text for reason in told]


def find_architecture(name: str, registry: Registry) -> Entry:
    """Look up an architecture; suggest --preset if the name is that of a preset."""
    name = name or DEFAULT_ARCHITECTURE
    for entry in registry.entries("architecture"):
        if name in entry.declaration.presets:
            owner = entry.declaration.name
            raise OptionError(
                f"'{name}' is a preset of architecture '{owner}': "
                f"use --arch {owner} --preset {name}"
            )
    return registry.find("architecture", name)


def _preset(settings: Settings, architecture: Entry) -> str:
    preset = settings.preset or ""
    known = architecture.declaration.presets
    if preset and preset not in known:
        raise OptionError(
            f"{architecture.where} has no preset '{preset}'; "
            f"expected {join_names(known) or 'none'}.{suggest(preset, known)}"
        )
    return preset


def _opaque_if_needed(
    chosen: tuple[Entry, Location, Any], architecture: Entry
) -> tuple[Entry, Location, Any]:
    """Fill clear pixels, unless told otherwise, where the networks cannot make alpha."""
    entry, path, options = chosen
    if 4 in architecture.declaration.channels or getattr(options, "alpha", "") != "auto":
        return chosen
    return entry, path, msgspec.structs.replace(options, alpha="fill")


def _open_to_fit(
    settings: Settings,
    architecture: Entry,
    chosen: tuple[Entry, Location, Any],
    report: Callable[[str], None],
    side: int,
) -> tuple[ImageTable, list[str]]:
    """Open the pictures at the wanted size, or at the nearest one that the networks can make."""
    wanted = settings.size
    sizes = architecture.declaration.sizes
    if wanted and not sizes.fits(*wanted):
        near = join_names([f"{w}x{h}" for h, w in sizes.near(*wanted)])
        raise OptionError(
            f"{architecture.where} cannot make {wanted[1]}x{wanted[0]} pictures; "
            f"near sizes that it can make: {near}"
        )
    table = open_dataset(*chosen, wanted, report, side)
    height, width = table.images.shape[1:3]
    if sizes.fits(height, width):
        return table, []
    fitting = sizes.near(height, width)
    if wanted or not fitting:
        raise OptionError(f"{architecture.where} cannot make {width}x{height} pictures")
    table = open_dataset(*chosen, fitting[0], report, side)
    size = f"{fitting[0][1]}x{fitting[0][0]}"
    return table, [f"Size {size}: the nearest to {width}x{height} that the networks can make."]


def _refuse_clusters(classes: int, architecture: Entry, table: ImageTable) -> None:
    if table.supply:
        raise OptionError(
            "clusters are found among all pictures at once, which are read here when they are "
            "needed; use --train.clusters 0"
        )
    if not architecture.declaration.conditional:
        raise OptionError(
            f"{architecture.where} cannot be conditioned on clusters of pictures; "
            "use --train.clusters 0"
        )
    if classes:
        raise OptionError(
            f"the pictures have {count_of(classes, 'label')}, which are better than clusters; "
            "use --train.clusters 0, or --arch.labels false"
        )


def sort_into_clusters(
    table: ImageTable, different: int, count: int, seed: int, registry: Registry
) -> tuple[ImageTable, tuple[float, ...]]:
    """Return the table with at most ``count`` clusters as labels, and the share of each.

    ``different`` is the number of different pictures. 0 clusters leave the table as it is.
    """
    if not count:
        return table, ()
    features = None
    if different < SHAPES_BELOW:
        # It needs torch, which a plan for the help of flags does not.
        from artgan.starts.shapes import shape_features

        features = shape_features(table.images, registry)
    kinds = find_clusters(table.images, min(count, table.count), seed, features or shrunk)
    shares = np.bincount(kinds) / table.count
    return replace(table, labels=kinds, class_names=()), tuple(map(float, shares.round(6)))


def _labels(facts: DataFacts, settings: Settings) -> tuple[bool, str]:
    """Decide whether labels are used, and explain if they are left out unasked.

    Labels with one or two pictures each would be memorized.
    """
    wanted = settings.architecture.settled.get("labels")
    if wanted is not None:
        return str(wanted).lower() not in ("false", "no"), ""
    if facts.different >= FEWEST_PER_LABEL * facts.classes:
        return True, ""
    return False, (
        f"Labels: left out, as {count_of(facts.classes, 'label')} for "
        f"{count_of(facts.different, 'different picture')} "
        "would be memorized; --arch.labels true uses them all the same."
    )


def _best_architecture(
    facts: DataFacts, settings: Settings, registry: Registry
) -> tuple[Entry, str]:
    """Choose the built-in architecture that suits the pictures best, and say why.

    Only those that know every option given can be meant.
    """
    given = set(settings.architecture.options)
    fits = []
    for entry in registry.entries("architecture"):
        declared = entry.declaration
        able = declared.sizes.fits(facts.height, facts.width) and given <= _option_names(entry)
        able = able and facts.channels in declared.channels
        if entry.plugin.id == "core" and declared.fit and able:
            fits.append((entry.call("fit", facts), entry))
    if not fits:
        return find_architecture(settings.architecture.name, registry), ""
    fit, entry = max(fits, key=lambda pair: pair[0].score)
    return entry, f"Architecture {entry.declaration.name}: {fit.reason}"


def _option_names(entry: Entry) -> set[str]:
    return {fact.name for fact in describe(entry.declaration.options)}


def _facts(table: ImageTable, device: str, preset: str, *, mirrors: bool) -> DataFacts:
    seen, height, width, channels = table.images.shape
    looked = picture_stats.measure_pictures(table.images)
    if looked.plain:
        raise DataError(
            f"{count_of(table.count, 'picture')} of one plain colour each: nothing to learn; "
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
        near_duplicates=round(looked.near_duplicates * table.count / seen),
        even=looked.even,
        mirrors=mirrors,
    )


def _as_learnt(facts: DataFacts, architecture: Entry, labels: bool) -> DataFacts:
    """Drop the labels from the facts if the architecture takes none."""
    declared = architecture.declaration
    if facts.channels not in declared.channels:
        raise OptionError(
            f"{architecture.where} cannot make pictures of {count_of(facts.channels, 'channel')}; "
            f"expected {join_names(map(str, declared.channels))}"
        )
    return facts if labels and declared.conditional else replace(facts, classes=0)


def _loss(
    settings: Settings, recipe: Recipe, registry: Registry, recipe_names: Registry
) -> tuple[Entry, Part]:
    given, recommended = settings.loss.options, recipe_names.find("loss", recipe.loss)
    entry = registry.find("loss", settings.loss.name) if settings.loss.name else recommended
    if entry == recommended:
        given = {**recipe.loss_options, **given}
    options = build_options(entry.declaration.options, given, entry.where)
    return entry, Part(entry.full_name, to_plain(options))


def _chain(
    chosen: Mapping[str, Mapping[str, Any]] | None,
    kind: str,
    recommended: Mapping[str, Mapping[str, Any]],
    registry: Registry,
    recipe_names: Registry,
) -> tuple[Part, ...]:
    """Merge the wanted regularizers or augmentations; "none" or an empty table drops all.

    Names of the recipe are looked up as its architecture's plugin means them.
    """
    given = dict(recommended) if chosen is None else dict(chosen)
    if AND_THE_RECIPES in given:
        given = {**recommended, **given}
    wanted = {k: v for k, v in given.items() if k not in ("none", AND_THE_RECIPES)}
    bases = {recipe_names.find(kind, k).full_name: v for k, v in recommended.items()}
    parts = []
    for name, values in wanted.items():
        by_user = chosen is not None and name in chosen
        entry = (registry if by_user else recipe_names).find(kind, name)
        base = bases.get(entry.full_name, {})
        options = build_options(
            entry.declaration.options, {**base, **with_underscores(values or {})}, entry.where
        )
        parts.append(Part(entry.full_name, to_plain(options)))
    return tuple(parts)


def _training(settings: Settings, recipe: Recipe, device: str) -> TrainingOptions:
    values = {**recipe.training, **settings.training}
    options = build_options(TrainingOptions, values, "training")
    if options.precision == "auto":
        values["precision"] = "bf16" if fast_bf16(device) else "fp32"
        options = build_options(TrainingOptions, values, "training")
    return options


def _refuse_unsound(config: RunConfig, loss: Entry, architecture: Entry) -> None:
    training = config.training
    if training.compile != "none":
        refuse_compiling(training.compile, config.device)
    if loss.declaration.needs_penalty and not config.regularizers:
        raise OptionError(
            f"{loss.where} needs a gradient penalty to be sound: add --regularizer gradient-penalty"
        )
