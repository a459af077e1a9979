"""Reads from a plugin's source what it contributes, without running it.

Lists and help use this, so that they stay quick and work however broken a plugin is. Only names
that stand in the source as text are found: ``yield Filter(name="glow", summary="...")`` inside a
hook. Names that are computed are known once the plugin is loaded.
"""

import ast
from collections.abc import Iterator
from importlib import util
from pathlib import Path

from artgan.plugin_manager.discovery import Discovery, FoundPlugin


def read_hooks(found: FoundPlugin) -> dict[str, dict[str, str]]:
    """List the hooks of a plugin: hook -> name of a contribution -> summary."""
    hooks: dict[str, dict[str, str]] = {}
    for path in _modules(found):
        for function in ast.parse(path.read_bytes(), path.name).body:
            if isinstance(function, ast.FunctionDef) and function.name.startswith("artgan_"):
                hooks.setdefault(function.name, {}).update(_declarations(function))
    return hooks


def _declarations(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    for call in ast.walk(function):
        if isinstance(call, ast.Call):
            texts = {
                word.arg: word.value.value
                for word in call.keywords
                if isinstance(word.value, ast.Constant) and isinstance(word.value.value, str)
            }
            if "name" in texts:
                yield texts["name"], texts.get("summary", "")


def _modules(found: FoundPlugin) -> list[Path]:
    """List the files that artgan would import to load a plugin; what is not there is left out."""
    if found.data or found.problem:
        return []
    if not found.points:
        return [Path(found.plugin.path)]
    modules = dict.fromkeys(point.partition(":")[0].strip() for point in found.points)
    places = [module_file(name) for name in modules]
    return [path for path in places if path and path.is_file()]


def module_file(name: str) -> Path | None:
    """Find the file of a module without importing any of it; None if there is none."""
    top, *rest = name.split(".")
    try:
        spec = util.find_spec(top)
    # An editable package may answer through a finder of its own.
    except (ImportError, ValueError, AttributeError):
        return None
    if spec is None or not (rest or spec.origin):
        return None
    if not rest:
        return Path(str(spec.origin))
    path = Path(next(iter(spec.submodule_search_locations or ()), ""), *rest)
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def read_commands(discovery: Discovery) -> dict[str, tuple[str, str]]:
    """List the commands of plugins that take part: full name -> (name, summary)."""
    commands: dict[str, tuple[str, str]] = {}
    for found in discovery.found:
        plugin_id = found.plugin.id
        if discovery.why_not(found):
            continue
        try:
            declared = read_hooks(found).get("artgan_commands", {})
        # Whoever runs a command of it is told; help goes on without.
        except (SyntaxError, ValueError, OSError):
            continue
        for name, summary in declared.items():
            commands[f"{plugin_id}/{name}"] = (name, summary)
    return commands
