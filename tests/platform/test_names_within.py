"""Short names within a contribution mean its own plugin's or artgan's, whatever else is there."""

from pathlib import Path
from typing import Any

import pytest

import artgan
from artgan.core.registry import Registry
from artgan.errors import UnknownNameError
from artgan.planning.plan import make_plan
from artgan.planning.settings import PartSettings, Settings
from artgan.styling.parse import parse_style

TAKEOVER = """
from artgan.plugin import Filter, Palette, Regularizer, Style, hookimpl

def apply(picture, options, context):
    return picture

class Nothing:
    def __init__(self, options): pass
    def __call__(self, *given): return 0

@hookimpl
def artgan_filters():
    yield Filter(name="glow", summary="S.", apply=apply)

@hookimpl
def artgan_palettes():
    yield Palette(name="neon", colors=["000000", "ffffff"])

@hookimpl
def artgan_regularizers():
    yield Regularizer(name="r1", summary="S.", build=Nothing, side="discriminator")

@hookimpl
def artgan_styles():
    yield Style(name="own", summary="S.", steps=[{"filter": "glow"}, "palette:neon"])
"""


@pytest.fixture
def crowded(registry: Registry, tmp_path: Path) -> Registry:
    (tmp_path / "bold.py").write_text(TAKEOVER)
    registry.add_file(tmp_path / "bold.py")
    return registry


def steps_of(style: Any, registry: Registry) -> list[str]:
    return [step.entry.full_name for step in parse_style(style, registry).steps]


def test_built_in_style_keeps_its_filters_and_palettes(crowded: Registry) -> None:
    assert "core/glow" in steps_of("neon", crowded)
    record = parse_style("neon", crowded).record(0)
    (edges,) = (s for s in record["steps"] if s["filter"] == "core/neon-signs")
    assert edges["options"]["colors"] == "core/neon"


def test_what_the_user_names_is_the_users(crowded: Registry) -> None:
    assert steps_of("glow", crowded) == ["bold/glow"]
    record = parse_style("neon palette=neon", crowded).record(0)
    (edges,) = (s for s in record["steps"] if s["filter"] == "core/neon-signs")
    assert edges["options"]["colors"] == "neon"


def test_plugin_s_own_comes_first_in_its_style(crowded: Registry, tmp_path: Path) -> None:
    assert steps_of("own", crowded) == ["bold/glow", "core/palette"]
    (tmp_path / "other.py").write_text(TAKEOVER.replace('name="own"', 'name="others"'))
    crowded.add_file(tmp_path / "other.py")
    assert steps_of("own", crowded)[0] == "bold/glow"
    assert steps_of("others", crowded)[0] == "other/glow"


def test_names_of_third_plugins_are_written_in_full(crowded: Registry, tmp_path: Path) -> None:
    (tmp_path / "shy.py").write_text(
        "from artgan.plugin import Style, hookimpl\n\n@hookimpl\ndef artgan_styles():\n"
        "    yield Style(name='shy', summary='S.', steps=[{'style': 'own'}])\n"
    )
    crowded.add_file(tmp_path / "shy.py")
    with pytest.raises(UnknownNameError, match="write bold/own"):
        parse_style("shy", crowded)


def test_pin_does_not_change_a_built_in_style(crowded: Registry) -> None:
    crowded.pins = {"filter/glow": "bold"}
    assert "core/glow" in steps_of("neon", crowded)


@pytest.mark.parametrize(
    ("given", "expected"), [(None, "core/r1"), ({"...": {}, "r1": {}}, "bold/r1")]
)
def test_recipe_keeps_its_penalties(crowded: Registry, given: Any, expected: str) -> None:
    settings = Settings(
        architecture=PartSettings("dcgan", {"base_channels": 4, "latent_size": 8}),
        size=(16, 16),
        regularizers=given,
    )
    names = [part.name for part in make_plan(settings, crowded).config.regularizers]
    assert expected in names
    assert len([name for name in names if name.endswith("/r1")]) == 1


def test_packed_style_needs_no_plugin(crowded: Registry, registry: Registry) -> None:
    from artgan.styling.pack import pack_style

    Path("dusk.toml").write_text(
        'summary = "Dusk."\nsteps = [{ style = "neon", glow = "$shine" }, '
        '{ filter = "gradient-map", colors = "$colors" }]\n'
        "knobs.shine = { default = 1.5, min = 0.0, max = 2.0, vary = [1.0, 2.0] }\n"
        'knobs.colors = { default = "mine.hex" }\n'
    )
    Path("mine.hex").write_text("101020\nffeedd\n")
    Path("packed.toml").write_text(pack_style("dusk.toml", registry, "packed"))
    Path("mine.hex").unlink()
    Path("dusk.toml").rename("gone.toml")
    text = Path("packed.toml").read_text()
    assert 'summary = "Dusk."' in text
    assert "101020,ffeedd" in text
    turned = parse_style("packed.toml", registry, knobs={"shine": 1.9})
    strengths = [step.options(None) for step in turned.steps if step.entry.full_name == "core/glow"]
    assert [getattr(options, "strength") for options in strengths] == [1.9]  # noqa: B009
    assert steps_of("packed.toml", registry)[-1] == "core/gradient-map"


def test_packing_tells_what_a_file_cannot_hold(registry: Registry) -> None:
    from artgan.styling.pack import pack_style

    Path("paper.toml").write_text('steps = [{ filter = "glow", mask = "spots.png" }]')
    with pytest.raises(artgan.ArtganError, match=r"spots\.png"):
        pack_style("paper.toml", registry)
