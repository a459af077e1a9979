"""Compares our recipes, the classic lesson and a plain DCGAN: quality for time on three sets.

    python -m benchmarks.recipes --out build/recipes
    python -m benchmarks.recipes --out build/recipes --rows default --seeds 0,1,2,3,4 --seconds 60

Each cell trains for so many seconds of this machine at rest: first the seconds of a step are
measured for each row (do that while nothing else runs; they are kept in pace.json), then as many
steps as fit are trained, which may take longer under load without changing the result. 1,000
samples of the averaged generator are compared with 1,000 real pictures: KID x 1000, precision,
recall and coverage on EfficientNet-Lite0 features (extra ``metrics``), and the variety of the 64
pictures of a sheet, as training measures it. Digits are also rated by a classifier of digits, since
networks for photographs overlook what makes them legible: the Frechet distance of
benchmarks/digit_eye.py, of 10,000 samples. ``results.json`` keeps every cell, so that a second
start continues; ``table.md`` and a sheet for each cell are written beside it, and ``--docs docs``
puts both into the documentation, whose cells.json keeps earlier results: cells of the same name are
replaced, others stay.
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

import artgan
from artgan.base.options import build_options
from artgan.core.images import enlarge, grid, to_pil
from artgan.core.sample import sample_pixels
from artgan.evaluation.features import choose_extractor, features_of
from artgan.evaluation.metrics import Features, score
from artgan.monitoring.quality import variety
from artgan.planning.plan import Plan
from artgan.plugin_manager.load import default_registry
from benchmarks import plain_dcgan
from benchmarks.digit_eye import DigitEye
from benchmarks.loops import DIFFAUGMENT, open_loop

SETS: dict[str, dict[str, Any]] = {
    "mnist": {},
    "gervais": {},
    "textures": {"size": 64},
}
ROWS: dict[str, dict[str, Any]] = {
    "plain": {},
    "classic": {"arch": "dcgan", "preset": "classic"},
    "default": {},
    "unlabelled": {"arch_options": {"labels": False}},
    "augmented": {"augmentations": DIFFAUGMENT},
    "unshifted": {"augmentations": {"none": {}}},
    "dcgan": {"arch": "dcgan"},
    "r3gan": {"arch": "r3gan"},
    "stylegan2": {"arch": "stylegan2"},
    "fastgan": {"arch": "fastgan"},
    "texture": {"arch": "texture"},
}
SAMPLES = 1000
SHEET = 64
DIGITS = 10000
"""Number of samples for the Frechet distance of digits."""
PACED = 8
TRIALS = 7
BEGIN, END = "<!-- recipes -->", "<!-- end of recipes -->"

Pixels = NDArray[np.uint8]


@dataclass
class Trained:
    """A training loop, artgan's or a plain one."""

    steps: Iterator[Any]
    batch: int
    generator: nn.Module
    plan: Plan | None

    def samples(self, count: int) -> list[Pixels]:
        """Make pictures (H, W, C)."""
        if self.plan is None:
            return plain_dcgan.samples(self.generator, count)
        weights = self.plan.config.label_weights
        return [p for _, p in sample_pixels(self.generator, range(count), weights)]


def real_table(name: str) -> Any:
    """Read the real pictures of a set."""
    return artgan.plan(dataset=name, device="cpu", **SETS[name]).table


def open_training(
    row: str, name: str, seed: int, steps: int | None = None, precision: str = "auto"
) -> Trained:
    """Start a row on a set; recipes with a schedule need to know the number of steps."""
    if row == "plain":
        generator, endless = plain_dcgan.training(real_table(name).images, seed)
        return Trained(endless, plain_dcgan.BATCH, generator, None)
    options = {**SETS[name], **ROWS[row], "training_options": {"precision": precision}}
    plan = artgan.plan(dataset=name, device="cpu", seed=seed, steps=steps, **options)
    state, loop = open_loop(plan)
    return Trained(loop, plan.config.training.batch, state.generator_ema, plan)


def pace(row: str, name: str, precision: str) -> float:
    """Measure the seconds of a step: the best third of some trials, as others were disturbed."""
    trained = open_training(row, name, 0, precision=precision)
    times = []
    for _ in range(TRIALS + 1):
        begun = time.perf_counter()
        for _ in range(PACED):
            next(trained.steps)
        times.append((time.perf_counter() - begun) / PACED)
    return float(np.mean(sorted(times[1:])[: TRIALS // 3]))


class Judge:
    """Compares samples with the real pictures of a set."""

    def __init__(self, name: str, out: Path) -> None:
        table = real_table(name)
        rng = np.random.Generator(np.random.PCG64(0))
        chosen = np.sort(rng.permutation(table.count)[:SAMPLES])
        self.entry = choose_extractor(default_registry())
        options = build_options(self.entry.declaration.options, {}, self.entry.where)
        self.extract = self.entry.call("build", options, "cpu")
        kept = out / f"{name}-real.npy"
        if not kept.exists():
            np.save(kept, self.features([table.images[i] for i in chosen]))
        self.real = np.load(kept, allow_pickle=False)
        shown = rng.integers(table.count, size=SHEET)
        self.shown = as_images([table.images[i] for i in shown])
        self.eye = DigitEye() if name == "mnist" else None
        self.wanted = DIGITS if self.eye else SAMPLES

    def features(self, pictures: list[Pixels]) -> Features:
        """Compute features (N, D)."""
        return features_of(self.extract, pictures, self.entry, "cpu")

    def judge(self, made: list[Pixels]) -> dict[str, float]:
        """Compute the scores of samples."""
        scores = score(self.real, self.features(made[:SAMPLES]))
        seen = {"digits": self.eye.distance(as_images(made))} if self.eye else {}
        return {
            **seen,
            "kid": scores.kid * 1000,
            "fid": scores.fid,
            "precision": scores.precision,
            "recall": scores.recall,
            "coverage": scores.coverage,
            "variety": variety(as_images(made[:SHEET]), self.shown),
        }


def as_images(pictures: list[Pixels]) -> torch.Tensor:
    """Convert pictures to images (N, C, H, W) in [-1, 1]."""
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def save_sheet(path: Path, made: list[Pixels]) -> None:
    """Write 64 samples as one picture."""
    factor = max(1, 56 // made[0].shape[0]) * made[0].shape[0]
    to_pil(grid([enlarge(p, factor) for p in made[:SHEET]], columns=8)).save(path)


def cells(given: argparse.Namespace) -> Iterator[tuple[str, str, int, list[float]]]:
    """List (set, row, seed, marks): without a schedule, one training passes all its marks."""
    seconds = sorted(map(float, given.seconds.split(",")))
    for name in given.sets.split(","):
        for row in given.rows.split(","):
            for seed in map(int, given.seeds.split(",")):
                if row in ("plain", "classic"):
                    yield name, row, seed, seconds
                else:
                    yield from ((name, row, seed, [mark]) for mark in seconds)


def read(path: Path) -> dict[str, Any]:
    """Read the results of an earlier start."""
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def write(path: Path, found: dict[str, Any]) -> None:
    """Write the results."""
    path.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


def train_cell(
    out: Path,
    judge: Judge,
    cell: tuple[str, str, int, list[float]],
    second: float,
    precision: str,
) -> None:
    """Train one cell, whose steps take so many seconds, and score it at each of its marks."""
    name, row, seed, marks = cell
    ends = {max(1, int(mark / second)): mark for mark in marks}
    trained, step = open_training(row, name, seed, max(ends), precision), 0
    for step, _ in enumerate(trained.steps, 1):
        if step in ends:
            made = trained.samples(judge.wanted)
            label = f"{name}-{row}-{ends[step]:.0f}s-{seed}"
            facts = {"steps": step, "images_per_second": trained.batch / second}
            found = read(out / "results.json")
            found[label] = {**facts, **judge.judge(made)}
            write(out / "results.json", found)
            save_sheet(out / f"{label}.png", made)
            print(label, json.dumps({k: round(v, 3) for k, v in found[label].items()}), flush=True)
        if step == max(ends):
            break


def table(found: dict[str, Any], sheets: str = "") -> str:
    """Write the results in Markdown: a table for each set, and the results of other seeds.

    Args:
        found: Label -> cell, as in results.json.
        sheets: Folder of the sheets, for links; "" links nothing.
    """
    labels = [tuple(label.split("-")) for label in found]
    marks = sorted({mark for _, _, mark, _ in labels}, key=_seconds)
    lines = []
    for name in sorted({name for name, *_ in labels}):
        lines += [f"**{name}**", "", f"| Recipe | Images/s | {' | '.join(map(_time, marks))} |"]
        lines.append("|---" * (2 + len(marks)) + "|")
        for row in ROWS:
            cells = [found.get(f"{name}-{row}-{mark}-0") for mark in marks]
            shown = [cell for cell in cells if cell]
            if shown:
                told = [
                    _cell(cell, f"{name}-{row}-{mark}-0", sheets)
                    for mark, cell in zip(marks, cells, strict=True)
                ]
                rate = f"{shown[0]['images_per_second']:.0f}"
                lines.append(f"| `{row}` | {rate} | {' | '.join(told)} |")
        lines.append("")
    return "\n".join(lines + _seeds(found))


def _seconds(mark: str) -> int:
    return int(mark.removesuffix("s"))


def _time(mark: str) -> str:
    seconds = _seconds(mark)
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _cell(cell: dict[str, float] | None, label: str, sheets: str) -> str:
    """Write KID x 1000, precision and recall of one cell, and the distance of digits."""
    if cell is None:
        return ""
    told = f"{cell['kid']:.0f}; {cell['precision']:.2f}, {cell['recall']:.2f}"
    if "digits" in cell:
        told += f"; {cell['digits']:.1f}"
    return f"[{told}]({sheets}/{label}.webp)" if sheets else told


def _seeds(found: dict[str, Any]) -> list[str]:
    """Write variety and KID over the seeds, for rows of which more than one was trained."""
    groups: dict[tuple[str, str, str], list[dict[str, float]]] = {}
    for label, cell in found.items():
        name, row, mark, _ = label.split("-")
        groups.setdefault((name, row, mark), []).append(cell)
    lines = ["| Set | Recipe | Time | Seeds | KID x 1000 | Least variety |", "|---" * 6 + "|"]
    for (name, row, mark), cells in sorted(groups.items()):
        if len(cells) > 1:
            kids = sorted(cell["kid"] for cell in cells)
            least = min(cell["variety"] for cell in cells)
            lines.append(
                f"| {name} | `{row}` | {_time(mark)} | {len(cells)} "
                f"| {kids[0]:.0f} to {kids[-1]:.0f} | {least:.0%} |"
            )
    return [*lines, ""] if len(lines) > 2 else []


def write_docs(out: Path, docs: Path) -> None:
    """Add the results to the documentation: its cells, sheets and tables."""
    found = read(out / "results.json")
    folder = docs / "images" / "recipes"
    folder.mkdir(parents=True, exist_ok=True)
    for label in found:
        if label.endswith("-0"):
            with Image.open(out / f"{label}.png") as sheet:
                sheet.save(folder / f"{label}.webp", quality=70, method=6)
    known = {**read(folder / "cells.json"), **found}
    write(folder / "cells.json", known)
    page = docs / "measurements.md"
    before, rest = page.read_text().split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n\n{table(known, 'images/recipes')}\n{END}{after}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default="mnist,gervais,textures")
    parser.add_argument("--rows", default="plain,classic,default,r3gan,stylegan2,fastgan")
    parser.add_argument("--seconds", default="30,120,600")
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--precision", default="auto", help="of our recipes; others are float32")
    parser.add_argument("--out", type=Path, default=Path("build/recipes"))
    parser.add_argument("--docs", type=Path, help="write what was found into this docs folder")
    parser.add_argument("--pace-only", action="store_true", help="take the paces, train nothing")
    given = parser.parse_args()
    if given.docs:
        write_docs(given.out, given.docs)
        return
    given.out.mkdir(parents=True, exist_ok=True)
    paces = read(given.out / "pace.json")
    for name, row, _, _ in cells(given):
        if f"{name}-{row}" not in paces:
            paces[f"{name}-{row}"] = pace(row, name, given.precision)
            write(given.out / "pace.json", paces)
            print(f"{name}-{row}: {1000 * paces[f'{name}-{row}']:.1f} ms a step", flush=True)
    if given.pace_only:
        return
    judges: dict[str, Judge] = {}
    for cell in cells(given):
        name, row, seed, marks = cell
        done = read(given.out / "results.json")
        if all(f"{name}-{row}-{mark:.0f}s-{seed}" in done for mark in marks):
            continue
        judge = judges.get(name) or judges.setdefault(name, Judge(name, given.out))
        train_cell(given.out, judge, cell, paces[f"{name}-{row}"], given.precision)
        (given.out / "table.md").write_text(table(read(given.out / "results.json")))


if __name__ == "__main__":
    main()
