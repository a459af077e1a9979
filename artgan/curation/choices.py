"""Choices among pictures: the file they are kept in."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from artgan.base.paths import write_text
from artgan.base.suggest import join_names
from artgan.errors import DataError

Choice = Literal["star", "keep", "reject"]

CHOICES: tuple[Choice, ...] = ("star", "keep", "reject")

FILE = "choices.txt"

TEXT = "text/plain"

TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}


def pictures_in(folder: Path) -> list[Path]:
    """List the pictures of a folder by name.

    Contact sheets are left out, and raw samples that stand beside the styled ones.

    Raises:
        DataError: There is no folder, or no picture in it.
    """
    if not folder.is_dir():
        raise DataError(f"there is no folder '{folder}'")
    found = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in TYPES
        and path.stem not in ("contact-sheet", "losses", "evaluation", "nearest")
        and not path.name.startswith(".")
    )
    named = [path.stem.rpartition("-") for path in found]
    styled = {head for head, _, tail in named if tail != "raw"}
    found = [
        path
        for path, (head, _, tail) in zip(found, named, strict=True)
        if tail != "raw" or not any(name == head or name.startswith(f"{head}-") for name in styled)
    ]
    if not found and (folder / "samples").is_dir():
        return pictures_in(folder / "samples")
    if not found:
        raise DataError(f"'{folder}' holds no pictures ({', '.join(TYPES)})")
    return found


def read_choices(folder: Path) -> dict[str, Choice]:
    """Read what was chosen in a folder: file name -> choice; nothing if nothing was.

    Raises:
        DataError: A line is no choice.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    chosen: dict[str, Choice] = {}
    for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        word, _, name = line.strip().partition(" ")
        if not line.strip() or line.startswith("#"):
            continue
        if word not in CHOICES or not name:
            raise DataError(
                f"'{path}', line {place}: '{line}' does not fit; expected {join_names(CHOICES)} "
                "and a file name"
            )
        chosen[name.strip()] = word
    return chosen


def write_choices(folder: Path, chosen: Mapping[str, Choice]) -> Path:
    """Write what was chosen, one line a picture, whole or not at all."""
    path = folder / FILE
    write_text(path, "".join(f"{word} {name}\n" for name, word in sorted(chosen.items())))
    return path


def chosen_pictures(folder: Path, only: str) -> list[Path]:
    """List the pictures of a folder that were chosen.

    Args:
        folder: Of pictures.
        only: "star" for starred ones, "keep" for kept and starred ones, "all" for all but the
            rejected.

    Raises:
        DataError: None was.
    """
    pictures = pictures_in(folder)
    chosen = read_choices(pictures[0].parent)
    wanted = {"star": ("star",), "keep": ("star", "keep"), "all": ("star", "keep", "")}[only]
    found = [path for path in pictures if chosen.get(path.name, "") in wanted]
    if not found:
        raise DataError(
            f"no picture in '{folder}' is chosen as '{only}'; choose with: artgan curate {folder}"
        )
    return found


def given_pictures(paths: Sequence[Path], only: str = "all") -> list[Path]:
    """List the pictures that were named on a command line; a folder stands for those in it.

    Args:
        paths: Picture files and folders of pictures.
        only: Of folders, as ``chosen_pictures`` takes it.

    Raises:
        DataError: A folder holds none such.
    """
    return [
        picture
        for path in paths
        for picture in (chosen_pictures(path, only) if path.is_dir() else [path])
    ]
