import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import artgan
from artgan.core.registry import Registry
from artgan.curation.choices import chosen_pictures, pictures_in, read_choices, write_choices
from artgan.curation.picks import discriminator_logit, pick_by_taste, pick_by_variety
from artgan.curation.server import open_curation, open_server
from artgan.errors import DataError, RunError
from artgan.pictures.files import read_record


@pytest.fixture
def shades(tmp_path: Path) -> Path:
    """Three nearly black pictures, one white, one red."""
    colors = [(0, 0, 0), (2, 2, 2), (4, 4, 4), (255, 255, 255), (255, 0, 0)]
    folder = tmp_path / "shades"
    folder.mkdir()
    for index, color in enumerate(colors):
        Image.new("RGB", (24, 24), color).save(folder / f"{index}.png")
    return folder


def test_choices_come_back_as_they_were_written(shades: Path) -> None:
    write_choices(shades, {"1.png": "reject", "0.png": "star", "3.png": "keep"})
    assert (shades / "choices.txt").read_text() == "star 0.png\nreject 1.png\nkeep 3.png\n"
    names = {only: [p.name for p in chosen_pictures(shades, only)] for only in ("star", "keep")}
    assert names == {"star": ["0.png"], "keep": ["0.png", "3.png"]}
    assert [p.name for p in chosen_pictures(shades, "all")] == ["0.png", "2.png", "3.png", "4.png"]


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
        Image.new("RGB", (8, 8), "red").save(tmp_path / f"{index}.png")
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


@pytest.fixture
def address(shades: Path) -> Iterator[str]:
    with open_server(replace(open_curation(shades), token="secret")) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def choose(address: str, **about: Any) -> int:
    body = json.dumps({"token": "secret", **about}).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_page_saves_each_choice_and_takes_it_back(address: str, shades: Path) -> None:
    with urllib.request.urlopen(f"{address}/?token=secret") as answer:
        assert b'"4.png"' in answer.read()
    with urllib.request.urlopen(f"{address}/4.png?token=secret") as answer:
        assert answer.read() == (shades / "4.png").read_bytes()
    assert choose(address, name="4.png", choice="star") == 200
    assert choose(address, name="0.png", choice="reject") == 200
    assert choose(address, name="0.png", choice="") == 200
    assert read_choices(shades) == {"4.png": "star"}


@pytest.mark.parametrize(
    ("about", "status"),
    [
        ({"token": "guessed", "name": "4.png", "choice": "star"}, 403),
        ({"name": "../4.png", "choice": "star"}, 400),
        ({"name": "4.png", "choice": "burn"}, 400),
        ({"choice": "star"}, 400),
        ({"name": ["4.png"], "choice": "star"}, 400),
    ],
)
def test_page_refuses_strangers_and_other_files(
    address: str, shades: Path, about: dict[str, Any], status: int
) -> None:
    assert choose(address, **about) == status
    assert read_choices(shades) == {}
    for path in ("/", "/4.png", "/..%2Fsecret?token=secret"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(address + path)
        caught.value.close()


def test_what_fails_is_answered_without_a_traceback(
    address: str, shades: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (shades / "4.png").unlink()
    with pytest.raises(urllib.error.HTTPError) as gone:
        urllib.request.urlopen(f"{address}/4.png?token=secret")
    (shades / "choices.txt").write_text("like 0.png\n")
    with pytest.raises(urllib.error.HTTPError) as damaged:
        urllib.request.urlopen(f"{address}/?token=secret")
    with gone.value, damaged.value:
        assert (gone.value.code, damaged.value.code) == (404, 500)
        assert b"line 1: 'like 0.png' does not fit" in damaged.value.read()
    assert choose(address, name="0.png", choice="star") == 500
    assert capfd.readouterr().err == ""
