from pathlib import Path

import pytest

from artgan.core.registry import Registry
from artgan.errors import PluginError, UnknownNameError

NEGATIVE = """
from artgan.plugin import Filter, hookimpl

def negative(picture, options, context):
    return picture.replace(color=1 - picture.color)

@hookimpl
def artgan_filters():
    yield Filter(name="{name}", summary="Turn light to dark.", apply=negative)
"""


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_single_file_brings_a_filter(registry: Registry, tmp_path: Path) -> None:
    registry.add_file(_write(tmp_path, "mine.py", NEGATIVE.format(name="negative")))
    assert registry.find("filter", "negative").full_name == "mine/negative"


def test_file_given_by_hand_wins_but_core_stays_reachable(
    registry: Registry, tmp_path: Path
) -> None:
    registry.add_file(_write(tmp_path, "mine.py", NEGATIVE.format(name="glow")))
    assert registry.find("filter", "glow").plugin.id == "mine"
    assert registry.find("filter", "core/glow").plugin.id == "core"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("import no_such_module", "ModuleNotFoundError"),
        (NEGATIVE.replace("artgan_filters", "artgan_filter").format(name="x"), "unknown hook"),
        (NEGATIVE.format(name="Not A Name"), "not valid"),
        (NEGATIVE.format(name="x") + "    raise ValueError('half-way')", "half-way"),
        (NEGATIVE.format(name="x") + "    yield 7", "yielded int"),
        (NEGATIVE.format(name="x").replace("filters()", "filters(a=1)"), "a"),
        (NEGATIVE.format(name="x").replace("@hookimpl", "@hookimpl(wrapper=True)"), "wrapper"),
        (NEGATIVE.format(name="x").replace("artgan_filters", "artgan_losses"), "expected Loss"),
    ],
)
def test_bad_plugin_leaves_nothing_behind(
    registry: Registry, tmp_path: Path, text: str, reason: str
) -> None:
    before = registry.entries("filter")
    with pytest.raises(PluginError, match=reason):
        registry.add_file(_write(tmp_path, "bad.py", text))
    assert registry.entries("filter") == before
    assert all(plugin.id == "core" for plugin in registry.plugins)


def test_unknown_name_suggests_the_nearest(registry: Registry) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'hinge'"):
        registry.find("loss", "hing")


def test_missing_plugin_is_named_with_the_command(registry: Registry) -> None:
    with pytest.raises(UnknownNameError, match="artgan plugins install artgan-neon"):
        registry.find("filter", "artgan-neon/tubes")


def test_two_files_with_one_name_are_ambiguous(registry: Registry, tmp_path: Path) -> None:
    for name in ("one.py", "two.py"):
        registry.add_file(_write(tmp_path, name, NEGATIVE.format(name="negative")))
    with pytest.raises(UnknownNameError, match="one/negative or two/negative"):
        registry.find("filter", "negative")


def test_every_reference_of_the_built_ins_resolves(registry: Registry) -> None:
    for kind in ("architecture", "loss", "regularizer", "augmentation", "dataset", "filter"):
        for entry in registry.entries(kind):
            for attribute in ("generator", "discriminator", "build", "open", "apply", "recipe"):
                if getattr(entry.declaration, attribute, None):
                    assert callable(entry.load(attribute))
