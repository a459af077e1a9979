"""Measures what artgan makes of ten kinds of pictures, as their owners would bring them.

    OMP_NUM_THREADS=1 python -m benchmarks.own_pictures --seconds 60,240
    python -m benchmarks.own_pictures --sets emoji --rows chosen --minutes 1,4 --seeds 0,1,2
    python -m benchmarks.own_pictures --sets flags --count 100 --from RUN --seconds 60
    python -m benchmarks.own_pictures --more rows.toml --rows narrow --seconds 60
    python -m benchmarks.own_pictures --minutes 10 --size 128 --device cuda
    python -m benchmarks.own_pictures --nearness

The sets are those of ``picture_sets``. A quarter of each, 300 pictures at most, is held back to
judge by, so that copies are of no use. ``--seconds`` are seconds of processor of one thread: the
seconds of a step are measured first, then as many steps are trained as fit, so that other programs
change the clock and not the result. ``--minutes`` is the whole command, ``artgan run --minutes``,
with all threads, on an idle machine. ``--steps`` compares rows whose steps take equally long.
``--size 128 --device cuda`` is for a machine with a GPU, whose seconds are those of the clock; sets
of smaller pictures are left out.

A row is an architecture at the set's own size, from nothing, or ``chosen``: what artgan takes when
nothing is said, a start among it. ``plain`` is a DCGAN as tutorials teach it (``plain_dcgan``), for
as many seconds of processor. ``--more`` names a TOML file with rows of one's own, a table
each, whose keys are arguments of ``artgan.plan``. Samples are scaled to the set's size and judged
by two networks for photographs (KID x 1000, recall, coverage), by patches, and by how near they are
to the pictures that were learnt from, where well below 1 means copies. Each cell gets a sheet.
Cells that ``results.json``
has already are skipped. ``--nearness`` trains nothing: it tells how near each set is to each start.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

import artgan
from artgan.base.paths import replacing
from artgan.core.images import enlarge, grid, to_pil
from artgan.core.sample import sample_pixels
from artgan.planning.in_time import enough_steps, sizes_below
from artgan.planning.plan import Plan
from artgan.plugin_manager.load import default_registry
from artgan.run import load_run
from artgan.starts.choose import rank_starts
from artgan.starts.names import is_start
from benchmarks import plain_dcgan
from benchmarks.judges import Judge, Pixels, as_images, extractors
from benchmarks.loops import open_loop
from benchmarks.picture_sets import SETS, MissingSetError, picture_set_folder

ARCHITECTURES = ("dcgan", "texture", "r3gan", "stylegan2", "fastgan")
PLAIN = "plain"
ROWS: dict[str, dict[str, Any]] = {
    "chosen": {},
    **{name: {"arch": name} for name in ARCHITECTURES},
    PLAIN: {},
}
HELD = 300
"""Most pictures that are held back."""
SAMPLES = 400
SHEET = 64
WARM, PACED, TRIALS = 4, 8, 5
"""Steps before a pace is taken, steps of a trial, and trials, of which the fastest counts."""


@dataclass(frozen=True)
class Cell:
    """One training: a row on a set, for so long, with so many pictures (0 is all), and a seed."""

    name: str
    row: str
    budget: str
    count: int
    seed: int
    base: str

    @property
    def label(self) -> str:
        """The cell's key in the results, and the name of its sheet."""
        base = f"-from-{Path(self.base).name}" if self.base else ""
        return f"{self.name}-{self.row}{self.few}{base}-{self.budget}-{self.seed}"

    @property
    def few(self) -> str:
        """What keys say of a part of the pictures: "-100", or "" for all."""
        return f"-{self.count}" if self.count else ""


class Bench:
    """The folder of a bench: pictures, results and sheets."""

    def __init__(
        self,
        out: Path,
        rows: dict[str, dict[str, Any]],
        samples: int = SAMPLES,
        size: int = 0,
        device: str = "cpu",
    ) -> None:
        if size or device != "cpu":
            out /= f"{size or 'own'}-{device}"
        out.mkdir(parents=True, exist_ok=True)
        self.out, self.rows, self.samples = out, rows, samples
        self.size, self.device = size, device
        self.extract = extractors()
        self.judges: dict[tuple[str, int], Judge] = {}
        self.sizes: dict[str, str] = {}

    def results(self, file: str = "results.json") -> dict[str, Any]:
        """Read what was measured so far."""
        path = self.out / file
        found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return found

    def keep(self, key: str, value: Any, file: str = "results.json") -> None:
        """Add one result to those of the folder."""
        found = {**self.results(file), key: value}
        with replacing(self.out / file) as path:
            path.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")

    def folders(self, name: str, count: int) -> tuple[Path, Path]:
        """Return the folders of the pictures to learn from, and of those held back."""
        files = sorted(picture_set_folder(name, print, self.size).iterdir())
        held = files[3::4][:HELD]
        learnt = [file for file in files if file not in held][: count or None]
        places = self.out / "pictures" / f"{name}-{count or 'all'}", self.out / "held" / name
        for place, chosen in zip(places, (learnt, held), strict=True):
            if not place.exists():
                with tempfile.TemporaryDirectory(dir=self.out) as work:
                    for file in chosen:
                        shutil.copy(file, work)
                    shutil.copytree(work, place)
        return places

    def judge(self, name: str, count: int) -> Judge:
        """Return the judge of a set."""
        if (name, count) not in self.judges:
            folders = self.folders(name, count)
            learnt, held = (as_images(self.pictures(name, folder)) for folder in folders)
            kept = self.out / "features" / f"{name}-{count or 'all'}"
            self.judges[name, count] = Judge(self.extract, held, learnt, kept)
        return self.judges[name, count]

    def side(self, name: str) -> int:
        """Return the side in pixels at which a set is judged, and trained unless a row differs."""
        return self.size or SETS[name].size

    def pictures(self, name: str, folder: Path) -> Pixels:
        """Read pictures of a set at the size at which it is judged."""
        return judged_pictures(folder, self.side(name))

    def clock(self) -> float:
        """Return seconds of processor; with a GPU those of the clock, when its work is done."""
        if self.device == "cpu":
            return time.process_time()
        torch.cuda.synchronize()
        return time.perf_counter()

    def plan(self, cell: Cell, steps: int | None = None) -> Plan:
        """Plan the training of a cell."""
        given = dict(self.rows[cell.row])
        if cell.row != "chosen" and (not cell.base or is_start(cell.base)):
            # A run that one starts from brings its own size.
            given = {"size": self.side(cell.name), **given}
        if cell.row != "chosen" or cell.base:
            given["base"] = cell.base or "none"
        elif cell.budget.endswith("s") and not cell.budget.endswith("steps"):
            given["size"] = self.chosen_size(cell)
        learnt, _ = self.folders(cell.name, cell.count)
        device = self.device
        return artgan.plan(dataset=learnt, device=device, seed=cell.seed, steps=steps, **given)

    def chosen_size(self, cell: Cell) -> str:
        """Return the size, as "WxH", that ``artgan run`` takes for the cell's time of processor.

        As ``artgan.planning.in_time``: the largest one that gets enough steps, else the smallest.
        """
        if self.size:
            return f"{self.size}x{self.size}"
        known = f"{cell.name}{cell.few}-{cell.budget}"
        if known in self.sizes:
            return self.sizes[known]
        learnt, _ = self.folders(cell.name, cell.count)
        plan = artgan.plan(dataset=learnt, device=self.device)
        usual = plan.config.height, plan.config.width
        for height, width in (usual, *sizes_below(plan, default_registry())):
            size = f"{width}x{height}"
            plan = artgan.plan(dataset=learnt, device=self.device, size=size, steps=10**6)
            pace = self.paced(f"{cell.name}-chosen-{size}{cell.few}", partial(loop_of, plan))
            if float(cell.budget.removesuffix("s")) / pace >= enough_steps(height, width):
                break
        self.sizes[known] = size
        return size

    def plain(self, cell: Cell) -> tuple[torch.nn.Module, Iterator[int]]:
        """Open the endless training of a plain DCGAN on a cell's pictures."""
        learnt, _ = self.folders(cell.name, cell.count)
        pictures = self.pictures(cell.name, learnt)
        return plain_dcgan.training(pictures, cell.seed, self.device)

    def pace(self, cell: Cell) -> float:
        """Return the seconds of processor that a step of a cell takes with one thread."""

        def opened() -> Iterator[Any]:
            plain = cell.row == PLAIN
            return self.plain(cell)[1] if plain else loop_of(self.plan(cell, 10**6))

        timed = cell.row == "chosen" and not cell.base
        size = f"-{self.chosen_size(cell)}" if timed else ""
        return self.paced(f"{cell.name}-{cell.row}{size}{cell.few}", opened)

    def paced(self, key: str, opened: Callable[[], Iterator[Any]]) -> float:
        """Return the seconds of processor of a step of a loop, measured once for each key."""
        if key not in self.results("pace.json"):
            loop = opened()
            for _ in range(WARM):
                next(loop)
            times = []
            for _ in range(TRIALS):
                begun = self.clock()
                for _ in range(PACED):
                    next(loop)
                times.append((self.clock() - begun) / PACED)
            self.keep(key, min(times), "pace.json")
        return float(self.results("pace.json")[key])

    def steps(self, cell: Cell) -> int:
        """Return how many steps the cell's budget buys."""
        if cell.budget.endswith("steps"):
            return int(cell.budget.removesuffix("steps"))
        return max(1, int(float(cell.budget.removesuffix("s")) / self.pace(cell)))

    def train(self, cell: Cell) -> tuple[list[Pixels], dict[str, Any]]:
        """Train for the cell's seconds of processor; return samples and facts."""
        if cell.row == PLAIN:
            return self.train_plain(cell)
        steps = self.steps(cell)
        plan = self.plan(cell, steps)
        state, loop = open_loop(plan)
        begun = self.clock()
        for _ in loop:
            pass
        spent = self.clock() - begun
        weights = plan.config.label_weights
        made = [p for _, p in sample_pixels(state.generator_ema, range(self.samples), weights)]
        return made, {"steps": steps, "processor_seconds": spent, **facts_of(plan.config)}

    def train_plain(self, cell: Cell) -> tuple[list[Pixels], dict[str, Any]]:
        """Train a plain DCGAN for the cell's seconds of processor; return samples and facts."""
        steps = self.steps(cell)
        generator, endless = self.plain(cell)
        begun = self.clock()
        for _ in range(steps):
            next(endless)
        spent = self.clock() - begun
        facts = {"arch": PLAIN, "size": self.side(cell.name), "batch": plain_dcgan.BATCH}
        facts |= {"steps": steps, "processor_seconds": spent}
        return plain_dcgan.samples(generator, self.samples), facts

    def command(self, cell: Cell) -> tuple[list[Pixels], dict[str, Any]]:
        """Run ``artgan run`` for the cell's minutes; return samples and facts."""
        learnt, _ = self.folders(cell.name, cell.count)
        given = self.rows[cell.row]
        if cell.row == PLAIN or set(given) - {"arch", "size"}:
            raise SystemExit(f"row {cell.row} is no artgan run by --arch and --size: use --seconds")
        given = {"device": self.device} | ({"size": self.size} if self.size else {}) | given
        flags = [f"--{key}={value}" for key, value in given.items()]
        base = cell.base or ("" if cell.row == "chosen" else "none")
        flags += [f"--from={base}"] if base else []
        folder = self.out / "runs" / cell.label
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, "-m", "artgan", "run", f"--dataset={learnt}", *flags]
        command += [f"--minutes={cell.budget.removesuffix('m')}", f"--seed={cell.seed}"]
        begun = time.perf_counter()
        done = subprocess.run([*command, f"--out={folder}"], capture_output=True, text=True)
        spent = time.perf_counter() - begun
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}: {done.stderr}")
        run = load_run(folder)
        made = [each.raw for each in run.samples(range(self.samples))]
        facts = {"steps": run.config.training.steps, "seconds": spent}
        return made, {**facts, "told": done.stdout[-600:], **facts_of(run.config)}

    def measure(self, cell: Cell) -> None:
        """Train a cell, judge its samples, and keep the scores and a sheet."""
        made, facts = self.command(cell) if cell.budget.endswith("m") else self.train(cell)
        save_sheet(self.out / f"{cell.label}.png", made)
        scores = self.judge(cell.name, cell.count).judge(as_images(np.stack(made)))
        self.keep(cell.label, {**cell.__dict__, **facts, **scores})
        print(line(cell.label, self.results()[cell.label]), flush=True)


def loop_of(plan: Plan) -> Iterator[Any]:
    """Open the bare loop of a plan."""
    return open_loop(plan)[1]


def judged_pictures(folder: Path, side: int) -> Pixels:
    """Read pictures of a folder at a side in pixels, uint8 (N, H, W, C)."""
    plan = artgan.plan("dcgan", folder, size=side, base="none", device="cpu")
    return np.asarray(plan.table.images)


def facts_of(config: Any) -> dict[str, Any]:
    """Return what was chosen for a run."""
    chosen = {"arch": config.architecture.name, "size": config.width}
    return {**chosen, "batch": config.training.batch, "options": dict(config.architecture.options)}


def save_sheet(path: Path, made: list[Pixels]) -> None:
    """Write 64 samples as one picture, clear pixels in grey."""
    images = as_images(np.stack(made[:SHEET]))
    pixels = ((images + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    to_pil(grid([enlarge(p, 64) for p in pixels], columns=16)).save(path)


HEAD = (
    "| Cell | Chosen | Steps | KID | Recall | Coverage | Nearness | Variety | Patches |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def line(label: str, cell: dict[str, Any]) -> str:
    """Write a cell as a line of the table, the scores of both networks side by side."""
    seen = [cell[name] for name in ("lite0", "lite2") if name in cell]

    def both(key: str, digits: int) -> str:
        return " / ".join(f"{scores[key]:.{digits}f}" for scores in seen)

    patches = " ".join(f"{value:.0f}" for value in cell["patches"])
    return (
        f"| {label} | {cell['arch'].split('/')[-1]} {cell['size']} | {cell['steps']} "
        f"| {both('kid', 0)} | {both('recall', 2)} | {both('coverage', 2)} "
        f"| {both('nearness', 2)} | {cell['variety']:.2f} | {patches} |"
    )


def tell_nearness(names: list[str]) -> None:
    """Print for each set which share of it is nearest to each start, and how far all are."""
    registry = default_registry()
    for name in names:
        images = judged_pictures(picture_set_folder(name, print), SETS[name].size)
        told = (
            f"{found.entry.declaration.name} {found.share:.0%} at {found.distance:.2f}"
            for found in rank_starts(images, registry)
        )
        print(f"{name}: {', '.join(told)}", flush=True)


def cells(given: argparse.Namespace) -> Iterator[Cell]:
    """List the cells that were asked for."""
    budgets = [f"{text}m" for text in given.minutes.split(",") if text]
    budgets += [f"{text}s" for text in given.seconds.split(",") if text]
    budgets += [f"{text}steps" for text in given.steps.split(",") if text]
    for name in given.sets.split(","):
        for row in given.rows.split(","):
            for budget in budgets:
                for seed in map(int, given.seeds.split(",")):
                    yield Cell(name, row, budget, given.count, seed, given.base)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--more", type=Path, help="TOML file with rows of one's own")
    parser.add_argument("--seconds", default="", help="seconds of processor of one thread")
    parser.add_argument("--steps", default="", help="updates of the generator")
    parser.add_argument("--minutes", default="", help="minutes of the whole command")
    parser.add_argument("--count", type=int, default=0, help="pictures to learn from; 0 is all")
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--from", dest="base", default="", help="a run whose weights to start from")
    parser.add_argument("--samples", type=int, default=SAMPLES)
    parser.add_argument("--out", type=Path, default=Path("build/own-pictures"))
    parser.add_argument("--size", type=int, default=0, help="side in pixels, instead of the set's")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--nearness", action="store_true", help="of the sets to the starts, alone")
    given = parser.parse_args()
    if given.nearness:
        tell_nearness(given.sets.split(","))
        return
    if given.seconds and given.device == "cpu" and os.environ.get("OMP_NUM_THREADS") != "1":
        parser.error("--seconds counts one thread: set OMP_NUM_THREADS=1")
    more = tomllib.loads(given.more.read_text()) if given.more else {}
    rows = {**ROWS, **more}
    bench = Bench(given.out, rows, given.samples, given.size, given.device)
    asked, missing = list(cells(given)), set()
    for cell in asked:
        try:
            if cell.name not in missing and cell.label not in bench.results():
                bench.measure(cell)
        except MissingSetError as error:
            missing.add(cell.name)
            print(f"skipped {cell.name}: {error}", flush=True)
    done = bench.results()
    lines = [line(cell.label, done[cell.label]) for cell in asked if cell.label in done]
    print("\n".join([HEAD, *lines]))


if __name__ == "__main__":
    main()
