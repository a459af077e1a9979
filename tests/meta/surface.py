"""The public surface as text, a line for each name: ``python -m tests.meta.surface`` writes it.

At a release the file is written anew. Between releases a test holds every line of it to what
docs/plugins/promise.md promises.
"""

import ast
import importlib
import inspect
from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from artgan.base.contributions import hook_names
from artgan.plugin import hookspecs

FILE = Path(__file__).with_name("public_surface.txt")
MODULES = (
    "artgan",
    "artgan.plugin",
    "artgan.plugin.animations",
    "artgan.plugin.cells",
    "artgan.plugin.color",
    "artgan.plugin.decode",
    "artgan.plugin.fast",
    "artgan.plugin.files",
    "artgan.plugin.hosts",
    "artgan.plugin.layers",
    "artgan.plugin.losses",
    "artgan.plugin.exports",
    "artgan.plugin.masks",
    "artgan.plugin.memory",
    "artgan.plugin.picture",
    "artgan.plugin.raster",
    "artgan.plugin.settings",
    "artgan.plugin.strips",
    "artgan.plugin.updates",
    "artgan.plugin.vectors",
    "artgan.testing",
)


def public_names(module: Any) -> list[str]:
    """List what a module offers: its ``__all__``, else what it defines itself."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return sorted(listed)
    tree = ast.parse(inspect.getsource(module))
    assigned = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign)]
    constants = {target.id for target in assigned if isinstance(target, ast.Name)}
    return sorted(
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (
            getattr(value, "__module__", "") == module.__name__
            or (name.isupper() and name in constants)
        )
    )


def parameters(function: Any) -> Iterator[str]:
    """Yield the parameters of a function: "name", "name=" with a default, "*name", "**name"."""
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in ("self", "cls"):
            continue
        marks: dict[Any, str] = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}
        optional = "" if parameter.default is parameter.empty else "="
        yield f"{marks.get(parameter.kind, '')}{parameter.name}{optional}"


def describe(name: str, value: Any) -> Iterator[str]:
    """Yield the lines of a name: itself with its parameters, and the public parts of a class."""
    if inspect.isclass(value):
        fields = is_dataclass(value) or hasattr(value, "__struct_fields__")
        yield f"{name}({', '.join(parameters(value))})" if fields else name
        for part, method in inspect.getmembers(value):
            own = not part.startswith("_") and part not in dir(Exception)
            if own and (inspect.isfunction(method) or inspect.ismethod(method)):
                yield f"{name}.{part}({', '.join(parameters(method))})"
            elif own and isinstance(method, property | cached_property):
                yield f"{name}.{part}"
    elif inspect.isroutine(value):
        yield f"{name}({', '.join(parameters(value))})"
    else:
        yield name


def surface() -> list[str]:
    """List the public surface of this version."""
    lines: list[str] = []
    for place in MODULES:
        module = importlib.import_module(place)
        for name in public_names(module):
            lines += describe(f"{place}.{name}", getattr(module, name))
    for hooks in (hookspecs.ContributionHooks, hookspecs.ObserverHooks):
        for name in hook_names(hooks):
            lines += describe(f"hook {name}", getattr(hooks, name))
    return sorted(set(lines))


if __name__ == "__main__":
    FILE.write_text("\n".join(surface()) + "\n", encoding="utf-8")
