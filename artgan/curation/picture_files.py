"""Find the pictures among files and folders, and name the files that are made of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from artgan.base.paths import is_file
from artgan.base.suggest import natural_key
from artgan.curation.choices import PictureChoice, read_choices, tell_others
from artgan.errors import ArtganError, DataError
from artgan.pictures.files import Note, decode_file, ignore
from artgan.plugin.decode import picture_endings
from artgan.sampling.naming import check_pattern, fill_pattern

FIELDS = ("name", "style", "number")
"""Names that may stand in braces in patterns for file names."""


@dataclass(frozen=True)
class Job:
    """A picture to read and the file to write.

    Attributes:
        source: The picture.
        target: The file.
    """

    source: Path
    target: Path


@dataclass(frozen=True)
class ResultNames:
    """How the files that are made of pictures are named.

    Attributes:
        label: Short name of the style, such as "neon".
        ending: Ending of the files, without a dot.
        pattern: Pattern of the names, without ending; ``FIELDS`` may stand in braces.
    """

    label: str
    ending: str
    pattern: str = "{name}-{style}"

    def __post_init__(self) -> None:
        check_pattern(self.pattern, FIELDS, ("name", "number"))

    def name(self, stem: str, number: int) -> str:
        """Return the name of the file that is made of a picture; numbers begin with 1."""
        facts = {"name": stem, "style": self.label, "number": number}
        return f"{fill_pattern(self.pattern, facts)}.{self.ending}"


def plan_files(
    given: Sequence[Path], out: Path, names: ResultNames, note: Note = ignore
) -> list[Job]:
    """Find the pictures among files and folders, and name the files to write.

    A folder stands for all pictures in it and in its subfolders, except rejected ones (``artgan
    curate``); ``out`` gets the same subfolders. Pictures in ``out`` itself are skipped, so that a
    second run does not style its own results; so are styled samples that lie beside their raw ones.

    Args:
        given: Files and folders.
        out: Folder to write to.
        names: How the files are named.
        note: Called with a sentence about the files of folders that are left out.

    Raises:
        DataError: ``out`` is a file, a folder holds no picture, or two would become one file.
    """
    if out.exists() and not out.is_dir():
        raise DataError(f"'{out}' is a file; --out names the folder that the pictures go into")
    found = [(path, inside) for each in given for path, inside in _pictures(each, out, note)]
    plain = [out / inside / path.stem for path, inside in found]
    taken = Counter(plain)
    jobs: dict[Path, Path] = {}
    for number, ((path, inside), name) in enumerate(zip(found, plain, strict=True), 1):
        # x.jpg beside x.png: the ending tells them apart.
        stem = f"{path.stem}-{path.suffix[1:].lower()}" if taken[name] > 1 else path.stem
        target = out / inside / names.name(stem, number)
        if jobs.setdefault(target, path) != path:
            raise DataError(
                f"'{jobs[target]}' and '{path}' would both become '{target}': give them apart with "
                "an --out of their own, or the folder that holds both"
            )
    return [Job(source, target) for target, source in jobs.items()]


def _pictures(given: Path, out: Path, note: Note) -> Iterator[tuple[Path, Path]]:
    """Yield each picture with its subfolder, relative to ``given``."""
    if not given.is_dir():
        yield given, Path()
        return
    results = out.resolve()
    found = [
        path
        for path in sorted(given.rglob("*"), key=natural_key)
        if not any(part.startswith(".") for part in path.relative_to(given).parts)
        and (results not in path.resolve().parents or results == given.resolve())
    ]
    tell_others(found, given, note)
    found = [p for p in found if p.suffix.lower() in picture_endings() and is_file(p)]
    raw = _raw_ones(found)
    if len(raw) < len(found):
        note(f"of samples the raw ones are taken; styled ones left out: {len(found) - len(raw)}")
    chosen: dict[Path, dict[str, PictureChoice]] = {}
    for path in raw:
        choices = chosen.setdefault(path.parent, read_choices(path.parent))
        if choices.get(path.name) != "reject":
            yield path, path.relative_to(given).parent
    if not found:
        raise DataError(
            f"there are no pictures in folder '{given}'; expected .png, .jpg, .webp, .tif ..."
        )


def _raw_ones(found: Sequence[Path]) -> list[Path]:
    """Leave out the styled samples whose raw picture lies beside them."""
    heads = {
        (path.parent, path.stem.removesuffix("-raw"))
        for path in found
        if path.stem.endswith("-raw")
    }

    def styled(path: Path) -> bool:
        parts = path.stem.split("-")
        begins = ("-".join(parts[:count]) for count in range(1, len(parts)))
        return any((path.parent, begin) in heads for begin in begins)

    return [path for path in found if path.stem.endswith("-raw") or not styled(path)]


def readable_pictures(paths: Sequence[Path], note: Note = ignore) -> tuple[list[Path], list[str]]:
    """Tell pictures that can be decoded from those that cannot, so that one does not end a batch.

    ``note`` is called with a sentence for what was assumed or left out in reading one.

    Returns:
        Those that can, and a sentence for each other one.

    Raises:
        ArtganError: None can.
    """
    good, errors = [], []
    for path in paths:
        try:
            for each in decode_file(path)[0].assumed:
                note(f"'{path}': {each}")
            good.append(path)
        except ArtganError as error:
            errors.append(error)
    if not good:
        raise errors[0]
    return good, [str(error) for error in errors]
