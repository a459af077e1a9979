"""TOML, JSON, tables of keys and keywords, checked in one way wherever they come from."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from artgan.base.suggest import join_names, suggest
from artgan.base.terminal import is_utf8
from artgan.errors import ArtganError, OptionError, RunError


def read_toml(path: Path, error: type[ArtganError], what: str = "file") -> dict[str, Any]:
    """Read a TOML file; a byte order mark is ignored.

    ``error`` is the class of the errors raised; messages call the file ``what``.
    """
    return parse_toml(read_text(path, error, what), path, error, what)


def parse_toml(
    text: str, path: Path, error: type[ArtganError], what: str = "file"
) -> dict[str, Any]:
    """Parse the text of a TOML file that was read from ``path``; errors are as in ``read_toml``."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as cause:
        raise error(f"{what} '{path}' is not valid TOML: {cause}") from cause


def toml_text(values: Mapping[str, Any]) -> str:
    """Write a table as TOML; what is None is left out.

    Raises:
        RunError: A name in it is not UTF-8, which TOML cannot hold.
    """
    import tomli_w

    text = tomli_w.dumps(_without_none(values))
    if not is_utf8(text):
        line = next(line for line in text.splitlines() if not is_utf8(line))
        raise RunError(
            f"the name in {line} is not UTF-8, and TOML, in which it would be kept, holds nothing "
            "else: rename the file or folder, or make a link to it with a plain name"
        )
    return text


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _without_none(v) for k, v in value.items() if v is not None}
    if isinstance(value, (list, tuple)):
        return [_without_none(v) for v in value if v is not None]
    return value


Schema = TypeVar("Schema")


def read_json(path: Path, schema: type[Schema], error: type[ArtganError], what: str) -> Schema:
    """Read a JSON file and check it against a type.

    ``schema`` is a ``msgspec.Struct``, or a type such as ``list[dict[str, int]]``; ``error`` is the
    class of the errors raised, and messages call the file ``what``.
    """
    return parse_json(read_text(path, error, what), schema, error, f"{what} '{path}'")


def parse_json(text: str, schema: type[Schema], error: type[ArtganError], where: str) -> Schema:
    """Parse JSON and check it against a type; ``where`` is what messages call it."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise error(f"{where} is damaged: it is not valid JSON ({cause})") from cause
    return check_values(values, schema, error, where)


def check_values(values: Any, schema: type[Schema], error: type[ArtganError], where: str) -> Schema:
    """Convert plain values to a type; ``where`` is what messages call them."""
    # Help reads tables too, and needs nothing of it.
    import msgspec

    try:
        return msgspec.convert(values, schema, from_attributes=True)
    except (msgspec.ValidationError, RecursionError) as cause:
        raise error(f"{where} is damaged: {cause}") from cause


def read_text(path: Path, error: type[ArtganError], what: str = "file") -> str:
    """Read a UTF-8 file; a byte order mark is ignored."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as cause:
        raise error(f"there is no {what} '{path}'") from cause
    except UnicodeDecodeError as cause:
        raise error(f"{what} '{path}' is not text in UTF-8") from cause
    except OSError as cause:
        raise error(f"{what} '{path}' cannot be read: {cause.strerror}") from cause


def refuse_unknown(
    given: Iterable[str], known: Iterable[str], where: str, error: type[ArtganError]
) -> None:
    """Refuse the first key that is not known, and suggest the nearest that is.

    Messages call the table ``where``, such as "style file 'neon.toml'".
    """
    known = list(known)
    for name in given:
        if name not in known:
            raise error(
                f"{where} has an unknown key '{name}'; expected {join_names(known)}."
                f"{suggest(str(name), known)}"
            )


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
