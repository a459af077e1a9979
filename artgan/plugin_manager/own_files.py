"""Reads the user's own styles and palettes as contributions.

They are data: reading them runs no code. A damaged file is reported; the others are used.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

from artgan.base.suggest import join_names, slug
from artgan.base.tables import read_toml, refuse_unknown
from artgan.errors import ArtganError, PluginError
from artgan.plugin import Declaration, Palette, Style, hookimpl
from artgan.plugin.files import palette_endings

DeclarationT = TypeVar("DeclarationT", bound=Declaration)


def read(paths: Iterable[Path]) -> tuple[SimpleNamespace, list[str]]:
    """Read style and palette files, by the name of their folder, ``styles`` or ``palettes``.

    They become a plugin that contributes them, and a reason for each file that cannot be used.
    """
    styles: list[Style] = []
    palettes: list[Palette] = []
    broken: list[str] = []
    for path in paths:
        try:
            if path.parent.name == "styles":
                _add(styles, _from_toml(Style, path, f"Your style {path.name}."))
            else:
                _add(palettes, _palette(path))
        except (ArtganError, TypeError) as error:
            broken.append(f"'{path}': {error}" if str(path) not in str(error) else str(error))
    return _as_plugin(styles, palettes), broken


def _as_plugin(styles: Sequence[Style], palettes: Sequence[Palette]) -> SimpleNamespace:
    @hookimpl
    def artgan_styles() -> Iterator[Style]:
        yield from styles

    @hookimpl
    def artgan_palettes() -> Iterator[Palette]:
        yield from palettes

    return SimpleNamespace(artgan_styles=artgan_styles, artgan_palettes=artgan_palettes)


def _add(known: list[DeclarationT], new: DeclarationT) -> None:
    if any(new.name == other.name for other in known):
        raise PluginError(f"another {new.kind} of yours is called '{new.name}'; rename one of them")
    known.append(new)


def _from_toml(kind: type[DeclarationT], path: Path, summary: str) -> DeclarationT:
    tree = read_toml(path, PluginError)
    refuse_unknown(tree, [field.name for field in fields(kind)], f"'{path}'", PluginError)
    needed = {"style": "steps", "palette": "colors"}[kind.kind]
    if not isinstance(tree.get(needed), list):
        raise PluginError(f"'{path}' needs a list '{needed}'")
    return kind(**{"name": slug(path.stem, "unnamed"), "summary": summary, **tree})


def _palette(path: Path) -> Palette:
    summary = f"Your palette {path.name}."
    if path.suffix.lower() == ".toml":
        return _from_toml(Palette, path, summary)
    return Palette(name=slug(path.stem, "unnamed"), summary=summary, colors=colors_of(path))


def colors_of(path: Path) -> list[str]:
    """Read the colours of a palette file or a picture as hex, such as "ff4fa3"."""
    # These import numpy, which lists need only if there is such a file.
    from artgan.palettes.read import is_palette_file, read_palette
    from artgan.plugin.color import to_hex
    from artgan.plugin.decode import PICTURE_ENDINGS

    if not is_palette_file(path.name):
        known = join_names([*palette_endings("read"), *PICTURE_ENDINGS])
        raise PluginError(f"'{path}' is not a palette file; expected {known}")
    return to_hex(read_palette(path))
