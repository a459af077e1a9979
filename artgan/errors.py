"""The errors that artgan raises on purpose.

    ArtganError                 exit code 1, printed without a traceback
    ├── UsageError              exit code 2: the call itself is wrong
    │   ├── OptionError         an option's name, type or range
    │   └── UnknownNameError    no architecture, loss, filter ... of that name
    ├── DataError               pictures, archives, palettes that cannot be used
    │   └── PictureError        one picture of a set that is left out
    ├── RunError                a run folder, checkpoint or config that cannot be used
    │   └── DiskFullError       a file that does not fit on the disk
    ├── TrainingError           training cannot go on (a loss that is not finite ...)
    ├── ProcessError            another process of the same training failed or is gone
    ├── PluginError             a plugin broke its contract
    ├── StyleError              a style or a chain of filters that cannot be used
    ├── SeriesError             a series that cannot be made as defined, or not in its folder
    └── MissingExtraError       an optional package is not installed

A message says what was wrong with which value, what was expected, and what to do next.
"""

from pathlib import Path


class ArtganError(Exception):
    """An error that the user can correct; printed without a traceback, exit code 1."""

    exit_code = 1


class UsageError(ArtganError):
    """The command or call itself is wrong; exit code 2."""

    exit_code = 2


class OptionError(UsageError):
    """An option has an unknown name, a wrong type, or a value out of range."""


class UnknownNameError(UsageError):
    """There is no contribution of that kind with that name."""


class DataError(ArtganError):
    """Pictures, archives or palettes that cannot be read or used."""


class PictureError(DataError):
    """One picture of a set that cannot be read: it is named and left out, the others are used."""


class RunError(ArtganError):
    """A run folder, checkpoint or config that cannot be used."""


class DiskFullError(RunError):
    """The disk is full; the old file stays. ``free`` is how many bytes are free there."""

    def __init__(self, path: Path, free: int, then: str = "give the same command again") -> None:
        super().__init__(
            f"the disk is full: '{path}' cannot be written, with {free / 1e6:.1f} MB free. Make "
            f"room, then {then}"
        )
        self.path, self.free = path, free


class TrainingError(ArtganError):
    """Training cannot start or go on."""


class ProcessError(ArtganError):
    """Another process of the same training failed, differs, or is gone."""


class PluginError(ArtganError):
    """A plugin could not be loaded, or broke its contract."""


class StyleError(ArtganError):
    """A style or a chain of filters that cannot be used."""


class SeriesError(ArtganError):
    """A series that cannot be made as defined, or not in its folder."""


class MissingExtraError(ArtganError):
    """An optional package is missing; the message names the extra that installs it."""
