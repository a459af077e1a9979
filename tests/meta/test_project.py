"""What surrounds the code agrees: groups, extras, lock, constraints, changelog, citation."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import artgan

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = tomllib.loads((ROOT / "uv.lock").read_text())
LOCKED = {package["name"]: package for package in LOCK["package"]}
PINS = dict(re.findall(r"^([\w-]+)==(.+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
EXTRAS = PROJECT["project"]["optional-dependencies"]
GROUPS = PROJECT["dependency-groups"]


def plain(requirements: list[Any]) -> set[tuple[str, str]]:
    """List (name, versions) of requirements; groups that are included count as their own."""
    found: set[tuple[str, str]] = set()
    for one in requirements:
        if isinstance(one, dict):
            found |= plain(GROUPS[one["include-group"]])
        else:
            needed = Requirement(one)
            found.add((canonicalize_name(needed.name), str(needed.specifier)))
    return found


def locked(rows: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """List (name, versions) as the lock tells what the project asked for."""
    rules = (Requirement(row["name"] + row.get("specifier", "")) for row in rows)
    return {(rule.name, str(rule.specifier)) for rule in rules}


def test_lock_is_of_this_project() -> None:
    asked = LOCKED["artgan"]["metadata"]
    extras = [one for extra in EXTRAS.values() for one in extra]
    stale = "pyproject.toml has changed since; run 'uv lock'"
    wanted = plain([*PROJECT["project"]["dependencies"], *extras])
    assert locked(asked["requires-dist"]) == wanted, stale
    groups = {name: locked(rows) for name, rows in asked["requires-dev"].items()}
    assert groups == {name: plain(GROUPS[name]) for name in GROUPS}, stale


@pytest.mark.parametrize("name", PINS)
def test_lock_and_constraints_have_the_same_version(name: str) -> None:
    assert LOCKED[canonicalize_name(name)]["version"] == PINS[name]


def test_lock_names_public_hosts_alone() -> None:
    hosts = set(re.findall(r"\w+://[^/\"]*", (ROOT / "uv.lock").read_text()))
    assert hosts == {"https://pypi.org", "https://files.pythonhosted.org"}


def test_groups_of_the_readme_are_there_and_no_extra_is_for_us_alone() -> None:
    (command,) = re.findall(r"<!-- test-command -->\n+    (.+)\n", (ROOT / "README.md").read_text())
    assert set(re.findall(r"--group (\S+)", command)) <= set(GROUPS)
    assert {"test", "dev"} <= set(GROUPS)
    assert not set(EXTRAS) & set(GROUPS)


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_extra_is_named_in_the_docs(extra: str) -> None:
    pages = [ROOT / "README.md", *ROOT.glob("docs/**/*.md")]
    spelled = re.compile(rf"artgan\[{extra}\]|`{extra}`")
    assert any(spelled.search(page.read_text()) for page in pages)


def test_changelog_begins_with_what_is_unreleased() -> None:
    first = re.search(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert first is not None
    assert first.group(1) == "Unreleased"


def test_citation_has_the_version() -> None:
    assert f"version: {artgan.__version__}\n" in (ROOT / "CITATION.cff").read_text()


def test_check_tells_what_it_takes() -> None:
    done = subprocess.run(
        ["bash", "check", "--quick"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, "usage: ./check [--fast]\n")
