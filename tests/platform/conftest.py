"""Packages planted for real: a site folder of their own, and artgan run beside it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

ROOT = Path(__file__).parents[2]

FILTER = """
from artgan.plugin import Filter, hookimpl

def negative(picture, options, context):
    return picture.replace(color=1 - picture.color)

@hookimpl
def artgan_filters():
    yield Filter(name="{name}", summary="Turn light to dark.", apply=negative)
"""


def filter_code(name: str = "flip") -> str:
    return FILTER.format(name=name)


class Site:
    """A folder of installed packages, a home, and the command line in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.packages, self.home = folder / "site", folder / "home"
        self.python = sys.executable
        for made in (self.packages, self.home):
            made.mkdir()

    def plant(self, name: str, code: str, version: str = "1.0", point: str = "plugin") -> Path:
        """Put an installed package there: a module, and what an installer would record."""
        module = name.replace("-", "_")
        path = self.packages / f"{module}.py"
        path.write_text(code)
        record = self.packages / f"{module}-{version}.dist-info"
        record.mkdir()
        (record / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: Planted.\n"
        )
        (record / "entry_points.txt").write_text(f"[artgan]\n{point} = {module}\n")
        return path

    def artgan(self, *args: str | Path, **env: str) -> "subprocess.CompletedProcess[str]":
        """Run the real command line."""
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(self.packages), str(ROOT)]),
            "ARTGAN_HOME": str(self.home),
            "OMP_NUM_THREADS": "1",
            **env,
        }
        return subprocess.run(
            [self.python, "-m", "artgan", *map(str, args)],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
            timeout=100,
        )

    def names(self, kind: str, **env: str) -> list[str]:
        """List the full names of a kind."""
        done = self.artgan("list", kind, "--json", **env)
        assert done.returncode == 0, done.stderr
        return [row["name"] for row in json.loads(done.stdout)]

    def rows(self, *args: str, **env: str) -> dict[str, Any]:
        """Return ``artgan plugins list`` by name."""
        done = self.artgan(*args, "plugins", "list", "--json", **env)
        assert done.returncode == 0, done.stderr
        return {row["name"]: row for row in json.loads(done.stdout)}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path)
    made.plant("artgan-good", filter_code())
    return made


@pytest.fixture
def here(
    site: Site,
    artgan_cli: Callable[..., Result],
    fresh_plugins: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Result]]:
    """The command line with the packages of the site, in this process, which has torch already."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(site.packages)
    monkeypatch.setenv("ARTGAN_HOME", str(site.home))
    yield artgan_cli
    for name in {*sys.modules} - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "/").parent == site.packages:
            del sys.modules[name]
