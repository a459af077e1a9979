"""A series as a user works with it: defined, and written."""

from collections.abc import Callable
from pathlib import Path

from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.plugin_manager.load import default_registry
from artgan.series.definition import SeriesDefinition
from artgan.series.make import SeriesWritten, Told, write_series


class Series(SeriesDefinition):
    """Numbered, reproducible pictures of a run.

    ::

        series = Series("tides", run="runs/sea", count=64, seed=11)
        series.vary("palette", ["ember", "lagoon", "noir"], weights=[3, 2, 1])
        series.vary("style.glow", low=0.2, high=0.9)
        series.reject_near_duplicates()
        series.write("editions/tides")

    Attributes:
        name: Its name: letters, digits, hyphens.
        run: Folder of the trained run.
        count: How many pictures.
        seed: Key of the whole series.
        style: Style of all pictures, in any form; None takes the run's.
        about: Words for the marketplace files: description, artist, licence, external_url,
            animation_url, background_color (six hex digits). Pictures carry artist and licence.
        file_name: What pictures are called, without ending.
        traits: What varies.
        distance: Pictures nearer than this to an earlier one are turned away; 0 keeps all.
    """

    def write(
        self,
        folder: str | Path,
        *,
        registry: Registry | None = None,
        show: Callable[[Told], None] = lambda _: None,
    ) -> SeriesWritten:
        """Make all pictures that are not there yet, and the files about them.

        Args:
            folder: Where to; one that holds part of this series is gone on with.
            registry: Where plugins are looked up; None takes that of the process.
            show: Called after every picture.

        Returns:
            Files, and what failed; a picture that fails is named, and the rest go on.

        Raises:
            ArtganError: The run, a trait or the folder cannot be used.
        """
        run = TrainedRun.open(self.run, registry or default_registry())
        return write_series(self, run, Path(folder), show)
