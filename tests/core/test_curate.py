from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan.core.registry import Registry
from artgan.curation.choices import chosen_pictures, pictures_in, read_choices, write_choices
from artgan.curation.picks import discriminator_logit, pick_by_taste, pick_by_variety
from artgan.errors import DataError, RunError
from artgan.pictures.blank import is_blank
from artgan.pictures.files import read_record

Cli = Callable[..., Result]


@pytest.fixture
def shades(tmp_path: Path) -> Path:
    """Three nearly black pictures, one white, one red, each with the same spot."""
    colors = [(0, 0, 0), (2, 2, 2), (4, 4, 4), (255, 255, 255), (255, 0, 0)]
    folder = tmp_path / "shades"
    folder.mkdir()
    for index, color in enumerate(colors):
        shade = Image.new("RGB", (24, 24), color)
        shade.paste((0, 120, 90), (4, 4, 7, 7))
        shade.save(folder / f"{index}.png")
    return folder


def test_choices_come_back_as_they_were_written(shades: Path) -> None:
    write_choices(shades, {"1.png": "reject", "0.png": "star", "3.png": "keep"})
    assert (shades / "choices.txt").read_text() == "star 0.png\nreject 1.png\nkeep 3.png\n"
    names = {only: [p.name for p in chosen_pictures(shades, only)] for only in ("star", "keep")}
    assert names == {"star": ["0.png"], "keep": ["0.png", "3.png"]}
    assert [p.name for p in chosen_pictures(shades, "all")] == ["0.png", "2.png", "3.png", "4.png"]


ODD_NAMES = [
    "line\nstar b.png",
    "return\rstar b.png",
    "form\x0cfeed\x85\u2028.png",
    " leading.png",
    "\u3000ideographic.png",
    '"quoted".png',
    '"quoted.png',
    "back\\slash.png",
    "#hash.png",
    "not utf-8 \udcff.png",
    "reversed \u202egnp.exe.png",
    "émile 花.png",
]


def test_odd_names_come_back_and_choose_nothing_else(tmp_path: Path) -> None:
    for name in [*ODD_NAMES, "b.png"]:
        write_choices(tmp_path, {name: "star"})
        assert read_choices(tmp_path) == {name: "star"}
        assert len((tmp_path / "choices.txt").read_text().split("\n")) == 2
    write_choices(tmp_path, dict.fromkeys(ODD_NAMES, "keep"))
    assert read_choices(tmp_path) == dict.fromkeys(ODD_NAMES, "keep")
    text = (tmp_path / "choices.txt").read_text()
    assert 'keep "line\\nstar b.png"\n' in text
    assert "keep émile 花.png\n" in text


def test_choices_of_earlier_versions_are_read(tmp_path: Path) -> None:
    lines = ['star "x" and y.png', "keep  back\\nslash.png", "reject form\x0cstar b.png", "# mine"]
    (tmp_path / "choices.txt").write_text("\r\n".join(lines), newline="")
    names = ['"x" and y.png', "back\\nslash.png", "form\x0cstar b.png"]
    assert read_choices(tmp_path) == dict(zip(names, ("star", "keep", "reject"), strict=True))


def test_wrong_lines_and_empty_choices_are_told(shades: Path) -> None:
    with pytest.raises(DataError, match="artgan curate"):
        chosen_pictures(shades, "star")
    (shades / "choices.txt").write_text("# mine\nlike 0.png\n")
    with pytest.raises(DataError, match=r"line 2: 'like 0\.png'"):
        read_choices(shades)
    with pytest.raises(DataError, match="no folder"):
        pictures_in(shades / "none")


def test_variety_takes_each_of_pictures_that_are_alike_once(
    tmp_path: Path, registry: Registry
) -> None:
    for index in range(3):
        Image.linear_gradient("L").resize((8, 8)).save(tmp_path / f"{index}.png")
    assert len(set(pick_by_variety(pictures_in(tmp_path), 3, registry))) == 3


def test_variety_takes_pictures_that_differ(shades: Path, registry: Registry) -> None:
    picked = {path.name for path in pick_by_variety(pictures_in(shades), 3, registry)}
    assert {"3.png", "4.png"} < picked


def test_taste_follows_the_discriminator(trained: Path, tmp_path: Path) -> None:
    run = artgan.load_run(trained)
    files = artgan.sample_to(run, range(6), tmp_path / "s").files
    ranked = pick_by_taste(files, 6, run)
    assert sorted(ranked) == sorted(files)
    assert pick_by_taste(files[::-1], 2, run) == ranked[:2]
    Image.fromarray(np.zeros((16, 16), np.uint8)).save(tmp_path / "other.png")
    with pytest.raises(RunError, match=r"other\.png"):
        pick_by_taste([tmp_path / "other.png"], 1, run)


def test_taste_judges_pictures_as_they_were_steered(trained: Path, tmp_path: Path) -> None:
    run = artgan.load_run(trained)
    usual = artgan.sample_to(run, [3], tmp_path / "s", "none", truncation=0.2).files
    mixed = artgan.sample_to(run, run.points(blend="3 - 5"), tmp_path / "s", "none").files
    files = [*usual, *mixed, *artgan.sample_to(run, [3], tmp_path / "s", "none").files]
    judged = []
    for file in files:
        pixels = np.array(Image.open(file))[:, :, None]
        label = run.recorded(read_record(file) or {})[0].label
        judged.append(discriminator_logit(run, pixels, label))
    order = sorted(range(3), key=lambda index: -judged[index])
    assert pick_by_taste(files, 3, run) == [files[index] for index in order]
    assert len(set(judged)) == 3


def test_folders_inside_are_told_and_a_run_stands_for_its_samples(
    shades: Path, trained: Path
) -> None:
    told: list[str] = []
    (shades / "inner").mkdir()
    Image.new("RGB", (4, 4)).save(shades / "inner" / "a.png")
    before = pictures_in(shades, told.append)
    assert told == [f"'{shades}': pictures in folders inside it are left out: inner"]
    assert shades / "inner" / "a.png" not in before
    run = shades / "run"
    run.mkdir()
    (run / "run.toml").touch()
    artgan.sample_to(trained, [1], run / "samples", "none")
    Image.new("RGB", (4, 4)).save(run / "training.webp")
    assert [path.name for path in pictures_in(run)] == ["s00001-raw.png"]


def test_an_empty_picture_is_not_the_most_varied(tmp_path: Path, registry: Registry) -> None:
    rng = np.random.default_rng(0)
    for number in range(4):
        pixels = rng.integers(0, 255, (16, 16, 3), dtype=np.uint8) // (number + 1)
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
    Image.new("RGB", (16, 16), (250, 250, 250)).save(tmp_path / "empty.png")
    notes: list[str] = []
    picked = pick_by_variety(pictures_in(tmp_path), 9, registry, note=notes.append)
    assert sorted(path.name for path in picked) == ["0.png", "1.png", "2.png", "3.png"]
    assert "empty.png' shows nothing" in notes[0]


def test_pick_counts_the_stars_that_are_there(artgan_cli: Cli, pictures: Path) -> None:
    (pictures / "choices.txt").write_text("star 0.png\nstar 5.png\n")
    done = artgan_cli("curate", pictures, "--pick", "3")
    assert done.exit_code == 0, done.output
    assert "Starred 1 picture" in done.stdout
    assert "3 pictures in all" in done.stdout
    assert (pictures / "choices.txt").read_text().count("star ") == 3
    again = artgan_cli("curate", pictures, "--pick", "3")
    assert "Starred 0 pictures" in again.stdout
    assert len(artgan.pick(pictures, 3)) == 3


def test_blank_is_what_shows_nothing() -> None:
    clear: np.ndarray = np.zeros((32, 32, 4), np.uint8)
    clear[:, :, :3] = np.random.default_rng(0).integers(0, 255, (32, 32, 3))
    faint: np.ndarray = np.full((32, 32, 3), 128, np.uint8)
    faint[::2] += 9
    dot = np.zeros((32, 32, 1), np.uint8)
    dot[4:7, 4:7] = 90
    hue: np.ndarray = np.full((32, 32, 3), 120, np.uint8)
    hue[:16, :, 0], hue[:16, :, 1] = 160, 108
    assert [is_blank(x) for x in (clear, faint, dot, hue)] == [True, True, False, False]
