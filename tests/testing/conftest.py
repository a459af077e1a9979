"""A fresh environment that packages are built and installed into."""

import importlib
import importlib.util
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from artgan.base.identity import Plugin
from artgan.plugin_manager import load
from artgan.plugin_manager.load import default_registry
from tests.platform.conftest import ROOT


class Environment:
    """A virtual environment that sees this one's packages and installs its own beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        venv.create(folder / "venv", with_pip=False)
        (own,) = (folder / "venv").glob("lib/python*/site-packages")
        (own / "outer.pth").write_text(f"{sysconfig.get_path('purelib')}\n{ROOT}\n")
        self.python = folder / "venv/bin/python"

    def run(self, *args: str | Path, where: Path | None = None, fails: bool = False) -> str:
        """Run Python with arguments; give what it prints, or fail unless it ends as expected."""
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        environment |= {
            "ARTGAN_HOME": str(self.folder / "home"),
            "ARTGAN_CACHE": str(self.folder / "cache"),
            "OMP_NUM_THREADS": "1",
        }
        done = subprocess.run(
            [self.python, *map(str, args)],
            capture_output=True,
            text=True,
            env=environment,
            cwd=where or self.folder,
            check=False,
            timeout=300,
        )
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stdout

    def install(self, *packages: Path) -> None:
        """Build and install packages, with nothing fetched."""
        flags = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index")
        self.run("-m", "pip", "install", *flags, *packages)


@contextmanager
def installed(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lend an example package as if it were installed, loaded from where it lies."""
    monkeypatch.syspath_prepend(ROOT / "examples" / name / "src")
    load._load_and_log.cache_clear()
    module = name.replace("-", "_")
    plugin = Plugin(name, "0.1.0", "package")
    added = default_registry().add(plugin, lambda: [importlib.import_module(module)])
    assert added, default_registry().broken
    yield
    load._load_and_log.cache_clear()


needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="paths of a POSIX environment")


def needs_tool(name: str) -> pytest.MarkDecorator:
    """Skip without ruff or mypy, which are for working on artgan; CI has them."""
    missing = importlib.util.find_spec(name) is None
    return pytest.mark.skipif(missing, reason=f"{name} is not installed")


def lint(folder: Path, config: Path | None = None) -> None:
    """Hold Python files to ruff's rules and format."""
    settings = ["--no-cache", *(["--config", str(config)] if config else [])]
    for verb in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *verb, *settings, "."]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def check_types(folder: Path, *paths: str, cache: Path = ROOT / ".mypy_cache") -> None:
    """Hold Python files to mypy's strict rules, by artgan's settings and with its cache."""
    rules = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(cache)]
    command = [sys.executable, "-m", "mypy", *rules, *paths]
    environment = {**os.environ, "MYPYPATH": os.pathsep.join(["src", str(ROOT)])}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
