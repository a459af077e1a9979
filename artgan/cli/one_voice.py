"""One voice for several processes: what keeps one of them from starting ends all, said once."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from artgan.cli.output import Output
from artgan.distribution.launch import is_follower, several_processes
from artgan.errors import ArtganError


@contextmanager
def one_voice(given: Mapping[str, Any], output: Output) -> Iterator[Output]:
    """Join the other processes, if there are any, and yield the output to use from here on.

    ``given`` is what the command was called with, which must be the same everywhere.
    """
    if not several_processes():
        yield output
        return
    # Connections that close are told in sentences, and not by torch's own log.
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    # torch is loaded for several processes alone.
    from artgan.distribution.group import join_group

    device = given.get("device") or _recorded_device(given.get("run") or given.get("out"))
    with join_group(device, given).together():
        yield replace(output, quiet=True, as_json=False) if is_follower() else output


def _recorded_device(folder: Path | None) -> str | None:
    """Return the device of the run in a folder; None if there is none that can be read."""
    from artgan.core.run_folder import RunFolder

    with suppress(ArtganError):
        return RunFolder(folder).read_config().device if folder else None
    return None
