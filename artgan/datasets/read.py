"""Reads an opened dataset: a small one whole, a large one when its pictures are needed."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.base.suggest import count_of
from artgan.core.data import ImageTable
from artgan.datasets.items import check_shape, split_item, unlike
from artgan.datasets.lazy import LazySupply
from artgan.datasets.stream import open_stream
from artgan.errors import ArtganError, DataError, PictureError, PluginError

GATHERED_UP_TO = 4 * 2**30
"""Bytes of decoded pictures up to which a set that has single items is read into memory."""

MOST_GATHERED = 1_000_000
"""Items up to which it is."""

SAID_FROM = 50_000
"""Items from which reading them one by one is worth a sentence."""

Report = Callable[[str], None]


def read_table(source: Any, where: str, report: Report = lambda _: None) -> ImageTable:
    """Read an opened dataset (``artgan.plugin.ImageSource`` or ``IterableSource``).

    ``where`` is what errors call it; ``report`` is told where a set is not read whole.

    Raises:
        PluginError: It broke its contract.
    """
    try:
        return _read(source, where, report)
    except ArtganError:
        raise
    # The plugin boundary: the user must learn whose pictures could not be read.
    except Exception as error:
        raise PluginError(f"{where}: its pictures cannot be read: {_reason(error)}") from error


def _read(source: Any, where: str, report: Report) -> ImageTable:
    images, labels = getattr(source, "images", None), getattr(source, "labels", None)
    if images is None:
        if not hasattr(source, "__getitem__") or not hasattr(source, "__len__"):
            return _whole_or_stream(source, where, report)
        if is_large(source):
            return _lazily(source, where, report)
        images, labels = _gather(source, where, report)
    return _table(np.asanyarray(images), labels, source, where)


def _table(images: NDArray[np.uint8], labels: Any, source: Any, where: str) -> ImageTable:
    check_shape(images.shape, images.dtype, where)
    if not len(images):
        raise DataError(f"{where} holds no pictures")
    if labels is not None:
        labels = np.asarray(labels, dtype=np.int64)
        if labels.shape != (len(images),) or labels.min() < 0:
            raise PluginError(f"{where}: labels must be whole numbers from 0, one for each picture")
    return ImageTable(images, labels, names_of(source), getattr(source, "vary", None))


def names_of(source: Any) -> tuple[str, ...]:
    """Return the names of a source's labels."""
    return tuple(str(name) for name in getattr(source, "class_names", None) or ())


def is_large(source: Any) -> bool:
    """Tell whether a source that has single items is read when they are needed."""
    if getattr(source, "lengths", None) is not None or getattr(source, "slow", False):
        return True
    count = len(source)
    if not count:
        return False
    try:
        size = split_item(source[0])[0].nbytes
    except PictureError:
        size = 0
    return count > MOST_GATHERED or size * count > GATHERED_UP_TO


def _lazily(source: Any, where: str, report: Report) -> ImageTable:
    """Read a few pictures now, and the others when they are needed."""
    supply = LazySupply(source, where, report)
    images, labels = supply.sample()
    check_shape(images.shape, images.dtype, where)
    names = names_of(source)
    if labels is not None and not names:
        raise PluginError(
            f"{where} is read when its pictures are needed, and has labels: it must say all of "
            "them in class_names"
        )
    if not hasattr(source, "lengths"):
        size = images[0].nbytes * supply.count / 2**30
        report(
            f"{count_of(supply.count, 'picture')} of {where} take {size:.1f} GiB, more than "
            f"{GATHERED_UP_TO / 2**30:.0f} GiB, or are more than {MOST_GATHERED:,}: they are read "
            "when they are needed."
        )
    return ImageTable(images, labels, names, getattr(source, "vary", None), supply=supply)


def _whole_or_stream(source: Any, where: str, report: Report) -> ImageTable:
    """Read a source that only iterates: whole if it is small."""
    images, labels, stream = open_stream(source, where)
    if stream is None:
        return _table(images, labels, source, where)
    names = names_of(source)
    if labels is not None and not names:
        raise PluginError(f"{where} only iterates, and has labels: it must say them in class_names")
    report(
        f"{where} only iterates, so batches are drawn from a window of {len(images):,} pictures. "
        "None are held out, how many there are is not known, and a run that was interrupted begins "
        "with the first picture again: it will not equal an unbroken one."
    )
    return ImageTable(images, labels, names, getattr(source, "vary", None), supply=stream)


def _gather(source: Any, where: str, report: Report) -> tuple[NDArray[np.uint8], list[int] | None]:
    """Read item by item into memory."""
    count = len(source)
    if count > SAID_FROM:
        report(f"Reading the pictures of {where} into memory: {count:,}.")
    images, labels = [], []
    for index in range(count):
        try:
            image, label = split_item(source[index])
        except PictureError as error:
            report(f"Left out picture {index} of {where}: {error}.")
            continue
        images.append(image)
        labels.append(label)
        if image.shape != images[0].shape or (label is None) != (labels[0] is None):
            raise unlike(where, index, (image, label), (images[0], labels[0]))
    if not images:
        raise DataError(f"{where} holds no pictures")
    return np.stack(images), None if labels[0] is None else [
        int(one) for one in labels if one is not None
    ]


def _reason(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
