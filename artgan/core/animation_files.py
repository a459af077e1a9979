"""Writes animations frame by frame, in constant memory: GIF, animated WebP, APNG, MP4, WebM, PNGs.

Pillow encodes single frames; the containers around them are written here, since Pillow gathers all
frames before it writes the first. Formats: GIF89a specification; "Extensible image format",
developers.google.com/speed/webp/docs/riff_container; PNG third edition, section 11.3.6. Video needs
PyAV, the extra artgan[video].
"""

import io
import json
import struct
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageSequence

from artgan.core.paths import replacing
from artgan.core.records import KEYWORD, VIDEO_ENDINGS
from artgan.errors import DataError, MissingExtraError, OptionError, RunError
from artgan.plugin.color import extract_colors, nearest

PICTURE_ENDINGS = (".gif", ".webp", ".apng", ".png")
ENDINGS = (*PICTURE_ENDINGS, *VIDEO_ENDINGS)
WEBP_SIDE = 16383
BITS = 6
"""Bits a channel in which the nearest palette colour is looked up."""
# Bayer 1973: an order of thresholds in which every prefix is spread evenly. It is fixed to the
# picture, so that what does not move does not flicker.
_BAYER_2 = np.array([[0, 2], [3, 1]])
_BAYER_4 = np.block([[4 * _BAYER_2 + k for k in row] for row in _BAYER_2])
_BAYER_8 = np.block([[4 * _BAYER_4 + k for k in row] for row in _BAYER_2])
THRESHOLDS = (_BAYER_8 + 0.5) / 64 - 0.5


@dataclass(frozen=True)
class Reel:
    """What is known of an animation before its first frame.

    Attributes:
        size: Width and height of all frames.
        count: How many frames.
        fps: Frames a second.
        repeats: Whether it plays for ever; otherwise once.
        record: What made it, as plain values, or None to keep none.
        sound: A WAV file to go with video, or None.
        preview: Gives some frames of it, for the colours of a GIF.
    """

    size: tuple[int, int]
    count: int
    fps: float
    repeats: bool
    record: Mapping[str, Any] | None = None
    sound: Path | None = None
    preview: Callable[[], Sequence[Image.Image]] = field(default=lambda: ())

    def duration(self, index: int, units: int) -> int:
        """Give how long a frame stands, in units a second; rounding does not add up."""
        return round((index + 1) * units / self.fps) - round(index * units / self.fps)


class Writer(ABC):
    """Writes the frames of a reel, one after the other."""

    def __init__(self, reel: Reel, file: IO[bytes]) -> None:
        self.reel = reel
        self.file = file
        self.index = 0

    def add(self, frame: Image.Image) -> None:
        """Write the next frame."""
        self._add(frame)
        self.index += 1

    @abstractmethod
    def _add(self, frame: Image.Image) -> None: ...

    @abstractmethod
    def close(self) -> None:
        """Write what comes after the last frame."""


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


def _changed(before: Image.Image | None, frame: Image.Image) -> tuple[int, int, int, int]:
    """Give the box of what differs from the frame before: all of it, or at least one pixel."""
    if before is None:
        return (0, 0, *frame.size)
    difference = ImageChops.difference(before, frame)
    return difference.getbbox(alpha_only=False) or (0, 0, 1, 1)


class GifWriter(Writer):
    """One palette for all frames, and a dither that holds still."""

    def __init__(self, reel: Reel, file: IO[bytes]) -> None:
        super().__init__(reel, file)
        self.colors = Palette(reel.preview())
        self.before: Image.Image | None = None
        file.write(b"GIF89a" + struct.pack("<HH", *reel.size) + b"\xf7\x00\x00")
        file.write(self.colors.table)
        if reel.repeats:
            file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
        if reel.record is not None:
            text = json.dumps(reel.record, sort_keys=True).encode("ascii")
            file.write(b"\x21\xfe" + _blocks(text))

    def _add(self, frame: Image.Image) -> None:
        indexed = self.colors.index(frame)
        left, top, right, bottom = box = _changed(self.before, indexed)
        self.before = indexed
        delay = self.reel.duration(self.index, 100)
        self.file.write(b"\x21\xf9\x04\x04" + struct.pack("<H", delay) + b"\x00\x00")
        self.file.write(b"\x2c" + struct.pack("<HHHH", left, top, right - left, bottom - top))
        self.file.write(b"\x00" + _gif_data(indexed.crop(box)))

    def close(self) -> None:
        """Write the trailer."""
        self.file.write(b"\x3b")


def _blocks(data: bytes) -> bytes:
    """Give data in GIF's blocks of at most 255 bytes."""
    pieces = [data[start : start + 255] for start in range(0, len(data), 255)]
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\x00"


def _gif_data(indexed: Image.Image) -> bytes:
    """Give the compressed pixels of an image as they stand in a GIF: code size and blocks."""
    image = indexed.copy()
    # Makes it an image with a palette; which one does not matter here.
    image.putpalette(bytes(768))
    buffer = io.BytesIO()
    image.save(buffer, "GIF", optimize=False, interlace=0)
    data = buffer.getvalue()
    place = 13 + 3 * (2 << (data[10] & 7) if data[10] & 0x80 else 0)
    while data[place] == 0x21:
        place += 2
        while data[place]:
            place += data[place] + 1
        place += 1
    local = data[place + 9]
    place += 10 + 3 * (2 << (local & 7) if local & 0x80 else 0)
    return data[place : data.rindex(b"\x3b")]


class Palette:
    """At most 256 colours that suit some frames, and the way from pixels to them."""

    def __init__(self, frames: Sequence[Image.Image]) -> None:
        grey = all(frame.mode == "L" for frame in frames)
        if grey:
            colors = np.arange(256, dtype=np.uint8).repeat(3).reshape(256, 3)
        else:
            colors = _chosen([np.asarray(_opaque(frame)) for frame in frames])
        self.grey = grey
        self.colors = colors
        self.codes = _codes(colors)
        self.order = self.codes.argsort()
        self.nearest: NDArray[np.uint8] | None = None
        self.spread = _spacing(colors)

    @property
    def table(self) -> bytes:
        """The colours as they stand in a GIF: 256 of three bytes."""
        return self.colors.tobytes().ljust(768, b"\x00")

    def index(self, frame: Image.Image) -> Image.Image:
        """Give a frame as numbers of colours, in mode L; exact where all its colours are there."""
        if self.grey and frame.mode == "L":
            return frame
        pixels = np.asarray(_opaque(frame))
        codes = _codes(pixels.reshape(-1, 3))
        sorted_codes = self.codes[self.order]
        place = np.searchsorted(sorted_codes, codes).clip(max=len(sorted_codes) - 1)
        if np.array_equal(sorted_codes[place], codes):
            found = self.order[place].astype(np.uint8)
        else:
            found = self._dithered(pixels)
        return Image.fromarray(found.reshape(pixels.shape[:2]))

    def _dithered(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width, _ = pixels.shape
        wave = np.tile(THRESHOLDS, (-(-height // 8), -(-width // 8)))[:height, :width, None]
        moved = np.clip(pixels + wave * self.spread, 0, 255).astype(np.uint8) >> (8 - BITS)
        if self.nearest is None:
            self.nearest = self._looked_up()
        table = self.nearest
        places = moved.astype(np.int32)
        found: NDArray[np.uint8] = table[
            places[..., 0] << 2 * BITS | places[..., 1] << BITS | places[..., 2]
        ]
        return found

    def _looked_up(self) -> NDArray[np.uint8]:
        """Give the nearest colour of each of the coarser colours, in OKLab."""
        levels = (np.arange(1 << BITS) + 0.5) / (1 << BITS)
        grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
        rgb = grid.reshape(-1, 3).astype(np.float32)
        return nearest(rgb, _shares(self.colors)).astype(np.uint8)


def _chosen(frames: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Give colours (K, 3) of frames (H, W, 3): all of them, or the 256 that stand for them."""
    found = [np.unique(_codes(frame.reshape(-1, 3))) for frame in frames]
    every = np.unique(np.concatenate(found))
    if len(every) <= 256:
        return np.stack([every >> 16, every >> 8 & 255, every & 255], axis=1).astype(np.uint8)
    shown = np.concatenate([frame[::2, ::2].reshape(-1, 3) for frame in frames])
    return (extract_colors(_shares(shown), 256) * 255 + 0.5).astype(np.uint8)


def _shares(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give 8-bit values as shares of 1."""
    return np.divide(pixels, np.float32(255), dtype=np.float32)


def _opaque(frame: Image.Image) -> Image.Image:
    """Give a frame in RGB; what is clear shows black."""
    if "A" not in frame.getbands():
        return frame.convert("RGB")
    flat = Image.new("RGBA", frame.size, (0, 0, 0, 255))
    return Image.alpha_composite(flat, frame.convert("RGBA")).convert("RGB")


def _codes(colors: NDArray[np.uint8]) -> NDArray[np.int32]:
    whole = colors.astype(np.int32)
    codes: NDArray[np.int32] = whole[:, 0] << 16 | whole[:, 1] << 8 | whole[:, 2]
    return codes


def _spacing(colors: NDArray[np.uint8]) -> float:
    """Give the usual distance, in levels a channel, from a colour to the one nearest to it."""
    if len(colors) < 2:
        return 0.0
    away = np.abs(colors[:, None].astype(np.int32) - colors[None]).max(-1)
    np.fill_diagonal(away, 255)
    return float(np.median(away.min(1)))


class ApngWriter(Writer):
    """Frames without loss; each as a PNG of what changed."""

    def __init__(self, reel: Reel, file: IO[bytes]) -> None:
        super().__init__(reel, file)
        self.sequence = 0
        self.before: Image.Image | None = None

    def _add(self, frame: Image.Image) -> None:
        left, top, right, bottom = box = _changed(self.before, frame)
        self.before = frame
        chunks = _png_chunks(frame.crop(box))
        if self.index == 0:
            self.file.write(b"\x89PNG\r\n\x1a\n")
            self._chunk(b"IHDR", chunks[b"IHDR"])
            self._chunk(b"acTL", struct.pack(">II", self.reel.count, 0 if self.reel.repeats else 1))
            if self.reel.record is not None:
                self._chunk(b"iTXt", _itxt(self.reel.record))
        delay = Fraction(1) / Fraction(self.reel.fps).limit_denominator(1000)
        box_data = (right - left, bottom - top, left, top)
        delays = (delay.numerator, delay.denominator)
        # Neither disposed of nor blended: what is written stands until it is written over.
        self._numbered(b"fcTL", struct.pack(">IIIIHHBB", *box_data, *delays, 0, 0))
        if self.index == 0:
            self._chunk(b"IDAT", chunks[b"IDAT"])
        else:
            self._numbered(b"fdAT", chunks[b"IDAT"])

    def close(self) -> None:
        """Write the last chunk."""
        self._chunk(b"IEND", b"")

    def _numbered(self, name: bytes, data: bytes) -> None:
        self._chunk(name, struct.pack(">I", self.sequence) + data)
        self.sequence += 1

    def _chunk(self, name: bytes, data: bytes) -> None:
        check = zlib.crc32(name + data)
        self.file.write(struct.pack(">I", len(data)) + name + data + struct.pack(">I", check))


def _png_chunks(frame: Image.Image) -> dict[bytes, bytes]:
    """Give the chunks of a frame as a PNG, those of one name joined."""
    buffer = io.BytesIO()
    frame.save(buffer, "PNG")
    data, place = buffer.getvalue(), 8
    chunks: dict[bytes, bytes] = {}
    while place < len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        chunks[name] = chunks.get(name, b"") + data[place + 8 : place + 8 + length]
        place += 12 + length
    return chunks


def _itxt(record: Mapping[str, Any]) -> bytes:
    text = json.dumps(record, ensure_ascii=False, sort_keys=True).encode("utf-8")
    return KEYWORD.encode() + b"\x00\x00\x00\x00\x00" + text


class WebpWriter(Writer):
    """Frames without loss where the first has few colours, as pixel art; else at quality 90."""

    def __init__(self, reel: Reel, file: IO[bytes]) -> None:
        super().__init__(reel, file)
        self.before: Image.Image | None = None
        self.lossless = False
        self.alpha = False

    def _add(self, frame: Image.Image) -> None:
        shown = frame if frame.mode in ("RGB", "RGBA") else frame.convert(_rgb_mode(frame))
        if self.index == 0:
            self.lossless = shown.getcolors(256) is not None
            self.alpha = shown.mode == "RGBA"
            self._start()
        left, top, right, bottom = _changed(self.before, shown)
        # Places are stored halved.
        left, top = left & ~1, top & ~1
        self.before = shown
        images = _webp_images(shown.crop((left, top, right, bottom)), self.lossless)
        places = (left // 2, top // 2, right - left - 1, bottom - top - 1)
        numbers = b"".join(map(_three, (*places, self.reel.duration(self.index, 1000))))
        # The flag: written over what was there, not blended with it.
        self._chunk(b"ANMF", numbers + b"\x02" + images)

    def _start(self) -> None:
        record = self.reel.record
        flags = 0x02 | (0x10 if self.alpha else 0) | (0x04 if record is not None else 0)
        self.file.write(b"RIFF\x00\x00\x00\x00WEBP")
        size = b"".join(_three(side - 1) for side in self.reel.size)
        self._chunk(b"VP8X", bytes([flags, 0, 0, 0]) + size)
        self._chunk(b"ANIM", struct.pack("<IH", 0, 0 if self.reel.repeats else 1))

    def close(self) -> None:
        """Write the record, and the length at the beginning."""
        if self.reel.record is not None:
            self._chunk(b"XMP ", _xmp(self.reel.record))
        length = self.file.tell()
        self.file.seek(4)
        self.file.write(struct.pack("<I", length - 8))

    def _chunk(self, name: bytes, data: bytes) -> None:
        self.file.write(name + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2))


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")


def _rgb_mode(frame: Image.Image) -> str:
    return "RGBA" if "A" in frame.getbands() else "RGB"


def _webp_images(frame: Image.Image, lossless: bool) -> bytes:
    """Give the chunks of a still WebP that hold pixels."""
    buffer = io.BytesIO()
    frame.save(buffer, "WEBP", lossless=lossless, quality=75 if lossless else 90, method=4)
    data, place, kept = buffer.getvalue(), 12, b""
    while place < len(data):
        name, length = struct.unpack_from("<4sI", data, place)
        end = place + 8 + length + length % 2
        if name in (b"ALPH", b"VP8 ", b"VP8L"):
            kept += data[place:end]
        place = end
    return kept


def _xmp(record: Mapping[str, Any]) -> bytes:
    from xml.sax.saxutils import quoteattr

    text = quoteattr(json.dumps(record, ensure_ascii=False, sort_keys=True))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:artgan="urn:artgan:record" artgan:record={text}/>'
        "</rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    ).encode()


def import_av() -> Any:
    """Give PyAV.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise MissingExtraError(
            "video needs PyAV: pip install 'artgan[video]'. GIF, WebP and APNG work without it"
        ) from error
    return av


@contextmanager
def _video(path: Path) -> Iterator[Any]:
    """Open a video to read it."""
    av = import_av()
    try:
        with av.open(str(path)) as file:
            yield file
    except FileNotFoundError as error:
        raise DataError(f"there is no file '{path}'") from error
    except av.FFmpegError as error:
        raise DataError(f"'{path}' is not a video that can be read: {error}") from error


def video_comment(path: Path) -> str | None:
    """Give the text that a video of ours carries: its record as JSON, or None.

    Raises:
        DataError: It is not there, or not a video.
        MissingExtraError: PyAV is not installed.
    """
    with _video(path) as file:
        found = {str(key).lower(): str(value) for key, value in file.metadata.items()}
    return found.get("comment")


def read_frames(path: Path) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of an animation or a video, (H, W, 4).

    Raises:
        DataError: It is a video that cannot be read.
        MissingExtraError: It is a video, and PyAV is not installed.
    """
    if path.suffix.lower() in VIDEO_ENDINGS:
        with _video(path) as file:
            for frame in file.decode(video=0):
                yield frame.to_ndarray(format="rgba")
        return
    with Image.open(path) as image:
        for frame in ImageSequence.Iterator(image):
            yield np.asarray(frame.convert("RGBA"))


class VideoWriter(Writer):
    """H.264 in MP4 or VP9 in WebM, BT.709, with a sound where there is one."""

    codec, container, quality = "libx264", "mp4", "16"
    audio = "aac"

    def __init__(self, reel: Reel, file: IO[bytes]) -> None:
        super().__init__(reel, file)
        av = import_av()
        settings = {"movflags": "faststart"} if self.container == "mp4" else {}
        self.output = av.open(file, "w", format=self.container, options=settings)
        if reel.record is not None:
            text = json.dumps(reel.record, ensure_ascii=False, sort_keys=True)
            self.output.metadata["comment"] = text
        rate = Fraction(reel.fps).limit_denominator(1000)
        more = {"crf": self.quality, "threads": "1"}
        more |= {"b": "0", "row-mt": "0"} if self.container == "webm" else {"preset": "medium"}
        self.stream = self.output.add_stream(self.codec, rate=rate, options=more)
        # Chroma is stored at half the size: sides must be even.
        self.stream.width, self.stream.height = (side + side % 2 for side in reel.size)
        self.stream.pix_fmt = "yuv420p"
        context = self.stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = 1, 1, 1
        context.color_range = 1
        self.sound = self.output.add_stream(self.audio, rate=48000) if reel.sound else None

    def _add(self, frame: Image.Image) -> None:
        av = import_av()
        pixels = np.asarray(_opaque(frame))
        height, width = self.stream.height, self.stream.width
        edges = ((0, height - pixels.shape[0]), (0, width - pixels.shape[1]), (0, 0))
        picture = av.VideoFrame.from_ndarray(np.pad(pixels, edges, "edge"), format="rgb24")
        converted = picture.reformat(
            format="yuv420p", src_colorspace="ITU709", dst_colorspace="ITU709"
        )
        converted.pts = self.index
        converted.time_base = Fraction(1) / Fraction(self.reel.fps).limit_denominator(1000)
        for packet in self.stream.encode(converted):
            self.output.mux(packet)

    def close(self) -> None:
        """Write frames still held back, and the sound."""
        for packet in self.stream.encode(None):
            self.output.mux(packet)
        if self.sound is not None:
            self._write_sound(self.sound)
        self.output.close()

    def _write_sound(self, stream: Any) -> None:
        av = import_av()
        end = self.reel.count / self.reel.fps
        with av.open(str(self.reel.sound)) as source:
            for frame in source.decode(audio=0):
                if frame.time is not None and frame.time >= end:
                    break
                for packet in stream.encode(frame):
                    self.output.mux(packet)
        for packet in stream.encode(None):
            self.output.mux(packet)


class WebmWriter(VideoWriter):
    """VP9 in WebM."""

    codec, container, quality = "libvpx-vp9", "webm", "24"
    audio = "libopus"


_WRITERS: Mapping[str, Callable[[Reel, IO[bytes]], Writer]] = {
    ".gif": GifWriter,
    ".webp": WebpWriter,
    ".apng": ApngWriter,
    ".png": ApngWriter,
    ".mp4": VideoWriter,
    ".webm": WebmWriter,
}
