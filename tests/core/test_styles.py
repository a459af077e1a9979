import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import artgan
from artgan.base.contributions import Entry
from artgan.base.identity import Plugin
from artgan.core.registry import Registry
from artgan.errors import ArtganError, PluginError
from artgan.plugin import Filter
from artgan.plugin.picture import Picture
from artgan.styling.apply import apply_style
from artgan.styling.chain import Chain, Step
from artgan.styling.parse import check_chain, parse_style

NEON = """
name = "my-neon"
summary = "Signs in the rain"
steps = [
  { filter = "upscale", size = 64 },
  { filter = "glow", strength = "$glow", radius = 0.07 },
  { filter = "grain", opacity = 0.5, blend = "screen" },
]
knobs.glow = { default = 1.2, min = 0.0, max = 3.0, help = "0 is a drawing", vary = [0.8, 1.6] }
"""


def names(style: Any, registry: Registry) -> list[str]:
    return [step.entry.declaration.name for step in parse_style(style, registry).steps]


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (None, []),
        ("none", []),
        ("glow", ["glow"]),
        ("glow:0.5", ["glow"]),
        ("pixelate cells=8 | palette palette=gameboy", ["pixelate", "palette"]),
        (["palette:111111,eeeeee", "tile:columns=2,rows=2"], ["palette", "tile"]),
        ({"filter": "tile", "columns": 2}, ["tile"]),
        ({"tile": {"columns": 2}}, ["tile"]),
        ({"steps": [{"style": "gameboy"}, "tile"]}, ["pixelate", "dither", "upscale", "tile"]),
        ("gameboy:cells=20", ["pixelate", "dither", "upscale"]),
    ],
)
def test_every_way_of_giving_a_style(style: Any, expected: list[str], registry: Registry) -> None:
    assert names(style, registry) == expected


def test_commas_stay_inside_a_value(registry: Registry) -> None:
    (step,) = parse_style("palette:palette=111111,eeeeee,mode=gradient", registry).steps
    assert step.values == {"palette": "111111,eeeeee", "mode": "gradient"}


@pytest.mark.parametrize(
    ("style", "says"),
    [
        ("nein", "Did you mean 'neon'?"),
        ("glow:strenght=1", "Did you mean 'strength'?"),
        ("glow:9", "from 0 to 4"),
        ("palette:gamebay", "Did you mean 'gameboy'?"),
        ("palette:nowhere.gpl", "no palette file"),
        ("nowhere.toml", "no style file"),
        ({"steps": [{"filter": "glow", "strength": "$x"}]}, "no knob '$x'"),
        ({"steps": [{"filter": "glow"}], "knob": {}}, "Did you mean 'knobs'?"),
        ({"filter": "glow", "blend": "scren"}, "Did you mean 'screen'?"),
        ({"filter": "glow", "opacity": 3}, "from 0 to 1"),
        (7, "cannot be int"),
        ("glow | ", "is empty"),
        ("palette:series", "the filter common-palette takes those of all"),
    ],
)
def test_wrong_styles_are_told(style: Any, says: str, registry: Registry) -> None:
    with pytest.raises(ArtganError) as caught:
        artgan.apply(Image.new("L", (16, 16)), style)
    assert says in str(caught.value)


def test_style_file_with_knobs_that_vary(tmp_path: Path, registry: Registry) -> None:
    path = tmp_path / "my-neon.toml"
    path.write_text(NEON)
    image = Image.new("RGB", (16, 16), (200, 90, 90))
    strengths = [
        artgan.apply(image, str(path), seed=seed).info["artgan"]["style"]["steps"][1]["options"][
            "strength"
        ]
        for seed in range(6)
    ]
    assert len(set(strengths)) == 6
    assert all(0.8 <= s <= 1.6 for s in strengths)
    fixed = artgan.apply(image, str(path), knobs={"glow": "2"}).info["artgan"]["style"]
    assert fixed["steps"][1]["options"]["strength"] == 2


@pytest.mark.parametrize(
    ("knobs", "says"),
    [
        ({"glew": 1}, "Did you mean 'glow'?"),
        ({"glow": 9}, "from 0 to 3"),
        ({"glow": "x"}, "0 to 3"),
    ],
)
def test_wrong_knobs_are_told(knobs: dict[str, Any], says: str, registry: Registry) -> None:
    with pytest.raises(ArtganError) as caught:
        parse_style("neon", registry, knobs=knobs)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [("steps = 3", "a list of"), ("name = ", "not valid TOML"), ("step = []", "mean 'steps'")],
)
def test_damaged_style_files_are_told(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(ArtganError, match=r"s\.toml") as caught:
        artgan.apply(Image.new("L", (16, 16)), str(path))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ('steps = [{ filter = "grain" }, { filter = "glew" }]', "step 2 (glew)", "mean 'glow'"),
        ('steps = [{ filter = "glow", strenght = 2 }]', "step 1 (glow)", "mean 'strength'"),
        ('steps = ["tile", { filter = "glow", radius = 7 }]', "step 2 (glow)", "0.005 to 0.3"),
        ('steps = ["glow", "grian"]', "step 2 (grian)", "mean 'grain'"),
        ('steps = [{ filter = "glow", strength = "$x" }]', "step 1 (glow)", "no knob '$x'"),
        ('steps = [{ filter = "palette", palette = "gamebay" }]', "step 1 (palette)", "'gameboy'"),
        ('steps = [{ filter = "glow", mask = "lite" }]', "step 1 (glow)", "expected light"),
        ('steps = [{ style = "neon", glw = 2 }]', "step 1 (neon)", "mean 'glow'"),
        ('steps = [{ filtr = "glow" }]', "step 1", "mean 'filter'"),
        ('summry = "x"\nsteps = []', "", "mean 'summary'"),
        ('requires = ["wrp"]\nsteps = []', "", "mean 'wrap'"),
        ("steps = []\n[knobs.glow]\ndefault = 1\nmx = 2", "knob 'glow'", "mean 'max'"),
        ("steps = []\n[knobs.fog]\ndefault = 1", "", "no step uses the knob 'fog'"),
        ("steps = []\nknobs.fog = 1", "knob 'fog'", "must be a table"),
        ("steps = []\n[knobs.fog]\nmin = 1", "knob 'fog'", "needs a default"),
        ("steps = []\n[knobs.fog]\ndefault = 1\nvary = [2]", "knob 'fog'", "the highest number"),
        ("steps = []\n[knobs.fog]\ndefault = 9\nmax = 3", "knob 'fog'", "a number to 3"),
    ],
)
def test_a_typo_in_a_style_file_names_its_step(
    text: str, place: str, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "s.toml"
    path.write_text(text)
    with pytest.raises(ArtganError, match=rf"style file '.*s\.toml'.*{re.escape(place)}") as caught:
        artgan.apply(Image.new("L", (16, 16)), str(path))
    assert says in str(caught.value)


def test_a_step_of_a_file_inside_a_file_is_named_once(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "inner.toml").write_text('steps = ["tile", { filter = "glow", radius = 7 }]')
    (tmp_path / "outer.toml").write_text('steps = ["inner.toml"]')
    with pytest.raises(ArtganError) as caught:
        parse_style(str(tmp_path / "outer.toml"), registry)
    assert str(caught.value).count("style file") == 1
    assert "inner.toml': step 2 (glow)" in str(caught.value)


def test_far_names_are_not_suggested() -> None:
    with pytest.raises(ArtganError) as caught:
        artgan.apply(Image.new("L", (16, 16)), "nope")
    assert "Did you mean" not in str(caught.value)


def test_style_that_contains_itself_is_refused(tmp_path: Path, registry: Registry) -> None:
    path = tmp_path / "loop.toml"
    path.write_text(f'steps = ["{path}"]')
    with pytest.raises(ArtganError, match="contains itself"):
        parse_style(str(path), registry)


def test_files_in_a_style_are_found_beside_it(tmp_path: Path, registry: Registry) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "two.hex").write_text("112233\needdcc\n")
    (folder / "dusk.toml").write_text(
        'steps = [{ filter = "palette", palette = "two.hex", opacity = "$much" }]\n'
        "knobs.much = { default = 1.0, min = 0.0, max = 1.0 }"
    )
    (folder / "more.toml").write_text('steps = [{ style = "dusk.toml", much = 0.5 }, "tile"]')
    image = Image.linear_gradient("L").resize((16, 16))
    shown = artgan.apply(image, str(folder / "dusk.toml"))
    seen = np.unique(np.asarray(shown).reshape(-1, 3), axis=0).tolist()
    assert seen == [[17, 34, 51], [238, 221, 204]]
    (step, _) = parse_style(str(folder / "more.toml"), registry).steps
    assert step.opacity == 0.5
    # The record means the same where the file is not.
    record = shown.info["artgan"]["style"]
    assert record["name"] == "dusk"
    assert record["steps"][0]["options"]["palette"] == ["112233", "eeddcc"]


def test_knobs_draw_whole_numbers_from_whole_ranges_and_turn_by_parts(registry: Registry) -> None:
    about = {"default": 8, "vary": [4, 12]}
    style = {"steps": [{"filter": "pixelate", "cells": "$n"}], "knobs": {"n": about}}
    (step,) = parse_style(style, registry).steps
    cells = {step.options(seed).cells for seed in range(40)}  # type: ignore[attr-defined]
    assert cells <= set(range(4, 13))
    assert len(cells) > 5
    turned = parse_style("mandala", registry, knobs={"angle": "22.5"}).steps
    assert any(s.options(None).angle == 22.5 for s in turned if "angle" in s.values)  # type: ignore[attr-defined]
    with pytest.raises(ArtganError, match="a whole number"):
        parse_style(style, registry, knobs={"n": "20.5"})


def test_a_knob_may_vary_how_much_of_a_step_is_seen(registry: Registry) -> None:
    style = {
        "steps": [{"filter": "invert", "opacity": "$much"}],
        "knobs": {"much": {"default": 0.5, "vary": [0.0, 1.0]}},
    }
    (step,) = parse_style(style, registry).steps
    assert step.varies
    assert len({step.drawn(seed).opacity for seed in range(5)}) == 5


@pytest.mark.parametrize(
    "style",
    [
        "blend:chain=nowhere",
        "random:styles=glow,nowhere",
        "border:color=blu",
        "palette:picture:nix.jpg:4",
        "repeat:chain=border:color=blu",
    ],
)
def test_what_options_name_is_looked_up_beforehand(style: str, registry: Registry) -> None:
    with pytest.raises(ArtganError, match=r"nowhere|blu|nix"):
        check_chain(parse_style(style, registry), registry)


@pytest.mark.parametrize(
    ("style", "notes"),
    [
        ("palette gameboy | glow", ["step 'glow' mixed the 4 colours of the palette with others"]),
        ("palette gameboy | tile:columns=2,rows=2", []),
        ("invert mask=top", ["step 'invert' ended the tiling down"]),
        ("mask:chain=invert,where=left", ["step 'mask' ended the tiling across"]),
        ("invert mask=circle", []),
    ],
)
def test_what_ends_a_palette_or_a_tile_is_noted(
    style: str, notes: list[str], registry: Registry
) -> None:
    picture = Picture(np.full((16, 16, 3), 0.5, np.float32), wraps=(True, True))
    styled = apply_style(parse_style(style, registry), picture, registry=registry)
    assert styled.record["notes"] == notes


def test_half_a_seam_closed_is_a_seam(registry: Registry) -> None:
    picture = Picture(np.random.default_rng(0).random((16, 16, 3), np.float32))
    for opacity, wraps in ((1, (True, True)), (0.5, (False, False))):
        chain = parse_style({"filter": "seamless", "opacity": opacity}, registry)
        assert apply_style(chain, picture, registry=registry).picture.wraps == wraps


def test_record_names_the_step_that_ended_the_tiling(registry: Registry) -> None:
    what = Picture(np.full((16, 16, 3), 0.5, np.float32), wraps=(True, True))
    chain = parse_style(["glow", "vignette", "grain"], registry)
    styled = apply_style(chain, what, registry=registry)
    assert styled.record["notes"] == ["step 'vignette' ended the tiling"]


def test_filter_that_fails_leaves_the_raw_picture_and_the_others(
    trained: Path, tmp_path: Path, artgan_cli: Any
) -> None:
    plugin = tmp_path / "shy.py"
    plugin.write_text(
        "from artgan.plugin import Filter, hookimpl\n"
        "def shy(picture, options, context):\n"
        "    if context.index == 2: raise RuntimeError('third')\n"
        "    return picture\n"
        "@hookimpl\n"
        "def artgan_filters():\n"
        "    yield Filter(name='shy', summary='Shy.', apply=shy)\n"
    )
    out = tmp_path / "out"
    result = artgan_cli(
        "sample", trained, "--style", "shy", "--plugin", plugin, "--seeds", "0-4", "--out", out
    )
    assert result.exit_code == 3, result.output
    assert "third" in result.stderr
    assert len(list(out.glob("*-raw.png"))) == 5
    assert len(list(out.glob("*-shy.png"))) == 4


def test_strict_mode_lets_the_error_of_a_filter_through(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(picture: Picture, options: Any, context: Any) -> Picture:
        raise ZeroDivisionError("inside the filter")

    entry = Entry(Filter(name="broken", summary="Broken.", apply=broken), Plugin("x", "1", "file"))
    chain, picture = Chain("broken", (Step(entry, {}),)), Picture(np.zeros((8, 8, 3), np.float32))
    with pytest.raises(PluginError, match=r"'broken' of x 1 failed: ZeroDivisionError: inside"):
        apply_style(chain, picture, registry=registry)
    monkeypatch.setenv("ARTGAN_STRICT", "1")
    with pytest.raises(ZeroDivisionError) as caught:
        apply_style(chain, picture, registry=registry)
    assert caught.traceback[-1].name == "broken"


def test_the_slip_shown_in_the_docs_is_told_so(artgan_cli: Any, pictures: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/styles.md").read_text()
    (style,) = re.findall(r"`lantern\.toml`:\n\n```toml\n(.*?)```", page, re.DOTALL)
    (told,) = re.findall(r"```text\n(Error: .*?)\n```", page)
    Path("lantern.toml").write_text(style.replace("radius =", "raduis =", 1))
    result = artgan_cli("apply", "--style", "lantern.toml", pictures / "0.png", "--out", "x")
    assert result.output.strip() == told
