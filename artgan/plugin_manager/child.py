"""Runs a module of artgan's in a process of its own that can be ended."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ChildResult:
    """How a child process ended; its exit code is None if it was killed because of its timeout."""

    out: str
    err: str
    code: int | None


def run_child(module: str, *args: str, timeout_seconds: float) -> ChildResult:
    """Run a module in a child process with this process's import path.

    ``ARTGAN_STRICT`` is not passed on: the child reports errors as data. After the timeout it is
    killed, with whatever it started.
    """
    environment = {k: v for k, v in os.environ.items() if k != "ARTGAN_STRICT"}
    environment["PYTHONPATH"] = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    # -P: nothing that happens to lie in the working folder is imported.
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
        return ChildResult(*_kill(child), None)
    except KeyboardInterrupt:
        _kill(child)
        raise
    return ChildResult(out, err, child.returncode)


def _kill(child: "subprocess.Popen[str]") -> tuple[str, str]:
    """Kill a child and whatever it started; return what it wrote."""
    if hasattr(os, "killpg"):
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    out, err = child.communicate()
    return out, err
