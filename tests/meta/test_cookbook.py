"""The cookbook, followed from top to bottom at toy size."""

import importlib.util
import json
import re
import runpy
import shlex
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import Result
from PIL import Image

ROOT = Path(__file__).parents[2]
SMALLER = [
    (r"--steps \d+", "--steps 2 --batch 4 --device cpu --quiet"),
    (r"--arch texture", "--arch texture --arch.base-channels 4 --size 16"),
    (r"--dataset gervais", "--dataset gervais --arch.base-channels 4 --size 16"),
    (r"--dataset ./letters(?= .*train|.*--steps)", "--dataset ./letters --arch.base-channels 4"),
    (r"--arch.base-channels 32", "--arch.base-channels 4"),
    (r"--batch 16 ", ""),
    (r"--seeds (\d+)-\d+", r"--seeds \1"),
    (r"--labels [\d,]+", "--labels 4,10"),
    (r"canvas (.*)--size [\dx]+", r"canvas \1--size 32"),
    (r"--dpi \d+", "--dpi 12"),
    (r"--seconds \d+", "--seconds 0.2"),
    (r"--count 100", "--count 8"),
    (r"--count 3", "--count 1"),
]
SHORTER = [
    (r"\bsize = \d\d+", "size = 32"),
    (r"size=\d+", "size=32"),
    (r"count = \d+", "count = 2"),
    (r"count=len\(cards\)", "count=2"),
    (r"SIDE, FINE, HANDS = 32, 8, 40", "SIDE, FINE, HANDS = 16, 2, 6"),
    (r"SIDE, FINE = 48, 8", "SIDE, FINE = 16, 4"),
    (r"range\(100\)", "range(8)"),
]


def smaller(text: str, table: list[tuple[str, str]]) -> str:
    for pattern, instead in table:
        text = re.sub(pattern, instead, text)
    return text


@pytest.fixture(scope="module")
def cookbook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_cookbook", ROOT / "docs/make_cookbook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_project_can_be_followed(
    cookbook: ModuleType, artgan_cli: Callable[..., Result]
) -> None:
    given: set[str] = set()
    projects = 0
    for kind, what in cookbook.parts():
        projects += kind == "at"
        if kind == "file":
            Path(what[0]).write_text(smaller(what[1], SHORTER))
        elif kind == "shows":
            with Image.open(what[0]) as made:
                assert min(made.size) > 1
        elif kind == "run" and what[0] not in given:
            given.add(what[0])
            words = shlex.split(smaller(what[0], SMALLER))
            if words[0] == "python":
                runpy.run_path(words[1], run_name="__main__")
                continue
            result = artgan_cli(*words[1:])
            assert result.exit_code == 0, f"{what[0]}: {result.output}"
    assert projects == 10
    cells = json.loads(Path("game/sprites.json").read_text())["frames"]
    assert len(cells) == 2
    assert all(cell["frame"]["w"] == cell["frame"]["h"] == 32 for cell in cells.values())
    assert len(list(Path("plots").glob("*.svg"))) == 2


def test_each_project_states_all_that_it_needs(cookbook: ModuleType) -> None:
    made: dict[str, set[str]] = {}
    for kind, what in cookbook.parts():
        if kind == "at":
            made = {}
        elif kind == "run":
            for run in re.findall(r"(runs/\w+)", what[0]):
                if what[0].startswith("artgan train"):
                    made[run] = set()
                assert run in made, what[0]
        elif kind == "file" and what[0].endswith(".toml"):
            made.setdefault(what[0], set())


def test_pictures_of_the_page_are_there_and_small(cookbook: ModuleType) -> None:
    shown = [what for kind, what in cookbook.parts() if kind == "shows"]
    assert len(shown) >= 10
    sizes = [(ROOT / "docs" / target).stat().st_size for _, _, target in shown]
    assert max(sizes) < 160_000
    assert sum(sizes) < 2_500_000
    for _, wide, target in shown:
        with Image.open(ROOT / "docs" / target) as picture:
            assert picture.width <= int(wide)
