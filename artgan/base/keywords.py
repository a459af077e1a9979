"""Settings given as keywords, sorted into the dataclasses that declare them."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from artgan.base.suggest import join_names, suggest
from artgan.errors import OptionError


def split_keywords(where: str, given: Mapping[str, Any], *classes: type) -> tuple[Any, ...]:
    """Build one object of each dataclass from the keywords that are its fields.

    ``where`` is what the error about an unknown keyword calls the function.
    """
    names = {field.name: cls for cls in classes for field in fields(cls)}
    for name in given:
        if name not in names:
            raise OptionError(
                f"{where} takes no '{name}'; expected {join_names(names)}.{suggest(name, names)}"
            )
    return tuple(
        cls(**{name: value for name, value in given.items() if names[name] is cls})
        for cls in classes
    )
