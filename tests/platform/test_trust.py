"""The plugin files of a project run once the user trusts them, and only as long as they stay."""

import importlib.util
import os
import py_compile
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from artgan.errors import PluginError
from artgan.plugin_manager.discovery import discover
from artgan.plugin_manager.trust import distrust, trust, trust_file, why_not_trusted
from tests.platform.conftest import Site, filter_code

RAN = "open('ran', 'w').close()\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder as if downloaded, with a plugin that leaves a trace when it runs."""
    folder = tmp_path / "down loaded"
    folder.mkdir()
    (folder / "ours.py").write_text(RAN + filter_code("tubes"))
    (folder / "artgan.toml").write_text('plugins = ["ours.py"]')
    os.chdir(folder)
    return folder


def ran() -> bool:
    """Tell whether the plugin ran, and forget it."""
    found = Path("ran").exists()
    Path("ran").unlink(missing_ok=True)
    return found


def test_a_project_runs_nothing_until_it_is_trusted(site: Site, project: Path) -> None:
    done = site.artgan("list", "filter")
    assert done.returncode == 0
    assert "artgan-good/flip" in done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Left out: plugins of '{project}/artgan.toml' (ours): not trusted")
    assert "artgan trust ." in line
    assert site.rows()["ours"]["state"] == "disabled"
    done = site.artgan("show", "filter", "ours/tubes")
    assert "Plugin 'ours' is not trusted: look at the project" in done.stderr
    for args in (["plugins", "doctor"], ["plugins", "doctor", "ours"], ["plugins", "show", "ours"]):
        assert "artgan trust ." in site.artgan(*args).stdout
    assert "is not loaded: not trusted" in site.artgan("plugins", "check", "ours").stderr
    assert site.artgan("--help").returncode == 0
    assert not ran()

    done = site.artgan("trust", ".")
    assert done.stdout.startswith(f"Trusted, as it is now: {project}/artgan.toml"), done.stderr
    assert "ours/tubes" in site.names("filter")
    assert ran()
    assert site.artgan("trust", "--remove").returncode == 0
    assert "ours/tubes" not in site.names("filter")
    assert not ran()


@pytest.mark.parametrize("name", ["artgan.toml", "ours.py", "more.py"])
def test_a_change_takes_trust_back(project: Path, name: str) -> None:
    (project / "artgan.toml").write_text('plugins = ["ours.py", "more.py"]')
    trust(project)
    assert not any(found.untrusted for found in discover().found)
    with (project / name).open("a") as file:
        file.write("\n# more\n")
    assert all(found.untrusted.startswith(f"{name} changed") for found in discover().found)
    trust(project)
    assert not any(found.untrusted for found in discover().found)


def test_the_copy_of_a_trusted_project_is_another_project(project: Path, tmp_path: Path) -> None:
    trust(project)
    shutil.copytree(project, tmp_path / "copy")
    assert why_not_trusted(project / "artgan.toml", ["ours.py"]) == ""
    assert "not trusted" in why_not_trusted(tmp_path / "copy/artgan.toml", ["ours.py"])
    os.chdir(tmp_path)
    (project / "ours.py").write_text("")
    assert f"artgan trust '{project}'" in why_not_trusted(project / "artgan.toml", ["ours.py"])


def test_no_project_reads_none(site: Site, project: Path) -> None:
    trust(project)
    done = site.artgan("--no-project", "list", "filter", ARTGAN_HOME=os.environ["ARTGAN_HOME"])
    assert "ours/tubes" not in done.stdout
    assert done.stderr == ""
    assert not ran()


def test_nothing_in_the_folder_of_a_run_is_loaded(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "checkpoints").mkdir()
    trust(project)
    (project / "run.toml").write_text("")
    with pytest.raises(PluginError, match="folder of a run, from which no plugin"):
        trust(project)
    monkeypatch.setenv("ARTGAN_PROJECT", str(project / "artgan.toml"))
    assert "folder of a run" in discover().found[0].untrusted
    (project / "samples").mkdir()
    (project / "artgan.toml").rename(project / "samples/artgan.toml")
    os.chdir(project / "samples")
    monkeypatch.delenv("ARTGAN_PROJECT")
    assert "folder of a run" in discover().found[0].untrusted


def test_a_project_named_in_full_by_the_environment_is_trusted(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARTGAN_PROJECT", str(project / "artgan.toml"))
    assert discover().found[0].untrusted == ""
    monkeypatch.setenv("ARTGAN_PROJECT", "artgan.toml")
    assert "not trusted" in discover().found[0].untrusted


def test_a_stranger_takes_no_name_from_plugins_of_ones_own(site: Site, project: Path) -> None:
    (site.home / "plugins").mkdir()
    (site.home / "plugins/ours.py").write_text(filter_code("mine"))
    assert "ours/mine" in site.names("filter")
    (project / "artgan.toml").write_text('plugins = ["artgan_good.py", "ours.py"]')
    (project / "artgan_good.py").write_text(RAN)
    assert {"artgan-good/flip", "ours/mine"} <= set(site.names("filter"))
    assert not ran()


def test_damaged_or_missing_files_of_trust_are_told(project: Path) -> None:
    trust_file().parent.mkdir(parents=True)
    trust_file().write_text("[]")
    assert "trusted.json' is damaged" in discover().found[0].untrusted
    trust_file().unlink()
    with pytest.raises(PluginError, match="is not trusted"):
        distrust(project)
    (project / "artgan.toml").unlink()
    with pytest.raises(PluginError, match=r"there is no artgan\.toml in"):
        trust(project)


def test_what_runs_is_the_source_and_not_the_cache_beside_it(site: Site, project: Path) -> None:
    assert site.artgan("trust").returncode == 0
    evil = project / "evil.py"
    evil.write_text("open('evil', 'w').close()")
    cached = importlib.util.cache_from_source(str(project / "ours.py"))
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(evil), cached, invalidation_mode=mode)
    assert "ours/tubes" in site.names("filter")
    assert ran()
    assert not Path("evil").exists()


def test_a_file_named_by_hand_needs_no_trust(site: Site, project: Path) -> None:
    done = site.artgan("show", "filter", "tubes", "--plugin", "ours.py")
    assert done.stdout.startswith("ours/tubes"), done.stderr
    assert "loads in" in site.artgan("plugins", "doctor", "ours.py").stdout
    assert ran()


@pytest.mark.parametrize("name", ["json.py", "numpy.py", "torch.py", "pluggy.py"])
def test_modules_in_the_working_folder_are_not_imported(
    site: Site, project: Path, name: str
) -> None:
    (project / name).write_text(RAN + "raise SystemExit(9)")
    for args in (["list", "filter", "--json"], ["plugins", "doctor", "artgan-good"]):
        assert site.artgan(*args).returncode == 0
    (project / "pip.py").write_text(RAN)
    site.artgan("plugins", "install", "no-such-package", "--dry-run", PIP_NO_INDEX="1")
    assert not ran()


def test_plugins_that_lie_in_the_working_folder_are_not_installed_ones(
    site: Site, project: Path
) -> None:
    info = project / "evil-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[artgan]\nevil = ours\n")
    assert "evil" not in site.rows()
    assert not ran()


def test_a_run_names_no_plugin_file(
    project: Path, trained: Path, artgan_cli: Callable[..., Result]
) -> None:
    text = (trained / "run.toml").read_text()
    lines = [number for number, line in enumerate(text.splitlines()) if ' = "' in line]
    assert len(lines) > 5
    run = project / "run"
    shutil.copytree(trained / "checkpoints", run / "checkpoints")
    for number in lines:
        changed = text.splitlines()
        changed[number] = changed[number].partition(" = ")[0] + ' = "./ours.py"'
        (run / "run.toml").write_text("\n".join(changed))
        artgan_cli("info", run)
        artgan_cli("sample", run, "--seeds", "1", "--out", "s", "--overwrite", "--quiet")
    assert not ran()
