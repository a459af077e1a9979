"""Opens a writer of animations by the ending of a file: GIF, WebP, APNG, MP4, WebM.

Frames are written one by one, in constant memory. Pillow encodes single frames; the containers are
written here, as Pillow collects all frames before it writes the first. Video needs PyAV, the extra
artgan[video].
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from artgan.animation.apng import ApngWriter
from artgan.animation.gif import GifWriter
from artgan.animation.video import VideoWriter, WebmWriter
from artgan.animation.webp import WebpWriter
from artgan.animation.writer import AnimationFacts, AnimationWriter
from artgan.base.paths import replacing
from artgan.errors import OptionError, RunError
from artgan.pictures.formats import VIDEO_ENDINGS
from artgan.pictures.video import import_av

WEBP_SIDE = 16383
"""Most pixels a side."""


@contextmanager
def open_writer(
    path: Path, facts: AnimationFacts, *, overwrite: bool = False
) -> Iterator[AnimationWriter]:
    """Open a writer for a file; the file appears when the block has succeeded, or not at all."""
    check_format(path, facts.fps)
    ending = path.suffix.lower()
    if ending == ".webp" and max(facts.size) > WEBP_SIDE:
        raise OptionError(
            f"frames of {facts.size[0]}x{facts.size[1]} do not fit into WebP; expected at most "
            f"{WEBP_SIDE} a side: make them smaller with --size, or write .apng"
        )
    if path.exists() and not overwrite:
        raise RunError(f"'{path}' is already there; use --overwrite or another name")
    if ending in VIDEO_ENDINGS:
        import_av()
    # ffmpeg reads "a: 1.mp4" as a protocol, but no path from the root.
    with replacing(path.absolute()) as temporary, temporary.open("w+b") as file:
        writer = _WRITERS[ending](facts, file)
        yield writer
        writer.close()


def check_format(path: Path, fps: float) -> None:
    """Check the ending of a file, and whether its format can play so many frames a second."""
    ending = path.suffix.lower()
    if ending not in _WRITERS:
        raise OptionError(
            f"'{path}' has the wrong ending; expected {', '.join(_WRITERS)}, or a folder for frames"
        )
    if ending == ".gif" and fps > 50:
        raise OptionError(
            f"a GIF cannot play {fps:g} frames a second; expected at most 50: browsers slow faster "
            "ones down"
        )


_WRITERS: Mapping[str, Callable[[AnimationFacts, IO[bytes]], AnimationWriter]] = {
    ".gif": GifWriter,
    ".webp": WebpWriter,
    ".apng": ApngWriter,
    ".png": ApngWriter,
    ".mp4": VideoWriter,
    ".webm": WebmWriter,
}
