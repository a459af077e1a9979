"""``python -m benchmarks.soak``: long work, and kills at random instants over all commands.

    OMP_NUM_THREADS=1 python -m benchmarks.soak --out report.json

Trains a toy run of many steps and makes many pictures, each in one process, and compares the
memory, the open files, the processor time and the growth on disk of the second quarter with the
last. Then kills every command that artgan has at random instants and checks what is left, before
and after the next start; the same seed kills at the same shares of a command's duration, or before
the same changes of files. Exits with 1 if something was lost, half-written, left behind or not
flat. Needs fork, so not on Windows, and /proc.
"""

import itertools
import json
import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from benchmarks.soak.commands import NOT_KILLED
from benchmarks.soak.kills import kill_all
from benchmarks.soak.long import make_many, train_long
from benchmarks.soak.processes import import_everything


@click.command()
@click.option("--steps", default=20_000, show_default=True, help="Of the training; 0 for none.")
@click.option("--pictures", default=5_000, show_default=True, help="0 for none.")
@click.option("--kills", default=200, show_default=True, help="0 for none.")
@click.option("--seed", default=0, show_default=True, help="Of the instants.")
@click.option("--out", type=click.Path(path_type=Path), help="JSON file for the report.")
def command(steps: int, pictures: int, kills: int, seed: int, out: Path | None) -> None:
    """Let artgan work long, and kill it often; report what broke a promise."""
    report: dict[str, Any] = {}
    if steps:
        report["training"] = _timed(lambda: _apart(train_long, steps))
        _print_flat("steps", report["training"])
    if pictures:
        report["pictures"] = _timed(lambda: _apart(make_many, pictures))
        _print_flat("pictures", report["pictures"])
    if kills:
        report["kills"] = _timed(lambda: _kill(kills, seed))
    if out:
        out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    raise SystemExit(not all(part["well"] for part in report.values()))


def _timed(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    begun = time.perf_counter()
    return {**work(), "minutes": round((time.perf_counter() - begun) / 60, 1)}


def _apart(work: Callable[[Path, int], dict[str, Any]], count: int) -> dict[str, Any]:
    """Do long work in a process of its own, so that its figures are its own."""
    pools = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, pools.Pool(1) as pool:
        found = pool.apply(work, (Path(folder), count))
    bad = not found["flat"] or found.get("without_record") or found.get("remade_identical", 20) < 20
    return {**found, "well": not bad}


def _print_flat(what: str, found: dict[str, Any]) -> None:
    print(f"\n{found['done']} {what} in {found['minutes']} minutes: {_said(found['well'])}")
    print(f"| {what} | second quarter | last quarter |\n|---|---|---|")
    for name, label in (
        ("memory_mib", "memory, MiB"),
        ("open_files", "open files"),
        ("processor_ms_each", "processor time each, ms"),
    ):
        print(f"| {label} | {found[name][0]:g} | {found[name][1]:g} |")
    first, second = found["disk_kib_each"]
    print(f"On disk {found['disk_mib']} MiB; {first} KiB each in the first half, {second} after.")
    for name in ("checkpoints_kept", "pictures", "remade_identical"):
        if name in found:
            print(f"{name.replace('_', ' ')}: {found[name]}", flush=True)


def _kill(kills: int, seed: int) -> dict[str, Any]:
    done = itertools.count(1)

    def show(what: str, faults: list[str]) -> None:
        print(f"{next(done)} {what}{''.join(f' !! {fault}' for fault in faults)}", flush=True)

    import_everything()
    with tempfile.TemporaryDirectory() as folder:
        tallies = kill_all(Path(folder).resolve() / "soak", kills, seed, show)
    print("\n| Command | Changes of files | Kills | Had ended | Left temporary files | Faults |")
    print("|---" * 6 + "|")
    for name, tally in tallies.items():
        print(
            f"| {name} | {tally.changes} | {tally.kills} | {tally.finished} | {tally.left} "
            f"| {len(tally.faults)} |"
        )
    every = list(tallies.values())
    signals = sum((Counter(tally.signals) for tally in every), Counter[str]())
    return {
        "signals": signals,
        "finished": sum(tally.finished for tally in every),
        "left": sum(tally.left for tally in every),
        "commands": {name: asdict(tally) for name, tally in tallies.items()},
        "not_killed": NOT_KILLED,
        "well": not any(tally.faults for tally in every),
    }


def _said(well: bool) -> str:
    return "flat" if well else "NOT FLAT"


command()
