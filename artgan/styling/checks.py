"""Look a chain over before the first picture: palettes, colours and styles inside it.

Types and ranges are checked when a chain is read. What an option's value names is looked up only
when a picture goes through; here it is tried beforehand, so that a run of hours does not end in a
misspelled palette. Options say what they name: ``Meta(extra={"means": "palette"})``.
"""

from pathlib import Path
from typing import Any

from artgan.base.options import describe
from artgan.core.registry import Registry
from artgan.errors import ArtganError, StyleError
from artgan.palettes.find import find_palette
from artgan.pictures.files import PICTURE_ENDINGS
from artgan.plugin.color import parse_hex
from artgan.styling.chain import Chain, Step
from artgan.styling.parse import parse_style


def check_chain(chain: Chain, registry: Registry) -> None:
    """Look up all that the options of a chain's steps name.

    Raises:
        ArtganError: Something is not there or no colour; says in which file and line.
    """
    for step in chain.steps:
        options = step.options(None)
        for fact in describe(type(options)):
            if not fact.means:
                continue
            try:
                _check(fact.means, getattr(options, fact.name), registry)
            except ArtganError as error:
                raise step.told(_named(error, step)) from error


def _named(error: ArtganError, step: Step) -> ArtganError:
    where = step.entry.where
    text = str(error) if str(error).startswith(where) else f"{where}: {error}"
    return type(error)(text, word=error.word)


def _check(means: str, value: Any, registry: Registry) -> None:
    if means in ("palette", "ramp"):
        _check_palette(value, registry)
    elif means == "color" and value != "none":
        try:
            parse_hex(value)
        except ValueError as error:
            raise StyleError(str(error)) from error
    elif means == "style":
        check_chain(parse_style(value, registry), registry)
    elif means == "styles":
        for each in value:
            check_chain(parse_style(each, registry), registry)


def _check_palette(value: Any, registry: Registry) -> None:
    """Try a palette; the picture's own colours and other pictures are not gone through yet."""
    if isinstance(value, str):
        if value.startswith("own"):
            return
        name = value.removeprefix("picture:").rpartition(":")
        path = Path(name[0] if name[2].isdecimal() else value.removeprefix("picture:"))
        if path.suffix.lower() in PICTURE_ENDINGS:
            if not path.is_file():
                raise StyleError(f"there is no picture '{path}'")
            return
    find_palette(value, registry)
