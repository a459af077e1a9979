"""Chooses what says how to train, and checks that it suits the run: the kinds in ``METHODS``."""

from collections.abc import Mapping
from typing import Any

import msgspec

from artgan.base.contributions import Entry
from artgan.base.options import build_options, to_plain
from artgan.base.suggest import join_names, suggest
from artgan.core.config import METHODS, RunConfig, TrainingOptions
from artgan.core.registry import Registry
from artgan.errors import OptionError
from artgan.planning.settings import Settings, with_underscores
from artgan.plugin import Recipe

ALTERNATING = "alternating"
"""The update that can do whatever a run asks for."""


def choose_methods(
    training: TrainingOptions,
    settings: Settings,
    recipe: Recipe,
    registry: Registry,
    recipe_names: Registry,
) -> tuple[TrainingOptions, dict[str, Mapping[str, Any]]]:
    """Look up what the training options name; return them with full names, and all options.

    Names of the recipe are looked up as its architecture's plugin means them.

    Raises:
        OptionError: An option does not fit, or options are given of a kind that is none of these.
        UnknownNameError: There is nothing of that name.
    """
    _refuse_other_kinds(settings.methods, "method_options")
    _refuse_other_kinds(recipe.method_options, "the recipe's method_options")
    names: dict[str, str] = {}
    methods: dict[str, Mapping[str, Any]] = {}
    for kind, field in METHODS.items():
        by_user = field in settings.training
        entry = (registry if by_user else recipe_names).find(kind, getattr(training, field))
        names[field] = entry.usual_name
        given = {
            **({} if by_user else recipe.method_options.get(kind, {})),
            **with_underscores(settings.methods.get(kind, {})),
        }
        options = to_plain(build_options(entry.declaration.options, given, entry.where))
        if options:
            methods[kind] = options
    return msgspec.structs.replace(training, **names), methods


def _refuse_other_kinds(options: Mapping[str, Any], where: str) -> None:
    for kind in options:
        if kind not in METHODS:
            raise OptionError(
                f"{where} are given by kind: {join_names(METHODS)}, not '{kind}'."
                f"{suggest(kind, METHODS)}"
            )


def with_fitting_update(
    config: RunConfig, settings: Settings, architecture: Entry, registry: Registry
) -> tuple[RunConfig, list[str]]:
    """Return the config with an update that can do what the run asks for, and why it is another.

    Alternating updates, which can do anything, stand in for one of the recipe.

    Raises:
        OptionError: The update that the user names cannot.
    """
    unfit = _unfit(config, architecture, registry)
    if unfit is None:
        return config, []
    why, instead = unfit
    if "updates" in settings.training:
        raise OptionError(f"{why}; {instead}")
    training = msgspec.structs.replace(config.training, updates=ALTERNATING)
    methods = {kind: options for kind, options in config.methods.items() if kind != "update"}
    config = msgspec.structs.replace(config, training=training, methods=methods, draws="generator")
    return config, [f"Updates {ALTERNATING}: {why}."]


def _unfit(config: RunConfig, architecture: Entry, registry: Registry) -> tuple[str, str] | None:
    """Say why the update cannot do what the run asks for, and what to do; None if it can."""
    training = config.training
    entry = registry.find("update", training.updates)
    declared, instead = entry.declaration, f"use --train.updates {ALTERNATING}"
    if training.discriminator_steps > 1 and not declared.repeats_discriminator:
        return (
            f"{entry.where} takes one discriminator step each",
            f"{instead} with --train.discriminator-steps {training.discriminator_steps}",
        )
    if declared.needs_independent and not architecture.declaration.independent:
        return (
            f"{entry.where} needs a discriminator that judges each picture alone, which "
            f"that of {architecture.where} does not",
            instead,
        )
    if training.accumulate > 1 and not declared.accumulates:
        return (
            f"{entry.where} computes each batch whole, not in {training.accumulate} parts",
            "use --train.accumulate 1, or a smaller --batch",
        )
    for kind, part in (("loss", config.loss), *(("regularizer", p) for p in config.regularizers)):
        user = registry.find(kind, part.name)
        if declared.logits_alone and user.declaration.sees:
            return (
                f"{user.where} sees {join_names(user.declaration.sees, 'and')}, which "
                f"{entry.where} cannot show: it passes gradients through logits alone",
                instead,
            )
    return None
