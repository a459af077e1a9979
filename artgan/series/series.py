"""``artgan.Series``: a definition that can write its pictures."""

from collections.abc import Callable, Sequence
from pathlib import Path

from artgan.base.public import public
from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.plugin_manager.load import registry_with
from artgan.series.definition import SeriesDefinition
from artgan.series.make import SeriesProgress, SeriesWritten, write_series


class Series(SeriesDefinition):
    """Numbered, reproducible pictures of a run.

    ::

        series = Series("tides", run="runs/sea", count=64, seed=11)
        series.vary("palette", ["ember", "lagoon", "noir"], weights=[3, 2, 1])
        series.vary("style.glow", low=0.2, high=0.9)
        series.refuse("blank", "near-duplicate", "failure")
        series.write("editions/tides")

    Attributes:
        name: Its name: letters, digits, hyphens.
        run: Folder of the trained run.
        count: How many pictures.
        seed: Seed of the whole series.
        style: Style of all pictures, in any form; None takes the run's.
        about: Words for the marketplace files: title, description, artist, year, licence,
            external_url, animation_url, background_color (six hex digits). Pictures carry title,
            artist, year and licence.
        file_name: Pattern of the pictures' names, without ending.
        traits: What varies.
        distance: Pictures nearer than this to an earlier one are rejected; 0 keeps all.
        measured: Traits that are measured of the pictures.
        refused: Flaws for which a picture is refused and drawn again.
    """

    @public
    def write(
        self,
        folder: str | Path,
        *,
        plugins: Sequence[str | Path] = (),
        registry: Registry | None = None,
        keep_mark: bool = True,
        show: Callable[[SeriesProgress], None] = lambda _: None,
    ) -> SeriesWritten:
        """Make all pictures that are missing, and the files about them.

        Args:
            folder: Where to write; a folder that holds part of this series is continued.
            plugins: Plugin files to load first; they stay loaded in the registry.
            registry: Source of the plugins; None takes the default registry.
            keep_mark: Whether the pictures made now say, for machines, that a trained model made
                them.
            show: Called after every picture.

        Returns:
            The files, and what failed; a failing picture is listed and the others are made.

        Raises:
            ArtganError: The run, a trait or the folder cannot be used.
        """
        run = TrainedRun.open(self.run, registry_with(plugins, registry))
        return write_series(self, run, Path(folder), show, keep_mark=keep_mark)
