"""The command line, called as a user calls it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image

from artgan.plugin import KINDS

Cli = Callable[..., Result]
TOY = [
    "--arch", "dcgan", "--arch.base-channels", "4", "--size", "16", "--steps", "3",
    "--batch", "4", "--device", "cpu", "--count", "2",
]  # fmt: skip


def test_run_leaves_a_whole_folder(artgan_cli: Cli, tmp_path: Path) -> None:
    result = artgan_cli("run", *TOY, "--style", "neon", "--style.glow", "0.5", "--out", "r")
    assert result.exit_code == 0, result.output
    names = {path.name for path in Path("r").iterdir()}
    assert names == {
        "run.toml", "metrics.jsonl", "checkpoints", "previews", "samples",
        "contact-sheet.png", "losses.png", "index.html", "training.webp",
    }  # fmt: skip
    samples = sorted(path.name for path in Path("r/samples").iterdir())
    assert samples == ["s00000-neon.png", "s00000-raw.png", "s00001-neon.png", "s00001-raw.png"]
    assert "This will take about" in result.output
    page = Path("r/index.html").read_text()
    assert page.count("data:image/png;base64,") == 3
    assert "http:" not in page
    assert "https:" not in page


def test_config_repeats_the_run_to_the_byte(artgan_cli: Cli) -> None:
    assert artgan_cli("run", *TOY, "--style", "ember", "--out", "a/r").exit_code == 0
    result = artgan_cli("run", "--config", "a/r/run.toml", "--out", "b/r", "--quiet")
    assert result.exit_code == 0, result.output
    for path in Path("a/r/samples").iterdir():
        assert path.read_bytes() == (Path("b/r/samples") / path.name).read_bytes()


def test_existing_run_is_not_overwritten(artgan_cli: Cli, trained: Path) -> None:
    result = artgan_cli("run", *TOY, "--out", trained)
    assert result.exit_code == 1
    assert f"artgan resume {trained}" in result.stderr


def test_own_pictures_train_and_options_reach_the_record(artgan_cli: Cli, pictures: Path) -> None:
    result = artgan_cli(
        "train", "--dataset", pictures, "--dataset.background", "ffffff", "--loss", "rpgan",
        "--regularizer", "r1", "--regularizer.r1.gamma", "0.3", "--train.beta1", "0.1",
        *TOY[:-2], "--out", "r", "--json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["outcome"] == "finished"
    record = Path("r/run.toml").read_text()
    for line in ('background = "ffffff"', 'name = "core/rpgan"', "gamma = 0.3", "beta1 = 0.1"):
        assert line in record


def test_sample_apply_and_info(artgan_cli: Cli, trained: Path) -> None:
    result = artgan_cli("sample", trained, "--seeds", "3-4,9", "--style", "gameboy", "--out", "o")
    assert result.exit_code == 0, result.output
    assert sorted(p.name for p in Path("o").glob("*gameboy*")) == [
        "s00003-gameboy.png", "s00004-gameboy.png", "s00009-gameboy.png",
    ]  # fmt: skip
    told = json.loads(artgan_cli("info", "o/s00003-gameboy.png", "--json").stdout)
    assert (told["seed"], told["style"]["name"]) == (3, "gameboy")
    assert artgan_cli("apply", "--style", "tile", "o/s00003-raw.png", "--out", "p").exit_code == 0
    with Image.open("p/s00003-raw-tile.png") as picture:
        assert picture.size == (48, 48)
    assert json.loads(artgan_cli("info", trained, "--json").stdout)["step"] == 4


def test_apply_names_what_failed_and_does_the_rest(artgan_cli: Cli, tmp_path: Path) -> None:
    Image.new("RGB", (20, 20)).save("good.png")
    Path("bad.png").write_text("no")
    result = artgan_cli("apply", "--style", "ember", "bad.png", "good.png", "--out", "o")
    assert result.exit_code == 3
    assert "bad.png" in result.stderr
    assert [p.name for p in Path("o").iterdir()] == ["good-ember.png"]


@pytest.mark.parametrize("flag", [["--dataset"], []])
def test_inspect_takes_the_pictures_by_the_flag_of_run(
    artgan_cli: Cli, pictures: Path, flag: list[str]
) -> None:
    named = [*flag, str(pictures)] if flag else [f"--dataset={pictures}"]
    result = artgan_cli("inspect", *named, "--minutes", "none")
    assert result.exit_code == 0
    assert "8 pictures, trained on" in result.output
    assert artgan_cli("inspect", pictures, "--dataset", pictures).exit_code == 2
    assert artgan_cli("inspect", "--dataset").exit_code == 2
    for bare in (["--dataset"], ["--dataset", "--minutes", "none"]):
        refused = artgan_cli("inspect", pictures, *bare)
        assert refused.exit_code == 2
        assert "'--dataset' requires an argument" in refused.stderr


def test_inspect_shows_what_is_odd(artgan_cli: Cli, pictures: Path) -> None:
    (pictures / "zero.png").touch()
    result = artgan_cli(
        "inspect", pictures, "--size", "16", "--out", "sheet.png", "--minutes", "none"
    )
    assert result.exit_code == 0, result.output
    assert "8 pictures, trained on as 16x16, colour" in result.output
    assert "zero.png: empty file" in result.output
    with Image.open("sheet.png") as sheet:
        assert sheet.width > 96


@pytest.mark.parametrize(
    "kind",
    [
        "architecture",
        "loss",
        "regularizer",
        "augmentation",
        "dataset",
        "filter",
        "style",
        "palette",
    ],
)
def test_list_and_show_agree(artgan_cli: Cli, kind: str) -> None:
    rows = json.loads(artgan_cli("list", kind, "--json").stdout)
    for row in rows[:3]:
        shown = artgan_cli("show", kind, row["name"])
        assert shown.exit_code == 0, shown.output
        assert row["summary"] in shown.output
        assert json.loads(artgan_cli("show", kind, row["name"], "--json").stdout)["kind"] == kind


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["rum"], 2, "Did you mean 'run'?"),
        (["run", "--arch", "dcgam"], 2, "Did you mean 'dcgan'?"),
        (["run", "--style", "nein"], 2, "Did you mean 'neon'?"),
        (["run", "--dataset", "./nowhere"], 1, "no file or folder"),
        (["run", "--arch.base-chanels", "3"], 2, "base-chanels"),
        (["run", "--arch.base-channels", "many"], 2, "integer"),
        (["run", "--style", "neon", "--style.glew", "1"], 2, "Did you mean 'glow'?"),
        (["run", "--config", "nowhere.toml"], 1, "no file 'nowhere.toml'"),
        (["run", "--plugin", "nowhere.py"], 1, "no plugin file"),
        (["sample", "nowhere"], 1, "no run folder"),
        (["resume", "nowhere"], 1, "no run folder"),
        (["info", "nowhere"], 1, "no file"),
        (["list", "filtre"], 2, "Did you mean 'filter'?"),
        (["show", "filter", "glew"], 2, "Did you mean 'glow'?"),
        (["apply", "--style", "neon", "nowhere.png", "--out", "o"], 1, "no file"),
        (["inspect", "nowhere"], 2, "no dataset 'nowhere'"),
    ],
)
def test_bad_input_is_one_sentence(artgan_cli: Cli, args: list[str], code: int, says: str) -> None:
    result = artgan_cli(*args)
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_help_of_list_names_every_kind(artgan_cli: Cli) -> None:
    told = artgan_cli("list", "--help").output
    assert [kind for kind in KINDS if f" {kind}" not in told] == []


def test_help_of_the_chosen_shows_its_flags(artgan_cli: Cli) -> None:
    plain = artgan_cli("run", "--help").output
    chosen = artgan_cli("run", "--arch", "dcgan", "--help").output
    assert "--arch.base-channels" not in plain
    assert "--arch.base-channels" in chosen
    assert "Examples:" in plain
    assert len(plain.splitlines()) < 50


def test_unwritable_folder_is_told(artgan_cli: Cli) -> None:
    Path("taken").write_text("a file")
    result = artgan_cli("run", *TOY, "--out", "taken/r")
    assert result.exit_code == 1
    assert "'taken/r' cannot be written" in result.stderr


def test_single_file_plugin_takes_part(artgan_cli: Cli) -> None:
    Path("mine.py").write_text(
        "from artgan.plugin import Loss, hookimpl\n"
        "class Mine:\n"
        "    def __init__(self, options): pass\n"
        "    def discriminator(self, real_logits, fake_logits):\n"
        "        return (real_logits - 1).square().mean() + fake_logits.square().mean()\n"
        "    def generator(self, real_logits, fake_logits):\n"
        "        return fake_logits\n"
        "@hookimpl\n"
        "def artgan_losses():\n"
        "    yield Loss(name='mine', summary='Mine.', build=Mine)\n"
    )
    result = artgan_cli("train", "--plugin", "mine.py", "--loss", "mine", *TOY[:-2], "--out", "r")
    assert result.exit_code == 1
    assert "loss 'mine/mine': its generator gave (4,); expected a scalar" in result.stderr
