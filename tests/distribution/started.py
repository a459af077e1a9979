"""Starts several processes for a test, each a copy of one that has torch loaded already."""

import multiprocessing
import os
import socket
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

# The optimizers load the compiler when the first is made.
PRELOADED = ["torch._dynamo", "artgan.distribution.together", "artgan.core.runner", "artgan.api"]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def start(
    size: int, work: Callable[..., Any], *args: Any, env: Mapping[str, str] | None = None
) -> "list[Started]":
    """Start ``work(*args)`` in ``size`` processes, as torchrun would."""
    os.environ["TORCH_CPP_LOG_LEVEL"] = "ERROR"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    shared = {"WORLD_SIZE": str(size), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    started = []
    for rank in range(size):
        own = {**shared, "RANK": str(rank), "LOCAL_RANK": str(rank), **(env or {})}
        receiver, sender = context.Pipe(duplex=False)
        printed = Path.cwd() / f"printed-{rank}.txt"
        kept = {name: os.environ[name] for name in ("ARTGAN_CACHE", "ARTGAN_HOME")}
        process = context.Process(
            target=_child, args=(sender, {**kept, **own}, str(printed), work, args)
        )
        process.start()
        sender.close()
        started.append(Started(process, receiver, printed))
    return started


class Started:
    """One of the processes."""

    def __init__(self, process: Any, receiver: Any, printed: Path) -> None:
        self.process, self._receiver, self._printed = process, receiver, printed

    @property
    def said(self) -> str:
        """What it printed."""
        self.wait()
        return self._printed.read_text()

    @property
    def pid(self) -> int:
        return int(self.process.pid)

    def wait(self, seconds: float = 300) -> int:
        """Wait for its end; return its exit code."""
        self.process.join(seconds)
        if self.process.is_alive():
            self.process.kill()
            raise TimeoutError(f"a process did not end within {seconds} s")
        return int(self.process.exitcode)

    def result(self) -> Any:
        """Return what the work returned, or raise what it raised, as text."""
        self.wait()
        try:
            good, value = self._receiver.recv()
        except EOFError:
            return None
        if not good:
            raise AssertionError(value)
        return value


def command(*args: str) -> None:
    """Be the command line: the work of a process that is started."""
    from artgan.cli.main import main

    main(list(args))


def _child(sender: Any, env: dict[str, str], printed: str, work: Any, args: Any) -> None:
    import torch

    os.environ.update(env)
    os.chdir(Path(printed).parent)
    with Path(printed).open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    torch.set_num_threads(1)
    try:
        value = work(*args)
    except Exception:
        traceback.print_exc()
        sender.send((False, traceback.format_exc()))
        raise SystemExit(1) from None
    sender.send((True, value))
