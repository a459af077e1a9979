"""MNIST: handwritten digits (LeCun, Cortes, Burges 1998), embedded, from a folder, or downloaded.

The IDX format: two zero bytes, a type byte (8 is uint8), the number of dimensions, each dimension
as a big-endian 32-bit number, then the data.
"""

import gzip
import hashlib
import http.client
import io
import math
import urllib.request
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from artgan.plugin import DataContext, DataError
from artgan.plugins.datasets import MnistOptions
from artgan.plugins.datasets._files import write_whole
from artgan.plugins.datasets._tables import Table, resize_all

EMBEDDED = Path(__file__).parent / "data" / "mnist-10k.npz"
IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
SHA256 = {
    IMAGES: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    LABELS: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
}
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
)
LARGEST = 64 * 2**20
PADDED_UP_TO = 8


def open_digits(options: MnistOptions, context: DataContext) -> Table:
    """Read digits with labels: the 10,000 that ship, all 60,000, or those of IDX files.

    Raises:
        DataError: Files are missing or damaged, or both ``full`` and a path are given.
    """
    if context.path is not None:
        if options.full:
            raise DataError(
                "mnist: 'full' downloads the digits, a path reads your own; give only one"
            )
        images, labels = read_folder(context.path)
    elif options.full:
        folder = context.cache / "mnist"
        fetch(folder, MIRRORS, context.report)
        images, labels = read_folder(folder)
    else:
        with np.load(EMBEDDED, allow_pickle=False) as data:
            images, labels = data["images"], data["labels"]
    digits = fit(images[:, :, :, None], context.size)
    return Table(digits, labels.astype(np.int64), [str(digit) for digit in range(10)])


def fit(digits: NDArray[np.uint8], size: tuple[int, int] | None) -> NDArray[np.uint8]:
    """Resize digits (N, 28, 28, 1); up to 8 pixels more are added as a border instead."""
    if size is None:
        return digits
    more = [wanted - have for wanted, have in zip(size, digits.shape[1:3], strict=True)]
    if all(0 <= m <= PADDED_UP_TO for m in more):
        borders = [(m // 2, m - m // 2) for m in more]
        return np.pad(digits, [(0, 0), *borders, (0, 0)])
    return resize_all(digits, size)


def read_folder(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read images and labels from IDX files, gzipped or not.

    Args:
        path: Their folder, or the file of images with that of labels beside it.

    Raises:
        DataError: A file is missing or damaged, or the two do not belong together.
    """
    folder = path if path.is_dir() else path.parent
    image_file = _find(folder, IMAGES) if path.is_dir() else path
    images = read_idx(image_file, 3)
    name = image_file.name.removesuffix(".gz").replace("images-idx3", "labels-idx1")
    labels = read_idx(_find(folder, name), 1)
    if len(images) != len(labels) or (len(labels) and labels.max() > 9):
        raise DataError(
            f"labels in '{folder}': {len(labels)}, digits: {len(images)}; expected a label from 0 "
            "to 9 for each digit"
        )
    return images, labels


def _find(folder: Path, name: str) -> Path:
    for candidate in (folder / name, folder / f"{name}.gz"):
        if candidate.is_file():
            return candidate
    raise DataError(f"'{folder}' has no file '{name}' or '{name}.gz'")


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Read an IDX file of bytes.

    Raises:
        DataError: It is not an IDX file of bytes, or its length is wrong.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise OSError("it has more than 64 MiB")
        data = unpack(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"'{path}' is damaged: {error}") from error
    head = 4 + 4 * dimensions
    if len(data) < head or data[:4] != bytes([0, 0, 8, dimensions]):
        raise DataError(f"'{path}' is not an IDX file of bytes with {dimensions} dimensions")
    shape = tuple(int(n) for n in np.frombuffer(data, ">u4", dimensions, 4))
    size = math.prod(shape)
    if not size or len(data) != head + size:
        raise DataError(
            f"'{path}' holds {len(data)} of the {head + size} bytes that its header asks for"
        )
    return np.frombuffer(data, np.uint8, offset=head).reshape(shape)


def unpack(data: bytes) -> bytes:
    """Decompress gzip, if it is there, up to a size that no MNIST file exceeds."""
    if data[:2] != b"\x1f\x8b":
        return data
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
        plain: bytes = stream.read(LARGEST + 1)
    if len(plain) > LARGEST:
        raise OSError("it unpacks to more than 64 MiB")
    return plain


def fetch(folder: Path, mirrors: Sequence[str], report: Callable[[str], None]) -> None:
    """Download both training files into a folder, unless they are there; try mirrors in turn.

    Raises:
        DataError: No mirror sent a file with the right SHA-256.
    """
    for name, digest in SHA256.items():
        target = folder / name
        if any(_holds(path, digest) for path in (target, folder / f"{name}.gz")):
            continue
        failures = []
        for mirror in mirrors:
            report(f"Downloading {name} from {mirror.split('/')[2]}")
            try:
                data = _download(f"{mirror}/{name}.gz")
            except (OSError, EOFError, zlib.error, http.client.HTTPException) as error:
                failures.append(f"{mirror}: {error}")
                continue
            if hashlib.sha256(data).hexdigest() == digest:
                _write(target, data)
                break
            failures.append(f"{mirror}: wrong SHA-256")
        else:
            raise DataError(
                f"{name} could not be downloaded ({'; '.join(failures)}). Put the file, gzipped or "
                f"not, into '{folder}' by hand, or train on the 10,000 digits: leave out 'full'"
            )


def _holds(path: Path, digest: str) -> bool:
    """Check whether a file, gzipped or not, is there with the right content."""
    try:
        return hashlib.sha256(unpack(path.read_bytes())).hexdigest() == digest
    except (OSError, EOFError, zlib.error):
        return False


def _download(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:
        data: bytes = answer.read(LARGEST + 1)
    return unpack(data)


def _write(target: Path, data: bytes) -> None:
    try:
        write_whole(target, lambda file: file.write(data))
    except OSError as error:
        raise DataError(
            f"{target.name} cannot be written into '{target.parent}' ({error.strerror}); make "
            "room, or set ARTGAN_CACHE to another folder"
        ) from error
