"""Apply the traits of an edition: its style, palette, knobs, options, label and steering."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from artgan.base.options import build_options
from artgan.base.suggest import join_names, suggest
from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.errors import ArtganError, OptionError, SeriesError
from artgan.latents.directions import resolve_steering
from artgan.latents.rendering import check_steering
from artgan.latents.steering import SteeringOptions
from artgan.palettes.find import find_palette
from artgan.sampling.labels import find_label
from artgan.series.definition import Edition, SeriesDefinition, Trait
from artgan.styling.chain import Chain, Step
from artgan.styling.parse import parse_style
from artgan.styling.survey import open_steps

PLAIN = ("style", "palette", "label", "truncation", "latents", "sampler")

PALETTE_OPTIONS = ("palette", "colors")


@dataclass(frozen=True)
class EditionSettings:
    """How one edition is made; the style has its traits filled in, the steering has the moves."""

    chain: Chain
    label: int | None
    steering: SteeringOptions


def edition_settings(
    series: SeriesDefinition, run: TrainedRun, edition: Edition
) -> EditionSettings:
    """Return how an edition is made."""
    traits = dict(edition.traits)
    style = traits.pop("style", run.config.style if series.style is None else series.style)
    label = _label(traits.pop("label", None), run)
    truncation = _number("truncation", traits.pop("truncation", 1.0))
    latents, sampler = (_text(n, traits.pop(n, "")) for n in ("latents", "sampler"))
    palette = traits.pop("palette", None)
    if palette is not None:
        find_palette(palette, run.registry)
    knobs = {n.partition(".")[2]: v for n, v in traits.items() if n.startswith("style.")}
    moves = {n.partition(".")[2]: _number(n, v) for n, v in traits.items() if n.startswith("move.")}
    chain = parse_style(style, run.registry, knobs=knobs)
    if palette is not None:
        chain = _with_palette(chain, palette)
    for name, value in traits.items():
        if not name.startswith(("style.", "move.")):
            chain = _with_option(chain, name, value)
    steering = SteeringOptions(truncation, moves, None, latents, sampler or "one-pass")
    return EditionSettings(chain, label, steering)


def check_traits(series: SeriesDefinition, run: TrainedRun) -> None:
    """Try every value of every trait, so that no picture fails half-way through."""
    for trait in series.traits:
        _check_name(trait, run.registry)
    styles = next((t.values for t in series.traits if t.name == "style"), (None,))
    for style in styles:
        common = {} if style is None else {"style": style}
        for trait in series.traits or (Trait("style", styles),):
            for value in trait.extremes if trait.name != "style" else (style,):
                traits = common if value is None else {**common, trait.name: value}
                try:
                    settings = edition_settings(series, run, Edition(1, 0, traits))
                    _refuse_sets(settings.chain)
                    check_steering(run, resolve_steering(run, settings.steering))
                except ArtganError as error:
                    raise SeriesError(f"trait '{trait.name}' = {value!r}: {error}") from error


def _refuse_sets(chain: Chain) -> None:
    """Refuse a style that looks at all pictures: a longer series keeps its first ones."""
    for step in open_steps(chain):
        raise SeriesError(
            f"{step.entry.where} decides by all pictures together, and a series makes each by "
            "itself; apply it to the finished editions (artgan apply), or take the style of a "
            "picture of a set (artgan style from PICTURE --out mine.toml)"
        )


def _check_name(trait: Trait, registry: Registry) -> None:
    if trait.name in PLAIN:
        return
    head, dot, option = trait.name.partition(".")
    filters = [entry.declaration.name for entry in registry.entries("filter")]
    if not dot or not option or head not in ("style", "move", *filters):
        near = suggest(head, [*PLAIN, "style", "move", *filters])
        raise SeriesError(
            f"nothing has a trait '{trait.name}'; expected {join_names(PLAIN)}, style.KNOB, "
            f"move.DIRECTION or FILTER.OPTION.{near}"
        )


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SeriesError(f"{name} {value!r} does not fit; expected a number")
    return float(value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise SeriesError(f"{name} {value!r} does not fit; expected a name, as artgan list {name}")
    return value


def _label(value: Any, run: TrainedRun) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SeriesError(f"there is no label {value!r}; expected a name or a number")
    try:
        return find_label(value, run.config.class_names, run.config.classes)
    except OptionError as error:
        raise SeriesError(str(error)) from error


def _with_palette(chain: Chain, palette: Any) -> Chain:
    """Return a chain in which every step with a palette has this one."""
    found = False
    steps: list[Step] = []
    for step in chain.steps:
        fields = step.entry.declaration.options.__struct_fields__
        own = [name for name in PALETTE_OPTIONS if name in fields and _is_choice(step, name)]
        found = found or bool(own)
        steps.append(_with_values(step, dict.fromkeys(own, palette)) if own else step)
    if not found:
        raise SeriesError(
            f"style '{chain.name}' has no step that takes a palette; add one, as in "
            f'"{chain.name} | gradient-map"'
        )
    return replace(chain, steps=tuple(steps))


def _is_choice(step: Step, name: str) -> bool:
    """Return whether an option of this name takes a palette: whether its default is text."""
    default = getattr(build_options(step.entry.declaration.options, {}, step.entry.where), name)
    return isinstance(default, str)


def _with_option(chain: Chain, name: str, value: Any) -> Chain:
    wanted, _, option = name.partition(".")
    if not any(step.entry.declaration.name == wanted for step in chain.steps):
        used = dict.fromkeys(step.entry.declaration.name for step in chain.steps)
        raise SeriesError(
            f"style '{chain.name}' has no step '{wanted}'; its steps are "
            f"{join_names(used, 'and') or 'none'}"
        )
    option = option.replace("-", "_")
    steps = [
        _with_values(step, {option: value}) if step.entry.declaration.name == wanted else step
        for step in chain.steps
    ]
    return replace(chain, steps=tuple(steps))


def _with_values(step: Step, values: Mapping[str, Any]) -> Step:
    kept = {k: v for k, v in step.values.items() if k.replace("-", "_") not in values}
    changed = replace(step, values={**kept, **values})
    changed.options(None)
    return changed
