"""A style as its author wrote it: a TOML file, a plugin's declaration, or a mapping."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from artgan.base.suggest import join_names, suggest
from artgan.base.tables import read_toml, refuse_unknown
from artgan.errors import StyleError
from artgan.styling.chain import errors_name

REQUIREMENTS = ("wrap",)
"""What a style may require of a picture."""

STYLE_KEYS = ("name", "summary", "steps", "knobs", "defaults", "requires", "credits", "ground")

GROUND = "ground"
"""Knob that every style has: what is laid behind the clear parts of a picture."""


@dataclass(frozen=True)
class StyleDefinition:
    """A style with its steps as they are written, not yet looked up, and the TOML file or None.

    The parts mean what they do in ``artgan.plugin.Style``; its ground is a step and a knob here.
    ``first`` is the number of the first step, so that the author's own begin at 1.
    """

    name: str
    steps: Sequence[Any]
    knobs: Mapping[str, Any] = field(default_factory=dict)
    requires: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    credits: tuple[str, ...] = ()
    file: Path | None = None
    summary: str = ""
    first: int = 1

    @property
    def place(self) -> str:
        """How errors begin: the file, or "" if there is none."""
        return f"style file '{self.file}'" if self.file else ""

    def step_place(self, number: int, step: Any) -> str:
        """How errors in a step of a file begin, such as "style file 'x.toml': step 3 (glow)"."""
        named = step.get("filter") or step.get("style") if isinstance(step, Mapping) else step
        name = f" ({named})" if named and isinstance(named, str) else ""
        return f"{self.place}: step {number}{name}" if self.file else ""


def read_definition(path: Path) -> StyleDefinition:
    """Read a style's TOML file."""
    tree = read_toml(path, StyleError, "style file")
    refuse_unknown(tree, STYLE_KEYS, f"style file '{path}'", StyleError)
    if not isinstance(tree.get("steps"), list):
        raise StyleError(f"style file '{path}' needs 'steps', a list of {{ filter = ... }} tables")
    with errors_name(f"style file '{path}'"):
        return _define({"name": path.stem, **tree}, path)


def table_definition(table: Mapping[str, Any]) -> StyleDefinition:
    """Check a style given as a mapping with "steps"."""
    refuse_unknown(table, STYLE_KEYS, "style", StyleError)
    return _define(table)


def _define(tree: Mapping[str, Any], file: Path | None = None) -> StyleDefinition:
    name = str(tree.get("name", "style"))
    knobs = tree.get("knobs") or {}
    if not isinstance(knobs, Mapping):
        raise StyleError(f"style '{name}': knobs must be a table, not {knobs!r}")
    ground = _ground(tree.get("ground"), knobs, name)
    return StyleDefinition(
        name,
        [ground_step(f"${GROUND}"), *tree["steps"]] if ground else tree["steps"],
        {**knobs, GROUND: ground} if ground else knobs,
        _requirements(tree.get("requires") or (), name),
        dict(tree.get("defaults") or {}),
        _credits(tree.get("credits") or (), name),
        file,
        str(tree.get("summary") or ""),
        0 if ground else 1,
    )


def ground_step(color: str) -> dict[str, str]:
    """Return the step that lays a ground."""
    return {"filter": "core/ground", "color": color}


GROUND_HELP = "Colour behind clear parts; none keeps a cut-out"


def _ground(color: Any, knobs: Mapping[str, Any], style: str) -> dict[str, str] | None:
    """Return the knob that sets the ground of a style, or None if it lays none."""
    if color in (None, "", "none"):
        return None
    if not isinstance(color, str) or GROUND in knobs:
        raise StyleError(
            f"style '{style}': ground must be a colour as hex, as in \"f3eee2\", or none, and no "
            f"knob may have its name"
        )
    return {"default": color, "help": GROUND_HELP}


def _requirements(listed: Any, style: str) -> tuple[str, ...]:
    if not isinstance(listed, list | tuple):
        raise StyleError(f"style '{style}': requires must be a list, as in [\"wrap\"]")
    for name in listed:
        if name not in REQUIREMENTS:
            raise StyleError(
                f"style '{style}' requires '{name}'; expected {join_names(REQUIREMENTS)}."
                f"{suggest(str(name), REQUIREMENTS)}"
            )
    return tuple(listed)


def _credits(listed: Any, style: str) -> tuple[str, ...]:
    if not isinstance(listed, list | tuple) or not all(isinstance(line, str) for line in listed):
        raise StyleError(
            f"style '{style}': credits must be a list of texts, as in [\"Ann Author, CC BY 4.0\"]"
        )
    return tuple(listed)
