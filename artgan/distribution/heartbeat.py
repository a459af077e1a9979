"""Ends this process if another one is silent, as after a power cut or behind a broken network.

A process that dies closes its connections, which the others notice at once. This is for those that
cannot: every process counts up a number, the first watches all of them, the others the first.
"""

import logging
import os
import threading
import time
from typing import Any

import torch.distributed as dist

from artgan.distribution.processes import Processes

INTERVAL = 2.0
"""Seconds between two beats."""

SILENT = 30.0
"""Seconds of silence after which a process is taken for dead."""

LATER = 15.0
"""Seconds that the others wait longer than the first, which has to save."""


class Heartbeat:
    """Beats, and watches the others, in a thread of its own until it is stopped.

    The first one saves before.
    """

    def __init__(
        self,
        processes: Processes,
        silent: float = SILENT,
        later: float = LATER,
    ) -> None:
        self._processes, self._later = processes, later
        self._silent = silent if processes.leads else silent + later
        self._stopped = threading.Event()
        size = processes.launch.size
        self._watched = range(1, size) if processes.leads else range(1)
        self._heard = dict.fromkeys(self._watched, (b"", time.monotonic()))
        self._thread = threading.Thread(target=self._run, daemon=True, name="artgan-heartbeat")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the thread."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        launch, beat = self._processes.launch, 0
        try:
            # A connection of its own: the other one may be waiting.
            store = dist.TCPStore(  # type: ignore[attr-defined]
                launch.address, launch.port, is_master=False, wait_for_workers=False
            )
            woken = time.monotonic()
            while not self._stopped.wait(min(INTERVAL, self._silent / 4)):
                beat += 1
                store.set(f"artgan-beat-{launch.rank}", str(beat))
                # Who was stopped itself, as a suspended job is, has no right to complain.
                rested = time.monotonic() - woken > self._silent / 2
                woken = time.monotonic()
                self._listen(store, rested)
        except RuntimeError:
            # The store lives in the first process, or with torchrun: without it there is no run.
            if not self._processes.leads:
                self._stopped.wait(self._later)
                self._lost(0)

    def _listen(self, store: Any, rested: bool) -> None:
        now = time.monotonic()
        for rank in self._watched:
            name = f"artgan-beat-{rank}"
            beat = store.get(name) if store.check([name]) else b""
            if beat != self._heard[rank][0] or rested:
                self._heard[rank] = (beat, now)
            elif now - self._heard[rank][1] > self._silent:
                self._lost(rank)

    def _lost(self, rank: int) -> None:
        """End this process, if it waits for the others; else it will soon."""
        processes = self._processes
        with processes.ending:
            if self._stopped.is_set() or not processes.waiting:
                return
            if processes.leads:
                logging.getLogger("artgan").error(
                    "Error: process %d was not heard for %.0f seconds. %s",
                    rank, self._silent, processes.rescue(),
                )  # fmt: skip
            os._exit(1)
