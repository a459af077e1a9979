"""The files that artgan reads, and the commands that read each."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import artgan
from artgan.plugin_manager.load import load_registry
from tests.conftest import TOY

PALETTES = {
    "a.gpl": "GIMP Palette\nName: a\nColumns: 2\n#\n10 20 30 dark\n200 100 50\tlight\n",
    "a.hex": "102030\nc86432\nffffff\n",
    "a.pal": "JASC-PAL\n0100\n2\n16 32 48\n200 100 50\n",
    "a.txt": "; Paint.NET\nFF102030\nFFC86432\n",
    "a.toml": 'colors = ["102030", "c86432"]\n',
}
STYLE = (
    'summary = "s"\nsteps = [{ filter = "palette", palette = "ember" }, { filter = "vignette" }]\n'
)
SERIES = 'name = "s"\nrun = "run"\ncount = 3\n[vary.palette]\nvalues = ["ember", "noir"]\n'


@dataclass(frozen=True)
class Case:
    """A file, and what reads it.

    Attributes:
        file: The file, below the folder of the corpus.
        commands: Command lines; all must end with an exit code and a sentence.
    """

    file: str
    commands: tuple[tuple[str, ...], ...]


def build_corpus(folder: Path) -> list[Case]:
    """Make one of everything in a folder, the working directory, and list what reads it."""
    artgan.train(out=folder / "run", style="ember", **TOY)
    run = artgan.load_run(folder / "run", load_registry(packages=False))
    artgan.sample_to(run, [0, 1], folder / "cards", "ember")
    for ending in ("webp", "jpg", "tiff"):
        artgan.sample_to(run, [0], folder / ending, "ember", ending=ending, keep_raw=False)
    run.animate([0, 1], folder / "a.gif", seconds=0.2)
    run.find_directions(2)
    for name, text in PALETTES.items():
        (folder / name).write_text(text)
    (folder / "style.toml").write_text(STYLE)
    (folder / "series.toml").write_text(SERIES)
    artgan.Series.read(folder / "series.toml").write(folder / "editions")
    (folder / "cards/choices.txt").write_text("star s00000-ember.png\nreject s00001-ember.png\n")
    shutil.make_archive(str(folder / "pictures"), "zip", folder / "cards")
    return list(_cases(folder))


def _cases(folder: Path) -> "list[Case]":
    sample = ("sample", "run", "--seeds", "0", "--out", "out", "--overwrite", "--quiet")
    go_on = ("resume", "run", "--quiet")
    checkpoint = max((folder / "run/checkpoints").glob("*.safetensors")).name
    picture = "cards/s00000-ember.png"
    cases = [
        Case("run/run.toml", (("info", "run"), sample)),
        Case("run/metrics.jsonl", (go_on,)),
        Case(f"run/checkpoints/{checkpoint}", (sample, go_on)),
        Case(f"run/checkpoints/{checkpoint.replace('safetensors', 'json')}", (sample, go_on)),
        Case("run/checkpoints/best.json", (("info", "run"), sample)),
        Case("run/directions.safetensors", ((*sample, "--move", "0=1"),)),
        Case("run/directions.toml", ((*sample, "--move", "0=1"), ("directions", "run", "--quiet"))),
        Case("series.toml", (("series", "make", "series.toml", "--out", "editions", "--quiet"),)),
        Case("editions/editions.jsonl", (("series", "verify", "editions"),)),
        Case("editions/series.toml", (("series", "verify", "editions"),)),
        Case("cards/choices.txt", (("sheet", "cards", "--only", "star", "--out", "s.png"),)),
        Case("style.toml", (("apply", picture, "--style", "style.toml", "--out", "out"),)),
        Case(
            "pictures.zip",
            (("inspect", "pictures.zip", "--minutes", "none", "--out", "i.png", "--overwrite"),),
        ),
    ]
    cases += [Case(name, (("palette", "show", name),)) for name in PALETTES]
    pictures = ["a.gif", picture]
    pictures += [f"{ending}/s00000-ember.{ending}" for ending in ("webp", "jpg", "tiff")]
    for name in pictures:
        reads = ("info", name), ("palette", "show", name)
        apply = ("apply", name, "--style", "invert", "--out", "out", "--overwrite", "--quiet")
        cases.append(Case(name, (*reads, apply, ("remake", name))))
    return [case for case in cases if (folder / case.file).exists()]
