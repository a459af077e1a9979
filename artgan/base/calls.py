"""Parses calls such as ``halftone:angle=30``, as filters and extractors are named."""

from typing import Any

from artgan.errors import StyleError


def split_call(text: str) -> tuple[str, dict[str, Any]]:
    """Split "halftone:angle=30,lines=40" or "halftone angle=30 lines=40" into name and values."""
    colon, space = text.find(":"), text.find(" ")
    # What comes first decides: "palette own:8" has a palette of the name own:8.
    if colon >= 0 and not 0 <= space < colon:
        head, _, rest = text.partition(":")
        pieces = _join_plain(rest.split(","))
    else:
        head, *pieces = text.split()
    values: dict[str, Any] = {}
    for piece in pieces:
        name, equals, value = piece.partition("=")
        if equals:
            values[name.strip()] = value.strip()
        elif not values:
            values[""] = piece.strip()
        else:
            raise StyleError(f"'{text}': expected option=value, not '{piece}'")
    return head.strip(), values


def _join_plain(pieces: list[str]) -> list[str]:
    """Put back together what commas split inside one value: "palette=111,eee" is one piece."""
    joined: list[str] = []
    for piece in pieces:
        if "=" in piece or not joined:
            joined.append(piece)
        else:
            joined[-1] += f",{piece}"
    return joined
