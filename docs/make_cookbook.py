"""Follow the cookbook and collect its pictures: ``python docs/make_cookbook.py WORK [NUMBER ...]``.

In the folder WORK the files of ``docs/cookbook.md`` are written and its commands given, from top to
bottom; numbers of projects take those alone. A line that was given before is not given again, and a
run that is there is not trained again. Then each picture of the page is scaled down from the file
that the comment above it names.
"""

import os
import re
import runpy
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from PIL import Image

from artgan.cli.main import main as artgan

PAGE = Path(__file__).resolve().parent / "cookbook.md"
PATTERN = re.compile(
    r"^    (?P<run>(?:artgan|python) [^\n]+)$"
    r"|`(?P<file>[\w-]+\.(?:toml|py))`[^\n`]*:?\n(?:[^\n`]+\n)*\n```(?:toml|python)\n(?P<text>.*?)^```"
    r"|^<!-- shows: (?P<shows>\S+) (?P<wide>\d+) -->\n!\[[^]]*\]\((?P<target>[^)]+)\)"
    r"|^## (?P<at>[^\n]+)$",
    re.MULTILINE | re.DOTALL,
)


def parts(page: Path = PAGE) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give what the page holds, in order.

    Yields:
        ("at", (heading,)), ("file", (name, contents)), ("run", (command,)), or
        ("shows", (file, width, picture of the page)). Files come before the commands of their
        project, which may use them.
    """
    for section in re.split(r"^(?=## )", page.read_text(encoding="utf-8"), flags=re.MULTILINE):
        found = list(PATTERN.finditer(section))
        for match in [m for m in found if m["at"]]:
            yield "at", (match["at"],)
        for match in [m for m in found if m["file"]]:
            yield "file", (match["file"], match["text"])
        for match in [m for m in found if m["run"]]:
            yield "run", (match["run"],)
        for match in [m for m in found if m["shows"]]:
            yield "shows", (match["shows"], match["wide"], match["target"])


def give(command: str) -> None:
    """Give a command here, unless it trains a run that is there.

    In one process, since starting Python and torch takes longer than most commands.
    """
    words = shlex.split(command)
    if words[0] == "python":
        runpy.run_path(words[1], run_name="__main__")
        return
    if words[:2] == ["artgan", "train"] and (Path(words[-1]) / "run.toml").exists():
        return
    # A page that is followed again replaces what it made.
    fresh = ("canvas", "apply", "print", "plot", "animate", "sheet", "sample", "inspect")
    try:
        again = words[1] in fresh or words[1:3] == ["series", "pdf"]
        artgan([*words[1:], *(["--overwrite"] if again else [])])
    except SystemExit as ended:
        if ended.code:
            raise


def collect(source: Path, wide: int, target: Path) -> None:
    """Write a picture of the page as WebP, no wider than it says."""
    target.parent.mkdir(exist_ok=True)
    with Image.open(source) as opened:
        frames = []
        # Of an animation the page shows every third frame.
        for number in range(0, getattr(opened, "n_frames", 1), 3):
            opened.seek(number)
            frame = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
            if frame.width > wide:
                size = wide, round(frame.height * wide / frame.width)
                frame = frame.resize(size, Image.Resampling.LANCZOS)
            frames.append(frame)
        duration = 3 * opened.info.get("duration", 100)
    if len(frames) == 1:
        frames[0].save(target, quality=82, method=6)
        return
    frames[0].save(
        target, save_all=True, append_images=frames[1:], duration=duration, loop=0, quality=32
    )


def main() -> None:
    """Follow the page."""
    work, wanted = Path(sys.argv[1]), sys.argv[2:]
    work.mkdir(parents=True, exist_ok=True)
    os.chdir(work)
    chosen, given, began = False, set(), os.times()
    for kind, what in parts():
        if kind == "at":
            if chosen:
                click.echo(f"  {_minutes(began):.1f} minutes of processor time")
            chosen = not wanted or what[0].partition(".")[0] in wanted
            click.echo(what[0] if chosen else f"({what[0]})")
            began = os.times()
        elif kind == "file" and chosen:
            Path(what[0]).write_text(what[1], encoding="utf-8")
        elif kind == "run" and chosen and what[0] not in given:
            given.add(what[0])
            give(what[0])
        elif kind == "shows" and chosen:
            collect(Path(what[0]), int(what[1]), PAGE.parent / what[2])
    if chosen:
        click.echo(f"  {_minutes(began):.1f} minutes of processor time")


def _minutes(began: os.times_result) -> float:
    now = os.times()
    return (now.user - began.user + now.system - began.system) / 60


if __name__ == "__main__":
    main()
