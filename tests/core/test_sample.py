from pathlib import Path

import numpy as np
import pytest

import artgan
from artgan.base.seeding import parse_seeds
from artgan.errors import ArtganError, OptionError, RunError


def test_picture_of_a_seed_does_not_depend_on_its_neighbours(trained: Path) -> None:
    run = artgan.load_run(trained)
    many = {seed: np.asarray(p) for seed, p in zip(range(20), run.sample(range(20)), strict=True)}
    for seeds in ([7], [19, 7, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 7]):
        for seed, picture in zip(seeds, run.sample(seeds), strict=True):
            assert np.array_equal(np.asarray(picture), many[seed])


def test_seeds_differ(trained: Path) -> None:
    first, second = artgan.load_run(trained).sample([1, 2])
    assert not np.array_equal(np.asarray(first), np.asarray(second))


def test_records_are_attached_and_survive_saving(trained: Path, tmp_path: Path) -> None:
    from artgan.pictures.files import read_record

    (picture,) = artgan.load_run(trained).sample([3], style="ember")
    assert picture.info["artgan"]["seed"] == 3
    artgan.save(picture, tmp_path / "a.png")
    record = read_record(tmp_path / "a.png")
    assert record is not None
    (coals,) = (s for s in record["style"]["steps"] if s["filter"] == "core/embers")
    assert coals["options"]["colors"] == "ember"


def test_chains_of_names_filters_and_options(trained: Path) -> None:
    (picture,) = artgan.load_run(trained).sample([3], style=["palette:gameboy", "tile"])
    assert picture.size == (48, 48)
    assert len(picture.getcolors() or []) <= 4


def test_files_are_not_overwritten_by_different_ones(trained: Path, tmp_path: Path) -> None:
    run = artgan.load_run(trained)
    artgan.sample_to(run, [1], tmp_path / "out")
    artgan.sample_to(run, [1], tmp_path / "out")
    (tmp_path / "out" / "s00001-raw.png").write_bytes(b"mine")
    with pytest.raises(RunError, match="--overwrite"):
        artgan.sample_to(run, [1], tmp_path / "out")
    assert (tmp_path / "out" / "s00001-raw.png").read_bytes() == b"mine"


@pytest.mark.parametrize(("text", "seeds"), [("0-3,40", [0, 1, 2, 3, 40]), ("7", [7])])
def test_seed_lists(text: str, seeds: list[int]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "3-1", "1,,2", "-4"])
def test_wrong_seed_lists_are_told(text: str) -> None:
    with pytest.raises(OptionError, match="0-15"):
        parse_seeds(text)


def test_wrong_label_and_missing_run_are_told(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="from 0 to 9"):
        artgan.load_run(trained).sample([0], label=12)
    with pytest.raises(ArtganError, match="no run folder"):
        artgan.load_run(tmp_path / "nothing")
    with pytest.raises(RunError, match=r"no run\.toml"):
        artgan.load_run(tmp_path)
