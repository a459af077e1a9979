from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan.errors import OptionError, RunError
from artgan.pictures.files import read_record
from artgan.printing.canvas import canvas_record, canvas_sheet, open_canvas, write_canvas
from artgan.printing.paper import INCH, Sheet
from artgan.run import Run


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "tileable"])
def ground(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A finished toy run of textures; the generator closes its own pictures, or does not."""
    small = {"base_channels": 4, "max_channels": 8, "latent_size": 4, "global_size": 2}
    return artgan.train(
        "texture", "textures", out=tmp_path_factory.mktemp("ground") / "run", size=32, steps=3,
        batch=4, device="cpu", count=0, arch_options={**small, "tileable": request.param},
        dataset_options={"count": 8}, training_options={"generator_lr": 0.05},
    )  # fmt: skip


def whole(run: Run, height: int, width: int, **more: bool) -> np.ndarray:
    return np.concatenate(list(open_canvas(run, 3, (height, width), **more).strips()))


def test_window_made_alone_is_that_of_the_whole(ground: Run) -> None:
    canvas = open_canvas(ground, 3, (70, 600))
    made = whole(ground, 70, 600)
    assert made.shape == (70, 600, 1)
    assert made.std() > 0
    for top, left, height, width in ((0, 0, 16, 16), (33, 490, 30, 70), (5, 1, 9, 3)):
        window = canvas.window(top, left, height, width).astype(int)
        # Kernels differ between sizes in the last bit, which rounding may show.
        away = np.abs(window - made[top : top + height, left : left + width])
        assert away.max() <= 1
        assert (away > 0).mean() < 0.01
    larger = whole(ground, 100, 640)[:70, :600].astype(int)
    assert np.abs(larger - made).max() <= 1


def test_canvas_that_repeats_continues_at_the_other_side(ground: Run) -> None:
    canvas = open_canvas(ground, 3, (48, 64), repeats=True)
    across = canvas.window(0, 32, 48, 64).astype(int)
    made = whole(ground, 48, 64, repeats=True)
    assert np.abs(across - np.roll(made, -32, axis=1)).max() <= 1
    above = canvas.window(-16, 0, 48, 64).astype(int)
    assert np.abs(above - np.roll(made, 16, axis=0)).max() <= 1


def test_tile_check_believes_the_record_of_a_canvas(
    ground: Run, artgan_cli: Callable[..., Result], tmp_path: Path
) -> None:
    canvas = open_canvas(ground, 3, (48, 64), repeats=True)
    record = canvas_record(canvas, canvas_sheet(canvas))
    path = write_canvas(canvas, tmp_path / "tile.png", record=record)
    done = artgan_cli("tile", "check", path, "--strict")
    assert (done.exit_code, "It repeats." in done.output) == (0, True), done.output


def test_file_holds_the_canvas_and_what_made_it(ground: Run, tmp_path: Path) -> None:
    canvas = open_canvas(ground, 3, (50, 70))
    made_by = canvas_record(canvas, canvas_sheet(canvas))
    path = write_canvas(canvas, tmp_path / "a.png", record=made_by)
    with Image.open(path) as picture:
        assert np.array_equal(np.asarray(picture)[:, :, :1], whole(ground, 50, 70))
    record = read_record(path)
    assert record is not None
    assert record["canvas"] == {"height": 50, "width": 70, "repeats": False}
    with pytest.raises(RunError, match="already there"):
        write_canvas(open_canvas(ground, 4, (50, 70)), path)


def test_bleed_and_marks_surround_the_canvas_and_it_is_made_again(
    ground: Run, artgan_cli: Callable[..., Result]
) -> None:
    sheet = Sheet(width=70 * INCH / 100, height=50 * INCH / 100, dpi=100, bleed=2, marks=True)
    canvas = open_canvas(ground, 3, (50, 70))
    record = canvas_record(canvas, sheet)
    path = write_canvas(canvas, Path("a.png"), sheet=sheet, record=record)
    with Image.open(path) as picture:
        assert picture.size == sheet.size
        made = np.asarray(picture).astype(int)
    bleed = sheet.pixels(sheet.bleed)
    edge, slug = sheet.edge, sheet.edge - bleed
    inside = made[edge:-edge, edge:-edge, :1]
    assert np.abs(inside - whole(ground, 50, 70)).max() <= 1
    beyond = canvas.window(-bleed, -bleed, 50 + 2 * bleed, 70 + 2 * bleed).astype(int)
    assert np.abs(made[slug:-slug, slug:-slug, :1] - beyond).max() <= 1
    assert set(np.unique(made[:slug])) == {0, 255}
    again = artgan_cli("remake", path, "--run", ground.path)
    assert again.stdout == "identical\n", again.output


def test_sixteen_bits_hold_what_eight_round(ground: Run) -> None:
    canvas = open_canvas(ground, 3, (50, 70))
    deep, plain = canvas.window(0, 0, 50, 70, 16), canvas.window(0, 0, 50, 70)
    assert np.abs(deep / 257 - plain).max() <= 0.51
    assert len(np.unique(deep)) > len(np.unique(plain))


def test_a_paper_names_the_size(ground: Run, artgan_cli: Callable[..., Result]) -> None:
    flags = ["--print", "a6", "--dpi", "20", "--bits", "16", "--out", "p.tif"]
    pytest.importorskip("tifffile")
    assert artgan_cli("canvas", ground.path, *flags).exit_code == 0
    with Image.open("p.tif") as picture:
        assert picture.size == (83, 117)
    assert read_record(Path("p.tif")) is not None
    both = artgan_cli("canvas", ground.path, "--size", "64", *flags)
    assert (both.exit_code, "expected one of them" in both.output) == (2, True)


def test_sizes_and_labels_that_do_not_fit_are_told(ground: Run) -> None:
    with pytest.raises(OptionError, match="expected 8 to"):
        open_canvas(ground, 3, (4, 400))
    with pytest.raises(OptionError, match="the nearest to 100x50 is 96x48"):
        open_canvas(ground, 3, (50, 100), repeats=True)
    with pytest.raises(OptionError, match="label 9"):
        open_canvas(ground, 3, (50, 100), label=9)


def test_command_and_run_of_another_architecture(
    ground: Run, trained: Path, artgan_cli: Callable[..., Result]
) -> None:
    made = artgan_cli("canvas", ground.path, "--size", "80x40", "--out", "c.png")
    assert made.exit_code == 0, made.output
    with Image.open("c.png") as picture:
        assert picture.size == (80, 40)
    refused = artgan_cli("canvas", trained)
    assert (refused.exit_code, "--arch texture" in refused.output) == (1, True)
