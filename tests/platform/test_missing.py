"""Runs and pictures whose plugin is not there say which, which version, and how to get it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image

from artgan.api import reopen
from artgan.core.registry import Registry
from artgan.core.requirements import missing_plugins
from artgan.errors import PluginError
from artgan.pictures.record_needs import record_needs
from artgan.run import load_run
from tests.platform.conftest import Site, filter_code


def as_made_with(run: Path, folder: Path, old: str, new: str, version: str) -> Path:
    """Copy a run's record as if another plugin had made it."""
    text = (run / "run.toml").read_text().replace(old, new)
    owner = new.partition('"')[2].partition("/")[0]
    text = text.replace("[made-with.plugins]", f'[made-with.plugins]\n{owner} = "{version}"')
    folder.mkdir()
    (folder / "run.toml").write_text(text)
    return folder


def test_run_of_a_missing_architecture_tells_how_to_get_it(trained: Path, tmp_path: Path) -> None:
    run = as_made_with(trained, tmp_path / "r", '"core/dcgan"', '"artgan-deep/net"', "2.1")
    with pytest.raises(PluginError) as raised:
        load_run(run)
    assert str(raised.value) == (
        f"run '{run}' needs plugin artgan-deep 2.1, which is not installed: "
        "artgan plugins install artgan-deep==2.1"
    )


def test_config_of_a_missing_plugin_tells_how_to_get_it(
    trained: Path, tmp_path: Path, artgan_cli: Callable[..., Result]
) -> None:
    run = as_made_with(trained, tmp_path / "r", '"core/dcgan"', '"artgan-deep/net"', "2.1")
    done = artgan_cli("run", "--config", run / "run.toml")
    assert (done.exit_code, "artgan plugins install artgan-deep==2.1" in done.stderr) == (1, True)


def test_run_of_a_missing_loss_can_be_opened_but_not_go_on(trained: Path, tmp_path: Path) -> None:
    loss = load_run(trained).config.loss.name
    run = as_made_with(trained, tmp_path / "r", f'"{loss}"', '"my-loss/mine"', "1a2b3c4d")
    assert load_run(run).config.loss.name == "my-loss/mine"
    with pytest.raises(PluginError, match=r"the plugin file my_loss\.py \(SHA-256 1a2b3c4d"):
        reopen(run)


def test_info_of_a_picture_tells_what_is_missing(site: Site) -> None:
    Image.new("RGB", (8, 8), "white").save("white.png")
    assert site.artgan("apply", "--style", "flip", "white.png", "--out", "o").returncode == 0
    made = "o/white-flip.png"
    assert "missing" not in json.loads(site.artgan("info", made, "--json").stdout)
    told = site.artgan("--no-plugins", "info", made, "--json")
    assert json.loads(told.stdout)["missing"] == [
        "plugin artgan-good 1.0, which is left out by --no-plugins"
    ]
    for path in site.packages.glob("*.dist-info/*"):
        path.unlink()
    sentence = "artgan-good 1.0, which is not installed: artgan plugins install artgan-good==1.0"
    assert sentence in site.artgan("info", made).stdout
    assert sentence in site.artgan("style", "from", made, "--out", "s.toml").stderr


def test_name_in_a_plugin_that_is_broken_or_off_says_so(site: Site) -> None:
    site.plant("artgan-bad", "import nowhere\n" + filter_code())
    done = site.artgan("show", "filter", "artgan-bad/flip")
    assert "Plugin artgan-bad is broken and might have it: ModuleNotFoundError" in done.stderr
    done = site.artgan("--disable", "artgan-bad", "show", "filter", "artgan-bad/flip")
    assert "Plugin 'artgan-bad' is disabled by --disable" in done.stderr


def test_damaged_record_needs_nothing(registry: Registry) -> None:
    record = {"style": {"steps": [3, {"filter": 4}]}, "architecture": 5, "plugins": []}
    assert missing_plugins(*record_needs(record), registry) == []
    assert missing_plugins(["user/mine", "core/glow"], {}, registry) == [
        "styles and palettes from the folder of whoever made it"
    ]
