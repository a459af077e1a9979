"""The page of a run: samples, training and losses in one HTML file."""

from collections.abc import Sequence
from pathlib import Path

from artgan.base.grounds import CHEQUERED, check_ground
from artgan.base.panels import ShownPanel
from artgan.base.paths import write_text
from artgan.base.suggest import count_of
from artgan.base.templates import data_uri, render
from artgan.core.config import RunConfig
from artgan.core.run_folder import RunFolder
from artgan.pictures.files import any_clear


def write_page(
    folder: RunFolder,
    config: RunConfig,
    files: Sequence[Path],
    step: int,
    panels: Sequence[ShownPanel] = (),
) -> None:
    """Write index.html, which holds all its pictures: samples, and plots of the run that exist.

    ``panels`` stand below them, each in a frame of its own.
    """
    facts = {
        "architecture": config.architecture.name,
        "pictures": f"{config.dataset.name} {config.path}".strip(),
        "size": f"{config.width} x {config.height}, {count_of(config.channels, 'channel')}",
        "loss": config.loss.name,
        "steps": f"{step} of batch {config.training.batch}",
        "seed": config.seed,
        "style": config.style,
    }
    page = render(
        "sheets/run_page.html",
        title=folder.path.name,
        folder=folder.path,
        step=step,
        clear=any_clear(files),
        ground="" if check_ground(config.ground) == CHEQUERED else f"#{config.ground.lstrip('#')}",
        samples=[(_inline(file), f"seed {int(file.name[1:6])}") for file in files],
        training=_inline(folder.path / "training.webp"),
        losses=_inline(folder.path / "losses.png"),
        facts=facts,
        panels=panels,
        style=config.style if isinstance(config.style, str) else "none",
    )
    write_text(folder.path / "index.html", page)


def _inline(path: Path) -> str:
    """Return a picture file as a data URI; "" if there is no such file."""
    return data_uri(path.read_bytes(), path.suffix.lstrip(".")) if path.exists() else ""
