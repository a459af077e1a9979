"""The examples: short as promised, sound by the contract, installed and used for real."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from artgan.core.registry import Registry
from artgan.plugin.picture import Picture
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style
from artgan.testing import check_plugin
from artgan.testing._cases import MODULES
from tests.platform.conftest import ROOT
from tests.testing.conftest import Environment, check_types, lint, needs_posix, needs_tool

EXAMPLES = ROOT / "examples"
SINGLE = sorted((EXAMPLES / "single").iterdir())
PACKAGES = ("artgan-resnet-like", "artgan-nocturne", "artgan-bigan", "artgan-afterimage")
PROMISED = {
    "midnight-snack.toml": 4,
    "blueprint.toml": 8,
    "negative.py": 8,
    "soft_corner.py": 15,
    "tiny.py": 45,
}


@pytest.mark.parametrize(("name", "most"), PROMISED.items())
def test_example_is_as_short_as_promised(name: str, most: int) -> None:
    lines = (EXAMPLES / "single" / name).read_text().splitlines()
    assert sum(bool(line.strip()) for line in lines) <= most


def test_networks_of_the_small_architecture_are_most_of_it() -> None:
    text = (EXAMPLES / "single/tiny.py").read_text()
    networks = text[text.index("def generator") : text.index("@hookimpl")]
    assert sum(bool(line.strip()) for line in networks.splitlines()) <= 35


@pytest.mark.parametrize("path", [p for p in SINGLE if p.suffix == ".py"], ids=lambda p: p.stem)
def test_single_file_keeps_its_contract(path: Path) -> None:
    kinds = [kind for kind in MODULES if kind != "plugin"]
    report = check_plugin(path, kinds=kinds)
    assert report.passed, report.failed


def test_single_files_keep_the_promises_of_a_plugin() -> None:
    report = check_plugin(EXAMPLES / "single/rings.py")
    assert report.passed, report.failed


def test_single_toml_files_are_used(registry: Registry) -> None:
    style, palette = (EXAMPLES / "single" / name for name in list(PROMISED)[1::-1])
    chain = parse_style([str(style), f"palette:{palette}"], registry)
    pixels = np.linspace(0, 1, 20 * 20, dtype=np.float32).reshape(20, 20, 1)
    result = apply_style(chain, Picture(pixels), registry=registry).picture
    assert result.indexed is not None
    assert len(result.indexed) == 5


def test_every_kind_has_a_single_file_and_a_row() -> None:
    text = (EXAMPLES / "README.md").read_text()
    rows = dict(re.findall(r"^\| ([\w -]+) \| \[([\w.-]+)\]", text, re.MULTILINE))
    # A start has weights beside its file; some kinds have a second row, in more words.
    assert {kind for kind in rows if " " not in kind} == set(MODULES) - {"plugin", "start"}
    assert sorted(rows.values()) == [path.name for path in SINGLE if path.is_file()]


def copied(name: str, folder: Path) -> Path:
    """Copy an example, so that building it leaves nothing in ours."""
    ignored = shutil.ignore_patterns("build", "*.egg-info", "__pycache__")
    return shutil.copytree(EXAMPLES / name, folder / name, ignore=ignored)


@pytest.mark.slow
@needs_posix
def test_packages_pass_their_own_tests_and_make_a_run(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    made = [copied(name, tmp_path) for name in PACKAGES]
    environment.install(*made)
    for folder in made:
        told = environment.run("-m", "pytest", "-q", "-p", "no:cacheprovider", where=folder)
        assert " passed" in told
    toy = ["--arch.base-channels", "4", "--arch.latent-size", "8"]
    toy += ["--steps", "2", "--batch", "4", "--count", "1", "--device", "cpu", "--quiet"]
    chosen = ["--arch", "residual", "--style", "nightfall", "--out", "r"]
    environment.run("-m", "artgan", "run", *chosen, *toy)
    assert 'name = "artgan-resnet-like/average-hinge"' in (tmp_path / "r/run.toml").read_text()
    assert (tmp_path / "r/diary.txt").read_text().endswith("Morning: finished.\n")
    assert len(list((tmp_path / "r/samples").glob("*.png"))) == 2
    assert "*" in environment.run("-m", "artgan", "star-chart", "--seed", "3")


@needs_tool("ruff")
@pytest.mark.parametrize("name", PACKAGES)
def test_package_is_clean(name: str) -> None:
    lint(EXAMPLES / name)


@pytest.mark.slow
@needs_tool("mypy")
@pytest.mark.parametrize("name", PACKAGES)
def test_package_is_typed(name: str) -> None:
    check_types(EXAMPLES / name, "src", "tests")
