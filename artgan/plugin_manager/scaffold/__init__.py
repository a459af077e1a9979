"""Writes the start of a plugin: a package with tests and CI, or one file.

The texts lie beside this module. In them ``{name}`` is the contribution's name, ``{module}`` the
Python package, and ``<<Type>>`` a type that one file must quote, since it imports torch late.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from artgan.base.paths import write_text
from artgan.base.suggest import join_names, suggest
from artgan.core.identity import RESERVED, plain_id
from artgan.errors import PluginError, UsageError
from artgan.plugin_manager.scaffold.kinds import KINDS, Kind
from artgan.plugin_manager.scaffold.package import files_of_package

__all__ = ["KIND_NAMES", "write_file", "write_package"]

KIND_NAMES = tuple(KINDS)

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

LINE = 100


def _check(name: str, kinds: Sequence[str]) -> list[Kind]:
    if not NAME.fullmatch(name) or len(name) > 40:
        near = re.sub(r"[^a-z0-9]+", "-", plain_id(name)).strip("-0123456789") or "my-plugin"
        raise UsageError(
            f"'{name}' is no name for a plugin: use lower-case letters, digits and single hyphens, "
            f"at most 40, as in '{near[:40]}'"
        )
    if name in RESERVED:
        raise UsageError(
            f"the name '{name}' is artgan's own; choose another, as in 'artgan-{name}'"
        )
    for kind in kinds:
        if kind not in KINDS:
            near = suggest(kind, KIND_NAMES)
            raise UsageError(f"'{kind}' is no kind; expected {join_names(KIND_NAMES)}.{near}")
    # In one fixed order, each once.
    return [about for kind, about in KINDS.items() if kind in kinds]


def short_name(name: str) -> str:
    """Give what contributions are called: the plugin's name without "artgan-"."""
    return name.removeprefix("artgan-")


def write_package(name: str, kinds: Sequence[str], folder: Path) -> Path:
    """Write a package into a new folder of that name.

    Args:
        name: Name of the distribution, such as "artgan-neon".
        kinds: What it contributes.
        folder: Where the new folder goes.

    Raises:
        UsageError: A name or kind is not valid.
        PluginError: The folder is there already.
    """
    chosen = _check(name, kinds)
    target = folder / name
    _refuse_existing(target)
    module = name.replace("-", "_")
    texts = {
        **files_of_package(name, short_name(name), chosen),
        f"src/{module}/__init__.py": _front(name, chosen, module),
        f"src/{module}/py.typed": "",
    }
    for kind in chosen:
        for place, text in kind.files.items():
            filled = _fill(text, name, module, quoted=False)
            texts[f"src/{module}/{place.format(name=short_name(name))}"] = filled
    _write_folder(target, texts)
    return target


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise PluginError(f"'{path}' is already there; choose another name or another --out")


def _write_folder(target: Path, texts: Mapping[str, str]) -> None:
    """Write a folder whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        for place, text in texts.items():
            path = building / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        building.chmod(0o777 & ~_umask())
        building.rename(target)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def write_file(name: str, kinds: Sequence[str], folder: Path) -> Path:
    """Write a plugin in one file: TOML for a style or palette alone, else Python.

    Args:
        name: Name of the plugin, and of the file.
        kinds: What it contributes.
        folder: Where the file goes.

    Raises:
        UsageError: A name or kind is not valid.
        PluginError: The file is there already.
    """
    chosen = _check(name, kinds)
    alone = chosen[0] if len(chosen) == 1 else None
    if alone and alone.data:
        target = folder / f"{name}.toml"
        text = _fill(alone.data, name, "", quoted=True)
    else:
        target = folder / f"{name.replace('-', '_')}.py"
        text = _one_file(name, chosen)
    _refuse_existing(target)
    write_text(target, text)
    return target


def _front(name: str, kinds: Sequence[Kind], module: str) -> str:
    """Give a package's ``__init__``: what it declares, without torch."""
    head = f'"""{short_name(name)}: what this plugin brings; artgan imports the rest when used."""'
    parts = [kind.declaration for kind in kinds]
    imports = _imports([line for kind in kinds for line in kind.imports])
    text = _under_imports(f"{head}\n\n{imports}", parts)
    return _fill(text, name, module, quoted=False)


def _one_file(name: str, kinds: Sequence[Kind]) -> str:
    head = f'"""{short_name(name)}: a plugin for artgan in one file."""'
    parts = [part for kind in kinds for part in (*kind.loose, kind.loose_declaration) if part]
    lines = [line for kind in kinds for line in kind.loose_imports]
    typing_only = sorted({line for kind in kinds for line in kind.type_imports})
    if typing_only:
        lines.append("from typing import TYPE_CHECKING")
    text = f"{head}\n\n{_imports(lines)}"
    if typing_only:
        text += "\n\nif TYPE_CHECKING:\n" + _indented(_imports(typing_only))
    return _fill(_under_imports(text, parts), name, name.replace("-", "_"), quoted=True)


def _under_imports(head: str, parts: Sequence[str]) -> str:
    """Join with the blank lines of PEP 8: two before a definition, one before a constant."""
    lines = "\n\n\n" if parts[0].startswith(("class ", "def ", "@")) else "\n\n"
    return f"{head}{lines}" + "\n\n\n".join(parts) + "\n"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.splitlines())


def _imports(lines: Sequence[str]) -> str:
    """Merge and sort "import a" and "from a import b, c" lines as isort does."""
    names: dict[str, set[str]] = {}
    for line in lines:
        module, _, imported = line.removeprefix("from ").partition(" import ")
        names.setdefault(module, set()).update(filter(None, imported.split(", ")))
    groups: dict[int, list[str]] = {}
    for module in sorted(names, key=lambda m: (not m.startswith("import "), m)):
        top = module.removeprefix("import ").partition(" ")[0].partition(".")[0]
        group = 2 if top == "{module}" else int(top in ("artgan", "click", "numpy", "torch"))
        groups.setdefault(group, []).append(_import_line(module, names[module]))
    return "\n\n".join("\n".join(groups[group]) for group in sorted(groups))


def _import_line(module: str, names: set[str]) -> str:
    if not names:
        return module
    # Constants first, then classes, then the rest.
    ordered = sorted(names, key=lambda n: (not n.isupper(), n[0].islower(), n))
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= LINE:
        return line
    return "\n".join([f"from {module} import (", *[f"    {n}," for n in ordered], ")"])


def _fill(text: str, name: str, module: str, *, quoted: bool) -> str:
    text = re.sub(r"<<(.+?)>>", r'"\1"' if quoted else r"\1", text)
    return text.replace("{name}", short_name(name)).replace("{module}", module)
