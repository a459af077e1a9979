"""Every command with arguments to kill it with, in a small world of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from PIL import Image

from artgan.cli.main import cli

TOY = (
    "--dataset", "pictures", "--size", "16", "--batch", "4", "--device", "cpu", "--threads", "1",
)  # fmt: skip
DCGAN = (*TOY, "--arch", "dcgan", "--arch.base-channels", "4", "--arch.latent-size", "8")
WEAVE = (
    *TOY, "--arch", "texture", "--arch.base-channels", "4", "--arch.max-channels", "8",
    "--arch.latent-size", "4", "--arch.global-size", "2", "--steps", "2",
)  # fmt: skip
KEPT = ("--train.checkpoint-every", "3", "--train.preview-every", "6")

SERIES = 'name = "tides"\nrun = "run"\ncount = 5\n[vary.palette]\nvalues = ["ember", "noir"]\n'
PLUGIN = """
from artgan.plugin import Palette, hookimpl

@hookimpl
def artgan_palettes():
    yield Palette(name="mine", colors=("102030", "c86432"))
"""


@dataclass(frozen=True)
class Case:
    """A command to be killed.

    Attributes:
        name: The command, such as "series make".
        more: Its arguments.
        trains: Folder of the run that it trains, which ``resume`` goes on with; "" for none.
        weight: How often it is killed, compared with others.
    """

    name: str
    more: tuple[str, ...]
    trains: str = ""
    weight: int = 1

    @property
    def command(self) -> tuple[str, ...]:
        """The command line after "artgan"."""
        return (*self.name.split(), *self.more)


NOT_KILLED = {
    "plugins install": "pip writes, into the environment of whoever runs this",
    "plugins uninstall": "the same",
}
"""Commands that are left alone -> why."""


def list_commands() -> Iterator[str]:
    """Yield the name of every command of artgan that is no group, such as "series make"."""

    def walk(group: click.Group, before: str) -> Iterator[str]:
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, click.Group):
                yield from walk(command, f"{before}{name} ")
            else:
                yield f"{before}{name}"

    return walk(cli, "")


def write_world(folder: Path) -> None:
    """Write the files that the commands work on, as far as no command makes them."""
    (folder / "pictures").mkdir()
    rng = np.random.Generator(np.random.PCG64(0))
    for number in range(12):
        small = rng.integers(0, 256, (4, 4, 3), np.uint8)
        Image.fromarray(small.repeat(6, 0).repeat(6, 1)).save(folder / f"pictures/{number}.png")
    (folder / "tides.toml").write_text(SERIES)
    for place in (folder, folder / "project"):
        place.mkdir(exist_ok=True)
        (place / "artgan.toml").write_text('plugins = ["mine.py"]\n')
        (place / "mine.py").write_text(PLUGIN)
    (folder / "home").mkdir()
    (folder / "home/plugins.toml").write_text('disabled = ["other"]\n')


WORLD: tuple[tuple[str, ...], ...] = (
    ("trust", "."),
    ("run", *DCGAN, "--steps", "6", "--count", "2", "--style", "gameboy", "--out", "run"),
    ("train", *DCGAN, *KEPT, "--steps", "4", "--out", "begun"),
    ("train", *WEAVE, "--out", "weave"),
    ("sample", "run", "--seeds", "0-5", "--style", "gameboy", "--out", "cards"),
    ("animate", "run", "--seeds", "0,1", "--seconds", "0.2", "--out", "moves.gif"),
    ("series", "make", "tides.toml", "--count", "2", "--out", "editions"),
)
"""The commands that make the rest of the world."""

PHOTO, CARD, RAW = "pictures/1.png", "cards/s00000-gameboy.png", "cards/s00000-raw.png"

CASES = (
    Case(
        "run",
        (*DCGAN, *KEPT, "--steps", "12", "--count", "3", "--style", "gameboy", "--out", "new"),
        trains="new",
        weight=4,
    ),
    Case("train", (*DCGAN, *KEPT, "--steps", "12", "--out", "new"), trains="new", weight=4),
    Case("resume", ("begun", "--steps", "12"), trains="begun", weight=4),
    Case("sample", ("run", "--seeds", "10-17", "--style", "gameboy", "--out", "out"), weight=2),
    Case("sample", ("run", "--seeds", "1-4", "--side-file", "--format", "tiff", "--out", "out")),
    *(
        Case("animate", ("run", "--seeds", "0,1,2", "--seconds", "0.4", "--out", f"out{ending}"))
        for ending in (".gif", ".webp", ".apng", ".mp4", "/")
    ),
    Case("project", (RAW, "--run", "run", "--steps", "20", "--out", "out")),
    Case("directions", ("run", "--count", "4")),
    Case("series make", ("tides.toml", "--out", "made"), weight=4),
    Case("series new", ("storms", "--run", "run")),
    Case("series pdf", ("editions", "--dpi", "40", "--out", "out.pdf")),
    Case("series verify", ("editions",)),
    Case("curate", ("cards", "--pick", "2")),
    Case("sheet", ("cards", "--atlas", "--out", "out.png"), weight=2),
    Case("layers", (PHOTO, f"{CARD} blend=screen", "--out", "out.ora")),
    Case("canvas", ("weave", "--size", "400x300", "--out", "out.png")),
    Case("canvas", ("weave", "--size", "400x300", "--out", "out.tif")),
    Case("print", (CARD, "--paper", "a6", "--dpi", "50", "--out", "out.png")),
    Case("print", (CARD, "--paper", "a6", "--dpi", "50", "--bits", "16", "--out", "out.tif")),
    Case("print", ("cards", "--paper", "a6", "--dpi", "30", "--out", "out.pdf")),
    Case("plot", ("cards", "--out", "out")),
    Case("export", ("run", "--web", "--out", "out.html")),
    Case("export", ("run", "--onnx", "--out", "out.onnx")),
    Case("share", ("run", "--license", "MIT", "--out", "out")),
    Case("apply", ("cards", "--style", "neon", "--out", "out"), weight=2),
    Case("apply", ("moves.gif", "--style", "gameboy", "--format", "webp", "--out", "out")),
    Case("style from", (CARD, "--out", "out.toml")),
    Case("style pack", ("neon", "--out", "out.toml")),
    Case("style show", ("neon", "--out", "out.toml")),
    Case("style list", ()),
    Case("style make", ("neon", "tile", "--out", "out.toml")),
    Case("style preview", (PHOTO, "--size", "64", "--out", "out.html")),
    Case("matrix", (PHOTO, "--style", "neon", "--vary", "glow=0,1", "--out", "out.png")),
    Case("palette check", ("ember",)),
    Case("palette convert", ("ember", "out.ase")),
    Case("palette extract", (CARD, "--colors", "4", "--out", "out.gpl")),
    Case("palette make", ("ff4fa3", "--out", "out.toml")),
    Case("palette show", ("ember", "--out", "out.png")),
    Case("palette sort", ("ember", "--out", "out.hex")),
    Case("tile check", (PHOTO, "--out", "out.png")),
    Case("pack", ("pictures", "--size", "20", "--out", "out")),
    Case("inspect", ("pictures", "--minutes", "none", "--size", "20", "--out", "out.png")),
    Case("list", ("style",)),
    Case("show", ("style", "neon")),
    Case("evaluate", ("run", "--count", "16", "--extractor", "random")),
    Case("info", (CARD,)),
    Case("remake", (CARD, "--out", "out")),
    Case("trust", ("project",)),
    Case("plugins list", ()),
    Case("plugins search", ("filter",)),
    Case("plugins show", ("project/mine.py",)),
    Case("plugins doctor", ("project/mine.py",)),
    Case("plugins check", ("project/mine.py",)),
    Case("plugins new", ("artgan-mine", "--kind", "filter", "--kind", "style")),
    Case("plugins new", ("rays", "--file")),
    Case("plugins enable", ("other",)),
    Case("plugins disable", ("mine",)),
)
"""Each command once at least; of the file formats that it writes, one case for each writer."""
