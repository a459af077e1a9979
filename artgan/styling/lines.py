"""Where in a style file a step or a key stands, so that errors can name the line."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgan.errors import ArtganError


class StyleLines:
    """The text of a style file, gone through step by step."""

    def __init__(self, path: Path, text: str) -> None:
        """Take the file's path and text, which is valid TOML."""
        self.path = path
        # Comments are blanked out, so that what they mention is not found.
        self.text = re.sub(r"(?m)^\s*#.*$", lambda found: " " * len(found[0]), text)
        self.place = 0

    def step(self, item: Any) -> "Span":
        """Give the span of the next step, which the file has as ``item``."""
        named = item.get("filter") or item.get("style") if isinstance(item, Mapping) else item
        found = re.compile(rf"[\"']{re.escape(str(named))}[\"']").search(self.text, self.place)
        start = found.start() if found else self.place
        self.place = found.end() if found else self.place
        # It begins at the bracket or on the line before its name.
        return Span(self, max(self.text.rfind("\n", 0, start), self.text.rfind("{", 0, start), 0))

    def knob(self, name: str) -> "Span":
        """Give the span of the knob called ``name``."""
        spelled = rf"knobs\s*\.\s*[\"']?{re.escape(name)}\b"
        found = re.search(spelled, self.text) or re.search(r"(?m)^\s*\[?knobs\b", self.text)
        return Span(self, found.start() if found else 0)

    @property
    def whole(self) -> "Span":
        """The whole file."""
        return Span(self, 0)


class Span:
    """A part of a style file: from a place on."""

    def __init__(self, lines: StyleLines, start: int) -> None:
        """Take the file and where the part begins."""
        self.lines, self.start = lines, start

    def tell(self, error: ArtganError) -> ArtganError:
        """Give the error with file and line before its message."""
        text, place = self.lines.text, self.start
        if error.word:
            spelled = re.escape(error.word).replace("_", "[_-]").replace("\\-", "[_-]")
            found = re.compile(rf"(?<![\w-])\"?{spelled}\"?(?![\w-])").search(text, place)
            place = found.start() if found else place
        # A span may begin with the line break before it.
        number = text.count("\n", 0, place + (text[place : place + 1] == "\n")) + 1
        return type(error)(f"'{self.lines.path}' line {number}: {error}", word=error.word)
