"""Long work in one process: a training of many steps, and many pictures made and styled."""

import random
from pathlib import Path
from typing import Any

import artgan
from artgan.cli.main import main
from benchmarks.soak.commands import DCGAN, write_world
from benchmarks.soak.watch import Watch

MARKS = 100
"""How often what is used is looked at."""

AT_ONCE = 17
"""Seeds of one call: a raw picture, a styled one and one styled anew of each."""

REMADE = 20
"""How many of the pictures are made again from their records."""


def train_long(folder: Path, steps: int) -> dict[str, Any]:
    """Train a toy run of many steps; return what it used."""
    write_world(folder)
    watch, every = Watch(folder / "run"), max(1, steps // MARKS)

    def look(progress: Any) -> None:
        if progress.report.step % every == 0:
            watch.mark(progress.report.step)

    artgan.train(
        "dcgan", str(folder / "pictures"), out=folder / "run", steps=steps, size=16, batch=4,
        device="cpu", count=0, arch_options={"base_channels": 4, "latent_size": 8},
        training_options={"checkpoint_every": every, "preview_every": 5 * every}, show=look,
    )  # fmt: skip
    kept = len(list((folder / "run/checkpoints").glob("*.safetensors")))
    lines = len((folder / "run/metrics.jsonl").read_text().splitlines())
    found = watch.summary()
    return {**found, "checkpoints_kept": kept, "flat": found["flat"] and lines == steps}


def make_many(folder: Path, pictures: int) -> dict[str, Any]:
    """Sample and style many pictures call by call; return what that used.

    Every picture must open and hold its record, and some must be made again to the byte.
    """
    write_world(folder)
    run, out = folder / "run", folder / "out"
    _call("train", *_in(folder, DCGAN), "--steps", "6", "--out", str(run), "--quiet")
    watch, made, seed = Watch(out), 0, 0
    while made < pictures:
        cards, styled = out / f"cards-{seed}", out / f"styled-{seed}"
        seeds = f"{seed}-{seed + AT_ONCE - 1}"
        _call(
            "sample",
            str(run),
            "--seeds",
            seeds,
            "--style",
            "gameboy",
            "--out",
            str(cards),
            "--quiet",
        )
        _call("apply", str(cards), "--style", "neon", "--out", str(styled), "--quiet")
        seed += AT_ONCE
        made += sum(1 for place in (cards, styled) for _ in place.glob("s*.png"))
        watch.mark(made)
    return {**watch.summary(), **_check(out, run)}


def _in(folder: Path, settings: tuple[str, ...]) -> list[str]:
    return [str(folder / "pictures") if word == "pictures" else word for word in settings]


def _call(*command: str) -> None:
    try:
        main(list(command))
    except SystemExit as ended:
        if ended.code:
            raise RuntimeError(f"artgan {' '.join(command)} ended with {ended.code}") from ended


def _check(out: Path, run: Path) -> dict[str, Any]:
    # The sheet of a folder carries a mark, and no record.
    files = sorted(path for path in out.rglob("*.png") if path.name != "contact-sheet.png")
    without = [str(path) for path in files if artgan.read_record(path) is None]
    chosen = random.Random(0).sample([p for p in files if "cards" in str(p)], REMADE)
    identical = sum(artgan.remake(path, run=run).identical for path in chosen)
    return {"pictures": len(files), "without_record": without, "remade_identical": identical}
