"""Checks of a style."""

import tomllib

import numpy as np

from artgan.styling.apply import apply_style
from artgan.styling.files import chain_toml
from artgan.styling.parse import parse_style
from artgan.testing._checks import Checks, Subject, expect
from artgan.testing._filter import scene

CHECKS = Checks()


@CHECKS.add("resolves")
def resolves(subject: Subject) -> None:
    """Every step names an existing filter or style and has valid options."""
    chain = parse_style(subject.contribution.full_name, subject.checked.registry)
    steps = list(subject.declared.steps)
    expect(chain.steps or not steps, "none of its steps exists")


@CHECKS.add("runs", after=("resolves",))
def runs(subject: Subject) -> None:
    """It can be applied to a picture, and the result is finite."""
    registry = subject.checked.registry
    chain = parse_style(subject.contribution.full_name, registry)
    picture = scene(16, 24, wraps="wrap" in subject.declared.requires)
    styled = apply_style(chain, picture, registry=registry)
    expect(np.isfinite(styled.picture.pixels).all(), "its result has values that are not finite")


@CHECKS.add("knobs", after=("resolves",), applies=lambda s: bool(s.declared.knobs))
def knobs(subject: Subject) -> None:
    """Every knob has a help text, and its default and both ends of its range are valid."""
    registry = subject.checked.registry
    for name, about in subject.declared.knobs.items():
        expect(about.get("help"), f"knob '{name}' has no help")
        ends = [about[end] for end in ("min", "max") if end in about]
        for value in [about["default"], *ends, *about.get("choices", ())]:
            parse_style(subject.contribution.full_name, registry, knobs={name: value})
        for end, beyond in (("min", "below"), ("max", "above")):
            inside = end not in about or (
                about["default"] >= about[end] if end == "min" else about["default"] <= about[end]
            )
            expect(inside, f"knob '{name}': its default lies {beyond} its {end}")


@CHECKS.add("data-returns", after=("resolves",))
def data_returns(subject: Subject) -> None:
    """Written to a TOML file and read again, it is the same style."""
    registry = subject.checked.registry
    chain = parse_style(subject.contribution.full_name, registry)
    again = parse_style(tomllib.loads(chain_toml(chain)), registry)
    before = [(s.entry.full_name, s.options(None), s.laying) for s in chain.steps]
    after = [(s.entry.full_name, s.options(None), s.laying) for s in again.steps]
    expect(before == after, "written as TOML and read again, its steps differ")
