"""What users set for plugins, and their secrets."""

import hashlib
import hmac
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from artgan.core.registry import Registry
from artgan.errors import PluginError
from artgan.plugin import settings as public
from artgan.plugin.settings import Secret, settings_of
from artgan.plugin_manager import load, plugin_settings
from artgan.plugin_manager.discovery import discover
from artgan.plugin_manager.load import default_registry
from artgan.plugin_manager.loggers import logging_observers
from artgan.plugin_manager.trust import trust
from tests.conftest import TOY
from tests.platform.conftest import ROOT

PAGE = (ROOT / "docs/plugins/settings.md").read_text()
(CODE,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
PROJECT, SECRETS, _ = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(autouse=True)
def _alone(fresh_plugins: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees what plugins of another one left."""
    monkeypatch.setattr(public, "_HOST", [])
    monkeypatch.setattr(plugin_settings, "_OWNERS", plugin_settings.Owners())
    monkeypatch.delenv("SEAL_KEY", raising=False)


@pytest.fixture
def seal() -> Any:
    """A project with the plugin of the page, trusted."""
    Path("seal.py").write_text(CODE)
    Path("artgan.toml").write_text(PROJECT)
    trust(Path())
    registry = default_registry()
    (entry,) = [e for e in registry.entries("settings") if e.plugin.id == "seal"]
    return entry.declaration.options


def set_in_project(text: str) -> None:
    Path("artgan.toml").write_text(f'[plugins]\nfiles = ["seal.py"]\n[plugins.seal]\n{text}\n')
    trust(Path())
    load._load_and_log.cache_clear()


def test_the_example_of_the_page_seals_a_run(seal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import artgan

    monkeypatch.setenv("SEAL_KEY", "mine")
    run = artgan.train(dataset="mnist", out="run", **TOY)
    record = (run.path / "run.toml").read_bytes()
    expected = hmac.new(b"mine", record, hashlib.sha256).hexdigest()
    assert (run.path / "sealed.txt").read_text() == expected
    said = [path.read_bytes() for path in run.path.rglob("*") if path.is_file()]
    assert not any(b"sealed.txt" in data and b"[plugins" in data for data in said)


def test_a_project_wins_key_by_key_over_the_user(seal: Any, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(exist_ok=True)
    (tmp_path / "home/plugins.toml").write_text('[plugins.seal]\nname = "users.txt"\n')
    load._load_and_log.cache_clear()
    given = discover().given
    shown = plugin_settings.shown_settings("seal", seal, given)
    assert (shown[0].value, shown[0].source) == ("sealed.txt", str(tmp_path / "artgan.toml"))
    set_in_project("")
    (shown_again, *_) = plugin_settings.shown_settings("seal", seal, discover().given)
    assert shown_again.value == "users.txt"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('nam = "a"', r"artgan\.toml': \[plugins\.seal\] has no option 'nam'.*'name'"),
        ("name = 3", r"\[plugins\.seal\].*name"),
        ('key = "x"', r"sets 'key', which is a secret: set the environment variable SEAL_KEY"),
    ],
)
def test_keys_that_are_wrong_are_refused(seal: Any, text: str, says: str) -> None:
    set_in_project(text)
    with pytest.raises(PluginError, match=says):
        default_registry()


def test_a_stranger_sets_nothing(seal: Any, caplog: pytest.LogCaptureFixture) -> None:
    Path("artgan.toml").write_text('[plugins.seal]\nname = "theirs.txt"\n')
    load._load_and_log.cache_clear()
    with caplog.at_level("WARNING", "artgan"):
        registry = default_registry()
    assert "sets for plugins: " in caplog.text
    registry.add_file(Path("seal.py"))
    plugin_settings.check_settings(registry)
    options = registry.entries("settings")[-1].declaration.options
    assert settings_of(options).name == "seal.txt"


@pytest.mark.skipif(os.name != "posix", reason="files have no modes here")
def test_secrets_come_from_a_file_that_only_the_user_reads(seal: Any, tmp_path: Path) -> None:
    file = tmp_path / "home/secrets.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(SECRETS)
    file.chmod(0o644)
    with pytest.raises(PluginError, match=r"others may read .* chmod 600"):
        settings_of(seal)
    file.chmod(0o600)
    assert settings_of(seal).key == "what nobody else knows"


def test_a_secret_is_not_shown(
    seal: Any, monkeypatch: pytest.MonkeyPatch, artgan_cli: Callable[..., Result]
) -> None:
    monkeypatch.setenv("SEAL_KEY", "mine")
    assert "mine" not in repr(settings_of(seal))
    assert f"{Secret('mine')}" == "mine"
    shown = artgan_cli("plugins", "show", "seal")
    assert "[plugins.seal] key = set  (SEAL_KEY)" in shown.output
    assert "mine" not in shown.output


def test_show_tells_what_cannot_be_used(seal: Any, artgan_cli: Callable[..., Result]) -> None:
    set_in_project('nam = "a"')
    shown = artgan_cli("plugins", "show", "seal")
    assert "What is set for it cannot be used" in shown.output
    assert shown.exit_code == 0


def test_a_table_of_nobody_is_told(artgan_cli: Callable[..., Result]) -> None:
    Path("artgan.toml").write_text("[plugins.seel]\n")
    trust(Path())
    assert "[plugins.seel]: there is no plugin 'seel' here" in artgan_cli("plugins", "list").output


@pytest.mark.parametrize(
    "text", ["plugins = 3", "[plugins]\nseal = 3", "[plugins]\nfiles = 3", "plugins = [3]"]
)
def test_what_is_no_table_is_refused(text: str) -> None:
    Path("artgan.toml").write_text(text)
    found = [one.problem for one in discover().found if one.problem]
    assert any("must be" in problem for problem in found)


def test_a_plugin_given_by_hand_is_checked_too(artgan_cli: Callable[..., Result]) -> None:
    Path("seal.py").write_text(CODE)
    Path("artgan.toml").write_text('[plugins.seal]\nnam = "a"\n')
    trust(Path())
    result = artgan_cli("list", "style", "--plugin", "seal.py")
    assert result.exit_code == 1
    assert "has no option 'nam'" in result.output


def test_without_artgan_settings_are_the_defaults(registry: Registry) -> None:
    scope: dict[str, Any] = {}
    exec(CODE, scope)
    assert settings_of(scope["SealSettings"]).name == "seal.txt"


def test_loggers_of_ones_own_are_set_in_the_same_way() -> None:
    pytest.importorskip("tensorboardX")
    from artgan.plugins.loggers.tensorboard import TensorboardSettings

    Path("artgan.toml").write_text("[plugins.tensorboard]\nevery = 3\n")
    trust(Path())
    default_registry()
    logging_observers(["tensorboard"])
    assert settings_of(TensorboardSettings).every == 3
    Path("artgan.toml").write_text("[plugins.tensorboard]\nevry = 3\n")
    trust(Path())
    load._load_and_log.cache_clear()
    default_registry()
    with pytest.raises(PluginError, match="has no option 'evry'"):
        logging_observers(["tensorboard"])
