"""Formats of picture and palette files: what a writer gets, and where formats are looked up.

artgan's own formats come through the same declarations as everybody's, and win: a plugin adds
endings, it does not replace them.
"""

import importlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from artgan.errors import PluginError, RunError

if TYPE_CHECKING:
    from PIL.Image import Image


class FileError(RunError):
    """A format cannot hold a picture; a writer raises it with what to do instead."""


@dataclass(frozen=True)
class FileLayer:
    """A picture that lies in a file with layers: 8 bits, L, LA, RGB or RGBA, in sRGB."""

    name: str
    image: "Image"


@dataclass(frozen=True, kw_only=True)
class FileContent:
    """What a writer puts into a file.

    Attributes:
        image: The picture: 8 bits, L, LA, RGB or RGBA, in sRGB; ``info["dpi"]`` holds its printed
            resolution, if it has one.
        xmp: An XMP packet (ISO 16684-1) with the record of the picture and the mark of how it came
            about, or None where the user wants neither. It must be in the file as it is, not
            compressed, so that other programs find it; artgan looks for it afterwards.
        record: The record alone, as JSON, or None.
        parameters: The record as one line of text, as programs for generated pictures read it, or
            None.
        title: Title of the picture, or "".
        tool: The program that made it, or "".
        artist: Whom to credit, or "".
        licence: Its licence, or "".
        profile: An ICC profile of sRGB.
        layers: For a writer that declares ``layers``: the pictures that it was made of, the lowest
            first, the last one as ``image``; all have its size.
    """

    image: "Image"
    xmp: bytes | None = None
    record: str | None = None
    parameters: str | None = None
    title: str = ""
    tool: str = ""
    artist: str = ""
    licence: str = ""
    profile: bytes = b""
    layers: tuple[FileLayer, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PaletteContent:
    """What a palette format writes.

    Attributes:
        colors: The colours in order, as hex such as "ff4fa3".
        name: Name of the palette: that of the file, without its ending.
        author: Whom to credit, or "".
        licence: Its licence, or "".
        source: Where it is from, or "".
    """

    colors: tuple[str, ...]
    name: str
    author: str = ""
    licence: str = ""
    source: str = ""

    @property
    def credit(self) -> str:
        """What is known of the rights, in one line."""
        return ", ".join(part for part in (self.author, self.licence, self.source) if part)


class Contribution(Protocol):
    """A reader or writer of a plugin: its declaration, and a way to call it that names it."""

    @property
    def declaration(self) -> Any:
        """The ``Reader``, ``Writer``, ``PaletteFormat`` or ``AnimationFormat``."""

    @property
    def where(self) -> str:
        """What errors call it."""

    def call(self, attribute: str, *args: Any) -> Any:
        """Call what a reference of the declaration points to."""

    def errors(
        self, told: str = "", passes: Callable[[BaseException], bool] = lambda _: False
    ) -> AbstractContextManager[None]:
        """Let an error inside name the plugin, except those of which ``passes`` is true."""


@dataclass(frozen=True)
class _Own:
    """A reader or writer of artgan's own."""

    declaration: Any

    @property
    def where(self) -> str:
        return f"{self.declaration.kind} '{self.declaration.name}'"

    def call(self, attribute: str, *args: Any) -> Any:
        module, _, name = str(getattr(self.declaration, attribute)).partition(":")
        return getattr(importlib.import_module(module), name)(*args)

    def errors(
        self, told: str = "", passes: Callable[[BaseException], bool] = lambda _: False
    ) -> AbstractContextManager[None]:
        return nullcontext()


@cache
def _own(kind: str) -> tuple[_Own, ...]:
    plural = f"{kind.replace('-', '_')}s"
    module = importlib.import_module(f"artgan.plugins.{plural}")
    return tuple(_Own(declared) for declared in getattr(module, f"artgan_{plural}")())


_HOST: list[Callable[[str], Iterable[Contribution]]] = []


def connect_files(host: Callable[[str], Iterable[Contribution]]) -> None:
    """Let artgan tell which readers and writers plugins have, by kind; for artgan itself."""
    _HOST[:] = [host]


def _all(kind: str) -> Iterator[Contribution]:
    """Yield artgan's own, then those of plugins, which are loaded only if need be."""
    yield from _own(kind)
    yield from _of_plugins(kind)


def _of_plugins(kind: str) -> Iterator[Contribution]:
    own = [one.declaration for one in _own(kind)]
    for host in _HOST:
        yield from (one for one in host(kind) if one.declaration not in own)


def find_writer(path: Path) -> Contribution | None:
    """Find what writes files with the ending of a path; None if nothing does."""
    ending = path.suffix.lower()
    return next((one for one in _all("writer") if ending in one.declaration.endings), None)


def is_own_writer(writer: Contribution) -> bool:
    """Tell whether a reader, a writer or a format is artgan's own."""
    return isinstance(writer, _Own)


def written_endings() -> list[str]:
    """List the endings of all files that can be written, artgan's own first."""
    return [ending for one in _all("writer") for ending in one.declaration.endings]


def find_reader(begin: bytes, name: str, *, own: bool) -> Contribution | None:
    """Find what reads a file by its first 64 bytes and its name; None if nothing does.

    ``own`` looks among artgan's own readers alone, else among those of plugins.
    """
    found = _own("reader") if own else _of_plugins("reader")
    return next((one for one in found if one.declaration.reads(begin, name)), None)


def read_endings() -> tuple[str, ...]:
    """List the endings that readers of plugins declare."""
    return tuple(ending for one in _of_plugins("reader") for ending in one.declaration.endings)


def find_palette_format(path: Path, does: Literal["read", "write"]) -> Contribution | None:
    """Find what reads or writes palettes with the ending of a path; None if nothing does."""
    return _find_format("palette-format", path, does)


def find_animation_format(path: Path, does: Literal["read", "write"]) -> Contribution | None:
    """Find what reads or writes moving pictures with the ending of a path, or None."""
    return _find_format("animation-format", path, does)


def _find_format(kind: str, path: Path, does: str) -> Contribution | None:
    ending = path.suffix.lower()
    found = _all(kind) if ending else iter(())
    for one in found:
        if ending in one.declaration.endings and getattr(one.declaration, does):
            return one
    return None


def palette_endings(does: Literal["read", "write"]) -> list[str]:
    """List the endings of palette files that can be read or written, artgan's own first."""
    return _endings("palette-format", does)


def animation_endings(does: Literal["read", "write"]) -> list[str]:
    """List the endings of moving pictures that can be read or written, artgan's own first."""
    return _endings("animation-format", does)


def _endings(kind: str, does: str) -> list[str]:
    found = [one.declaration for one in _all(kind)]
    return [ending for one in found if getattr(one, does) for ending in one.endings]


def write_file(writer: Contribution, content: FileContent, path: Path) -> None:
    """Let a writer write a file, and see that record and mark are in it.

    Raises:
        PluginError: The writer failed, wrote nothing, or left out the packet.
    """
    writer.call("write", content, path)
    if is_own_writer(writer):
        return
    if not path.is_file():
        raise PluginError(f"{writer.where} wrote no file to the path that it was given")
    if content.xmp and content.xmp not in path.read_bytes():
        raise PluginError(
            f"{writer.where} left out the XMP packet with record and mark, or compressed it: it "
            "must be in the file as it is"
        )
