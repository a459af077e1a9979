"""Runs and pictures of an older version of a plugin stay usable, or say what to do."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import artgan
from artgan.base.options import build_options
from artgan.core.registry import Registry
from artgan.errors import OptionError
from artgan.plugin_manager.load import load_registry
from tests.conftest import TOY

FILTER = """
from typing import Annotated
from artgan.plugin import Filter, Meta, Options, hookimpl

class Own(Options, frozen=True, kw_only=True):
    {option}

def apply(picture, options, context):
    return picture.replace(color=picture.color * {value})

@hookimpl
def artgan_filters():
    yield Filter(name="dim", summary="S.", apply=apply, options=Own)
"""

LOSS = """
import torch
from typing import Annotated
from artgan.plugin import Loss, Meta, Options, hookimpl

class Own(Options, frozen=True, kw_only=True):
    {option}

class Margin:
    def __init__(self, options): pass
    def discriminator(self, real, fake): return torch.relu(1 - real).mean() + fake.relu().mean()
    def generator(self, real, fake): return -fake.mean()

@hookimpl
def artgan_losses():
    yield Loss(name="margin", summary="S.", build=Margin, options=Own)
"""

OLD = 'amount: Annotated[float, Meta(description="H.")] = 0.5'
RENAMED = 'dark: Annotated[float, Meta(description="H.", extra={"was": ("amount",)})] = 0.5'
GONE = 'dark: Annotated[float, Meta(description="H.")] = 0.5'
MIGRATED = (
    GONE
    + """
    @classmethod
    def migrate(cls, values):
        values = dict(values)
        if "amount" in values:
            values["dark"] = 1 - float(values.pop("amount"))
        return values
"""
)


def load(option: str) -> Any:
    scope: dict[str, Any] = {}
    exec(compile(FILTER.format(option=option, value="1"), "dim", "exec"), scope)
    return scope["Own"]


@pytest.mark.parametrize(("option", "dark"), [(RENAMED, 0.2), (MIGRATED, 0.8)])
def test_old_name_is_read(option: str, dark: float) -> None:
    built = build_options(load(option), {"amount": 0.2}, "filter 'dim'")
    assert built.dark == dark


def test_both_names_at_once_are_refused() -> None:
    with pytest.raises(OptionError, match="given twice, as dark too"):
        build_options(load(RENAMED), {"dark": 0.1, "amount": 0.2}, "filter 'dim'")


def test_migrate_that_fails_is_named() -> None:
    broken = MIGRATED.replace('values["dark"]', 'values["no"]["dark"]')
    with pytest.raises(OptionError, match="filter 'dim': its migrate failed"):
        build_options(load(broken), {"amount": 0.2}, "filter 'dim'")


def registry_with(file: str, code: str) -> Registry:
    Path(file).write_text(code)
    registry = load_registry(packages=False)
    registry.add_file(Path(file))
    return registry


def test_resume_tells_a_changed_plugin_and_keeps_both_versions(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first = registry_with("margin.py", LOSS.format(option=OLD))
    artgan.train(dataset="mnist", loss="margin", out="r", registry=first, **TOY)
    before = tomllib.loads(Path("r/run.toml").read_text())["made-with"]["plugins"]["margin"]
    artgan.resume("r", steps=6, registry=registry_with("margin.py", LOSS.format(option=RENAMED)))
    made_with = tomllib.loads(Path("r/run.toml").read_text())["made-with"]
    assert f"Plugin margin was {before} when this run was made" in caplog.text
    assert made_with["plugin-history"] == [{"until-step": 4, "plugins": {"margin": before}}]
    assert made_with["plugins"]["margin"] != before


def test_option_that_is_gone_names_the_version_that_has_it() -> None:
    first = registry_with("margin.py", LOSS.format(option=OLD))
    artgan.train(dataset="mnist", loss="margin", out="r", registry=first, **TOY)
    second = registry_with("margin.py", LOSS.format(option=GONE))
    told = (
        r"no option 'amount'.*Run 'r' was made with the plugin file margin\.py "
        r"\(SHA-256 [0-9a-f]{8}\.\.\.\), and is [0-9a-f]{8} here: name it with --plugin margin\.py"
    )
    with pytest.raises(OptionError, match=told):
        artgan.resume("r", steps=6, registry=second)


def test_style_that_cannot_be_parsed_any_more_does_not_stop_training() -> None:
    first = registry_with("dim.py", FILTER.format(option=OLD, value="options.amount"))
    artgan.train(dataset="mnist", style="dim amount=0.3", out="r", registry=first, **TOY)
    second = registry_with("dim.py", FILTER.format(option=GONE, value="options.dark"))
    run = artgan.resume("r", steps=6, registry=second)
    assert run.checkpoint.step == 6
    with pytest.raises(OptionError, match="no option 'amount'"):
        run.sample([1], style=run.config.style)
