"""Moving in latent space from the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan.pictures.files import read_record

Cli = Callable[..., Result]


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    """A run of one's own, for commands that write into it."""
    import shutil

    return Path(shutil.copytree(trained, tmp_path / "run"))


def test_directions_are_found_named_and_moved_along(artgan_cli: Cli, run: Path) -> None:
    found = artgan_cli("directions", run, "--count", "3", "--seeds", "1")
    assert found.exit_code == 0, found.output
    with Image.open(run / "directions.png") as sheet:
        assert sheet.width > 7 * 100
    assert artgan_cli("directions", run, "--name", "0=tilt").exit_code == 0
    moved = artgan_cli("sample", run, "--seeds", "1", "--move", "tilt=2", "--out", "o")
    assert moved.exit_code == 0, moved.output
    record = read_record(Path("o/s00001-tilt2-raw.png"))
    assert record is not None
    assert record["latents"]["moves"][0]["name"] == "tilt"
    assert record["latents"]["moves"][0]["amount"] == 2


def test_truncated_pictures_stand_beside_the_others(artgan_cli: Cli, trained: Path) -> None:
    for truncation in ("1", "0.7"):
        result = artgan_cli(
            "sample", trained, "--seeds", "1", "--out", "o", "--truncation", truncation
        )
        assert result.exit_code == 0, result.output
    names = {path.name for path in Path("o").glob("s*.png")}
    assert names == {"s00001-raw.png", "s00001-t0.7-raw.png"}
    record = read_record(Path("o/s00001-t0.7-raw.png"))
    assert record is not None
    assert record["latents"] == {"truncation": 0.7}


def test_sums_give_a_picture(artgan_cli: Cli, trained: Path) -> None:
    assert artgan_cli("sample", trained, "--sum", "3 - 5 + 9", "--out", "o").exit_code == 0
    record = read_record(Path("o/sum+1x3-1x5+1x9-raw.png"))
    assert record is not None
    assert record["latents"]["sum"] == [[1, 3], [-1, 5], [1, 9]]


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["sample", "RUN", "--move", "tilt=2"], 1, "artgan directions"),
        (["sample", "RUN", "--move", "tilt"], 2, "NAME=NUMBER"),
        (["sample", "RUN", "--move", "tilt=nan"], 2, "NAME=NUMBER"),
        (["sample", "RUN", "--truncation", "-1"], 2, "0<=x<=2"),
        (["sample", "RUN", "--mix", "9"], 2, "SEED:LAYER"),
        (["sample", "RUN", "--mix", "9:2"], 2, "no styles that could be mixed"),
        (["sample", "RUN", "--sum", "3 5"], 2, "3 - 5 + 9"),
        (["sample", "RUN", "--latents", "no.safetensors"], 1, "no file 'no.safetensors'"),
        (["directions", "RUN", "--name", "0=tilt"], 1, "no directions yet"),
    ],
)
def test_bad_input_is_one_sentence(
    artgan_cli: Cli, trained: Path, args: list[str], code: int, says: str
) -> None:
    result = artgan_cli(*[str(trained) if arg == "RUN" else arg for arg in args])
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert "Traceback" not in result.output


def test_animate_from_the_command_line(artgan_cli: Cli, trained: Path) -> None:
    args = ["--seeds", "1,5,9", "--loop", "--seconds", "0.5", "--style", "none"]
    result = artgan_cli("animate", trained, *args, "--size", "32", "--out", "tides.gif")
    assert result.exit_code == 0, result.output
    assert "12 frames" in result.output
    with Image.open("tides.gif") as file:
        assert file.size == (32, 32)
    result = artgan_cli("animate", trained, *args, "--out", "tides.gif")
    assert result.exit_code == 1
    assert "--overwrite" in result.stderr


def test_frames_from_the_command_line(artgan_cli: Cli, trained: Path) -> None:
    result = artgan_cli("animate", trained, "--walk", "--seconds", "0.2", "--out", "frames/")
    assert result.exit_code == 0, result.output
    assert Path("frames/frames-00004.png").exists()


def test_a_picture_is_projected_sampled_and_animated(artgan_cli: Cli, trained: Path) -> None:
    Image.effect_noise((40, 20), 60).convert("RGB").save("me.png")
    result = artgan_cli("project", "me.png", "--run", trained, "--steps", "5", "--out", "o")
    assert result.exit_code == 0, result.output
    assert "me.png: cut from 40x20 to 20x20" in result.output
    latents = "o/me.safetensors"
    result = artgan_cli("sample", trained, "--latents", latents, "--style", "none", "--out", "o")
    assert result.exit_code == 0, result.output
    record = read_record(Path("o/me-raw.png"))
    assert record is not None
    assert record["latents"]["file"] == "me.safetensors"
    args = ["--from-latents", latents, "--seeds", "1", "--seconds", "0.2", "--out", "a.gif"]
    assert artgan_cli("animate", trained, *args).exit_code == 0


@pytest.fixture(scope="module")
def styled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A toy run of an architecture with styles."""
    out = tmp_path_factory.mktemp("styled") / "run"
    options = {"base_channels": 4, "max_channels": 8, "latent_size": 8, "style_size": 8}
    artgan.train(
        "stylegan2", "mnist", out=out, arch_options=options, size=16, steps=2, batch=4, device="cpu"
    )
    return out


def test_everything_moves_in_styles(artgan_cli: Cli, styled: Path) -> None:
    latents = styled / "projected" / "me.safetensors"
    Image.effect_noise((16, 16), 60).save("me.png")
    for args in (
        ["directions", styled, "--count", "2", "--method", "sefa"],
        ["sample", styled, "--seeds", "1", "--truncation", "0.5", "--move", "0=2", "--out", "o"],
        ["sample", styled, "--seeds", "1", "--mix", "9:2", "--out", "o"],
        ["project", "me.png", "--run", styled, "--steps", "2"],
        ["sample", styled, "--latents", latents, "--out", "o"],
        ["animate", styled, "--from-latents", latents, "--loop", "--seconds", "0.2"],
    ):
        result = artgan_cli(*args, "--quiet")
        assert result.exit_code == 0, f"{args}: {result.output}"
    assert Path("o/s00001-mix9from2-raw.png").exists()
    result = artgan_cli("sample", styled, "--seeds", "1", "--mix", "9:99", "--out", "o")
    assert "layer 99 cannot be mixed from; expected 1 to" in result.stderr
    result = artgan_cli("animate", styled, "--from-latents", latents, "--walk", "--out", "a.gif")
    assert "this file holds styles" in result.stderr
