"""Wheels are built, installed into a fresh environment, and removed, by the real command line."""

import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from artgan.plugin_manager.installer import read_uv_plan
from tests.platform.conftest import ROOT, Site, filter_code


def build_wheel(folder: Path, name: str, code: str, requires: str = "") -> Path:
    """Build the wheel of a one-module package by hand: a zip with a record."""
    module = name.replace("-", "_")
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    info = f"{module}-1.2.dist-info"
    files = {
        f"{module}.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[artgan]\n{module} = {module}\n",
    }
    record = f"{info}/RECORD"
    path = folder / f"{module}-1.2-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
        wheel.writestr(record, "".join(f"{file},,\n" for file in [*files, record]))
    return path


@pytest.fixture
def fresh(site: Site, tmp_path: Path) -> Site:
    """A fresh environment that sees this one's packages and installs its own beside them."""
    venv.create(tmp_path / "venv", with_pip=False)
    (own,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    here = sysconfig.get_path("purelib")
    (own / "outer.pth").write_text(f"{here}\n{ROOT}\n")
    site.python = str(tmp_path / "venv/bin/python")
    return site


needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="paths of a POSIX environment")
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1"}


@needs_posix
def test_wheel_is_planned_installed_used_and_removed(fresh: Site, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, "Artgan_Tubes", filter_code("tubes"))
    plan = fresh.artgan("plugins", "install", wheel, "--dry-run", **OFFLINE)
    assert plan.returncode == 0, plan.stderr
    assert "install Artgan_Tubes 1.2" in plan.stdout
    assert "Stays as it is: artgan" in plan.stdout
    assert "artgan-tubes" not in fresh.rows()

    done = fresh.artgan("plugins", "install", wheel, "--yes", **OFFLINE)
    assert "Installed artgan-tubes." in done.stdout, done.stderr
    assert "artgan-tubes/tubes" in fresh.names("filter")
    row = fresh.rows()["artgan-tubes"]
    assert (row["state"], row["brings"]) == ("active", {"filter": {"tubes": "Turn light to dark."}})

    done = fresh.artgan("plugins", "uninstall", "artgan_tubes", "--yes")
    assert done.stdout == "Removed artgan-tubes.\n", done.stderr
    assert "artgan-tubes" not in fresh.rows()


@needs_posix
def test_package_that_moves_torch_is_refused(fresh: Site, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, "artgan-greedy", filter_code("greedy"), "torch>=99")
    done = fresh.artgan("plugins", "install", wheel, "--yes", PIP_NO_INDEX="1")
    assert done.returncode == 1
    assert "nothing was installed" in done.stderr
    assert "torch" in done.stderr
    assert "which stay as they are" in done.stderr
    assert "artgan-greedy" not in fresh.rows()


@needs_posix
def test_broken_package_can_be_uninstalled(fresh: Site, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, "artgan-bad", "while True: pass")
    assert fresh.artgan("plugins", "install", wheel, "--yes", **OFFLINE).returncode == 0
    assert fresh.artgan("plugins", "uninstall", "artgan-bad", "--yes").returncode == 0
    assert "artgan-good/flip" in fresh.names("filter")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["install", "--yes", "--", "--target=x"], "is not the name of a package"),
        (["install", "no-such-package-at-all", "--yes"], "cannot be had"),
        (["install", "no-such-package==1.0,<2", "--yes"], "cannot be had"),
        (["install", "no-such-wheel/x.whl", "--yes"], "is not the name of a package"),
        (["install", "nice; touch x", "--yes"], "is not the name of a package"),
        (["install", "https://example.org/x.whl", "--yes"], "is an address"),
        (["install", "git+ssh://example.org/x", "--yes"], "is an address"),
        (["install", "x @ https://example.org/x.whl", "--yes"], "is an address"),
        (["install", "x[a]@file:///x.whl", "--yes"], "is an address"),
        (["uninstall", "torch", "--yes"], "there is no plugin 'torch'"),
        (["uninstall", "artgan-god", "--yes"], "Did you mean 'artgan-good'?"),
        (["disable", "artgan-god"], "Did you mean 'artgan-good'?"),
        (["show", "nowhere"], "there is no plugin 'nowhere'"),
    ],
)
def test_wrong_names_are_told(site: Site, args: list[str], says: str) -> None:
    done = site.artgan("plugins", *args, PIP_NO_INDEX="1")
    assert done.returncode in (1, 2)
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_plan_of_uv_is_read() -> None:
    text = "Resolved 2 packages\n - torch==2.6\n + torch==2.7\n + artgan-tubes @ file:///a.whl\n"
    assert read_uv_plan(text) == [("torch", "2.7"), ("artgan-tubes", "file:///a.whl")]


def test_install_asks_first(site: Site, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, "artgan-tubes", filter_code("tubes"))
    done = site.artgan("plugins", "install", wheel, **OFFLINE)
    assert done.returncode == 130
    assert "A plugin is code" in done.stdout
    assert "artgan-tubes" not in site.rows()


def test_an_address_is_taken_if_it_is_asked_for(site: Site, tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, "artgan-tubes", filter_code("tubes"))
    args = ("plugins", "install", wheel.as_uri(), "--dry-run")
    assert "is an address" in site.artgan(*args, **OFFLINE).stderr
    assert "install artgan-tubes 1.2" in site.artgan(*args, "--url", **OFFLINE).stdout
