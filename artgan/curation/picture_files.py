"""Find the pictures among files and folders, and name the files that are made of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from artgan.base.suggest import join_names
from artgan.curation.choices import PictureChoice, read_choices
from artgan.errors import DataError
from artgan.plugin.decode import PICTURE_ENDINGS


@dataclass(frozen=True)
class Job:
    """A picture to read and the file to write.

    Attributes:
        source: The picture.
        target: The file.
    """

    source: Path
    target: Path


def plan_files(given: Sequence[Path], out: Path, label: str, ending: str) -> list[Job]:
    """Find the pictures among files and folders, and name the files to write.

    A folder stands for all pictures in it and in its subfolders, except rejected ones (``artgan
    curate``); ``out`` gets the same subfolders. Pictures in ``out`` itself are skipped, so that a
    second run does not style its own results.

    Args:
        given: Files and folders.
        out: Folder to write to.
        label: End of the new names, such as "neon".
        ending: Ending of the files to write, without a dot.

    Raises:
        DataError: ``out`` is a file, a folder holds no picture, or two would become one file.
    """
    if out.exists() and not out.is_dir():
        raise DataError(f"'{out}' is a file; --out names the folder that the pictures go into")
    found = [(path, inside) for each in given for path, inside in _pictures(each, out)]
    plain = [out / inside / path.stem for path, inside in found]
    taken = Counter(plain)
    jobs: dict[Path, Path] = {}
    for (path, inside), name in zip(found, plain, strict=True):
        # x.jpg beside x.png: the ending tells them apart.
        stem = f"{path.stem}-{path.suffix[1:].lower()}" if taken[name] > 1 else path.stem
        target = out / inside / f"{stem}-{label}.{ending}"
        if jobs.setdefault(target, path) != path:
            raise DataError(
                f"'{jobs[target]}' and '{path}' would both become '{target}': give them apart with "
                "an --out of their own, or the folder that holds both"
            )
    return [Job(source, target) for target, source in jobs.items()]


def _pictures(given: Path, out: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each picture with its subfolder, relative to ``given``."""
    if not given.is_dir():
        yield given, Path()
        return
    empty, results = True, out.resolve()
    chosen: dict[Path, dict[str, PictureChoice]] = {}
    for path in sorted(given.rglob("*")):
        inside = path.relative_to(given)
        hidden = any(part.startswith(".") for part in inside.parts)
        if hidden or path.suffix.lower() not in PICTURE_ENDINGS or not path.is_file():
            continue
        if results in path.resolve().parents and results != given.resolve():
            continue
        empty = False
        choices = chosen.setdefault(path.parent, read_choices(path.parent))
        if choices.get(path.name) != "reject":
            yield path, inside.parent
    if empty:
        raise DataError(
            f"there are no pictures in folder '{given}'; expected {join_names(PICTURE_ENDINGS)}"
        )
