import shutil
from pathlib import Path

import pytest

import artgan
from artgan.core.config import parse_size
from artgan.core.registry import Registry
from artgan.core.run_toml import read_config, to_toml
from artgan.errors import ArtganError, OptionError, RunError
from artgan.planning.plan import make_plan
from artgan.planning.settings import read_settings
from tests.conftest import TOY


def test_run_toml_reads_back_as_the_same_config(tmp_path: Path) -> None:
    plan = artgan.plan(dataset="mnist", regularizers={"r1": {"gamma": 0.5}}, style="neon", **TOY)
    path = tmp_path / "run.toml"
    path.write_text(to_toml(plan.config, {"artgan": "0"}))
    assert read_config(path) == plan.config


def test_run_toml_as_settings_gives_the_same_plan(tmp_path: Path, registry: Registry) -> None:
    config = artgan.plan(dataset="gervais", loss="rpgan", **TOY).config
    path = tmp_path / "run.toml"
    path.write_text(to_toml(config, {}))
    assert make_plan(read_settings(path), registry).config == config


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("format = 99", RunError, "update artgan"),
        ("[architectur]", OptionError, "Did you mean 'architecture'?"),
        ("seed = ", RunError, "not valid TOML"),
        ("loss = 3", OptionError, "must be a table"),
    ],
)
def test_damaged_config_is_told(
    tmp_path: Path, text: str, error: type[ArtganError], says: str
) -> None:
    path = tmp_path / "run.toml"
    path.write_text(text)
    with pytest.raises(error) as caught:
        read_settings(path)
    assert says in str(caught.value)


def test_sizes_are_wide_by_high() -> None:
    assert parse_size("96x64") == (64, 96)
    assert parse_size(64) == (64, 64)
    with pytest.raises(OptionError, match="96x64"):
        parse_size("big")


@pytest.mark.parametrize("damage", ["made-with = 3\n", "[made-with]\nplugins = 3\n"])
def test_damaged_versions_end_in_a_sentence(trained: Path, tmp_path: Path, damage: str) -> None:
    shutil.copytree(trained, tmp_path / "r")
    file = tmp_path / "r" / "run.toml"
    kept = file.read_text().partition("[made-with]")[0]
    file.write_text(damage + kept if damage.startswith("made") else kept + damage)
    with pytest.raises(artgan.ArtganError, match="must be a table"):
        artgan.resume(tmp_path / "r", steps=5)
