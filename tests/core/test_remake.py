import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import artgan
from artgan.animation.animate import plan_animation, write_animation
from artgan.animation.motion import Motion
from artgan.errors import ArtganError, DataError, PluginError, RunError
from artgan.pictures.files import read_picture, read_record, save_picture
from artgan.sampling.samples import SampleRequest
from tests.core.test_animate import write_clicks

Cli = Callable[..., Any]


@pytest.fixture
def run(trained: Path) -> artgan.Run:
    """A copy of the toy run below runs, as the record tells."""
    shutil.copytree(trained, "runs/sea", ignore=shutil.ignore_patterns("samples"))
    return artgan.load_run("runs/sea")


def changed(path: Path, /, **facts: Any) -> Path:
    """Write a picture again with other facts in its record."""
    record = {**(read_record(path) or {}), **facts}
    with Image.open(path) as image:
        save_picture(image.copy(), path, record, overwrite=True)
    return path


def test_a_hundred_of_a_hundred_are_identical_whatever_batch(run: artgan.Run) -> None:
    for batch in (range(67), range(67, 68), (99, *range(68, 99))):
        artgan.sample_to(run, batch, "o", "posterize | grain", keep_raw=False)
    files = sorted(Path("o").glob("*.png"))
    assert len(files) == 100
    assert all(artgan.remake(file, run=run).identical for file in files)


@pytest.mark.parametrize(
    "more",
    [
        ["--style", "neon", "--style", "tile"],
        ["--style", "ember", "--format", "jpg"],
        ["--style", "gameboy", "--format", "webp"],
        ["--style", "none", "--format", "tiff"],
        ["--truncation", "0.5", "--style", "neon"],
        ["--sum", "3 - 5 + 9"],
        ["--style", "posterize | random:styles=invert,grain"],
    ],
)
def test_whatever_was_asked_for_is_made_again(
    artgan_cli: Cli, run: artgan.Run, more: list[str]
) -> None:
    done = artgan_cli("sample", "runs/sea", "--seeds", "5", "--out", "o", *more)
    assert done.exit_code == 0, done.output
    files = [file for file in Path("o").iterdir() if not file.name.startswith("contact")]
    assert files
    for file in files:
        told = artgan_cli("remake", file, "--out", "again")
        assert (told.exit_code, told.stdout) == (0, "identical\n"), told.output
        assert (Path("again") / file.name).read_bytes() == file.read_bytes()


def test_moves_frames_and_latents_are_made_again(artgan_cli: Cli, run: artgan.Run) -> None:
    run.find_directions(2)
    artgan_cli("sample", "runs/sea", "--seeds", "5", "--move", "0=2", "--out", "o")
    artgan_cli("animate", "runs/sea", "--seeds", "1,2", "--seconds", "0.1", "--out", "frames/")
    shutil.rmtree("runs/sea/directions", ignore_errors=True)
    for file in (Path("o/s00005-02-raw.png"), Path("frames/frames-00001.png")):
        assert artgan.remake(file).identical


@pytest.mark.parametrize(
    "more",
    [
        ["--seeds", "1,5", "--loop", "--out", "a.gif", "--style", "gradient-map:ember"],
        ["--seeds", "4", "--walk", "--out", "a.webp"],
        ["--seeds", "1,5", "--label", "3", "--truncation", "0.6", "--out", "a.apng"],
        ["--seeds", "1,5", "--sound", "s.wav", "--size", "40", "--out", "a.apng"],
        ["--seeds", "1,5", "--out", "a.mp4"],
    ],
)
def test_animations_are_made_again(artgan_cli: Cli, run: artgan.Run, more: list[str]) -> None:
    if more[-1].endswith(".mp4"):
        pytest.importorskip("av", reason="the extra artgan[video] is not installed")
    write_clicks(Path("s.wav"), seconds=1)
    done = artgan_cli("animate", "runs/sea", "--seconds", "0.5", *more)
    assert done.exit_code == 0, done.output
    told = artgan_cli("remake", more[more.index("--out") + 1], "--out", "again")
    assert told.stdout == "identical\n", told.output
    assert len(list(Path("again").iterdir())) == 1
    if "--sound" in more:
        write_clicks(Path("s.wav"), seconds=1, bpm=140)
        assert "changed since" in artgan_cli("remake", "a.apng").stderr


def test_frames_that_differ_are_measured(run: artgan.Run) -> None:
    animation = plan_animation(run, SampleRequest([1, 5]), Motion(0.2))
    keys = [{**key, "seed": key["seed"] + 1} for key in animation.record["animation"]["keys"]]
    other = {"animation": {**animation.record["animation"], "keys": keys}}
    told = artgan.remake(write_animation(animation, Path("a.apng"), own=other))
    assert (told.identical, told.max_difference > 0) == (False, True)
    assert 0 < told.share <= 1
    longer = {"animation": {**animation.record["animation"], "seconds": 0.3}}
    told = artgan.remake(write_animation(animation, Path("b.apng"), own=longer))
    assert "number or the size" in told.reasons[0]


def test_posters_are_made_again(artgan_cli: Cli, run: artgan.Run) -> None:
    artgan.sample_to(run, [3], "o", "gradient-map:ember", keep_raw=False)
    (picture,) = Path("o").glob("*.png")
    flags = ["--paper", "a6", "--dpi", "40", "--bleed", "2", "--marks", "--bits", "16"]
    done = artgan_cli("print", picture, *flags, "--out", "o/p.png")
    assert done.exit_code == 0, done.output
    assert artgan_cli("remake", "o/p.png").stdout == "identical\n"
    picture.unlink()
    assert artgan.remake("o/p.png").identical
    artgan_cli("print", "o/p.png", "--dpi", "20", "--no-record", "--out", "o/q.png")
    assert read_record(Path("o/q.png")) is None


def test_a_difference_of_the_machine_is_named(run: artgan.Run) -> None:
    artgan.sample_to(run, [3], "o", "none")
    file = changed(Path("o/s00003-raw.png"), raw_sha256="0" * 64)
    reasons = artgan.remake(file).reasons
    assert "before any style" in reasons[0]
    assert "another processor" in reasons[1]


def test_a_palette_that_changed_is_named(artgan_cli: Cli, run: artgan.Run) -> None:
    artgan.sample_to(run, [3], "o", "palette:ember", keep_raw=False)
    (file,) = Path("o").glob("*.png")
    assert artgan.remake(file).identical
    record = read_record(file)
    assert record is not None
    # As if the palette of that name had been another one when the picture was made.
    record["style"]["palettes"]["ember"][0] = "102030"
    save_picture(read_picture(file), file, record, overwrite=True)
    assert artgan.remake(file).reasons[0].startswith("palette 'ember' had other colours then")


def test_a_palette_file_that_changed_does_not_matter(artgan_cli: Cli, run: artgan.Run) -> None:
    Path("mine.hex").write_text("000000\nffffff\n")
    artgan.sample_to(run, [3], "o", "palette:mine.hex", keep_raw=False)
    Path("mine.hex").write_text("102030\nffffff\n")
    (file,) = Path("o").glob("*.png")
    assert artgan.remake(file).identical


def test_a_side_file_outlives_an_editor(artgan_cli: Cli, run: artgan.Run) -> None:
    name = ["--name", "{run}-{seed:03d}-{hash}", "--side-file"]
    done = artgan_cli(
        "sample", "runs/sea", "--seeds", "3", "--style", "invert", "--out", "o", *name
    )
    assert done.exit_code == 0, done.output
    (file,) = Path("o").glob("sea-003-*.png")
    record = read_record(file)
    with Image.open(file) as image:
        Image.fromarray(np.asarray(image)).save(file)
    assert read_record(file) == record
    told = artgan.remake(file)
    assert "the pixels are identical" in told.reasons[-1]
    file.with_suffix(".json").write_text("{}")
    assert read_record(file) is None


def test_numbers_of_a_series_are_made_again(run: artgan.Run) -> None:
    series = artgan.Series("tides", run="runs/sea", count=3, seed=11)
    series.vary("style", ["posterize", "grain"])
    series.write("editions/tides")
    files = sorted(Path("editions/tides").glob("tides-*-s*.png"))
    assert len(files) == 3
    assert [artgan.remake(file).reasons for file in files] == [()] * 3


def test_an_applied_style_is_made_again_even_without_its_source(
    artgan_cli: Cli, run: artgan.Run
) -> None:
    artgan.sample_to(run, [3], "o", "none")
    artgan_cli("apply", "o/s00003-raw.png", "--style", "ember", "--out", "o")
    file = Path("o/s00003-raw-ember.png")
    assert artgan.remake(file).identical
    source = Path("o/s00003-raw.png").rename("elsewhere.png")
    assert artgan.remake(file, source=source).identical
    assert artgan.remake(file).identical
    Image.new("RGB", (16, 16)).save("other.png")
    with pytest.raises(DataError, match="its pixels differ"):
        artgan.remake(file, source="other.png")


def test_a_photo_that_is_gone_is_asked_for(artgan_cli: Cli) -> None:
    Image.radial_gradient("L").convert("RGB").save("photo.jpg")
    artgan_cli("apply", "photo.jpg", "--style", "ember", "--out", "o")
    assert artgan_cli("remake", "o/photo-ember.png").stdout == "identical\n"
    Path("photo.jpg").unlink()
    told = artgan_cli("remake", "o/photo-ember.png")
    assert told.exit_code == 1
    assert "--source FILE" in told.stderr


def test_differences_are_measured_and_explained(artgan_cli: Cli, run: artgan.Run) -> None:
    artgan.sample_to(run, [3], "o", "none")
    file = changed(Path("o/s00003-raw.png"), torch="1.0", numpy="1.0")
    told = artgan_cli("remake", file)
    assert told.exit_code == 1
    assert "torch was 1.0, now" in told.stdout
    assert "the pixels are identical" in told.stdout
    image = Image.open(file).convert("L")
    image.putpixel((0, 0), (image.getpixel((0, 0)) + 100) % 256)  # type: ignore[operator]
    save_picture(image, file, read_record(file), overwrite=True)
    facts = json.loads(artgan_cli("remake", file, "--json").stdout)
    assert 100 <= facts["max_difference"] <= 156
    assert facts["share"] == 1 / 256
    assert not facts["identical"]


def test_a_picture_changed_since_is_told(run: artgan.Run) -> None:
    artgan.sample_to(run, [3], "o", "none")
    record = read_record(Path("o/s00003-raw.png"))
    save_picture(Image.new("L", (16, 16)), Path("o/s00003-raw.png"), record, overwrite=True)
    told = artgan.remake("o/s00003-raw.png")
    assert told.share > 0
    assert "changed since" in told.reasons[0]
    save_picture(Image.new("L", (8, 8)), Path("o/s00003-raw.png"), record, overwrite=True)
    assert "now 16 x 16" in artgan.remake("o/s00003-raw.png").reasons[0]


def test_a_run_is_found_again_and_one_that_changed_is_told(run: artgan.Run) -> None:
    artgan.sample_to(run, [3], "o", "none")
    file = Path("o/s00003-raw.png")
    Path("runs/sea").rename("runs/renamed")
    assert artgan.remake(file).identical
    Path("far/away").mkdir(parents=True)
    Path("runs/renamed").rename("far/away/moved")
    with pytest.raises(RunError, match="name its folder with --run"):
        artgan.remake(file)
    assert artgan.remake(file, run="far/away/moved").identical
    artgan.resume("far/away/moved", steps=6)
    for about in Path("far/away/moved/checkpoints").glob("000004.json"):
        about.unlink()
    with pytest.raises(RunError, match="not as it was"):
        artgan.remake(file, run="far/away/moved")


def test_a_run_whose_best_checkpoint_is_another_now_is_fine(run: artgan.Run) -> None:
    artgan.sample_to(run, [3], "o", "none")
    for name in ("json", "safetensors"):
        shutil.copy(f"runs/sea/checkpoints/000004.{name}", f"runs/sea/checkpoints/000005.{name}")
    about = json.loads(Path("runs/sea/checkpoints/000005.json").read_text())
    about |= {"step": 5, "sha256": "0" * 64}
    Path("runs/sea/checkpoints/000005.json").write_text(json.dumps(about))
    assert artgan.load_run("runs/sea").checkpoint.step == 5
    assert artgan.remake("o/s00003-raw.png").identical


@pytest.mark.parametrize(
    ("facts", "error", "message"),
    [
        ({"seed": "x"}, DataError, "damaged"),
        ({"size": None, "latents": 7}, DataError, "damaged"),
        ({"latents": {"values": {"shape": [9], "float32": "AAAA"}}}, DataError, "damaged"),
        ({"style": {"steps": [1]}}, DataError, "damaged"),
        ({"style": {"name": "x", "steps": [{"filter": "neon/tubes"}]}}, PluginError, "neon"),
        ({"architecture": "artgan-far/net"}, PluginError, "artgan-far"),
        ({"weights_sha256": "ff"}, RunError, "weights ff"),
        ({"animation": {}}, DataError, "damaged"),
        ({"path": "/etc", "weights_sha256": 5}, RunError, "weights 5"),
        ({"label": 99}, ArtganError, "label"),
    ],
)
def test_damaged_and_foreign_records_are_refused_in_words(
    run: artgan.Run, facts: dict[str, Any], error: type[ArtganError], message: str
) -> None:
    artgan.sample_to(run, [3], "o", "none")
    file = changed(Path("o/s00003-raw.png"), **facts)
    with pytest.raises(error, match=message):
        artgan.remake(file)


def test_a_picture_without_a_record_says_so(artgan_cli: Cli, run: artgan.Run) -> None:
    artgan.sample_to(run, [3], "o", "none", keep_record=False)
    told = artgan_cli("remake", "o/s00003-raw.png")
    assert told.exit_code == 1
    assert "holds no artgan record" in told.stderr
