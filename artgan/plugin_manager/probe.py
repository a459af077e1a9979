"""Loads one plugin in a process of its own, so that nothing it does can harm artgan.

The child is ``python -m artgan.plugin_manager.probe NAME``; it prints one line of JSON.
"""

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path

from artgan.plugin_manager.audit import watching
from artgan.plugin_manager.discovery import Found, discover

HEAVY = ("torch", "numpy", "PIL")
"""Libraries that take long to import; a plugin module should leave them for later."""


@dataclass(frozen=True)
class Probe:
    """What loading a plugin showed.

    Attributes:
        brings: Kind -> name -> summary.
        reason: Why it could not be loaded, or "".
        where: File and line that failed, or "".
        seconds: How long loading took.
        heavy: Heavy libraries that loading it imported.
        clashes: Kind/name of contributions that artgan itself has as well.
        prints: Whether it wrote to the terminal while it was loaded.
        touched: What it did outside Python meanwhile, such as "writes 'a.txt'".
    """

    brings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reason: str = ""
    where: str = ""
    seconds: float = 0.0
    heavy: tuple[str, ...] = ()
    clashes: tuple[str, ...] = ()
    prints: bool = False
    touched: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ended:
    """How a child process ended.

    Attributes:
        out: What it wrote to stdout.
        err: What it wrote to stderr.
        code: Its exit code, or None if it was ended because it took too long.
    """

    out: str
    err: str
    code: int | None


def run_child(module: str, *args: str, timeout_seconds: float) -> Ended:
    """Run a module of ours in a process that finds what this one finds.

    Args:
        module: As after ``python -m``.
        *args: Its arguments.
        timeout_seconds: How long it may take; then it is ended, with whatever it started.
    """
    environment = {k: v for k, v in os.environ.items() if k != "ARTGAN_STRICT"}
    # The child finds what this process finds, and nothing that happens to lie about.
    environment["PYTHONPATH"] = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", module, *args],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )
    try:
        out, err = child.communicate(timeout=timeout_seconds)
    except subprocess.TimeoutExpired:
        return Ended(*_end(child), None)
    except KeyboardInterrupt:
        _end(child)
        raise
    return Ended(out, err, child.returncode)


def probe(found: Found, timeout_seconds: float = 20.0) -> Probe:
    """Load a plugin in a child process.

    Args:
        found: The plugin.
        timeout_seconds: How long it may take; then the child is ended.
    """
    if found.problem:
        return Probe(reason=found.problem)
    ended = run_child(
        "artgan.plugin_manager.probe", _argument(found), timeout_seconds=timeout_seconds
    )
    if ended.code is None:
        return Probe(
            reason=f"it was still loading after {timeout_seconds:g} seconds, and was ended",
            seconds=timeout_seconds,
        )
    try:
        seen = json.loads(ended.out)
    except ValueError:
        return Probe(reason=f"it ended Python with exit code {ended.code} while loading")
    listed = {key: tuple(seen[key]) for key in ("heavy", "clashes", "touched")}
    return Probe(**{**seen, **listed, "prints": bool(ended.err.strip())})


def _argument(found: Found) -> str:
    path = found.plugin.path
    return path if path.endswith(".py") else found.plugin.id


def _end(child: "subprocess.Popen[str]") -> tuple[str, str]:
    """End a child and whatever it started; give what it wrote."""
    if hasattr(os, "killpg"):
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    out, err = child.communicate()
    return out, err


def look(name: str) -> Probe:
    """Load a plugin, given by id or file, in this process and tell what that showed."""
    # Imported before the clock starts: artgan's own modules are not the plugin's cost.
    registry_module = import_module("artgan.plugin_manager.load")
    registry = registry_module.load_registry(packages=False)
    found = discover().get_or_file(name)
    before = {name for name in HEAVY if name in sys.modules}
    begun = time.perf_counter()
    with watching() as touched:
        registry_module.add_found(registry, found)
    seconds = time.perf_counter() - begun
    broken = [b for b in registry.broken if b.plugin == found.plugin]
    brings = registry.brought_by(found.plugin.id)
    core = registry.brought_by("core")
    return Probe(
        brings=brings,
        reason="; ".join(b.reason for b in broken),
        where=_where(broken[0].error) if broken else "",
        seconds=seconds,
        heavy=tuple(n for n in HEAVY if n in sys.modules and n not in before),
        clashes=tuple(
            f"{kind}/{name}"
            for kind in brings
            for name in brings[kind]
            if name in core.get(kind, {})
        ),
        touched=tuple(touched),
    )


def _where(error: BaseException | None) -> str:
    """Give file and line of the innermost frame outside artgan and Python itself."""
    own = str(Path(__file__).parents[1])
    frames = traceback.extract_tb(error.__traceback__) if error else []
    for frame in reversed(frames):
        inside = frame.filename.startswith((own, "<", str(Path(os.__file__).parent)))
        if not inside or "site-packages" in frame.filename.removeprefix(own):
            return f"{frame.filename}:{frame.lineno}"
    return ""


def main() -> None:
    """Be the child: look at the plugin named on the command line."""
    # Only the answer goes to the real output; what the plugin prints goes to stderr.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answer:
        os.dup2(2, 1)
        json.dump(asdict(look(sys.argv[1])), answer)


if __name__ == "__main__":
    main()
