"""Runs artgan's commands in forked processes, and kills them at chosen instants.

What all commands import is imported once, here, so that a kill falls into the work of a command
and not into the loading of libraries.
"""

import importlib
import os
import pkgutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import artgan

LATE = ("torch._dynamo", "torch._inductor", "torch.onnx", "onnxscript", "av", "tifffile")
"""Packages that are imported only when they are needed, and take long."""

CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "os.link")
"""Audit events of Python that change a folder; opening a file for writing is one more."""


@dataclass(frozen=True)
class Blow:
    """When a command is hit, and by what.

    Attributes:
        number: The signal.
        change: Hit before this change of a file or folder, counted from 1; 0 for none.
        seconds: Else hit so long after the start.
    """

    number: signal.Signals = signal.SIGKILL
    change: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Attributes:
        code: Exit code, or the negative number of the signal that ended it.
        said: What it printed.
        seconds: How long it ran.
        changes: How often it changed a file or folder, if it was not hit.
        orphans: Whether processes that it started outlived it by ten seconds.
    """

    code: int
    said: str
    seconds: float
    changes: int
    orphans: bool = False


def import_everything() -> None:
    """Import all modules of artgan and what they need, as far as it is installed."""
    for name in LATE:
        with suppress(ImportError):
            importlib.import_module(name)
    for found in pkgutil.walk_packages(artgan.__path__, "artgan."):
        if not found.name.startswith(("artgan.__main__", "artgan.plugin_manager.scaffold.")):
            with suppress(ImportError):
                importlib.import_module(found.name)


def call(command: Sequence[str], folder: Path, blow: Blow | None = None) -> Ended:
    """Run "artgan ..." in a folder, in a process of its own, and perhaps hit it."""
    log, count = folder.with_name("log.txt"), folder.with_name("changes.txt")
    count.unlink(missing_ok=True)
    begun = time.perf_counter()
    process = os.fork()
    if not process:
        _become(command, folder, log, count, blow)
    code, seconds = _wait(process, begun, blow)
    orphans = not _group_ends(process)
    # Empty where the blow fell while it was written.
    changes = int((count.read_text() if count.exists() else "") or 0)
    return Ended(code, log.read_text(errors="replace"), seconds, changes, orphans)


def _wait(process: int, begun: float, blow: Blow | None) -> tuple[int, float]:
    due = begun + blow.seconds if blow and not blow.change else None
    while True:
        found, status = os.waitpid(process, os.WNOHANG)
        now = time.perf_counter()
        if found:
            return os.waitstatus_to_exitcode(status), now - begun
        if due is not None and blow and now >= due:
            os.kill(process, blow.number)
            due = None
        time.sleep(0.0005)


def _group_ends(group: int) -> bool:
    """Wait until no process of a group is left; after ten seconds end those that are."""
    for _ in range(1000):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    os.killpg(group, signal.SIGKILL)
    return False


def _become(
    command: Sequence[str], folder: Path, log: Path, count: Path, blow: Blow | None
) -> None:
    """Turn this process into that of a command; does not come back."""
    code = 70
    try:
        # A process group, as of a command in a shell, without what a background job ignores.
        os.setsid()
        for name in ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGPIPE"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for handle in (1, 2):
            os.dup2(out, handle)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(folder)
        _settle(folder)
        seen = _watch_changes(blow)
        code = _call(command)
        # As the end of Python does, and os._exit does not: wait for what threads still write.
        threading._shutdown()  # type: ignore[attr-defined]
        sys.stdout.flush()
        sys.stderr.flush()
        count.write_text(str(seen[0]))
    finally:
        os._exit(code)


def _settle(folder: Path) -> None:
    """Keep the command's settings, cache and temporary files in its folder."""
    places = {"ARTGAN_HOME": "home", "ARTGAN_CACHE": "cache", "TMPDIR": "tmp"}
    os.environ.update({name: str(folder / place) for name, place in places.items()})
    # What torch keeps there is not artgan's.
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(folder.with_name("torch"))
    (folder / "tmp").mkdir(exist_ok=True)
    # Set, as Python would look for it by writing a file there, which a kill can leave.
    tempfile.tempdir = str(folder / "tmp")


def _watch_changes(blow: Blow | None) -> list[int]:
    """Count changes of files from now on; hit this process before the chosen one."""
    seen = [0]

    def watch(event: str, args: tuple[object, ...]) -> None:
        writes = event == "open" and _is_written(args)
        if not writes and event not in CHANGES:
            return
        seen[0] += 1
        if blow and seen[0] == blow.change:
            os.kill(os.getpid(), blow.number)

    sys.addaudithook(watch)
    return seen


def _is_written(args: tuple[object, ...]) -> bool:
    path, flags = args[0], args[2]
    opens = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    return bool(opens) and str(path) != os.devnull


def _call(command: Sequence[str]) -> int:
    from artgan.cli.main import main

    try:
        main(list(command))
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except BaseException:
        traceback.print_exc()
        return 1
    return 0
