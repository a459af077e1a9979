"""The page of a run while it is trained: the last preview, and what the numbers mean.

It loads itself again until the training ends; the page of the finished run takes its place.
"""

from pathlib import Path

from artgan.base.contributions import Observer
from artgan.base.paths import write_text
from artgan.base.templates import data_uri, render
from artgan.core.config import RunConfig
from artgan.monitoring.telling import OWN, Telling

SECONDS = 5
"""Time after which a browser loads the page again."""


class LivePage:
    """Writes index.html with every preview of a training.

    Attributes:
        telling: What is told of the training.
    """

    def __init__(self, telling: Telling) -> None:
        self.telling = telling
        self._config: RunConfig | None = None
        self._preview: Path | None = None

    @property
    def observers(self) -> list[Observer]:
        """What calls this object during a training."""
        return [
            Observer(OWN, "artgan_run_started", self.begin, ("config",)),
            Observer(OWN, "artgan_preview_saved", self.show, ("path", "folder")),
            Observer(OWN, "artgan_run_finished", self.end, ("folder", "outcome")),
        ]

    def begin(self, config: RunConfig) -> None:
        """Remember what is trained."""
        self._config = config

    def show(self, path: Path, folder: Path) -> None:
        """Write the page with a new preview."""
        self._preview = path
        self._write(folder, "")

    def end(self, folder: Path, outcome: str) -> None:
        """Write the page of a training that ended; it does not load itself again."""
        if self._preview is not None and folder.is_dir():
            self._write(folder, outcome)

    def _write(self, folder: Path, outcome: str) -> None:
        config, preview, last = self._config, self._preview, self.telling.last
        assert config is not None
        assert preview is not None
        page = render(
            "sheets/live_page.html",
            title=folder.name,
            folder=folder,
            step=last.step if last else int(preview.stem),
            shown=int(preview.stem),
            steps=config.training.steps,
            outcome=outcome,
            seconds=SECONDS,
            preview=data_uri(preview.read_bytes(), "png"),
            said=self.telling.table,
        )
        write_text(folder / "index.html", page)
