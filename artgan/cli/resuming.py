"""``artgan run --resume``: goes on with the run that the same command began."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.errors import RunError

if TYPE_CHECKING:
    from artgan.core.config import RunConfig

NEW_VALUES = ("steps", "accumulate")
"""Training options that may change when a run goes on."""


def refuse_without_folder(out: Path | None) -> None:
    """Raise a usage error if --resume was given without --out."""
    if out is None:
        raise click.UsageError(
            "--resume goes on with the run in --out, or starts it there; give --out FOLDER"
        )


def refuse_other_settings(
    given: Mapping[str, Any], tables: Mapping[str, Any], config: "RunConfig"
) -> None:
    """Raise a ``RunError`` if flags ask for something else than the run was made with.

    Args:
        given: Plain flags by name.
        tables: Flags such as --train.beta1, sorted into tables as in run.toml.
        config: What the run was made with.
    """
    for flag, wanted, made_with in _compared(given, tables, config):
        if not _alike(wanted, made_with):
            raise RunError(
                f"--resume: the run in '{given['out']}' was made with {flag} {made_with}, not "
                f"{wanted}; leave {flag} out, or choose another folder with --out"
            )


def _compared(
    given: Mapping[str, Any], tables: Mapping[str, Any], config: "RunConfig"
) -> Iterator[tuple[str, Any, Any]]:
    """Yield of each flag that was given its name, its value, and that of the run."""
    size = (f"{config.width}x{config.height}", config.width)
    made_with = {
        "arch": config.architecture.name,
        "dataset": config.path or config.dataset.name,
        "loss": config.loss.name,
        "size": size[config.width == config.height],
        "batch": config.training.batch,
        "seed": config.seed,
        "device": config.device,
        "base": config.base or "none",
    }
    for name, value in made_with.items():
        if given.get(name) is not None:
            yield f"--{'from' if name == 'base' else name}", given[name], value
    for name, value in tables.get("training", {}).items():
        if name not in NEW_VALUES:
            yield f"--train.{name.replace('_', '-')}", value, getattr(config.training, name)
    for kind, part in (
        ("arch", config.architecture), ("dataset", config.dataset), ("loss", config.loss),
    ):  # fmt: skip
        table = tables.get("architecture" if kind == "arch" else kind, {})
        for name, value in table.items():
            yield f"--{kind}.{name.replace('_', '-')}", value, part.options.get(name)
    for kind, made in config.methods.items():
        for name, value in tables.get(kind, {}).items():
            yield f"--{kind}.{name.replace('_', '-')}", value, made.get(name)


def _alike(wanted: Any, made_with: Any) -> bool:
    """Compare as text, a name also without its plugin's, a path however it is written."""
    texts = {str(made_with), str(made_with).rpartition("/")[2], str(made_with).lower()}
    if str(wanted) in texts or wanted == made_with:
        return True
    if isinstance(made_with, int | float) and not isinstance(made_with, bool):
        return _number(wanted) == made_with
    return Path(str(wanted)).expanduser() == Path(str(made_with)).expanduser()


def _number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
