"""The number of threads that computed each step of a run, as run.toml keeps it.

Sums differ in the last bit between numbers of threads: a run that follows the record of another
makes the same bits.
"""

import re
from dataclasses import dataclass
from itertools import accumulate, groupby
from pathlib import Path

from artgan.core.run_toml import read_made_with
from artgan.errors import RunError

STRETCH = re.compile(r"(\d+)-(\d+): (\d+)")


@dataclass(frozen=True)
class ThreadRecord:
    """Stretches (steps, threads) in order, from the first step of the run on."""

    stretches: tuple[tuple[int, int], ...] = ()

    @property
    def steps(self) -> int:
        """How many steps it covers."""
        return sum(steps for steps, _ in self.stretches)

    @property
    def most(self) -> int:
        """The largest number of threads in it, or 0."""
        return max((threads for _, threads in self.stretches), default=0)

    def __bool__(self) -> bool:
        """Tell whether it covers any steps."""
        return bool(self.stretches)

    def at(self, step: int) -> int | None:
        """Return the threads of the step that follows ``step`` others; None beyond the end."""
        for steps, threads in self.stretches:
            if step < steps:
                return threads
            step -= steps
        return None

    def cut(self, steps: int) -> "ThreadRecord":
        """Return the record of the first ``steps`` steps."""
        kept = []
        for length, threads in self.stretches:
            kept.append((min(length, steps), threads))
            steps -= kept[-1][0]
        return ThreadRecord(tuple(part for part in kept if part[0]))

    def then(self, steps: int, threads: int) -> "ThreadRecord":
        """Return the record with further steps at its end."""
        parts = [*self.stretches, *([(steps, threads)] if steps > 0 else [])]
        alike = groupby(parts, key=lambda part: part[1])
        return ThreadRecord(tuple((sum(n for n, _ in same), count) for count, same in alike))

    def __str__(self) -> str:
        """Write it as ``1-130: 2, 131-199: 1``."""
        lasts = accumulate(steps for steps, _ in self.stretches)
        return ", ".join(
            f"{last - steps + 1}-{last}: {threads}"
            for last, (steps, threads) in zip(lasts, self.stretches, strict=True)
        )


def parse_record(text: str, where: str) -> ThreadRecord:
    """Read ``1-130: 2, 131-199: 1``, without gaps."""
    stretches: list[tuple[int, int]] = []
    done = 0
    for piece in text.split(", "):
        match = STRETCH.fullmatch(piece)
        first, last, threads = map(int, match.groups()) if match else (0, 0, 0)
        if first != done + 1 or last < first or threads < 1:
            raise RunError(
                f"{where}: threads '{piece}' does not fit; expected steps and their number of "
                f"threads, as in {done + 1}-{done + 100}: 1"
            )
        stretches.append((last - done, threads))
        done = last
    return ThreadRecord(tuple(stretches))


def read_record(file: Path) -> ThreadRecord:
    """Read which threads computed the steps of a run from its run.toml.

    Runs with one number of threads all along have that in place of a record.
    """
    kept = read_made_with(file).get("threads", 1)
    return ThreadRecord() if isinstance(kept, int) else parse_record(str(kept), f"'{file}'")
