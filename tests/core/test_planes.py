"""Planes beside the colours of pictures: who makes them, what keeps them in step, who uses them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan.core.registry import Registry
from artgan.errors import PluginError, StyleError
from artgan.layering.stack import make_layers, read_layers
from artgan.plugin.picture import Picture
from artgan.plugin.raster import resize
from artgan.plugin_manager.load import load_registry
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style
from tests.conftest import TOY

LAYERED = """
from artgan.plugin import Architecture, Sizes, hookimpl

def generator(context, options):
    import torch
    from torch import nn

    class Layered(nn.Module):
        planes = ("figure", "depth")
        latent_shape = (8,)
        def __init__(self):
            super().__init__()
            self.size = (3 * context.channels + 1, context.height, context.width)
            self.dense = nn.Linear(8, self.size[0] * self.size[1] * self.size[2])
            nn.init.normal_(self.dense.weight, std=1.0)
        def with_planes(self, latents, labels=None):
            drawn = self.dense(latents).view(-1, *self.size)
            figure, ground = drawn[:, :context.channels].tanh(), drawn[:, -2:-1].tanh()
            cover = drawn[:, -1:].sigmoid()
            return ground + (figure - ground) * cover, torch.cat([cover, 1 - cover], dim=1)
        def forward(self, latents, labels=None):
            return self.with_planes(latents, labels)[0]

    return Layered()

def discriminator(context, options):
    from torch import nn
    pixels = context.channels * context.height * context.width
    class Plain(nn.Module):
        def __init__(self):
            super().__init__()
            self.dense = nn.Linear(pixels, 1)
        def forward(self, images, labels=None):
            return self.dense(images.flatten(1)).squeeze(1)
    return Plain()

@hookimpl
def artgan_architectures():
    yield Architecture(
        name="two-layers", summary="S.", generator=generator, discriminator=discriminator,
        sizes=Sizes(smallest=8, largest=32),
    )
"""

FILTERS = """
import numpy as np
from artgan.plugin import Filter, hookimpl

def measure(picture, options, context):
    return picture.with_plane("rows", np.linspace(0, 1, picture.height)[:, None]
                              .repeat(picture.width, 1))

def wrong(picture, options, context):
    return picture.replace(planes={"rows": np.zeros((2, 2), np.float32)})

def missing(picture, options, context):
    return picture.replace(planes={"rows": picture.pixels[:, :, 0] * np.nan})

@hookimpl
def artgan_filters():
    yield Filter(name="measure", summary="S.", apply=measure)
    yield Filter(name="wrong-plane", summary="S.", apply=wrong)
    yield Filter(name="missing-plane", summary="S.", apply=missing)
"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    folder, registry = tmp_path_factory.mktemp("planes"), load_registry(packages=False)
    for name, code in (("two_layers", LAYERED), ("plane_filters", FILTERS)):
        (folder / f"{name}.py").write_text(code)
        registry.add_file(folder / f"{name}.py")
    return registry


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> artgan.Run:
    out = tmp_path_factory.mktemp("layered") / "run"
    file = next(plugin.path for plugin in registry.plugins if plugin.id == "two-layers")
    return artgan.train(
        out=out, plugins=[file], **{**TOY, "arch": "two-layers", "arch_options": {}, "steps": 1}
    )


def styled(style: Any, picture: Picture, registry: Registry) -> Picture:
    return apply_style(parse_style(style, registry), picture, registry=registry, seed=3).picture


def marked(space: Any = "linear") -> Picture:
    """Return a picture whose plane is its own grey."""
    grey = np.random.default_rng(7).random((24, 32, 1), dtype=np.float32)
    return Picture(grey, space=space).with_plane("same", grey)


@pytest.mark.parametrize(
    "style",
    [
        "mirror",
        "swirl",
        "displace",
        "kaleidoscope",
        "polar",
        "droste",
        "tile columns=2",
        "upscale factor=2",
        {"filter": "wallpaper", "group": "p6m"},
        {"filter": "swirl", "opacity": 0.5},
        {"filter": "mirror", "mask": "top"},
        "repeat chain=mirror count=2",
    ],
)
def test_what_moves_a_picture_moves_its_planes(style: Any, registry: Registry) -> None:
    result = styled(style, marked(), registry).to("linear")
    assert np.abs(result.planes["same"] - result.color[:, :, 0]).max() < 1e-3


@pytest.mark.parametrize("style", ["mask chain=mirror where=top", "blend chain=mirror"])
def test_what_is_laid_over_a_picture_is_laid_over_its_planes(
    style: str, registry: Registry
) -> None:
    result = styled(style, marked("srgb"), registry)
    assert np.abs(result.planes["same"] - result.color[:, :, 0]).max() < 1e-3


@pytest.mark.parametrize("method", ["lanczos", "smooth", "crisp", "nearest"])
def test_planes_are_resized_with_the_picture(method: Any) -> None:
    small = resize(marked(), 11, 50, method)
    assert np.abs(small.planes["same"] - small.color[:, :, 0]).max() < 1e-5
    assert not marked().replace(color=np.zeros((5, 5, 1))).planes


def test_a_frame_is_nothing_and_what_ends_planes_is_noted(registry: Registry) -> None:
    framed = styled("border width=0.1", marked(), registry)
    assert framed.planes["same"].shape == framed.pixels.shape[:2]
    assert framed.planes["same"][0].max() == 0
    chain = parse_style("invert | pixel-sort", registry)
    done = apply_style(chain, marked(), registry=registry)
    assert not done.picture.planes
    assert done.record["notes"] == ["step 'pixel-sort' ended the plane same"]


def test_what_was_remembered_outlives_the_picture(registry: Registry) -> None:
    picture = marked("srgb")
    kept = styled("remember name=light what=light | invert", picture, registry)
    left = styled("invert mask=plane:light", kept, registry)
    assert left.planes["light"].max() > 0.9
    dark = kept.planes["light"] == 0
    assert dark.any()
    assert np.array_equal(left.pixels[dark], kept.pixels[dark])
    assert np.abs(left.pixels - picture.pixels)[kept.planes["light"] == 1].max() < 1e-3
    alpha = Picture(np.full((4, 4, 4), 0.5, np.float32))
    assert styled("remember what=alpha", alpha, registry).planes["kept"].max() == 0.5


def test_a_plane_is_a_height(registry: Registry) -> None:
    flat = Picture(np.full((16, 16, 3), 0.5, np.float32))
    slope = styled("measure | normal-map plane=rows", flat, registry)
    assert abs(styled("normal-map", flat, registry).color[8, 8, 1] - 0.5) < 1e-3
    assert slope.color[8, 8, 1] > 0.52
    with pytest.raises(StyleError, match=r"no plane 'rows' here, it has none; .* remember:rows"):
        styled("normal-map plane=rows", flat, registry)
    with pytest.raises(StyleError, match="no plane 'row' here, it has rows"):
        styled("measure | glow mask=plane:row", flat, registry)


def test_wrong_planes_name_the_filter(registry: Registry) -> None:
    with pytest.raises(PluginError, match=r"wrong-plane.*'rows' has shape \(2, 2\); expected"):
        styled("wrong-plane", marked(), registry)
    with pytest.raises(PluginError, match=r"missing-plane.*not finite"):
        styled("missing-plane", marked(), registry)
    for values in (np.zeros((3, 3)), np.full((24, 32), np.inf), np.full((24, 32), 255)):
        with pytest.raises(ValueError, match="plane 'depth'"):
            marked().with_plane("depth", values)
    with pytest.raises(ValueError, match="is no name for a plane"):
        marked().with_plane("Depth", np.zeros((24, 32)))


def test_the_layers_of_the_page_work() -> None:
    page = Path(__file__).parents[2] / "docs/plugins/architecture.md"
    _, block = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    exec(block, {"__name__": "page"})


def test_planes_of_a_network_reach_filters_and_files(run: artgan.Run, tmp_path: Path) -> None:
    (plain,) = run.samples([3])
    assert [*plain.planes] == ["figure", "depth"]
    assert np.allclose(plain.planes["figure"] + plain.planes["depth"], 1, atol=1e-6)
    assert np.ptp(plain.planes["figure"]) > 0.5
    style = "upscale factor=2 | invert mask=plane:figure"
    (path,) = artgan.sample_to(run, [3], tmp_path, style, planes=True, pattern="a-{seed}").files
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "a-3.depth.png",
        "a-3.figure.png",
        "a-3.png",
    ]
    with Image.open(tmp_path / "a-3.figure.png") as figure, Image.open(path) as picture:
        assert (figure.mode, figure.size) == ("L", picture.size)
    assert artgan.remake(path, run=run).identical


def test_the_command_line_writes_planes(
    run: artgan.Run, artgan_cli: Callable[..., Result], registry: Registry
) -> None:
    file = next(plugin.path for plugin in registry.plugins if plugin.id == "two-layers")
    done = artgan_cli(
        *("sample", run.path, "--seeds", "1", "--plugin", file),
        *("--planes", "--out", "out", "--json"),
    )
    assert done.exit_code == 0, done.output
    (picture,) = json.loads(done.stdout)["files"]
    with Image.open(Path(picture).with_suffix(".depth.png")) as depth:
        assert np.ptp(np.asarray(depth)) > 100
    again = artgan_cli("sample", run.path, "--seeds", "1", "--plugin", file, "--out", "out")
    assert again.exit_code == 0, again.output


def test_apply_writes_planes(pictures: Path, artgan_cli: Callable[..., Result]) -> None:
    style = ("--style", "remember:top,what=top | mirror:y")
    done = artgan_cli("apply", *style, pictures / "0.png", "--planes", "--out", "o", "--json")
    assert done.exit_code == 0, done.output
    (picture,) = json.loads(done.stdout)["files"]
    with Image.open(Path(picture).with_suffix(".top.png")) as top:
        shown = np.asarray(top)
    assert shown.shape == (20, 24)
    assert shown[0].min() == shown[-1].min() == 255
    first, second = (Image.new("RGB", (8, 8), color) for color in ("red", "blue"))
    first.save("a.gif", save_all=True, append_images=[second])
    refused = artgan_cli("apply", *style, "a.gif", "--planes", "--out", "o")
    assert refused.exit_code == 1
    assert "moves, and --planes writes those of still pictures alone" in refused.output


def test_layers_and_films_have_planes(run: artgan.Run, tmp_path: Path) -> None:
    registry = run.registry
    (layer,) = make_layers(read_layers([f"'{run.path}' seed=3 mask=plane:figure"]), registry)
    (sample,) = run.samples([3])
    assert np.allclose(layer.pixels[:, :, 3], sample.planes["figure"], atol=0.01)
    film = run.animate(
        [1, 2], tmp_path / "a.webp", style="invert mask=plane:depth", seconds=0.2, fps=10
    )
    assert film.is_file()


def test_a_plane_that_is_missing_is_told() -> None:
    with pytest.raises(StyleError, match="no plane 'depth' here, it has same; a step before"):
        marked().plane("depth")
