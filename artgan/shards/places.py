"""Where shards lie: in a folder, or behind an address that fsspec opens, such as s3://bucket/a.tar.

Object stores fail now and then; a read that fails is tried again before it is given up.
"""

import itertools
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, TypeVar

from artgan.errors import DataError, MissingExtraError

T = TypeVar("T")

TRIES = 5

FIRST_PAUSE = 0.1
"""Seconds before the second try; each pause is twice as long as the one before."""

MOST_SHARDS = 1_000_000

PIECE = 8 * 2**20
"""Bytes that are read at once where a whole shard is copied."""


@dataclass(frozen=True)
class Place:
    """A file that may be read in pieces.

    Attributes:
        address: Path or address, as fsspec takes it.
        remote: Whether fsspec opens it.
    """

    address: str
    remote: bool

    @property
    def name(self) -> str:
        """Its file name."""
        return self.address.replace("\\", "/").rpartition("/")[2]

    def beside(self, name: str) -> "Place":
        """Return the file of another name in the same folder."""
        return Place(self.address[: len(self.address) - len(self.name)] + name, self.remote)

    def size(self) -> int:
        """Return its length in bytes.

        Raises:
            DataError: It is not there, or cannot be reached.
        """
        if not self.remote:
            return trying(self.address, lambda: Path(self.address).stat().st_size)
        system, path = open_system(self.address)
        return int(trying(self.address, lambda: system.info(path)["size"]))

    def is_there(self) -> bool:
        """Tell whether there is such a file."""
        if not self.remote:
            return Path(self.address).is_file()
        system, path = open_system(self.address)
        return bool(trying(self.address, lambda: system.isfile(path)))

    def read(self, first: int = 0, length: int | None = None) -> bytes:
        """Read bytes from the first on, fewer at the end of the file.

        Raises:
            DataError: It is not there, or cannot be reached.
        """
        if not self.remote:
            return trying(self.address, lambda: _read_local(self.address, first, length))
        system, path = open_system(self.address)
        end = None if length is None else first + length
        data: bytes = trying(self.address, lambda: system.cat_file(path, start=first, end=end))
        return data

    def pieces(self) -> Iterator[bytes]:
        """Yield all bytes, piece by piece."""
        first = 0
        while data := self.read(first, PIECE):
            yield data
            first += len(data)

    def open(self) -> IO[bytes]:
        """Open it for reading from place to place."""
        if not self.remote:
            return trying(self.address, lambda: Path(self.address).open("rb"))
        system, path = open_system(self.address)
        opened: IO[bytes] = trying(self.address, lambda: system.open(path, "rb", block_size=PIECE))
        return opened


def _read_local(path: str, first: int, length: int | None) -> bytes:
    with Path(path).open("rb") as file:
        file.seek(first)
        return file.read() if length is None else file.read(length)


def find_shards(where: str) -> list[Place]:
    """List the shards that a folder, an address or a pattern of them means, in order.

    ``{000..099}`` and ``{a,b}`` stand for several names, ``*`` for any; an address without .tar is
    a folder.

    Raises:
        DataError: There are none, or they cannot be reached.
    """
    remote = "://" in where
    found = [place for text in expand(where) for place in _matching(text, remote)]
    if not found:
        raise DataError(
            f"there are no shards at '{where}'; expected files such as 000000.tar: "
            "artgan pack makes them"
        )
    return found


def _matching(text: str, remote: bool) -> list[Place]:
    if text.endswith(".tar") and "*" not in text:
        return [Place(text, remote)]
    pattern = text if "*" in text else f"{text.rstrip('/')}/*.tar"
    if remote:
        system, path = open_system(pattern)
        names = trying(text, lambda: system.glob(path))
        return [Place(system.unstrip_protocol(name), True) for name in sorted(names)]
    folder, _, last = pattern.replace("\\", "/").rpartition("/")
    return [Place(str(path), False) for path in sorted(Path(folder or ".").glob(last))]


def expand(text: str) -> list[str]:
    """Write out braces: "a{00..02}.tar" is a00.tar, a01.tar and a02.tar, "{a,b}" is a and b.

    Raises:
        DataError: They mean more than a million files.
    """
    pieces = re.split(r"\{([^{}]*)\}", text)
    choices = [[piece] if place % 2 == 0 else _choices(piece) for place, piece in enumerate(pieces)]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MOST_SHARDS:
        raise DataError(f"'{text}' means {count:,} files; expected at most {MOST_SHARDS:,}")
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def _choices(inside: str) -> Sequence[str]:
    bounds = re.fullmatch(r"(\d{1,9})\.\.(\d{1,9})", inside)
    if bounds is None:
        return inside.split(",")
    first, last = bounds.groups()
    numbers = range(int(first), int(last) + 1)
    if len(numbers) > MOST_SHARDS:
        raise DataError(
            f"'{{{inside}}}' means {len(numbers):,} files; expected at most {MOST_SHARDS:,}"
        )
    return [str(number).zfill(len(first)) for number in numbers]


@lru_cache(maxsize=16)
def _system(protocol: str) -> Any:
    """Open the file system of a protocol such as "s3"."""
    try:
        import fsspec
    except ImportError as error:
        raise MissingExtraError(
            "pictures behind an address need a package more: pip install 'artgan[remote]'"
        ) from error
    try:
        return fsspec.filesystem(protocol)
    except ImportError as error:
        # fsspec says which package, as in "Install s3fs to access S3".
        raise MissingExtraError(f"{protocol}:// needs a package more: {error}") from error
    except ValueError as error:
        raise DataError(f"addresses cannot begin with '{protocol}://': {error}") from error


def open_system(address: str) -> tuple[Any, str]:
    """Return the file system behind an address, and the path there.

    Raises:
        MissingExtraError: A package is needed.
        DataError: It is no kind of address.
    """
    system = _system(address.partition("://")[0])
    return system, system._strip_protocol(address)


def trying(address: str, read: Callable[[], T]) -> T:
    """Call ``read``, again if it fails for a reason that may pass.

    Raises:
        DataError: There is no such file, no right to read it, or no answer.
    """
    for number in range(TRIES):
        try:
            return read()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise DataError(
                f"there is no '{address}'; expected a shard or a folder of them"
            ) from error
        except PermissionError as error:
            raise DataError(
                f"'{address}' may not be read ({_reason(error)}); ask for the right to read it, or "
                "check the credentials that fsspec uses"
            ) from error
        except MissingExtraError:
            raise
        # Each object store raises errors of its own.
        except Exception as error:
            if number == TRIES - 1:
                raise DataError(
                    f"'{address}' cannot be read after {TRIES} tries ({_reason(error)}); check the "
                    "network, then go on"
                ) from error
            time.sleep(FIRST_PAUSE * 2**number)
    raise AssertionError


def _reason(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
