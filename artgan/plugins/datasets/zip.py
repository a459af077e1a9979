"""Reads pictures of any kind from a .zip archive; nothing is unpacked to the disk."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Self

from artgan.plugin import DataContext, DataError
from artgan.plugins.datasets import PicturesOptions
from artgan.plugins.datasets._decode import LARGEST_FILE, SourceFile
from artgan.plugins.datasets._on_demand import OnDemand
from artgan.plugins.datasets._pictures import open_pictures
from artgan.plugins.datasets._tables import Table
from artgan.plugins.datasets._zip_names import member_names

LARGEST_TOTAL = 32 * 2**30
ENCRYPTED = 0x1
DEFLATE_64 = 9
READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
"""Ways of packing that are read."""


def open_zip(options: PicturesOptions, context: DataContext) -> Table | OnDemand:
    """Read the pictures of the archive at ``context.path``.

    Raises:
        DataError: It is not an archive, unpacks to too much, or has too few usable pictures.
    """
    try:
        with Archive(str(context.path)) as archive:
            infos = sorted(
                (i for i in archive.opened.infolist() if not i.is_dir()), key=lambda i: i.filename
            )
            if sum(info.file_size for info in infos) > LARGEST_TOTAL:
                raise DataError(f"'{context.path}' unpacks to more than 32 GiB; refused")
            facts = Path(str(context.path)).stat()
            files = list(_files(archive, infos, f"{facts.st_size} {facts.st_mtime_ns}"))
            return open_pictures(files, str(context.path), options, context)
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError, struct.error) as error:
        raise DataError(
            f"'{context.path}' is not a zip archive that can be read: {error}"
        ) from error


class Archive:
    """A zip file that stays open inside ``with``; later it is opened anew for each read."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.opened = zipfile.ZipFile(path)

    def __enter__(self) -> Self:
        """Return it, opened."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.opened.close()

    def __getstate__(self) -> str:
        """Return the path alone: an open file cannot be sent to another process."""
        return self.path

    def __setstate__(self, path: str) -> None:
        """Open the file in this process when it is read."""
        self.path = path
        self.opened = zipfile.ZipFile(path)
        self.opened.close()

    def read(self, info: zipfile.ZipInfo) -> bytes:
        """Read a member.

        Raises:
            OSError: It is damaged or too large.
        """
        if self.opened.fp is not None:
            return _read(self.opened, info)
        with zipfile.ZipFile(self.path) as again:
            return _read(again, info)


def _files(archive: Archive, infos: list[zipfile.ZipInfo], stamp: str) -> Iterator[SourceFile]:
    """Yield the files in an archive; ``stamp`` changes with the archive itself."""
    for info, name in zip(infos, member_names(infos), strict=True):
        path = PurePosixPath(name)
        hidden = any(part.startswith(".") and part != ".." for part in path.parts)
        if hidden or "__MACOSX" in path.parts[:1]:
            continue
        read = partial(archive.read, info)
        own = f"{info.file_size} {info.CRC} {stamp}"
        yield SourceFile(path.as_posix(), read, own, _problem(info, path))


def _problem(info: zipfile.ZipInfo, path: PurePosixPath) -> str:
    """Explain why a file must not be read, or return ""."""
    drive = path.parts and ":" in path.parts[0]
    if path.is_absolute() or ".." in path.parts or drive or not path.parts:
        return "unsafe name in the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "symbolic link: not followed"
    if info.flag_bits & ENCRYPTED:
        return "encrypted"
    if info.compress_type not in READ:
        packed = "Deflate64" if info.compress_type == DEFLATE_64 else f"method {info.compress_type}"
        return f"packed with {packed}, which is not read: pack it again with ordinary Deflate"
    if info.file_size > LARGEST_FILE:
        return "unpacks to more than 256 MiB"
    return ""


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as file:
            # The header may state a false size, so no more than the limit is read.
            data = file.read(LARGEST_FILE + 1)
    except (ValueError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise OSError(f"damaged in the archive: {error}") from error
    if len(data) > LARGEST_FILE:
        raise OSError("unpacks to more than 256 MiB")
    return data
