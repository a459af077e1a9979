"""Opens a writer of animations by the ending of a file: artgan's own formats, or those of plugins.

Frames are written one by one, in constant memory. Pillow encodes single frames; the containers are
written here, as Pillow collects all frames before it writes the first. Video needs PyAV, the extra
artgan[video].
"""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from artgan.base.marks import mark_packet
from artgan.base.paths import replacing
from artgan.errors import OptionError, PluginError, RunError
from artgan.pictures.marks import Metadata
from artgan.pictures.records import record_text
from artgan.pictures.xmp import xmp_packet
from artgan.plugin.animations import AnimationFacts, AnimationWriter
from artgan.plugin.files import (
    Contribution,
    animation_endings,
    find_animation_format,
    is_own_writer,
)


def facts_with(about: Metadata, **facts: Any) -> AnimationFacts:
    """Return the facts of an animation that carries a record and a mark, or neither."""
    return AnimationFacts(
        record=None if about.record is None else record_text(about.record),
        mark=None if about.mark is None else mark_packet(about.mark),
        xmp=xmp_packet(about),
        **facts,
    )


@contextmanager
def open_writer(
    path: Path, facts: AnimationFacts, *, overwrite: bool = False
) -> Iterator[AnimationWriter]:
    """Open a writer for a file; the file appears when the block has succeeded, or not at all.

    Raises:
        PluginError: The writer of a plugin failed, or left out record and mark.
    """
    form = check_format(path, facts.fps)
    most = form.declaration.largest_side
    if most and max(facts.size) > most:
        raise OptionError(
            f"frames of {facts.size[0]}x{facts.size[1]} do not fit into {form.declaration.name}; "
            f"expected at most {most} a side: make them smaller with --size, or write .apng"
        )
    if path.exists() and not overwrite:
        raise RunError(f"'{path}' is already there; use --overwrite or another name")
    # ffmpeg reads "a: 1.mp4" as a protocol, but no path from the root.
    with replacing(path.absolute()) as temporary:
        with temporary.open("w+b") as file:
            with form.errors(passes=_of_the_disk):
                writer = form.call("write", facts, file)
            yield _Named(form, writer)
            with form.errors(passes=_of_the_disk):
                writer.close()
        _look_for_packet(form, facts, temporary)


class _Named:
    """A writer whose errors name its format."""

    def __init__(self, form: Contribution, writer: AnimationWriter) -> None:
        self.form, self.writer = form, writer

    def add(self, frame: Image.Image) -> None:
        with self.form.errors(passes=_of_the_disk):
            self.writer.add(frame)

    def close(self) -> None:
        """Do nothing: ``open_writer`` closes it."""


def _of_the_disk(error: BaseException) -> bool:
    return isinstance(error, OSError)


def _look_for_packet(form: Contribution, facts: AnimationFacts, path: Path) -> None:
    """Check that a plugin's file holds what the user wants in it."""
    packets = [packet for packet in (facts.xmp, facts.mark) if packet]
    if is_own_writer(form) or not packets:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = any(data.find(packet) >= 0 for packet in packets)
    if not found:
        raise PluginError(
            f"{form.where} left out the XMP packet with record and mark, or compressed it: it "
            "must be in the file as it is"
        )


def check_format(path: Path, fps: float) -> Contribution:
    """Find the format by the ending of a file; check that it can play so many frames a second.

    Raises:
        OptionError: Nothing writes it, or not so many frames.
    """
    form = find_animation_format(path, "write")
    if form is None:
        endings = ", ".join(animation_endings("write"))
        raise OptionError(
            f"'{path}' has the wrong ending; expected {endings}, or a folder for frames"
        )
    most = form.declaration.most_fps
    if most and fps > most:
        raise OptionError(
            f"a {form.declaration.name.upper()} cannot play {fps:g} frames a second; expected at "
            f"most {most:g}{': browsers slow faster ones down' if path.suffix == '.gif' else ''}"
        )
    return form


def holds(path: Path, what: str) -> bool:
    """Tell whether the format of a file that is to be written has "alpha", "sound" or "timed"."""
    form = find_animation_format(path, "write")
    return form is not None and bool(getattr(form.declaration, what))
