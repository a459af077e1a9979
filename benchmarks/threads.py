"""What adapting the number of threads costs and brings beside other programs.

    python -m benchmarks.threads
    python -m benchmarks.threads --seconds 30 --rounds 5 --cases rest five

Trains the default run on digits with one thread, with all and with ``auto``, in turn, each for some
seconds in a process of its own: alone, beside one and beside five busy programs, beside five in the
middle third of the time, and beside a second training like itself. ``sample`` makes 256 pictures
beside one busy program, start included. Prints how many times as long as the best fixed number
``auto`` took, as the median over the rounds.

Also prints how many processors were used by programs that were not started here: with more than a
few hundredths nothing was at rest.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import artgan
from artgan.base.threads import read_times
from artgan.monitoring.thread_record import ThreadRecord
from artgan.monitoring.threads import training_threads
from artgan.plugin.strips import cores
from benchmarks.loops import open_loop

BUSY = {"rest": 0, "one": 1, "five": 5, "third": 5, "twins": 0, "sample": 1}
"""Case -> busy programs beside it."""

LEADER = """
import os, signal, sys
loops = []
for _ in range(int(sys.argv[1])):
    loops.append(os.fork())
    while not loops[-1]:
        pass
signal.signal(signal.SIGTERM, lambda *_: [os.kill(loop, signal.SIGKILL) for loop in loops])
for loop in loops:
    os.waitpid(loop, 0)
"""
"""Forks busy programs; ends them when it is asked to end."""

FOREIGN = "foreign"


@contextmanager
def busy_programs(count: int) -> Iterator[None]:
    """Keep so many processors busy inside the block, from a session like another window's."""
    command = [sys.executable, "-c", LEADER, str(count)]
    leader = subprocess.Popen(command, start_new_session=True)
    try:
        yield
    finally:
        leader.terminate()
        leader.wait()


def foreign_use(work: Iterator[float]) -> tuple[float, float]:
    """Add up what ``work`` yields; return it, and the processors that foreign programs used."""

    def started_here() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime

    before, ours = read_times(), started_here()
    total = sum(work)
    after = read_times()
    if before is None or after is None:
        return total, 0.0
    others = after.busy - before.busy - (after.own - before.own) - (started_here() - ours)
    return total, max(0.0, others) / (after.clock - before.clock)


def train(case: str, threads: str, seconds: float) -> dict[str, float | str]:
    """Train in this process; measure steps a second."""
    planned = artgan.plan(steps=10**6, device="cpu", threads=threads)
    own = training_threads(planned.config, ThreadRecord())
    steps = own.watch(open_loop(planned)[1], 0)

    def count(share: float) -> int:
        begun, done = time.perf_counter(), 0
        for _ in steps:
            done += 1
            if time.perf_counter() - begun > share * seconds:
                break
        return done

    def work() -> Iterator[float]:
        alone = 1 / 3 if case == "third" else 0.0
        yield count(alone) if alone else 0
        with busy_programs(BUSY[case]):
            yield count(1 - 2 * alone)
        yield count(alone) if alone else 0

    begun = time.perf_counter()
    done, foreign = foreign_use(work())
    pace = done / (time.perf_counter() - begun)
    return {"pace": pace, FOREIGN: foreign, "threads": str(own.record)}


def in_own_process(
    case: str, threads: str, seconds: float, together: int = 1
) -> list[dict[str, float]]:
    """Train in processes of their own, so many at the same time."""
    command = [sys.executable, "-m", "benchmarks.threads", "--train", case, threads, str(seconds)]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        for _ in range(together)
    ]
    return [json.loads(process.communicate()[0].splitlines()[-1]) for process in started]


def sample(run: Path, threads: str) -> dict[str, float]:
    """Make pictures by the command line beside a busy program; measure commands a second."""
    command = [sys.executable, "-m", "artgan", "sample", str(run), "--seeds", "0-255", "--quiet"]

    def work() -> Iterator[float]:
        with busy_programs(BUSY["sample"]), tempfile.TemporaryDirectory() as out:
            begun = time.perf_counter()
            subprocess.run([*command, "--threads", threads, "--out", out], check=True)
            yield time.perf_counter() - begun

    took, foreign = foreign_use(work())
    return {"pace": 1 / took, FOREIGN: foreign}


def measure(case: str, threads: str, seconds: float, run: Path) -> dict[str, float]:
    """Measure one case with one choice of threads."""
    if case == "sample":
        return sample(run, threads)
    found = in_own_process(case, threads, seconds, 2 if case == "twins" else 1)
    paces = [one["pace"] for one in found]
    print(f"  {case}, {threads}: {found}", file=sys.stderr)
    return {
        "pace": sum(paces),
        "uneven": max(paces) / min(paces),
        FOREIGN: min(one[FOREIGN] for one in found),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cases", nargs="+", choices=list(BUSY), default=list(BUSY))
    parser.add_argument("--train", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.train:
        case, threads, seconds = given.train
        print(json.dumps(train(case, threads, float(seconds))))
        return
    fixed = ["1", str(cores())]
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        artgan.train(steps=10, size=64, out=run, device="cpu")
        for case in given.cases:
            rounds = [
                {one: measure(case, one, given.seconds, run) for one in (*fixed, "auto")}
                for _ in range(given.rounds)
            ]
            report(case, fixed, rounds)


def report(case: str, fixed: list[str], rounds: list[dict[str, dict[str, float]]]) -> None:
    """Print the medians over the rounds."""

    def middle(name: str, threads: str) -> float:
        return statistics.median(one[threads][name] for one in rounds)

    best = max(middle("pace", one) for one in fixed)
    ratio = best / middle("pace", "auto")
    foreign = max(one[threads][FOREIGN] for one in rounds for threads in one)
    paces = ", ".join(f"{one}: {1000 / middle('pace', one):.1f} ms" for one in (*fixed, "auto"))
    uneven = f", one {middle('uneven', 'auto'):.2f} times the other" if case == "twins" else ""
    print(f"{case:7} {ratio:.2f} times the best fixed ({paces}{uneven}; foreign {foreign:.2f})")


if __name__ == "__main__":
    main()
