"""Writes animations frame by frame, in constant memory: GIF, animated WebP, APNG, MP4, WebM, PNGs.

Pillow encodes single frames; the containers around them are written here, since Pillow gathers all
frames before it writes the first. Formats: GIF89a specification; "Extensible image format",
developers.google.com/speed/webp/docs/riff_container; PNG third edition, section 11.3.6. Video needs
PyAV, the extra artgan[video].
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from artgan.animation.apng import ApngWriter
from artgan.animation.gif import GifWriter
from artgan.animation.reel import Reel, Writer
from artgan.animation.video import VideoWriter, WebmWriter
from artgan.animation.webp import WebpWriter
from artgan.base.paths import replacing
from artgan.errors import OptionError, RunError
from artgan.pictures.formats import VIDEO_ENDINGS
from artgan.pictures.video import import_av

PICTURE_ENDINGS = (".gif", ".webp", ".apng", ".png")

ENDINGS = (*PICTURE_ENDINGS, *VIDEO_ENDINGS)

WEBP_SIDE = 16383


@contextmanager
def open_writer(path: Path, reel: Reel, *, overwrite: bool = False) -> Iterator[Writer]:
    """Give a writer for a file; the file is there when the block has succeeded, or not at all.

    Raises:
        OptionError: The ending is not known, or the frames are too fast or too large for it.
        RunError: The file is there and ``overwrite`` is off.
        MissingExtraError: Video is asked for and PyAV is not installed.
    """
    check_reel(path, reel.fps)
    if path.suffix.lower() == ".webp" and max(reel.size) > WEBP_SIDE:
        raise OptionError(
            f"frames of {reel.size[0]}x{reel.size[1]} do not fit into WebP; expected at most "
            f"{WEBP_SIDE} a side: make them smaller with --size, or write .apng"
        )
    if path.exists() and not overwrite:
        raise RunError(f"'{path}' is already there; use --overwrite or another name")
    if path.suffix.lower() in VIDEO_ENDINGS:
        import_av()
    with replacing(path) as temporary, temporary.open("w+b") as file:
        writer = _WRITERS[path.suffix.lower()](reel, file)
        yield writer
        writer.close()


def check_reel(path: Path, fps: float) -> None:
    """Refuse an ending or a rate that cannot be written.

    Raises:
        OptionError: It cannot.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise OptionError(
            f"'{path}' has the wrong ending; expected {', '.join(ENDINGS)}, or a folder for frames"
        )
    if ending == ".gif" and fps > 50:
        raise OptionError(
            f"a GIF cannot play {fps:g} frames a second; expected at most 50: browsers slow faster "
            "ones down"
        )


_WRITERS: Mapping[str, Callable[[Reel, IO[bytes]], Writer]] = {
    ".gif": GifWriter,
    ".webp": WebpWriter,
    ".apng": ApngWriter,
    ".png": ApngWriter,
    ".mp4": VideoWriter,
    ".webm": WebmWriter,
}
