"""Failures of a run in the user's words, with the plugin they come from."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from artgan.base.memory import out_of_memory
from artgan.core.compiling import compiler_failed
from artgan.core.config import RunConfig
from artgan.core.registry import Registry
from artgan.errors import ArtganError, PluginError, RunError, TrainingError


@contextmanager
def naming_plugins(registry: Registry, when: Callable[[], str]) -> Iterator[None]:
    """Turn an error that arises in a plugin's code into a sentence with the plugin's name."""
    try:
        yield
    except ArtganError:
        raise
    # The plugin boundary: any error, if a plugin's code raised it.
    except (Exception, SystemExit) as error:
        plugin = None if out_of_memory(error) else registry.blame(error)
        if plugin is None or os.environ.get("ARTGAN_STRICT") == "1":
            raise
        raise PluginError(
            f"plugin {plugin.id} {plugin.version} failed {when()}: {type(error).__name__}: {error}."
        ) from error


class explained:  # noqa: N801
    """Turn a full disk, missing permission, memory or compiler into one sentence."""

    def __init__(self, path: Path, config: RunConfig | None = None) -> None:
        self.path, self.config = path, config

    def _remedy(self) -> str:
        """Say what would fit into memory, and how to carry on."""
        if self.config is None:
            return "out of memory: close other programs, or use a smaller --size"
        training, size = self.config.training, (self.config.width, self.config.height)
        parts = training.accumulate
        if parts < training.batch:
            half = -(-training.batch // (2 * parts))
            carry_on = (
                f"Carry on with parts of {half}, which give nearly the same updates: "
                f"artgan resume {self.path} --accumulate {2 * parts}"
            )
        else:
            carry_on = f"Start anew with --size {size[0] // 2}x{size[1] // 2}"
        return (
            f"out of memory at {size[0]}x{size[1]} pixels and {training.batch} pictures per "
            f"update, computed in {parts} {'part' if parts == 1 else 'parts'}. {carry_on}; or use "
            "fewer channels"
        )

    def __enter__(self) -> None:
        """Enter; nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Raise the sentence in place of the system's error."""
        if out_of_memory(error):
            raise TrainingError(self._remedy()) from error
        if compiler_failed(error):
            first = str(error).partition("\n")[0]
            raise TrainingError(
                f"the networks cannot be compiled here ({type(error).__name__}: {first}); carry "
                "on with --train.compile none"
            ) from error
        if isinstance(error, OSError) and not isinstance(error, ArtganError):
            if error.errno == errno.ENOSPC:
                raise RunError(
                    f"the disk is full while writing to '{self.path}'; make room and go on with "
                    f"artgan resume {self.path}"
                ) from error
            raise RunError(f"cannot write to '{self.path}': {error.strerror or error}") from error
