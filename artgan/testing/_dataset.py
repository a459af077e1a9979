"""Promises of a dataset."""

import pickle
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artgan.core.data import ImageTable, read_table
from artgan.errors import ArtganError
from artgan.plugin import DataContext
from artgan.plugin_manager.audit import record_side_effects
from artgan.testing._checks import Checks, ContractError, Subject, expect

CHECKS = Checks()
MOST_ITEMS = 8


@contextmanager
def _opened(subject: Subject, size: tuple[int, int] | None = None) -> Iterator[Any]:
    """Open it, with a sample of pictures where it takes a path."""
    with tempfile.TemporaryDirectory() as folder:
        path = _sample(subject, Path(folder))
        context = DataContext(size=size, cache=Path(folder, "cache"), path=path)
        yield subject.contribution.call("open", subject.options(), context)


def _sample(subject: Subject, folder: Path) -> Path | None:
    """Give a file or folder that the dataset can open: the author's, or pictures of ours."""
    if not subject.declared.takes_path:
        return None
    if subject.name in subject.checked.samples:
        return Path(subject.checked.samples[subject.name])
    for made in (_picture_folder(folder), _picture_archive(folder)):
        context = DataContext(size=None, cache=folder / "tried", path=made)
        try:
            subject.contribution.call("open", subject.options(), context)
        except ArtganError:
            continue
        return made
    raise ContractError(
        "it takes a path, and opens neither a folder nor a zip of pictures: give the kit a sample, "
        f"samples={{{subject.name!r}: Path(...)}} or --sample {subject.name}=PATH"
    )


def _picture_folder(folder: Path) -> Path:
    made = folder / "pictures"
    made.mkdir()
    rng = np.random.default_rng(0)
    for index in range(8):
        pixels = rng.integers(0, 256, (20, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(made / f"{index}.png")
    return made


def _picture_archive(folder: Path) -> Path:
    path = folder / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for picture in sorted((folder / "pictures").iterdir()):
            archive.write(picture, picture.name)
    return path


def _table(subject: Subject, source: Any) -> ImageTable:
    return read_table(source, subject.contribution.where)


@CHECKS.add("opens")
def opens(subject: Subject) -> None:
    """It opens and holds pictures of one shape, uint8 (H, W, C) with C 1, 3 or 4."""
    with _opened(subject) as source:
        _table(subject, source)


@CHECKS.add("resizes", after=("opens",))
def resizes(subject: Subject) -> None:
    """Asked for a size, it gives pictures of that size."""
    with _opened(subject, (16, 24)) as source:
        shape = _table(subject, source).images.shape[1:3]
        expect(shape == (16, 24), f"asked for 24x16 it gives {shape[1]}x{shape[0]}")


@CHECKS.add("stable", after=("opens",))
def stable(subject: Subject) -> None:
    """The same index always gives the same picture, opened again too."""
    with _opened(subject) as first, _opened(subject) as second:
        a, b, c = (_table(subject, source) for source in (first, first, second))
        for other, when in ((b, "read twice"), (c, "opened twice")):
            same = a.images.shape == other.images.shape and np.array_equal(a.images, other.images)
            expect(same, f"{when}, it gives other pictures: sort files, and draw no random numbers")
            expect(str(a.labels) == str(other.labels), f"{when}, it gives other labels")


@CHECKS.add("pickles", after=("opens",))
def pickles(subject: Subject) -> None:
    """It can be sent to worker processes."""
    with _opened(subject) as source:
        # A thing that we have just pickled ourselves; nothing foreign is opened.
        again = pickle.loads(pickle.dumps(source))  # noqa: S301
        for index in range(min(MOST_ITEMS, len(source))):
            same = np.array_equal(_image(source, index), _image(again, index))
            expect(same, "sent to another process, it gives other pictures")


def _image(source: Any, index: int) -> Any:
    if getattr(source, "images", None) is not None:
        return source.images[index]
    item = source[index]
    return item[0] if isinstance(item, tuple) else item


@CHECKS.add("licence")
def licence(subject: Subject) -> None:
    """The licence of its pictures is stated."""
    text = str(subject.declared.licence).strip()
    stated = text and text.lower() not in ("unknown", "none", "todo", "?")
    expect(stated, f"its licence is {text!r}; expected one such as 'CC0-1.0' or 'the user's own'")


@CHECKS.add("offline", after=("opens",))
def offline(subject: Subject) -> None:
    """By default it asks nothing of the network."""
    with record_side_effects(refuse_network=True) as seen, _opened(subject) as source:
        _table(subject, source)
    asked = [deed for deed in seen if deed.startswith("asks the network")]
    expect(
        not asked,
        f"it {'; '.join(asked)}: fetch only when an option says so, and keep it in context.cache",
    )


@CHECKS.add("varies", after=("opens",))
def varies(subject: Subject) -> None:
    """If it varies pictures at random, shape and range stay, and the same seed does the same."""
    import torch

    from artgan.testing._torch import keyed, pictures

    with _opened(subject) as source:
        vary = getattr(source, "vary", None)
        if vary is None:
            return
        images = pictures(4, _table(subject, source).images.shape[3], 16, 16)
        changed = []
        for _ in range(2):
            with keyed():
                changed.append(vary(images.clone()))
        expect(changed[0].shape == images.shape, f"vary gives shape {tuple(changed[0].shape)}")
        expect(float(changed[0].abs().max()) <= 1.001, "vary leaves the range [-1, 1]")
        expect(torch.equal(*changed), "vary differs for one seed: draw with torch.rand alone")
