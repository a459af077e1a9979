"""Panels on pages: documents for frames that see what they are told, and reach nothing else."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from artgan.base.contributions import Entry

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
"""Content Security Policy of a frame: nothing comes from elsewhere, nothing goes there."""

STYLE = (
    ":root { color-scheme: dark } "
    "body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #aaa69c; background: #101014 }"
)
"""Colours and type of the page, for a panel that has none of its own."""


@dataclass(frozen=True)
class ShownPanel:
    """A panel as a page holds it: its title, who brings it, its document, its height.

    ``sees`` is what a page that changes tells it later.
    """

    title: str
    owner: str
    document: str
    height: int
    sees: tuple[str, ...] = ()


def shown_panels(entries: Iterable[Entry], page: str, facts: Mapping[str, Any]) -> list[ShownPanel]:
    """Write the documents of the panels for a page, each with those of the facts that it sees.

    What else it sees the page tells it later.
    """
    shown = []
    for entry in entries:
        panel = entry.declaration
        if panel.page == page:
            owner = "" if entry.plugin.id == "core" else entry.plugin.id
            document = panel_document(panel.html, {n: facts[n] for n in panel.sees if n in facts})
            later = tuple(name for name in panel.sees if name not in facts)
            shown.append(ShownPanel(panel.summary, owner, document, panel.height, later))
    return shown


def panel_document(html: str, facts: dict[str, Any]) -> str:
    """Return the HTML document of a frame; the facts lie in it as JSON."""
    # No "</script>" in a text may end the element.
    told = json.dumps(facts).replace("<", "\\u003c").replace("&", "\\u0026")
    return (
        f'<!doctype html><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f"<style>{STYLE}</style>"
        f'<script id="facts" type="application/json">{told}</script>{html}'
    )
