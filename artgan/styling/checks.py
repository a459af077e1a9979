"""Check a chain before the first picture: palettes, colours and styles inside it.

Types and ranges are checked when a chain is parsed. What an option's value names is looked up only
when a picture is styled; here it is looked up before, so that a run of hours does not end in a
misspelled palette. Options say what they name: ``Meta(extra={"means": "palette"})``.
"""

from pathlib import Path
from typing import Any

from artgan.base.options import describe
from artgan.core.registry import Registry
from artgan.errors import StyleError
from artgan.palettes.find import find_palette, split_picture
from artgan.pictures.files import PICTURE_ENDINGS
from artgan.plugin.color import parse_hex
from artgan.styling.chain import Chain, errors_name
from artgan.styling.parse import parse_style


def check_chain(chain: Chain, registry: Registry) -> None:
    """Look up everything that the options of a chain's steps name; errors name filter and step."""
    for step in chain.steps:
        options = step.options(None)
        for fact in describe(type(options)):
            with errors_name(step.place), errors_name(step.entry.where):
                _check(fact.means, getattr(options, fact.name), registry)


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
    """Find a palette; the colours of pictures are not extracted, only their files looked for."""
    if isinstance(value, str):
        if value.startswith("own"):
            return
        path = Path(split_picture(value)[0])
        if path.suffix.lower() in PICTURE_ENDINGS:
            if not path.is_file():
                raise StyleError(f"there is no picture '{path}'")
            return
    find_palette(value, registry)
