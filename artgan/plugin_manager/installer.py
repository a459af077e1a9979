"""Installs and removes plugin packages, with what artgan stands on held in place.

pip does the work, or uv where there is no pip. Nothing that is installed is imported.
"""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from artgan.base.suggest import join_names
from artgan.core.identity import plain_id
from artgan.errors import PluginError, UsageError
from artgan.plugin_manager import cache as plugin_cache
from artgan.plugin_manager.discovery import discover

HELD = ("artgan", "torch", "numpy", "pillow")
"""Packages that installing a plugin must not move."""


@dataclass(frozen=True)
class InstallPlan:
    """What would be installed.

    Attributes:
        packages: (name, version, version that is there now or "").
    """

    packages: tuple[tuple[str, str, str], ...]

    @property
    def moved(self) -> list[str]:
        """Held packages that the plan would change."""
        return [name for name, _, _ in self.packages if plain_id(name) in HELD]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def held_versions() -> dict[str, str]:
    """Give the versions that stay as they are."""
    return {name: version for name in HELD if (version := _version(name))}


def _installer() -> list[str]:
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip"]
    raise PluginError(
        "neither pip nor uv is here to install with; get pip with: python -m ensurepip"
    )


def _call(*args: str, constrained: bool = True) -> "subprocess.CompletedProcess[str]":
    command = _installer()
    uses_uv = "-m" not in command
    verb, *rest = args
    target = ["--python", sys.executable] if uses_uv else []
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder, "held.txt")
        lines = [f"{name}=={version}\n" for name, version in held_versions().items()]
        held.write_text("".join(lines), encoding="utf-8")
        limits = ["--constraint", str(held)] if constrained else []
        return subprocess.run(
            [*command, verb, *target, *limits, *rest],
            capture_output=True,
            text=True,
            check=False,
        )


def plan_install(wanted: Sequence[str]) -> InstallPlan:
    """Ask the installer what it would do, changing nothing.

    Args:
        wanted: Names, ``name==version``, wheels, or folders of packages.

    Raises:
        PluginError: It cannot be done, or not without moving a held package.
        UsageError: A name looks like a flag.
    """
    for name in wanted:
        if name.startswith("-"):
            raise UsageError(f"'{name}' is not the name of a package")
    uses_pip = "-m" in _installer()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        done = _call(
            "install", "--dry-run", *(["--report", str(report)] if uses_pip else []), *wanted
        )
        if done.returncode:
            raise PluginError(_refusal(wanted, done))
        rows = _from_report(report) if uses_pip else _from_uv(done.stderr)
    plan = InstallPlan(tuple((name, version, _version(name)) for name, version in rows))
    if plan.moved:
        raise PluginError(
            f"nothing was installed: {join_names(wanted, 'and')} would change "
            f"{join_names(plan.moved, 'and')}, which artgan stands on"
        )
    return plan


def _from_report(path: Path) -> list[tuple[str, str]]:
    report = json.loads(path.read_text(encoding="utf-8"))
    return [(i["metadata"]["name"], i["metadata"]["version"]) for i in report["install"]]


def _from_uv(text: str) -> list[tuple[str, str]]:
    """Read uv's plan: " + name==version", or " + name @ file" for a wheel or folder."""
    return re.findall(r"^ [+~] ([\w.-]+)(?:==| @ )(\S+)", text, flags=re.MULTILINE)


def _refusal(wanted: Sequence[str], done: "subprocess.CompletedProcess[str]") -> str:
    names = join_names(wanted, "and")
    # pip tells the cause of a conflict on stdout, indented below a heading.
    cause = done.stdout.partition("The conflict is caused by:\n")[2].partition("\n\n")[0]
    said = cause or done.stderr or done.stdout
    lines = [line.strip().removeprefix("ERROR: ") for line in said.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("[notice]", "To fix this", "WARNING"))]
    told = ("; " if cause else " ").join(lines[:8])
    if cause or re.search(r"conflict|constraint|unsatisfiable", told, re.IGNORECASE):
        held = join_names([f"{n} {v}" for n, v in held_versions().items()], "and")
        return (
            f"nothing was installed: {names} cannot be had beside {held}, which stay as they are. "
            f"The installer says: {told}"
        )
    return f"nothing was installed: {names} cannot be had. The installer says: {told}"


def install(wanted: Sequence[str]) -> list[str]:
    """Install what was planned.

    Returns:
        Ids of the plugins among what is new.

    Raises:
        PluginError: The installer failed.
    """
    before = {found.plugin: found for found in discover().found}
    done = _call("install", *wanted)
    if done.returncode:
        raise PluginError(_refusal(wanted, done))
    importlib.invalidate_caches()
    return [found.plugin.id for found in discover().found if found.plugin not in before]


def check_removable(name: str) -> str:
    """Give the id of a plugin package that can be uninstalled.

    Raises:
        PluginError: There is no such plugin, or it is a file.
    """
    found = discover().get(name)
    if not found.points:
        where = found.plugin.path or "a settings file"
        raise PluginError(
            f"{found.plugin.id} is no installed package; it goes when you delete '{where}', or "
            f"switch it off: artgan plugins disable {found.plugin.id}"
        )
    return found.plugin.id


def uninstall(name: str) -> None:
    """Uninstall a plugin package; nothing of it is imported.

    Raises:
        PluginError: There is no such plugin, or the installer failed.
    """
    plugin_id = check_removable(name)
    yes = ["--yes"] if "-m" in _installer() else []
    done = _call("uninstall", *yes, plugin_id, constrained=False)
    if done.returncode or "Can't uninstall" in done.stderr + done.stdout:
        said = " ".join((done.stderr or done.stdout).split())
        raise PluginError(f"{plugin_id} was not uninstalled. The installer says: {said}")
    plugin_cache.remember([], forget=[plugin_id])
