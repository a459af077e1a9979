"""Decodes one file as a picture: upright, in sRGB, 8 bits, at a given size.

What is odd is noted, and what cannot be used is skipped with a reason.
"""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from artgan.plugin.alpha import clear_share
from artgan.plugin.color import parse_hex
from artgan.plugin.decode import Decoded as WholePicture
from artgan.plugin.decode import decode, frames, identify, picture_endings, upright_size
from artgan.plugin.fitting import is_grey, lay_on, pick_resampling
from artgan.plugins.datasets import PicturesOptions
from artgan.plugins.datasets._tables import Pixels

OWN_SHEET = "a sheet or plot that artgan wrote"
LARGEST_FILE = 256 * 2**20
MOST_PIXELS = 100_000_000


@dataclass(frozen=True)
class SourceFile:
    """A file that may be a picture.

    Attributes:
        name: Name below the folder or archive, with "/".
        read: Reads its bytes.
        stamp: Text that changes when the bytes change.
        problem: Why it must not be read, or "".
    """

    name: str
    read: Callable[[], bytes]
    stamp: str = ""
    problem: str = ""

    @property
    def shown(self) -> str:
        """The name, safe to print: without control characters, which could control a terminal."""
        return "".join(letter if letter.isprintable() else "?" for letter in self.name)


@dataclass(frozen=True)
class Finding:
    """What was found about one file.

    Attributes:
        name: Name of the file.
        size: (width, height) in pixels when upright.
        mode: PIL's mode of the stored picture.
        format: PIL's name of the file format.
        notes: What is odd and what was done about it.
        skipped: Why it is not used, or "".
        clear: Share of the picture that is clear.
    """

    name: str
    size: tuple[int, int] = (0, 0)
    mode: str = ""
    format: str = ""
    notes: tuple[str, ...] = ()
    skipped: str = ""
    clear: float = 0.0


@dataclass(frozen=True)
class Header:
    """What a file tells without being decoded.

    Attributes:
        size: (width, height) in pixels when upright.
        frames: How many frames count.
        may_be_clear: Whether it has alpha, which may be full everywhere.
    """

    size: tuple[int, int]
    frames: int
    may_be_clear: bool


@dataclass(frozen=True)
class Decoded:
    """One decoded file: what was found and, if it is used, SHA-256 and pixels (H, W, C)."""

    finding: Finding
    digest: str = ""
    pixels: Pixels | None = None
    grey: bool = True


def read_header(file: SourceFile, every: bool) -> Header | None:
    """Read what a file tells without decoding it; ``every`` frame counts, or the first alone.

    Returns:
        None if it is no picture.
    """
    if reason_to_skip(file):
        return None
    try:
        with identify(io.BytesIO(file.read()), file.name) as image:
            if _is_own_sheet(image, file.name):
                return None
            count = getattr(image, "n_frames", 1) if every else 1
            return Header(upright_size(image), count, image.has_transparency_data)
    # decode_frames will fail on this file too, and report why.
    except Exception:
        return None


def reason_to_skip(file: SourceFile) -> str:
    """Explain why a file is skipped without reading it, or return ""."""
    known = Path(file.name).suffix.lower() in picture_endings()
    return file.problem or ("" if known else "not a picture by its name")


def decode_frames(
    file: SourceFile, size: tuple[int, int], mode: str, options: PicturesOptions
) -> list[Decoded]:
    """Decode one file at the wanted size, or find out why it has to be skipped.

    Returns:
        The picture alone, or with ``options.frames`` "all" each of its frames up to a damaged one.
    """
    made: list[Decoded] = []
    if reason := reason_to_skip(file):
        return [Decoded(Finding(file.shown, skipped=reason))]
    try:
        data = file.read()
        for finding, image in _decode(file.shown, data, mode, options):
            if image is None:
                return [Decoded(finding)]
            pixels = _fit(image, size, mode, options)
            digest = hashlib.sha256(data + finding.name[len(file.shown) :].encode())
            made.append(Decoded(finding, digest.hexdigest(), pixels, is_grey(pixels)))
    except Image.DecompressionBombError:
        reason = f"too many pixels, over {MOST_PIXELS:,} (a bomb?)"
        return [Decoded(Finding(file.shown, skipped=reason))]
    # A decoder may raise any error on damaged or hostile bytes; one file must not stop the others.
    except Exception as error:
        text = (error.strerror if isinstance(error, OSError) else "") or str(error)
        reason = " ".join(text.split()) or type(error).__name__
        if isinstance(error, UnidentifiedImageError):
            reason = "no known picture format"
        part = f" frame {len(made) + 1}" if made else ""
        return [
            *made,
            Decoded(Finding(file.shown, skipped=f"cannot be read:{part} {reason[:120]}")),
        ]
    return made


def _decode(
    name: str, data: bytes, wanted: str, options: PicturesOptions
) -> Iterator[tuple[Finding, Image.Image | None]]:
    """Decode one file, upright and in sRGB; if there is no image, the finding says why."""
    if not data:
        yield Finding(name, skipped="empty file"), None
        return
    with identify(io.BytesIO(data), name) as image:
        kind, count = image.format or "", getattr(image, "n_frames", 1)
        if _is_own_sheet(image, name):
            yield Finding(name, image.size, image.mode, kind, skipped=OWN_SHEET), None
            return
        single = count == 1 or options.frames == "first"
        for number, frame in enumerate(frames(image), 1):
            mode, (width, height) = frame.mode, frame.size
            if width * height > MOST_PIXELS:
                reason = f"{width}x{height} are too many pixels, over {MOST_PIXELS:,} (a bomb?)"
                yield Finding(name, frame.size, mode, kind, skipped=reason), None
                return
            decoded = decode(frame)
            plain = decoded.as_image()
            notes = _notes(decoded, plain, wanted, options)
            clear = clear_share(np.atleast_3d(np.asarray(plain)))
            if single:
                notes += [f"first of {count} frames used; all with --dataset.frames all"] * (
                    count > 1
                )
                yield Finding(name, plain.size, mode, kind, tuple(notes), clear=clear), plain
                return
            shown = f"{name}#{number}"
            yield Finding(shown, plain.size, mode, kind, tuple(notes), clear=clear), plain


def _is_own_sheet(image: Image.Image, name: str) -> bool:
    """Tell whether a file is a sheet or plot that artgan wrote, by its mark, and no picture."""
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or ""
    text = packet.decode("utf-8", "replace") if isinstance(packet, bytes) else str(packet)
    if 'xmp:CreatorTool="artgan ' not in text:
        return False
    of_many = any(f'digitalsourcetype/{term}"' in text for term in ("composite", "dataDrivenMedia"))
    return of_many or Path(name).stem == "contact-sheet"


def _notes(
    decoded: WholePicture, plain: Image.Image, wanted: str, options: PicturesOptions
) -> list[str]:
    """List what was done to a picture in decoding."""
    notes = [*decoded.notes, *decoded.assumed]
    if decoded.pixels.dtype != np.uint8:
        notes.append("more than 8 bits a channel brought to 8")
    if plain.mode in ("LA", "RGBA") and wanted != "RGBA":
        notes.append(
            f"transparent parts filled with the colour {options.background} (--dataset.background)"
        )
    return notes


def _fit(image: Image.Image, size: tuple[int, int], mode: str, options: PicturesOptions) -> Pixels:
    """Convert one picture to a size (height, width) and a mode, as (H, W, C)."""
    height, width = size
    background = tuple(round(c * 255) for c in parse_hex(options.background))
    if mode == "RGBA":
        image = image.convert("RGBA")
    elif image.mode in ("LA", "RGBA"):
        image = lay_on(image, options.background)
    method = _method(image.size, (width, height), options)
    if options.fit == "cover":
        image = ImageOps.fit(image, (width, height), method)
    elif options.fit == "stretch":
        image = image.resize((width, height), method)
    else:
        clear = (*background, 0) if mode == "RGBA" else background
        image = image if mode == "RGBA" else image.convert("RGB")
        scale = min(width / image.width, height / image.height)
        # A very thin picture keeps at least one pixel.
        inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        sheet = Image.new(image.mode, (width, height), clear)
        sheet.paste(
            image.resize(inner, method), ((width - inner[0]) // 2, (height - inner[1]) // 2)
        )
        image = sheet
    array = np.asarray(image.convert(mode))
    return array[:, :, None] if array.ndim == 2 else array


def _method(
    have: tuple[int, int], want: tuple[int, int], options: PicturesOptions
) -> Image.Resampling:
    if options.resample != "auto":
        lanczos = options.resample == "lanczos"
        return Image.Resampling.LANCZOS if lanczos else Image.Resampling.NEAREST
    return pick_resampling(have, want)
