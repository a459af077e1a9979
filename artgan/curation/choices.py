r"""Choices among pictures, kept beside them in choices.txt: ``star tides-0003-s42.png``.

A name with characters that a line cannot hold, such as a line break or a leading space, is written
as a JSON string: ``star "line\nbreak.png"``.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from artgan.base.paths import is_closed, is_file, is_folder, write_text
from artgan.base.suggest import join_names, natural_key
from artgan.base.tables import read_text
from artgan.base.terminal import HIDDEN
from artgan.errors import DataError
from artgan.pictures.files import Note, ignore
from artgan.plugin.decode import picture_endings

PictureChoice = Literal["star", "keep", "reject"]

CHOICES: tuple[PictureChoice, ...] = ("star", "keep", "reject")

FILE = "choices.txt"

OWN_FILES = (FILE, "SHA256SUMS")
"""Files without a telling ending that artgan writes beside pictures: choices, sums of a series."""
OWN_ENDINGS = (".json", ".jsonl", ".toml", ".html", ".safetensors", ".pt")
"""Endings of files that artgan writes beside pictures, which nobody takes for pictures."""

NOT_SAMPLES = ("contact-sheet", "losses", "evaluation", "nearest")


def pictures_in(folder: Path, note: Note = ignore) -> list[Path]:
    """List the pictures of a folder by name.

    Sheets and plots are left out, and raw samples beside their styled ones. The folder of a run
    stands for its samples. ``note`` is called with a sentence about the files that are no pictures.

    Raises:
        DataError: The folder is missing or holds no picture.
    """
    if not folder.is_dir():
        raise DataError(f"there is no folder '{folder}'")
    if (folder / "run.toml").is_file() and (folder / "samples").is_dir():
        return pictures_in(folder / "samples", note)
    found = [
        path
        for path in sorted(folder.iterdir(), key=natural_key)
        if path.suffix.lower() in picture_endings()
        and path.stem not in NOT_SAMPLES
        and not path.name.startswith(".")
        and is_file(path)
    ]
    named = [path.stem.rpartition("-") for path in found]
    styled = {head for head, _, tail in named if tail != "raw"}
    found = [
        path
        for path, (head, _, tail) in zip(found, named, strict=True)
        if tail != "raw" or not any(name == head or name.startswith(f"{head}-") for name in styled)
    ]
    if not found:
        raise DataError(f"'{folder}' holds no pictures (.png, .jpg, .webp, .tif ...)")
    tell_others(folder.iterdir(), folder, note)
    inner = [path.name for path in sorted(folder.iterdir()) if _holds_pictures(path)]
    if inner:
        note(f"'{folder}': pictures in folders inside it are left out: {', '.join(inner[:5])}")
    return found


def _holds_pictures(path: Path) -> bool:
    """Tell whether a path is a folder, not a hidden one, with pictures in it."""
    if path.name.startswith(".") or not is_folder(path) or is_closed(path):
        return False
    return any(file.suffix.lower() in picture_endings() for file in path.iterdir())


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except OSError:
        return False
    return True


def tell_others(paths: Iterable[Path], folder: Path, note: Note) -> None:
    """Name the files among ``paths`` that are no pictures and that artgan did not write there."""
    seen = [path for path in sorted(paths) if not path.name.startswith(".")]
    others = [
        path
        for path in seen
        if path.suffix.lower() not in (*picture_endings(), *OWN_ENDINGS)
        and path.name not in OWN_FILES
        and is_file(path)
    ]
    # Pipes, sockets, links to what is gone: to open one may wait for ever.
    odd = [
        path
        for path in seen
        if path.suffix.lower() in picture_endings()
        and _is_there(path)
        and not is_file(path)
        and not is_folder(path)
    ]
    closed = [path for path in seen if is_folder(path) and is_closed(path)]
    for found, why in (
        (others, "no pictures by their names"),
        (odd, "no files, left out"),
        (closed, "folders that cannot be read, left out"),
    ):
        names = [path.relative_to(folder).as_posix() for path in found]
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        if names:
            note(f"'{folder}': {why}: {', '.join(names[:5])}{more}")


def read_choices(folder: Path) -> dict[str, PictureChoice]:
    """Read the choices of a folder: file name -> choice; empty if there are none.

    Raises:
        DataError: A line is not a choice.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    chosen: dict[str, PictureChoice] = {}
    # Not splitlines: it would also end a line where a name has U+2028 or a form feed.
    for number, line in enumerate(read_text(path, DataError, "file of choices").split("\n"), 1):
        word, _, name = line.strip().partition(" ")
        if not line.strip() or line.startswith("#"):
            continue
        if word not in CHOICES or not name:
            raise DataError(
                f"'{path}', line {number}: '{line}' does not fit; expected {join_names(CHOICES)} "
                "and a file name"
            )
        chosen[_unquoted(name.strip())] = word
    return chosen


_UNFIT = re.compile(f"[\t\n{HIDDEN}]")


def _quoted(name: str) -> str:
    """Write a name as it is, or as a JSON string if a line could not hold it."""
    if name == name.strip() and not name.startswith('"') and not _UNFIT.search(name):
        return name
    escaped = json.dumps(name, ensure_ascii=False)
    return _UNFIT.sub(lambda found: json.dumps(found[0])[1:-1], escaped)


def _unquoted(text: str) -> str:
    """Read what ``_quoted`` wrote; a name that only begins with a quotation mark stays."""
    if not (text.startswith('"') and text.endswith('"')):
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        return text


def write_choices(folder: Path, chosen: Mapping[str, PictureChoice]) -> Path:
    """Write the choices of a folder, one line a picture, whole or not at all."""
    path = folder / FILE
    write_text(path, "".join(f"{word} {_quoted(name)}\n" for name, word in sorted(chosen.items())))
    return path


def chosen_pictures(folder: Path, only: str, note: Note = ignore) -> list[Path]:
    """List the chosen pictures of a folder.

    Args:
        folder: Folder of pictures.
        only: "star" for starred ones, "keep" for kept and starred ones, "all" for all but the
            rejected.
        note: Called with a sentence about files that are no pictures.

    Raises:
        DataError: None is chosen.
    """
    pictures = pictures_in(folder, note)
    chosen = read_choices(pictures[0].parent)
    wanted = {"star": ("star",), "keep": ("star", "keep"), "all": ("star", "keep", "")}[only]
    found = [path for path in pictures if chosen.get(path.name, "") in wanted]
    if not found:
        raise DataError(
            f"no picture in '{folder}' is chosen as '{only}'; choose with: artgan curate {folder}"
        )
    return found


def starred_pictures(folder: Path) -> list[Path]:
    """List the starred pictures of a folder; none is starred in a new one."""
    pictures = pictures_in(folder)
    chosen = read_choices(pictures[0].parent)
    return [path for path in pictures if chosen.get(path.name) == "star"]


def given_pictures(paths: Sequence[Path], only: str = "all", note: Note = ignore) -> list[Path]:
    """List the pictures among files and folders; a folder stands for its chosen pictures.

    Args:
        paths: Picture files, and folders of pictures.
        only: Which pictures of a folder, as in ``chosen_pictures``.
        note: Called with a sentence about files of folders that are no pictures.

    Raises:
        DataError: A folder holds none of them.
    """
    return [
        picture
        for path in paths
        for picture in (chosen_pictures(path, only, note) if path.is_dir() else [path])
    ]
