"""A generator outside of artgan makes the same pictures."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from msgspec import structs
from torch import nn

import artgan
from artgan.core.images import pixels_by
from artgan.core.sample import draw_inputs
from artgan.errors import PluginError
from artgan.exporting.export import export_run
from artgan.exporting.graph import trace
from artgan.exporting.web_page import web_model
from artgan.latents.directions import latent_sefa
from tests.conftest import TOY

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")

ASK = """
const fs = require("fs");
const page = fs.readFileSync(process.argv[1], "utf8");
const part = (id) => page.match(new RegExp(`<script id="${id}"[^>]*>([\\\\s\\\\S]*?)</script>`))[1];
const artgan = new Function(part("runtime") + "; return artgan;")();
const generator = new artgan.Generator(JSON.parse(part("model")));
const out = JSON.parse(process.argv[2]).map((seed) => {
  const drawn = generator.draw(seed);
  return { ...drawn, latents: [...drawn.latents],
           pixels: [...generator.pixels(drawn.latents, drawn.label).data] };
});
console.log(JSON.stringify(out));
"""


def ask(page: Path, seeds: list[int]) -> list[dict[str, Any]]:
    command = ["node", "-e", ASK, str(page), json.dumps(seeds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: list[dict[str, Any]] = json.loads(done.stdout)
    return answer


def ask_runtime(generator: nn.Module, folder: Path) -> dict[str, Any]:
    """Let the runtime of the page compute the picture of seed 3."""
    page = folder / "page.html"
    template = '<script id="model">{}</script><script id="runtime">{}</script>'
    runtime = Path(artgan.__file__).parent / "exporting" / "runtime.js"
    page.write_text(template.format(json.dumps(web_model(generator, (), ())), runtime.read_text()))
    (answer,) = ask(page, [3])
    return answer


@needs_node
@pytest.mark.parametrize(
    "options",
    [
        {"latent_size": 8},
        {"latent_size": 20, "upsampling": "nearest", "normalization": "group"},
        {"latent_size": 100, "upsampling": "smooth", "labels": False, "normalization": "none"},
        {"latent_size": 8, "self_modulation": True},
    ],
)
def test_the_page_makes_the_pictures_of_the_same_seeds(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    settings = {**TOY, "arch_options": {"base_channels": 4, **options}}
    run = artgan.train(
        dataset="mnist", out=tmp_path / "run", training_options={"generator_lr": 0.1}, **settings
    )
    seeds = [0, 1, 7, 4_000_000_000]
    answers = ask(export_run(run, tmp_path / "page.html"), seeds)
    latents, labels = draw_inputs(run.generator, seeds, run.config.label_weights)
    pictures = run.sample(seeds)
    for index, answer in enumerate(answers):
        assert answer["latents"] == pytest.approx(latents[index].flatten().tolist(), abs=1e-5)
        assert answer["label"] == (0 if labels is None else int(labels[index]))
        pixels = np.reshape(answer["pixels"], (16, 16, 4))[:, :, 0]
        assert np.abs(pixels - np.asarray(pictures[index], int)).max() <= 2


@needs_node
def test_the_page_divides_colours_by_alpha(tmp_path: Path) -> None:
    class Cut(Odd):
        premultiplied = True

        def forward(
            self, latents: torch.Tensor, labels: torch.Tensor | None = None
        ) -> torch.Tensor:
            return torch.cat([super().forward(latents) * 0.5, super().forward(latents)], 1)

    torch.manual_seed(0)
    generator = Cut().eval()
    generator.deep = nn.Conv2d(2, 8, 3, padding=1)
    answer = ask_runtime(generator, tmp_path)
    with torch.no_grad():
        (expected,) = pixels_by(generator, generator(torch.tensor([answer["latents"]])))
    pixels = np.reshape(answer["pixels"], expected.shape)
    seen = expected[..., 3] > 0
    assert seen.any()
    assert np.abs(pixels - expected)[seen].max() <= 2


class Odd(nn.Module):
    """A generator of operations that ours do not use."""

    latent_shape = (4,)

    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Linear(4, 2 * 3 * 3)
        self.deep = nn.Conv2d(2, 4, 3, padding=1, groups=2, dilation=1)

    def forward(self, latents: torch.Tensor, labels: torch.Tensor | None = None) -> torch.Tensor:
        x = self.dense(latents * torch.rsqrt(latents.square().mean(1, keepdim=True) + 1e-8))
        x = nn.functional.silu(x.view(-1, 2, 3, 3))
        x = nn.functional.interpolate(x, scale_factor=4, mode="bilinear", align_corners=False)
        x = nn.functional.avg_pool2d(x, 2)
        one, other = x.chunk(2, 1)
        first, rest = x.split([1, 1], 1)
        x = nn.functional.gelu(self.deep(torch.cat([other * first, one + rest], 1)))
        x = nn.functional.pixel_shuffle(nn.functional.leaky_relu(x, 0.1), 2)
        x = torch.cat([x[:, :, 1:], x[:, :, :1].abs().neg()], 2).clamp(-0.9, 0.9)
        return nn.functional.pad(torch.sin(x), (1, 1, 0, 2), value=-1.0)


def test_what_the_page_cannot_compute_is_named() -> None:
    class Sorted(Odd):
        def forward(
            self, latents: torch.Tensor, labels: torch.Tensor | None = None
        ) -> torch.Tensor:
            return super().forward(latents).sort(3).values

    with pytest.raises(PluginError, match=r"aten\.sort.*--onnx"):
        trace(Sorted(), 0)


@needs_node
def test_the_runtime_computes_many_operations(tmp_path: Path) -> None:
    torch.manual_seed(0)
    generator = Odd().eval()
    answer = ask_runtime(generator, tmp_path)
    with torch.no_grad():
        image = generator(torch.tensor([answer["latents"]]))[0, 0]
    expected = ((image + 1) * 127.5).round().numpy()
    assert np.abs(np.reshape(answer["pixels"], (14, 14, 4))[:, :, 0] - expected).max() <= 1


def test_directions_are_orthogonal_and_of_unit_length(trained: Path) -> None:
    axes = latent_sefa(artgan.load_run(trained).generator, 6, 10)
    assert len(axes) == 6
    torch.testing.assert_close(axes @ axes.T, torch.eye(len(axes)), atol=1e-4, rtol=0)


def test_the_page_asks_nothing_of_the_network(trained: Path, tmp_path: Path) -> None:
    page = export_run(artgan.load_run(trained), tmp_path / "page.html").read_text()
    assert not re.search(r"(src|href)\s*=\s*[\"']|fetch\(|import\(|https?://", page)
    assert "__" not in re.sub(r"<script id=.model.*?</script>", "", page, flags=re.S)


class Scripts(HTMLParser):
    """Collects the text of a page's title and scripts, as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: dict[str, list[str]] = {"title": [], "script": []}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] and self.tags[-1] in self.text:
            self.text[self.tags[-1]].append(data)


def test_names_with_markup_stay_text(trained: Path, tmp_path: Path) -> None:
    name = "__MODEL__ {{ 7 }} <img src=x onerror=alert(1)>&amp;"
    labels = ["</script><script>alert(2)</script>", "<!--<script>", "__RUNTIME__", *"3456789"]
    shutil.copytree(trained, tmp_path / name)
    run = artgan.load_run(tmp_path / name)
    config = structs.replace(run.config, class_names=tuple(labels))
    plain = Scripts(export_run(artgan.load_run(trained), tmp_path / "plain.html").read_text())
    page = Scripts(export_run(replace(run, config=config), tmp_path / "page.html").read_text())
    assert page.tags == plain.tags
    assert page.text["script"][1:] == plain.text["script"][1:]
    model = json.loads(page.text["script"][0])
    assert (model["name"], model["label_names"]) == (name, labels)
    assert "".join(page.text["title"]).startswith(f"{name} - artgan")


def test_onnx_names_no_folder_of_its_maker(trained: Path, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxscript")
    path = export_run(artgan.load_run(trained), tmp_path / "digits.onnx")
    data = path.read_bytes()
    for folder in (Path(artgan.__file__).parent, Path(torch.__file__).parent, Path.home()):
        assert str(folder).encode() not in data
    assert b"site-packages" not in data
    model = onnx.load(path)
    assert [about.key for about in model.metadata_props] == ["artgan"]
    assert not any(node.metadata_props or node.doc_string for node in model.graph.node)


def test_onnx_makes_the_same_pictures_in_any_number(trained: Path, tmp_path: Path) -> None:
    runtime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    run = artgan.load_run(trained)
    path = export_run(run, tmp_path / "digits.onnx")
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for count in (1, 5):
        latents, labels = draw_inputs(run.generator, range(count), run.config.label_weights)
        assert labels is not None
        given = {"latents": latents.numpy(), "labels": labels.numpy()}
        (images,) = session.run(None, given)
        with torch.no_grad():
            expected = run.generator(latents, labels).numpy()
        assert np.abs(images - expected).max() < 1e-4
