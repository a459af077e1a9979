"""Short names of styles for file names; records hold the whole."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MOST_STYLE = 40
"""Letters of a style in the name of a file."""


def style_label(style: Any) -> str:
    """Return a short name of a style for file names; a cut one ends in a hash of the whole."""
    text = _text_of(style)
    if text.endswith(".toml") and not set(text) & set("|:"):
        text = Path(text).stem
    plain = "".join(c if c.isalnum() or c == "-" else "-" for c in text.lower())
    plain = plain.strip("-")
    if len(plain) > MOST_STYLE:
        return _with_hash(plain, text)
    return plain or "chain"


def style_labels(styles: Sequence[Any]) -> list[str]:
    """Return the names of several styles; those that would be alike end in a hash of the whole."""
    labels = [style_label(style) for style in styles]
    often = Counter(labels)
    return [
        _with_hash(label, _text_of(style)) if often[label] > 1 else label
        for label, style in zip(labels, styles, strict=True)
    ]


def _text_of(style: Any) -> str:
    """Return a style as text; of a list of names, "neon-tile"."""
    if isinstance(style, str):
        return style
    named = isinstance(style, Sequence) and all(isinstance(part, str) for part in style)
    return "-".join(style) if named else "chain"


def _with_hash(plain: str, text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()[:6]
    return f"{plain[: MOST_STYLE - 7].rstrip('-')}-{digest}"
