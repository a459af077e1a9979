"""Turns failures of a run into sentences that say what to do, and names the plugin at fault."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from artgan.base.compile_call import compiler_failed
from artgan.base.memory import out_of_memory
from artgan.base.paths import writing_failed
from artgan.core.config import RunConfig
from artgan.core.registry import Registry
from artgan.errors import ArtganError, DiskFullError, PluginError, TrainingError


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


@contextmanager
def explain_failures(path: Path, config: RunConfig | None = None) -> Iterator[None]:
    """Turn a full disk, missing permission, lack of memory or a compiler's error into a sentence.

    ``path`` is the run's folder; with ``config`` the advice on memory has numbers.
    """
    try:
        yield
    except DiskFullError as error:
        raise DiskFullError(error.path, error.free, f"go on with: artgan resume {path}") from error
    except ArtganError:
        raise
    except OSError as error:
        raise writing_failed(path, error, f"go on with: artgan resume {path}") from error
    # Libraries raise errors of their own for these two: they are recognized, the rest goes on.
    except Exception as error:
        if out_of_memory(error):
            raise TrainingError(_advice_on_memory(path, config)) from error
        if compiler_failed(error):
            first = str(error).partition("\n")[0]
            raise TrainingError(
                f"the networks cannot be compiled here ({type(error).__name__}: {first}); carry "
                "on with --train.compile none"
            ) from error
        raise


def _advice_on_memory(path: Path, config: RunConfig | None) -> str:
    """Say what would fit into memory, and how to carry on."""
    if config is None:
        return "out of memory: close other programs, or use a smaller --size"
    training, width, height = config.training, config.width, config.height
    parts = training.accumulate
    if parts < training.batch:
        half = -(-training.batch // (2 * parts))
        carry_on = (
            f"Carry on with parts of {half}, which give nearly the same updates: "
            f"artgan resume {path} --accumulate {2 * parts}"
        )
    else:
        carry_on = f"Start anew with --size {width // 2}x{height // 2}"
    return (
        f"out of memory at {width}x{height} pixels and {training.batch} at a time "
        f"(--batch), computed in {parts} {'part' if parts == 1 else 'parts'}. {carry_on}; or use "
        "fewer channels"
    )
