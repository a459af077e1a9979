"""Follow the cookbook and collect its pictures: ``python docs/make_cookbook.py WORK [PROJECT ...]``.

In the folder WORK the files of ``docs/cookbook.md`` are written and its commands given, from top to
bottom; numbers of projects take those alone. A line that was given before is not given again, and a
run that is there is not trained again. Then each picture of the page is scaled down from the file
that the comment above it names.
"""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

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


def give(command: str, work: Path) -> None:
    """Give a command, unless it trains a run that is there."""
    words = shlex.split(command)
    if words[:2] == ["artgan", "train"] and (work / words[-1] / "run.toml").exists():
        return
    words[:1] = [sys.executable, *(["-m", "artgan"] if words[0] == "artgan" else [])]
    # A page that is followed again replaces what it made.
    fresh = ("canvas", "apply", "print", "plot", "animate", "sheet", "sample", "inspect")
    overwrite = ["--overwrite"] if words[3:4] and words[3] in fresh else []
    subprocess.run([*words, *overwrite], cwd=work, check=True)


def collect(source: Path, wide: int, target: Path) -> None:
    """Write a picture of the page as WebP, no wider than it says."""
    target.parent.mkdir(exist_ok=True)
    with Image.open(source) as opened:
        frames = []
        for number in range(getattr(opened, "n_frames", 1)):
            opened.seek(number)
            frame = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
            if frame.width > wide:
                size = wide, round(frame.height * wide / frame.width)
                frame = frame.resize(size, Image.Resampling.LANCZOS)
            frames.append(frame)
        duration = opened.info.get("duration", 100)
    if len(frames) == 1:
        frames[0].save(target, quality=82, method=6)
        return
    frames[0].save(
        target, save_all=True, append_images=frames[1:], duration=duration, loop=0, quality=40
    )


def main() -> None:
    """Follow the page."""
    work, wanted = Path(sys.argv[1]).resolve(), sys.argv[2:]
    work.mkdir(parents=True, exist_ok=True)
    chosen, given, began = False, set(), os.times()
    for kind, what in parts():
        if kind == "at":
            if chosen:
                print(f"  {_minutes(began):.1f} minutes of processor time")
            chosen = not wanted or what[0].partition(".")[0] in wanted
            print(what[0] if chosen else f"({what[0]})", time.strftime("%H:%M"), flush=True)
            began = os.times()
        elif kind == "file" and chosen:
            (work / what[0]).write_text(what[1], encoding="utf-8")
        elif kind == "run" and chosen and what[0] not in given:
            given.add(what[0])
            give(what[0], work)
        elif kind == "shows" and chosen:
            collect(work / what[0], int(what[1]), PAGE.parent / what[2])
    if chosen:
        print(f"  {_minutes(began):.1f} minutes of processor time")


def _minutes(began: os.times_result) -> float:
    now = os.times()
    spent = now.children_user - began.children_user + now.children_system - began.children_system
    return spent / 60


if __name__ == "__main__":
    main()
