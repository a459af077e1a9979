"""Clear pixels: learnt with colours multiplied by alpha, written straight, shown on a ground."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

import artgan
from artgan.base.grounds import TONES, ground_of, on_ground, premultiplied_levels
from artgan.base.options import build_options
from artgan.base.premultiply import premultiply, straighten
from artgan.core.build import build_parts
from artgan.core.images import pixels_by, to_pixels
from artgan.core.registry import Registry
from artgan.datasets.find import open_dataset
from artgan.errors import DataError, OptionError
from artgan.exporting.straight import with_straight_alpha
from artgan.planning.plan import Plan
from artgan.plugin.alpha import clear_share, learns_alpha
from artgan.plugin_manager.load import default_registry
from artgan.sheets.grid import contact_sheet
from artgan.sheets.run_page import write_page

TOY = {"arch_options": {"base_channels": 4, "latent_size": 8}, "device": "cpu", "threads": 1}


def draw_cut_outs(folder: Path, count: int = 12, hidden: str = "red", opaque: int = 0) -> Path:
    """Draw discs on a clear ground that hides a colour; the last ones are opaque."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        full = index >= count - opaque
        picture = Image.new("RGBA", (16, 16), hidden)
        picture.putalpha(255 if full else 0)
        place = (2 + index % 3, 2, 13, 13)
        ImageDraw.Draw(picture).ellipse(place, (20 * index, 200, 90, 255))
        picture.save(folder / f"{index:02}.png")
    return folder


def planned(folder: Path, registry: Registry, **more: object) -> Plan:
    settings = {**TOY, "arch": "dcgan", "size": 16, "steps": 2, "batch": 4, **more}
    return artgan.plan(dataset=folder, registry=registry, **settings)  # type: ignore[arg-type]


def trained(folder: Path, out: Path, registry: Registry, **more: object) -> artgan.Run:
    settings = {**TOY, "size": 16, "steps": 2, "batch": 4, "count": 2, **more}
    run = artgan.train("dcgan", folder, out=out, registry=registry, **settings)  # type: ignore[arg-type]
    assert isinstance(run, artgan.Run)
    return run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> artgan.Run:
    folder = tmp_path_factory.mktemp("clear")
    more = {"ground": "00ff00", "augmentations": {"diffaugment": {}}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTGAN_CACHE", str(folder / "cache"))
        return trained(draw_cut_outs(folder / "x"), folder / "run", default_registry(), **more)


def test_colours_are_multiplied_by_alpha_and_divided_again() -> None:
    images = torch.rand(2, 4, 3, 3, generator=torch.Generator().manual_seed(1)) * 2 - 1
    images[:, 3:].clamp_(min=-0.9)
    images[0, :, 0, 0] = torch.tensor([0.7, -0.2, 1, -1])
    learnt = premultiply(images)
    assert learnt[0, :, 0, 0].tolist() == [-1, -1, -1, -1]
    assert (learnt[:, :3] <= learnt[:, 3:] + 1e-6).all()
    back = straighten(learnt)
    assert torch.allclose(back[1], images[1], atol=1e-5)


def test_clear_pixels_of_samples_have_no_colour_and_half_clear_ones_their_own() -> None:
    image = torch.tensor([0.2, -0.6, -1, 0]).view(1, 4, 1, 1)
    assert to_pixels(image, premultiplied=True).ravel().tolist() == [255, 102, 0, 128]
    faint = torch.tensor([-0.99, -1, -1, -0.999]).view(1, 4, 1, 1)
    assert to_pixels(faint, premultiplied=True).ravel().tolist() == [0, 0, 0, 0]
    assert to_pixels(faint).ravel().tolist() == [1, 0, 0, 0]


def test_batches_know_nothing_of_colours_hidden_in_clear_pixels(
    tmp_path: Path, registry: Registry
) -> None:
    plans = [
        planned(draw_cut_outs(tmp_path / color, hidden=color), registry)
        for color in ("red", "blue")
    ]
    batches = [build_parts(p.config, p.table, registry).batches.get(0)[0] for p in plans]
    assert plans[0].config.channels == 4
    assert plans[0].config.premultiplied
    assert torch.equal(*batches)
    assert batches[0].is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(
    ("opaque", "options", "channels"),
    [
        (0, {}, 4),
        (9, {}, 4),
        (10, {}, 3),
        (10, {"alpha": "keep"}, 4),
        (12, {"alpha": "keep"}, 3),
        (0, {"alpha": "fill"}, 3),
        (0, {"background": "ffffff"}, 3),
        (0, {"background": "ffffff", "alpha": "keep"}, 4),
        (12, {"channels": "rgba"}, 4),
        (0, {"channels": "rgb"}, 3),
    ],
)
def test_alpha_is_learnt_if_enough_pictures_have_it(
    tmp_path: Path, registry: Registry, opaque: int, options: dict[str, str], channels: int
) -> None:
    folder = draw_cut_outs(tmp_path / "x", opaque=opaque)
    assert planned(folder, registry, dataset_options=options).config.channels == channels


def test_what_is_done_with_clear_pixels_is_said(tmp_path: Path, registry: Registry) -> None:
    told: list[str] = []
    planned(draw_cut_outs(tmp_path / "a"), registry, report=told.append)
    planned(draw_cut_outs(tmp_path / "b", opaque=11), registry, report=told.append)
    assert told[0].startswith("12 of 12 pictures have clear pixels, which are learnt as clear")
    assert "--dataset.alpha fill" in told[0]
    assert told[1].startswith("1 of 12 pictures have clear pixels, too few")
    assert "--dataset.alpha keep" in told[1]


def test_a_few_round_corners_are_no_reason_to_learn_alpha() -> None:
    assert not learns_alpha([0.05] * 3 + [0.0] * 197)
    assert not learns_alpha([0.004] * 200)
    assert learns_alpha([0.3] * 50 + [0.0] * 150)
    assert not learns_alpha([0.0] * 4)
    half = np.full((4, 4, 4), 128, np.uint8)
    assert clear_share(half) == pytest.approx(0.5, abs=0.01)
    assert clear_share(half[:, :, :3]) == 0


def test_options_that_contradict_each_other_are_refused(tmp_path: Path, registry: Registry) -> None:
    folder = draw_cut_outs(tmp_path / "x")
    with pytest.raises(DataError, match="alpha keep and channels rgb contradict"):
        planned(folder, registry, dataset_options={"alpha": "keep", "channels": "rgb"})


def test_clear_pictures_are_shrunk_without_the_colour_that_they_hide(
    tmp_path: Path, registry: Registry
) -> None:
    entry = registry.find("dataset", "folder")
    options = build_options(entry.declaration.options, {}, "")
    small = [
        open_dataset(entry, draw_cut_outs(tmp_path / color, hidden=color), options, (7, 7)).images
        for color in ("white", "black")
    ]
    first, second = (premultiplied_levels(images).astype(int) for images in small)
    assert first[..., 3].min() == 0
    assert np.abs(first - second).max() <= 1


def test_samples_are_straight_whatever_makes_them(run: artgan.Run) -> None:
    (sample,) = run.samples([3])
    assert sample.raw.shape == (16, 16, 4)
    latents = torch.randn(1, 8, generator=torch.Generator().manual_seed(2))
    straight = to_pixels(with_straight_alpha(run.generator)(latents))
    expected = to_pixels(run.generator(latents), premultiplied=True)
    seen = expected[..., 3] > 0
    assert np.array_equal(straight[seen], expected[seen])
    assert np.array_equal(pixels_by(run.generator, run.generator(latents)), expected)


def test_fakes_are_measured_as_they_are_learnt(run: artgan.Run) -> None:
    last = (run.path / "metrics.jsonl").read_text().splitlines()[-1]
    assert 0 < json.loads(last)["variety"] < 3


def test_previews_and_pages_show_clear_pixels_on_the_ground(run: artgan.Run) -> None:
    with Image.open(run.folder.previews()[0]) as preview:
        assert preview.mode == "RGB"
    file = run.path / "clear.png"
    Image.new("RGBA", (4, 4)).save(run.path / "s00001-raw.png")
    write_page(run.folder, run.config, [run.path / "s00001-raw.png"], 2)
    assert (
        'class="pictures square clear" style="--behind: #00ff00"'
        in (run.path / "index.html").read_text()
    )
    contact_sheet([run.path / "s00001-raw.png"], file, ground=run.config.ground)
    with Image.open(file) as sheet:
        assert sheet.getpixel((sheet.width // 2, sheet.height // 2)) == (0, 255, 0)


def test_a_ground_that_is_none_is_refused_before_training(
    tmp_path: Path, registry: Registry
) -> None:
    with pytest.raises(OptionError, match="or say chequered"):
        planned(draw_cut_outs(tmp_path / "x"), registry, ground="paper")


def test_a_ground_is_chequers_or_a_colour() -> None:
    clear = Image.new("RGBA", (20, 10))
    tones = {tone for _, tone in on_ground(clear).getcolors() or ()}
    assert tones == {(tone,) * 3 for tone in TONES}
    assert on_ground(clear, "ff0000").getcolors() == [(200, (255, 0, 0))]
    grey = Image.new("L", (4, 4), 7)
    assert on_ground(grey) is grey
    assert ground_of((3, 5)).size == (3, 5)


def test_animations_lie_on_the_ground_where_the_format_has_no_alpha(run: artgan.Run) -> None:
    modes = {}
    for name, ground in (("a.webp", None), ("a.gif", None), ("b.webp", "0000ff")):
        file = run.animate([1, 2], run.path / name, seconds=0.1, ground=ground)
        with Image.open(file) as animation:
            modes[name] = animation.mode
    assert (modes["a.webp"], modes["b.webp"]) == ("RGBA", "RGB")
    record = artgan.read_record(run.path / "a.gif")
    assert record
    assert record["animation"]["ground"] == "00ff00"
    assert artgan.remake(run.path / "a.gif", run=run.path).identical


def test_a_matrix_of_clear_pictures_keeps_its_ground(run: artgan.Run) -> None:
    sheet = artgan.matrix(run, {"seed": [1, 2]}, "none")
    assert sheet.info["artgan"]["matrix"]["ground"] == "00ff00"
    sheet.save(run.path / "matrix.png")


def test_pictures_are_found_in_latent_space_whatever_their_clear_pixels_hide(
    run: artgan.Run,
) -> None:
    found = [
        run.project(draw_cut_outs(run.path / color, 1, color) / "00.png", steps=1)
        for color in ("red", "blue")
    ]
    assert found[0].error == found[1].error


def test_rgba_runs_of_before_keep_straight_alpha(
    run: artgan.Run, tmp_path: Path, registry: Registry
) -> None:
    shutil.copytree(run.path, tmp_path / "old")
    file = tmp_path / "old" / "run.toml"
    new = ("premultiplied", "alpha", "ground")
    kept = [line for line in file.read_text().splitlines() if not line.startswith(new)]
    file.write_text("\n".join(kept).replace('channels = "auto"', 'channels = "rgba"'))
    old = artgan.load_run(tmp_path / "old", registry)
    assert not old.config.premultiplied
    assert old.config.dataset.options["alpha"] == "keep"
    latents = torch.randn(1, 8, generator=torch.Generator().manual_seed(3))
    made = old.generator(latents)
    assert with_straight_alpha(old.generator) is old.generator
    assert np.array_equal(pixels_by(old.generator, made), to_pixels(run.generator(latents)))
    repeated = artgan.plan(config=file, registry=registry)
    assert not repeated.config.premultiplied
    parts = build_parts(repeated.config, repeated.table, registry)
    assert parts.augmentations
    assert all(not part.premultiplied for _, part in parts.augmentations)  # type: ignore[attr-defined]
    assert not artgan.resume(tmp_path / "old", steps=3).config.premultiplied


def test_runs_of_before_that_filled_clear_pixels_still_do(
    tmp_path: Path, registry: Registry
) -> None:
    folder = draw_cut_outs(tmp_path / "x")
    trained(folder, tmp_path / "run", registry, dataset_options={"alpha": "fill"})
    file = tmp_path / "run" / "run.toml"
    file.write_text("\n".join(x for x in file.read_text().splitlines() if x != 'alpha = "fill"'))
    assert artgan.plan(config=file, registry=registry).config.channels == 3
    assert artgan.resume(tmp_path / "run", steps=3).config.channels == 3


@pytest.mark.parametrize("name", ["diffaugment", "ada"])
def test_colours_change_as_they_would_without_alpha(name: str, registry: Registry) -> None:
    entry = registry.find("augmentation", name)
    more = {"translation": 0, "cutout": 0} if name == "diffaugment" else {"geometry": False}
    options = build_options(entry.declaration.options, more, "")
    color = torch.rand(4, 3, 6, 6, generator=torch.Generator().manual_seed(0)) * 2 - 1
    full = torch.cat([color, torch.ones(4, 1, 6, 6)], 1)
    results = []
    for images in (color, full):
        part = entry.call("build", options)
        part.probability = 0.8
        torch.manual_seed(5)
        results.append(part(images))
    assert not torch.allclose(results[0], color, atol=0.01)
    assert torch.allclose(results[0], results[1][:, :3], atol=1e-5)
