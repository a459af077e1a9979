"""Installs and removes plugin packages; the packages that artgan is built on stay as they are.

pip does the work, or uv where there is no pip. Nothing that is installed is imported.
"""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from artgan.base.identity import plain_id
from artgan.base.paths import write_text
from artgan.base.suggest import join_names
from artgan.errors import PluginError, UsageError
from artgan.plugin.leftovers import scratch_path, temporary_folder
from artgan.plugin_manager.discovery import discover

HELD = ("artgan", "torch", "numpy", "pillow")
"""Packages whose version installing a plugin must not change."""

_ADDRESS = re.compile(r"\w[\w.+-]+:|\w[\w.-]*\s*(\[[^]]*\])?\s*@")
"""``https://...``, ``git+ssh:...``, ``name @ https://...``; not ``C:\\`` of Windows."""

_REQUIREMENT = re.compile(
    r"[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?(\[[\w.,\s-]*\])?\s*((===?|[<>~!]=|[<>])\s*[\w.*+!-]+\s*,?\s*)*"
)
"""A name, extras and versions (PEP 508), without address or conditions."""


@dataclass(frozen=True)
class InstallPlan:
    """What would be installed: (name, version, version that is installed now or "")."""

    packages: tuple[tuple[str, str, str], ...]


def _installed_version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def held_versions() -> dict[str, str]:
    """Return name -> version of the packages that stay as they are."""
    return {name: version for name in HELD if (version := _installed_version(name))}


def _has_pip() -> bool:
    return importlib.util.find_spec("pip") is not None


def _run_installer(*args: str) -> "subprocess.CompletedProcess[str]":
    """Run pip or uv; the held packages are constrained to the versions that are installed."""
    verb, *rest = args
    if _has_pip():
        # -P: no pip.py that happens to lie in the working folder.
        pip = [sys.executable, "-P", "-m", "pip"]
        command = [*pip, "--disable-pip-version-check", "--no-input", verb]
    elif uv := shutil.which("uv"):
        command = [uv, "pip", verb, "--python", sys.executable]
    else:
        raise PluginError("found neither pip nor uv; get pip with: python -m ensurepip")
    with temporary_folder(scratch_path("artgan-install")) as folder:
        constraints = folder / "held.txt"
        lines = [f"{name}=={version}\n" for name, version in held_versions().items()]
        write_text(constraints, "".join(lines), durable=False)
        if verb == "install":
            command += ["--constraint", str(constraints)]
        return subprocess.run([*command, *rest], capture_output=True, text=True, check=False)


def check_names(wanted: Sequence[str], *, urls: bool = False) -> None:
    """Refuse what is neither a name, with or without versions, nor a path that exists.

    Args:
        wanted: What is to be installed.
        urls: Let addresses pass as well.

    Raises:
        UsageError: One is something else, such as a flag or an address.
    """
    for name in wanted:
        if _ADDRESS.match(name) and not urls:
            raise UsageError(
                f"'{name}' is an address, from which anybody's code may come: if you trust it, say "
                "artgan plugins install --url ..."
            )
        if name.startswith("-") or not (
            _REQUIREMENT.fullmatch(name) or _ADDRESS.match(name) or Path(name).exists()
        ):
            raise UsageError(
                f"'{name}' is not the name of a package; expected a name, name==version, or the "
                "path of a wheel or folder that exists"
            )


def plan_install(wanted: Sequence[str]) -> InstallPlan:
    """Ask the installer what it would do with names, wheels or folders; change nothing."""
    with temporary_folder(scratch_path("artgan-install")) as folder:
        report = folder / "report.json"
        flags = ["--dry-run", *(["--report", str(report)] if _has_pip() else [])]
        done = _run_installer("install", *flags, *wanted)
        if done.returncode:
            raise PluginError(_refusal(wanted, done))
        planned = _read_report(report) if report.exists() else read_uv_plan(done.stderr)
    moved = [name for name, _ in planned if plain_id(name) in HELD]
    if moved:
        raise PluginError(
            f"nothing was installed: {join_names(wanted, 'and')} would change "
            f"{join_names(moved, 'and')}, which artgan is built on"
        )
    return InstallPlan(tuple((name, new, _installed_version(name)) for name, new in planned))


def _read_report(path: Path) -> list[tuple[str, str]]:
    """Read pip's installation report: (name, version) of each package."""
    report = json.loads(path.read_text(encoding="utf-8"))
    packages = [item["metadata"] for item in report["install"]]
    return [(package["name"], package["version"]) for package in packages]


def read_uv_plan(text: str) -> list[tuple[str, str]]:
    """Read uv's plan: " + name==version", or " + name @ file" for a wheel or folder."""
    return re.findall(r"^ [+~] ([\w.-]+)(?:==| @ )(\S+)", text, flags=re.MULTILINE)


def _refusal(wanted: Sequence[str], done: "subprocess.CompletedProcess[str]") -> str:
    """Say why the installer refused, in its own words without what surrounds them."""
    # pip prints the cause of a conflict on stdout, indented below a heading.
    cause = done.stdout.partition("The conflict is caused by:\n")[2].partition("\n\n")[0]
    lines = (cause or done.stderr or done.stdout).splitlines()
    lines = [line.strip().removeprefix("ERROR: ") for line in lines if line.strip()]
    noise = ("[notice]", "To fix this", "WARNING")
    said = [line for line in lines if not line.startswith(noise)][:8]
    reason = ("; " if cause else " ").join(said)
    names = join_names(wanted, "and")
    if not cause and not re.search(r"conflict|constraint|unsatisfiable", reason, re.IGNORECASE):
        return f"nothing was installed: {names} cannot be had. The installer says: {reason}"
    held = join_names([f"{name} {version}" for name, version in held_versions().items()], "and")
    return (
        f"nothing was installed: {names} cannot be had beside {held}, which stay as they are. "
        f"The installer says: {reason}"
    )


def install(planned: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Install packages; return the ids of the plugins among what was ``planned`` or is new."""
    before = {found.plugin for found in discover().found}
    done = _run_installer("install", *wanted)
    if done.returncode:
        raise PluginError(_refusal(wanted, done))
    ids = {plain_id(name) for name in planned}
    return [
        found.plugin.id
        for found in discover().found
        if found.plugin not in before or (found.points and found.plugin.id in ids)
    ]


def check_removable(name: str) -> str:
    """Return the id of a plugin package that can be uninstalled."""
    found = discover().get(name)
    if not found.points:
        where = found.plugin.path or "a settings file"
        raise PluginError(
            f"{found.plugin.id} is not an installed package; delete '{where}' to remove it, or "
            f"switch it off: artgan plugins disable {found.plugin.id}"
        )
    return found.plugin.id


def uninstall(name: str) -> None:
    """Uninstall a plugin package; nothing of it is imported."""
    plugin_id = check_removable(name)
    done = _run_installer("uninstall", *(["--yes"] if _has_pip() else []), plugin_id)
    if done.returncode or "Can't uninstall" in done.stderr + done.stdout:
        said = " ".join((done.stderr or done.stdout).split())
        raise PluginError(f"{plugin_id} was not uninstalled. The installer says: {said}")
