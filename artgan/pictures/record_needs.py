"""Reads from a picture's record which plugins it needs."""

from collections.abc import Iterator, Mapping
from typing import Any


def record_needs(record: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
    """List the full names and plugin versions in a record; damaged parts are skipped."""
    versions = record.get("plugins")
    found = dict(versions) if isinstance(versions, Mapping) else {}
    names = [record[key] for key in ("architecture",) if isinstance(record.get(key), str)]
    names += _steering(record)
    for step in _steps(record):
        if isinstance(step, Mapping) and isinstance(step.get("filter"), str):
            names.append(step["filter"])
            found.setdefault(step["filter"].rpartition("/")[0], str(step.get("version", "")))
    return names, found


def _steps(record: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the steps of a record's style; of a matrix, those of all its cells."""
    style, matrix = record.get("style"), record.get("matrix")
    steps = style.get("steps") if isinstance(style, Mapping) else None
    yield from steps if isinstance(steps, list) else []
    cells = matrix.get("cells") if isinstance(matrix, Mapping) else None
    for cell in cells if isinstance(cells, list) else []:
        yield from _steps(cell) if isinstance(cell, Mapping) else []


def _steering(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of what steers a picture, an animation or the cells of a matrix."""
    animation, matrix = record.get("animation"), record.get("matrix")
    about = animation.get("steering") if isinstance(animation, Mapping) else record.get("latents")
    if isinstance(about, Mapping):
        changes = about.get("changes")
        for choice in (*(changes if isinstance(changes, list) else ()), about.get("sampler")):
            if isinstance(choice, Mapping) and isinstance(choice.get("name"), str):
                yield choice["name"]
    cells = matrix.get("cells") if isinstance(matrix, Mapping) else None
    for cell in cells if isinstance(cells, list) else []:
        yield from _steering(cell) if isinstance(cell, Mapping) else []
