"""Writes a run's config as ``run.toml``, and reads it back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from artgan.base.options import build_options, to_plain
from artgan.base.tables import check_values, read_toml, refuse_unknown, toml_text
from artgan.base.threads import parse_threads
from artgan.core.config import FORMAT, METHODS, Part, RunConfig, TrainingOptions, parse_size
from artgan.errors import OptionError, RunError

TOP_LEVEL = ("seed", "size", "channels", "premultiplied", "device", "threads", "preset")

TABLES = (
    "from",
    "architecture",
    "dataset",
    "loss",
    "regularizer",
    "augmentation",
    "training",
    *METHODS,
    "output",
)

WRITTEN_ONLY = ("format", "made-with", "data")

HEADING = "# Repeat this run: artgan run --config run.toml --out another-folder\n"


def to_toml(config: RunConfig, made_with: Mapping[str, Any]) -> str:
    """Write a config as TOML; ``made_with`` records versions and is not read back."""

    def part(p: Part, **more: Any) -> dict[str, Any]:
        return {"name": p.name, **more, **p.options}

    tree: dict[str, Any] = {
        "format": FORMAT,
        "seed": config.seed,
        "size": f"{config.width}x{config.height}",
        "channels": config.channels,
        **({"premultiplied": config.premultiplied} if config.channels == 4 else {}),
        "device": config.device,
        "threads": config.threads or "auto",
        **_origin(config),
        "architecture": part(config.architecture),
        "dataset": part(config.dataset, **({"path": config.path} if config.path else {})),
        "loss": part(config.loss),
        "regularizer": {p.name: dict(p.options) for p in config.regularizers},
        "augmentation": {p.name: dict(p.options) for p in config.augmentations},
        "training": to_plain(config.training),
        **config.methods,
        "output": {
            "style": config.style,
            "count": config.count,
            "ground": config.ground,
            "knobs": dict(config.knobs),
            "keep-mark": None if config.keep_mark else False,
        },
        "data": {
            "classes": config.classes,
            "class-names": list(config.class_names),
            "class-shares": list(config.class_shares),
            "draws": None if config.draws == "generator" else config.draws,
        },
        "made-with": dict(made_with),
    }
    return HEADING + toml_text(tree)


def _origin(config: RunConfig) -> dict[str, Any]:
    if not config.base:
        return {}
    return {"from": {"run": config.base, "weights": config.base_weights}}


def read_tables(path: Path) -> dict[str, Any]:
    """Read the keys of a run.toml, or of part of one, that decide a run.

    Raises:
        RunError: The file cannot be read or is of a newer format.
        OptionError: It has an unknown key.
    """
    tree = read_toml(path, RunError)
    if tree.get("format", FORMAT) not in range(1, FORMAT + 1):
        raise RunError(
            f"'{path}' has format {tree['format']}, this artgan reads up to {FORMAT}; update artgan"
        )
    known = (*TOP_LEVEL, *TABLES)
    refuse_unknown((n for n in tree if n not in WRITTEN_ONLY), known, f"'{path}'", OptionError)
    for name in TABLES:
        _table(tree, name, path)
    if isinstance(once := read_made_with(path).get("threads"), int):
        # artgan 0.1 wrote how many threads there were, and no wish.
        tree.setdefault("threads", once)
    pictures = tree.get("dataset", {})
    if "channels" in tree and pictures.get("name") in ("core/folder", "core/zip"):
        # A whole record of artgan 0.1, which learnt clear pixels only if asked to.
        pictures.setdefault("alpha", "keep" if pictures.get("channels") == "rgba" else "fill")
    return {name: value for name, value in tree.items() if name in known}


def read_made_with(path: Path) -> dict[str, Any]:
    """Read from the run.toml of a run what made it; {} if a user wrote the file."""
    made_with = _table(read_toml(path, RunError), "made-with", path)
    _table(made_with, "plugins", path)
    return made_with


def _table(tree: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    table = tree.get(name, {})
    if not isinstance(table, dict):
        raise OptionError(f"'{path}': '{name}' must be a table, as in [{name}]")
    return table


def read_config(path: Path) -> RunConfig:
    """Read back a complete run.toml.

    Raises:
        RunError: It is incomplete or damaged.
    """
    tree = read_tables(path)
    data, output = read_toml(path, RunError).get("data", {}), tree.get("output", {})
    try:
        height, width = parse_size(tree["size"])
        values = {
            **{name: _part(tree[name]) for name in ("architecture", "dataset", "loss")},
            "path": tree["dataset"].get("path", ""),
            "base": tree.get("from", {}).get("run", ""),
            "base_weights": tree.get("from", {}).get("weights", ""),
            "regularizers": _chain(tree.get("regularizer", {})),
            "augmentations": _chain(tree.get("augmentation", {})),
            "training": build_options(TrainingOptions, tree["training"], "training"),
            "methods": {kind: tree[kind] for kind in METHODS if kind in tree},
            "height": height,
            "width": width,
            "classes": data.get("classes", 0),
            "class_names": data.get("class-names", ()),
            "class_shares": data.get("class-shares", ()),
            "draws": data.get("draws", "generator"),
            "knobs": output.get("knobs", {}),
            "keep_mark": output.get("keep-mark", True),
            **{name: output[name] for name in ("style", "count")},
            "ground": output.get("ground", "chequered"),
            "premultiplied": tree.get("premultiplied", False),
            "threads": parse_threads(tree.get("threads", "auto"), f"'{path}': threads"),
            **{name: tree[name] for name in ("channels", "seed", "device")},
        }
    except (KeyError, AttributeError) as error:
        raise RunError(f"'{path}' is not a complete record of a run: {error} is missing") from error
    return check_values(values, RunConfig, RunError, f"'{path}'")


def _part(table: Mapping[str, Any]) -> dict[str, Any]:
    options = {key: value for key, value in table.items() if key not in ("name", "path")}
    return {"name": table["name"], "options": options}


def _chain(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "options": options} for name, options in table.items()]
