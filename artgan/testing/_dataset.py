"""Checks of a dataset."""

import pickle
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artgan.core.data import ImageTable
from artgan.datasets.read import read_table
from artgan.errors import ArtganError
from artgan.plugin import DataContext
from artgan.plugin_manager.audit import record_side_effects
from artgan.testing._checks import Checks, ContractError, Subject, expect

CHECKS = Checks()
MOST_ITEMS = 8


@contextmanager
def _opened(subject: Subject, size: tuple[int, int] | None = None) -> Iterator[Any]:
    """Open the dataset, with sample pictures where it takes a path."""
    with tempfile.TemporaryDirectory() as folder:
        path = _sample(subject, Path(folder))
        context = DataContext(size=size, cache=Path(folder, "cache"), path=path)
        yield subject.contribution.call("open", subject.options(), context)


def _sample(subject: Subject, folder: Path) -> Path | None:
    """Return a path that the dataset can open, given by the author or made here, or None."""
    if not subject.declared.takes_path:
        return None
    if subject.name in subject.checked.samples:
        return Path(subject.checked.samples[subject.name])
    for make in (_picture_folder, _picture_archive, _picture_shards):
        made = make(folder)
        context = DataContext(size=None, cache=folder / "tried", path=made)
        try:
            subject.contribution.call("open", subject.options(), context)
        except ArtganError:
            continue
        return made
    raise ContractError(
        "it takes a path, but opens neither a folder, a zip nor tar shards: pass a sample, "
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


def _picture_shards(folder: Path) -> Path:
    made = folder / "shards"
    made.mkdir()
    with tarfile.open(made / "000.tar", "w") as archive:
        for picture in sorted((folder / "pictures").iterdir()):
            archive.add(picture, picture.name)
    return made


def _table(subject: Subject, source: Any) -> ImageTable:
    return read_table(source, subject.contribution.where)


@CHECKS.add("opens")
def opens(subject: Subject) -> None:
    """It opens, and all its pictures are uint8 of one shape (H, W, C) with C = 1, 3 or 4."""
    with _opened(subject) as source:
        _table(subject, source)


@CHECKS.add("resizes", after=("opens",))
def resizes(subject: Subject) -> None:
    """Its pictures have the size that context.size asks for."""
    with _opened(subject, (16, 24)) as source:
        shape = _table(subject, source).images.shape[1:3]
        expect(
            shape == (16, 24),
            f"context.size asks for 24x16 (width x height), its pictures are {shape[1]}x{shape[0]}",
        )


@CHECKS.add("stable", after=("opens",))
def stable(subject: Subject) -> None:
    """The same index always gives the same picture and label, also when opened again."""
    with _opened(subject) as first, _opened(subject) as second:
        a, b, c = (_table(subject, source) for source in (first, first, second))
        for other, when in ((b, "read twice"), (c, "opened twice")):
            same = a.images.shape == other.images.shape and np.array_equal(a.images, other.images)
            expect(
                same, f"{when}, it returns other pictures: sort files, and draw no random numbers"
            )
            expect(str(a.labels) == str(other.labels), f"{when}, it returns other labels")


@CHECKS.add("pickles", after=("opens",))
def pickles(subject: Subject) -> None:
    """It can be pickled for worker processes."""
    with _opened(subject) as source:
        # Only what was pickled one call earlier is opened.
        again = pickle.loads(pickle.dumps(source))  # noqa: S301
        for index in range(min(MOST_ITEMS, len(source))):
            same = np.array_equal(_image(source, index), _image(again, index))
            expect(same, "after pickling, it returns other pictures")


def _image(source: Any, index: int) -> Any:
    if getattr(source, "images", None) is not None:
        return source.images[index]
    item = source[index]
    return item[0] if isinstance(item, tuple) else item


@CHECKS.add("licence")
def licence(subject: Subject) -> None:
    """It declares the licence of its pictures."""
    text = str(subject.declared.licence).strip()
    stated = text and text.lower() not in ("unknown", "none", "todo", "?")
    expect(stated, f"its licence is {text!r}; expected one such as 'CC0-1.0' or 'the user's own'")


@CHECKS.add("offline", after=("opens",))
def offline(subject: Subject) -> None:
    """By default it does not use the network."""
    with record_side_effects(refuse_network=True) as seen, _opened(subject) as source:
        _table(subject, source)
    asked = [deed for deed in seen if deed.startswith("asks the network")]
    expect(
        not asked,
        f"it {'; '.join(asked)}: download only if an option says so, keep files in context.cache",
    )


@CHECKS.add("varies", after=("opens",))
def varies(subject: Subject) -> None:
    """Its method vary, if any, keeps shape and range, and the same seed gives the same images."""
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
        expect(
            changed[0].shape == images.shape,
            f"vary returns shape {tuple(changed[0].shape)}; expected {tuple(images.shape)}",
        )
        expect(float(changed[0].abs().max()) <= 1.001, "vary leaves the range [-1, 1]")
        expect(
            torch.equal(*changed),
            "vary differs for the same seed: draw random numbers only from torch",
        )
