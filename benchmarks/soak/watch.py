"""Watches what long work uses, and tells whether that stays flat."""

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MOST_MEMORY = 8.0
"""MiB by which memory may grow from the second quarter of the work to the last."""

MOST_SLOWER = 1.15
"""How many times as long, in processor time, a piece of work may take in the last quarter."""


@dataclass(frozen=True)
class Mark:
    """What was used when so much work was done.

    Attributes:
        done: Steps or pictures.
        seconds: Processor time so far.
        memory: Resident, in MiB.
        files: Open ones.
        disk: MiB in the folder that is written.
    """

    done: int
    seconds: float
    memory: float
    files: int
    disk: float


@dataclass
class Watch:
    """Marks taken at equal pieces of work.

    Attributes:
        folder: What is written.
        marks: So far.
    """

    folder: Path
    marks: list[Mark] = field(default_factory=list)

    def mark(self, done: int) -> None:
        """Take a mark."""
        page = os.sysconf("SC_PAGE_SIZE")
        resident = int(Path("/proc/self/statm").read_text().split()[1])
        files = sum(1 for _ in Path("/proc/self/fd").iterdir())
        sizes = (p.stat().st_size for p in self.folder.rglob("*") if p.is_file())
        seconds, disk = time.process_time(), sum(sizes) / 2**20
        self.marks.append(Mark(done, seconds, resident * page / 2**20, files, disk))

    def summary(self) -> dict[str, Any]:
        """Compare the second quarter of the work with the last; both are medians of their marks."""
        paces, growths = [], []
        for before, after in zip(self.marks, self.marks[1:], strict=False):
            pieces = after.done - before.done
            paces.append(1000 * (after.seconds - before.seconds) / pieces)
            growths.append(1024 * (after.disk - before.disk) / pieces)
        marks = self.marks[1:]
        early, late = _quarters([m.memory for m in marks])
        files, files_late = _quarters([float(m.files) for m in marks])
        pace, pace_late = _quarters(paces)
        return {
            "done": self.marks[-1].done,
            "memory_mib": [round(early, 1), round(late, 1)],
            "open_files": [files, files_late],
            "processor_ms_each": [round(pace, 2), round(pace_late, 2)],
            "disk_kib_each": [round(value, 2) for value in _halves(growths)],
            "disk_mib": round(self.marks[-1].disk, 1),
            "flat": (
                late - early <= MOST_MEMORY
                and files_late <= files
                and pace_late <= MOST_SLOWER * pace
            ),
            "marks": [asdict(mark) for mark in self.marks],
        }


def _quarters(values: Sequence[float]) -> tuple[float, float]:
    size = len(values) // 4
    if not size:
        raise ValueError(f"{len(values)} marks are too few; expected 4 at least")
    return statistics.median(values[size : 2 * size]), statistics.median(values[-size:])


def _halves(values: Sequence[float]) -> tuple[float, float]:
    """Return the means of both halves: what is written now and then is in both."""
    middle = len(values) // 2
    return statistics.mean(values[:middle]), statistics.mean(values[middle:])
