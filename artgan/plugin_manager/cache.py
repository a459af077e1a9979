"""Remembers what plugins contributed when they were last loaded, so that lists need not import.

One JSON file for each environment, in the cache folder; it can be deleted at any time.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from artgan.base.paths import cache_folder, write_text

FORMAT = 1


@dataclass(frozen=True)
class Fact:
    """What loading a plugin showed.

    Attributes:
        id: Plugin id.
        origin: "package", "project" or "folder".
        key: Changes when the plugin does.
        brings: Kind -> name -> summary.
        reason: Why it could not be loaded, or "".
    """

    id: str
    origin: str
    key: str
    brings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reason: str = ""


def cache_file() -> Path:
    """Give the file of this environment."""
    environment = hashlib.sha256(sys.prefix.encode()).hexdigest()[:12]
    return cache_folder() / f"plugins-{environment}.json"


def recall() -> dict[str, Fact]:
    """Give what is remembered by plugin id; a damaged file counts as none."""
    try:
        tree = json.loads(cache_file().read_text(encoding="utf-8"))
        if tree["format"] != FORMAT:
            return {}
        return {row["id"]: Fact(**row) for row in tree["plugins"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def recall_commands() -> dict[str, tuple[str, str, bool]]:
    """Give the commands that plugins brought: full name -> (name, summary, whether it is shared).

    Those of projects are left out, since the next folder does not have them.
    """
    seen = [fact for fact in recall().values() if fact.origin != "project"]
    only = os.environ.get("ARTGAN_PLUGINS")
    if only is not None:
        seen = [fact for fact in seen if fact.id in [name.strip() for name in only.split(",")]]
    commands = [
        (f.id, name, text) for f in seen for name, text in f.brings.get("command", {}).items()
    ]
    names = [name for _, name, _ in commands]
    return {f"{owner}/{n}": (n, text, names.count(n) > 1) for owner, n, text in commands}


def remember(facts: Iterable[Fact], forget: Iterable[str] = ()) -> None:
    """Keep facts of plugins that were loaded, beside those of others.

    A folder that cannot be written costs lists their details, and nothing else.
    """
    before = recall()
    now = {**before, **{fact.id: fact for fact in facts}}
    for name in forget:
        now.pop(name, None)
    if now == before:
        return
    tree = {"format": FORMAT, "plugins": [asdict(now[name]) for name in sorted(now)]}
    try:
        write_text(cache_file(), json.dumps(tree, indent=1) + "\n")
    except OSError:
        return
