"""The files that artgan reads, and the commands that read each."""

import json
import shutil
import struct
import wave
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

import artgan
from artgan.cli.main import main
from artgan.palettes.formats import write_palette
from artgan.plugin_manager.load import load_registry
from artgan.plugin_manager.trust import trust
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
PLUGIN = """
from artgan.plugin import Palette, hookimpl

@hookimpl
def artgan_palettes():
    yield Palette(name="mine", colors=("102030", "c86432"))
"""

PICTURES_RUN = (
    "--dataset", "pictures", "--size", "16", "--steps", "2", "--batch", "4", "--arch", "dcgan",
    "--arch.base-channels", "4", "--train.clusters", "2", "--device", "cpu",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A file, and what reads it.

    Attributes:
        file: The file, below the folder of the corpus.
        commands: Command lines; all must end with an exit code and a sentence.
        settings: Whether it decides which plugins are loaded.
    """

    file: str
    commands: tuple[tuple[str, ...], ...]
    settings: bool = False


def build_corpus(folder: Path) -> list[Case]:
    """Make one of everything in a folder, the working directory, and list what reads it.

    ``home`` in it is the user's own folder, ``cache`` the cache.
    """
    _write_pictures(folder / "pictures")
    # Few pictures, as they are opened by most commands.
    artgan.train(dataset=folder / "pictures", out=folder / "run", style="gameboy", **TOY)
    run = artgan.load_run(folder / "run", load_registry(packages=False))
    artgan.sample_to(run, [0, 1], folder / "cards", "gameboy")
    for ending in ("webp", "jpg", "tiff"):
        artgan.sample_to(run, [0], folder / ending, "gameboy", ending=ending, keep_raw=False)
    for ending in ("gif", "webp", "apng", "mp4"):
        run.animate([0, 1], folder / f"moves/a.{ending}", seconds=0.2)
    run.find_directions(2)
    _call("evaluate", "run", "--count", "16", "--extractor", "random", "--quiet")
    _call("project", "cards/s00000-raw.png", "--run", "run", "--steps", "2", "--quiet")
    (folder / "style.toml").write_text(STYLE)
    (folder / "series.toml").write_text(SERIES)
    artgan.Series.read(folder / "series.toml").write(folder / "editions")
    (folder / "cards/choices.txt").write_text(
        "star s00000-gameboy.png\nreject s00001-gameboy.png\n"
    )
    shutil.make_archive(str(folder / "pictures"), "zip", folder / "cards")
    _write_palettes(folder)
    _write_record_beside(folder / "beside")
    _write_sound(folder / "beat.wav")
    _write_settings(folder)
    _call("train", *PICTURES_RUN, "--out", "sorted", "--quiet")
    return _cases(folder)


def _call(*command: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(command))
    assert not ended.value.code, command


def _write_palettes(folder: Path) -> None:
    for name, text in PALETTES.items():
        (folder / name).write_text(text)
    for ending in ("ase", "act", "css", "soc"):
        write_palette(np.eye(3, dtype=np.float32), folder / f"b.{ending}")
    (folder / "b.aco").write_bytes(struct.pack(">2H10H", 1, 2, 0, 9, 99, 999, 0, 7, 50, 1, 2, 0))
    color = {"hue": 0.5, "saturation": 0.5, "brightness": 0.5, "alpha": 1, "colorSpace": 0}
    with zipfile.ZipFile(folder / "b.swatches", "w") as archive:
        archive.writestr("Swatches.json", json.dumps([{"name": "b", "swatches": [color, None]}]))
    entry = '<ColorSetEntry name="b" bitdepth="U8"><RGB r="0.1" g="0.2" b="0.3"/></ColorSetEntry>'
    with zipfile.ZipFile(folder / "b.kpl", "w") as archive:
        archive.writestr("mimetype", "application/x-krita-palette")
        archive.writestr("colorset.xml", f'<ColorSet name="b" columns="2">{entry}</ColorSet>')


def _write_pictures(folder: Path) -> None:
    """Write pictures of many formats and modes, as other programs save them."""
    folder.mkdir()
    ramp = np.arange(24 * 20 * 3, dtype=np.uint8).reshape(24, 20, 3)
    picture = Image.fromarray(ramp)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(folder / "photo.jpg", exif=exif, icc_profile=profile)
    picture.convert("CMYK").save(folder / "ink.jpg")
    picture.save(folder / "profile.png", icc_profile=profile)
    picture.convert("P").save(folder / "clear.png", transparency=3)
    Image.fromarray(ramp[..., 0].astype(np.uint16) * 257).save(folder / "deep.png")
    picture.save(folder / "plain.bmp")
    picture.save(folder / "plain.ppm")
    picture.convert("RGBA").save(folder / "clear.webp", lossless=True)
    picture.convert("I;16").save(folder / "deep.tif")
    picture.convert("CMYK").save(folder / "ink.tif", compression="tiff_lzw")
    picture.save(folder / "pages.tif", save_all=True, append_images=[picture] * 2)


def _write_record_beside(folder: Path) -> None:
    """Write a picture that has lost its record, beside a file that holds it."""
    _call("sample", "run", "--seeds", "3", "--out", str(folder), "--side-file", "--quiet")
    for path in folder.glob("*.png"):
        with Image.open(path) as picture:
            picture.copy().save(path)


def _write_sound(path: Path) -> None:
    """Write a second of beats."""
    beats = np.zeros(8000, np.int16)
    for first in range(0, 8000, 2000):
        beats[first : first + 200] = 20000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(beats.tobytes())


def _write_settings(folder: Path) -> None:
    """Write a trusted project with a plugin, and the user's own settings."""
    (folder / "artgan.toml").write_text('plugins = ["mine.py"]\n')
    (folder / "mine.py").write_text(PLUGIN)
    trust(folder)
    (folder / "home/plugins.toml").write_text(
        'disabled = ["other"]\npin.filter.glow = "artgan-neon"\n'
    )


def _cases(folder: Path) -> list[Case]:
    cached = [path for path in sorted((folder / "cache").rglob("*")) if path.is_file()]
    further = ("resume", "sorted", "--steps", "5", "--quiet")
    return (
        [*_run_cases(), *_series_cases(), *_palette_cases(), *_picture_cases(folder)]
        + [
            Case(name, (("list", "palette"), ("plugins", "list")), settings=True)
            for name in ("artgan.toml", "mine.py", "home/plugins.toml", "home/trusted.json")
        ]
        + [Case(str(path.relative_to(folder)), (further,)) for path in cached]
    )


def _run_cases() -> list[Case]:
    sample = ("sample", "run", "--seeds", "0", "--out", "out", "--overwrite", "--quiet")
    # A run file without its steps asks for the usual number, which takes its time.
    go_on = ("resume", "run", "--steps", "5", "--quiet")
    further = ("resume", "sorted", "--steps", "5", "--quiet")
    checkpoint = "run/checkpoints/000004"
    move = (*sample, "--move", "0=1")
    found = ("--out", "out", "--overwrite", "--quiet")
    moves = ("animate", "run", "--seconds", "0.1", "--out", "a.gif", "--overwrite", "--quiet")
    evaluate = ("evaluate", "run", "--count", "16", "--extractor", "random", "--quiet")
    return [
        Case("run/run.toml", (("info", "run"), sample, go_on, ("export", "run", "--web"))),
        Case("run/metrics.jsonl", (go_on,)),
        Case("run/evaluation.json", (("info", "run"), evaluate)),
        Case(f"{checkpoint}.safetensors", (sample, go_on)),
        Case(f"{checkpoint}.json", (sample, go_on, ("matrix", "run", "--vary", "step=4", *found))),
        Case("run/checkpoints/best.json", (("info", "run"), sample)),
        Case("run/directions.safetensors", (move,)),
        Case("run/directions.toml", (move, ("directions", "run", "--quiet"))),
        Case(
            "run/projected/s00000-raw.safetensors",
            (
                (*sample, "--latents", "run/projected/s00000-raw.safetensors"),
                (*moves, "--from-latents", "run/projected/s00000-raw.safetensors"),
            ),
        ),
        Case("beat.wav", ((*moves, "--sound", "beat.wav", "--seeds", "0,1"),)),
        Case("sorted/run.toml", (further,)),
        Case("sorted/kinds.npy", (further,)),
    ]


def _series_cases() -> list[Case]:
    make = ("series", "make", "series.toml", "--out", "editions", "--quiet")
    verify = ("series", "verify", "editions")
    pdf = ("series", "pdf", "editions", "--overwrite", "--quiet", "--dpi", "20")
    return [
        Case("series.toml", (make,)),
        Case("editions/editions.jsonl", (make, verify, pdf)),
        Case("editions/series.toml", (verify,)),
        Case("editions/series.json", (make, verify, pdf)),
        Case("editions/SHA256SUMS", (make, verify)),
    ]


def _palette_cases() -> list[Case]:
    packed = ("b.ase", "b.act", "b.aco", "b.css", "b.soc", "b.swatches", "b.kpl")
    return [
        Case(name, (("palette", "show", name), ("palette", "convert", name, "out.gpl")))
        for name in (*PALETTES, *packed)
    ]


def _picture_cases(folder: Path) -> list[Case]:
    made = ["cards/s00000-gameboy.png", "beside/s00003-raw.png", "beside/s00003-raw.json"]
    made += [f"{ending}/s00000-gameboy.{ending}" for ending in ("webp", "jpg", "tiff")]
    made += [f"moves/{path.name}" for path in sorted((folder / "moves").iterdir())]
    foreign = [f"pictures/{path.name}" for path in sorted((folder / "pictures").iterdir())]
    card = made[0]
    styled = ("apply", card, "--style", "style.toml", "--out", "out", "--quiet")
    return [
        Case("style.toml", (styled, ("show", "style", "style.toml"))),
        Case(
            "cards/choices.txt",
            (
                ("sheet", "cards", "--only", "star", "--out", "s.png"),
                ("curate", "cards", "--pick", "1"),
            ),
        ),
        Case(
            "pictures.zip",
            (
                ("inspect", "pictures.zip", "--minutes", "none", "--out", "i.png", "--overwrite"),
                ("train", *PICTURES_RUN, "--dataset", "pictures.zip", "--out", "new", "--quiet"),
            ),
        ),
        *(Case(name, (("info", name), ("remake", name), *_readers(name))) for name in made),
        *(Case(name, (("info", name), *_readers(name))) for name in foreign),
    ]


def _readers(name: str) -> tuple[tuple[str, ...], ...]:
    """List the commands that read a picture, or the folder in which it lies."""
    name = name.replace("raw.json", "raw.png")
    place = str(Path(name).parent)
    to = ("--overwrite", "--quiet", "--out")
    return (
        ("apply", name, "--style", "invert", *to, "out"),
        ("apply", place, "--style", "invert", *to, "out"),
        ("palette", "show", name),
        ("palette", "extract", name, "--colors", "3"),
        ("sheet", place, *to, "out.png"),
        ("print", name, "--paper", "a6", "--dpi", "30", *to, "out.pdf"),
        ("print", name, "--paper", "a6", "--dpi", "30", *to, "out.png"),
        ("plot", name, "--paper", "a6", *to, "out.svg"),
        ("project", name, "--run", "run", "--steps", "1", *to, "out"),
        ("matrix", name, "--style", "neon", "--vary", "glow=1,2", *to, "out.png"),
        ("style", "from", name),
        ("tile", "check", name),
        ("inspect", place, "--minutes", "none", "--out", "out.png", "--overwrite"),
    )
