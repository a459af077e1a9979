"""Writes the start of a plugin from the files in ``templates``: a package, or one file."""

import keyword
import re
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

from artgan.base.identity import RESERVED, plain_id
from artgan.base.paths import rename_folder, write_text
from artgan.base.suggest import join_names, slug, suggest
from artgan.errors import PluginError, UsageError
from artgan.plugin.leftovers import temporary_folder
from artgan.plugin_manager.discovery import GROUP
from artgan.plugin_manager.scaffold.contents import (
    FILE_KINDS,
    KIND_NAMES,
    data_text,
    file_text,
    package_texts,
)

__all__ = ["FILE_KINDS", "KIND_NAMES", "short_name", "write_file", "write_package"]

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def short_name(name: str) -> str:
    """Return the name of the contributions: the plugin's without "artgan-"."""
    return name.removeprefix("artgan-")


def write_package(
    name: str, kinds: Sequence[str], folder: Path, starts: Mapping[str, bytes] | None = None
) -> Path:
    """Write a package with tests and CI into a new folder of its name.

    ``starts`` are the files of a start, by name, for a package that has one.
    """
    chosen = _check(name, kinds)
    target = folder / name
    _refuse_existing(target)
    if "start" in chosen and not starts:
        raise UsageError(f"a start is made of a run: artgan plugins new {name} --kind start RUN")
    texts = package_texts(name, short_name(name), chosen)
    place = f"src/{name.replace('-', '_')}/starts"
    more = {f"{place}/{file}": data for file, data in (starts or {}).items()}
    _write_folder(target, texts, more)
    return target


def write_file(name: str, kinds: Sequence[str], folder: Path) -> Path:
    """Write a plugin in one file: TOML for a style or palette alone, else Python."""
    chosen = _check(name, kinds)
    if not {*chosen} <= {*FILE_KINDS}:
        raise UsageError("a start has files of weights besides: write a package, without --file")
    text = data_text(short_name(name), chosen[0]) if len(chosen) == 1 else ""
    target = folder / (f"{name}.toml" if text else f"{name.replace('-', '_')}.py")
    _refuse_existing(target)
    write_text(target, text or file_text(name, short_name(name), chosen))
    return target


def _check(name: str, kinds: Sequence[str]) -> list[str]:
    """Refuse a wrong name or kind; return each kind once, in one fixed order."""
    if not NAME.fullmatch(name) or len(name) > 40:
        near = slug(plain_id(name)).strip("-0123456789") or "my-plugin"
        raise UsageError(
            f"'{name}' is no name for a plugin: use lower-case letters, digits and single hyphens, "
            f"at most 40, as in '{near[:40]}'"
        )
    if name in RESERVED:
        raise UsageError(
            f"the name '{name}' is artgan's own; choose another, as in 'artgan-{name}'"
        )
    if hidden := _hidden_module(name.replace("-", "_")):
        raise UsageError(
            f"a plugin called '{name}' would be the module '{name.replace('-', '_')}', which is "
            f"{hidden}; choose another name, as in 'artgan-{name}'"
        )
    for kind in kinds:
        if kind not in KIND_NAMES:
            near = suggest(kind, KIND_NAMES)
            raise UsageError(f"'{kind}' is no kind; expected {join_names(KIND_NAMES)}.{near}")
    return [kind for kind in KIND_NAMES if kind in kinds]


def _hidden_module(module: str) -> str:
    """Say what a module of this name is already, or "" if the name is free or a plugin's."""
    if keyword.iskeyword(module):
        return "a word of Python's own"
    if module in sys.stdlib_module_names:
        return "part of Python"
    for name in metadata.packages_distributions().get(module, ()):
        if not metadata.distribution(name).entry_points.select(group=GROUP):
            return f"in the installed package {name}"
    return ""


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise PluginError(f"'{path}' is already there; choose another name or another --out")


def _write_folder(target: Path, texts: Mapping[str, str], data: Mapping[str, bytes]) -> None:
    """Write a folder whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    files = {place: text.encode() for place, text in texts.items()} | dict(data)
    with temporary_folder(target) as building:
        for place, content in files.items():
            path = building / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        rename_folder(building, target)
