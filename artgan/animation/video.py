"""MP4 and WebM, by the extra ``artgan[video]``."""

import math
import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from artgan.animation.sound import read_sound
from artgan.animation.writer import FrameWriter
from artgan.pictures.video import import_av
from artgan.plugin.animations import AnimationFacts, on_black

XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""Type of a box that holds XMP (XMP Specification Part 3, 1.2.6)."""

SOUND_RATE = 48000
"""Samples a second of the sound in a video."""

SOUND_BLOCK = 4096
"""Samples that are mixed at a time."""

LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
"""Count of channels -> what they are, in FFmpeg's words."""


class VideoWriter(FrameWriter):
    """Writes H.264 in MP4, BT.709, with the sound if there is one."""

    codec, container, quality = "libx264", "mp4", "16"
    audio = "aac"

    def __init__(self, facts: AnimationFacts, file: IO[bytes]) -> None:
        super().__init__(facts, file)
        self.av = import_av()
        # Matroska files have random names inside, unless they are to be the same each time.
        settings = {"mp4": {"movflags": "faststart"}, "webm": {"fflags": "+bitexact"}}[
            self.container
        ]
        self.output = self.av.open(file, "w", format=self.container, options=settings)
        if facts.record is not None:
            self.output.metadata["comment"] = facts.record
        if facts.mark is not None and self.container == "webm":
            # Matroska has no place of its own for XMP; tags may have any name.
            self.output.metadata["XMP"] = facts.mark.decode()
        options = {"crf": self.quality, "threads": "1"}
        options |= {"b": "0", "row-mt": "0"} if self.container == "webm" else {"preset": "medium"}
        self.stream = self.output.add_stream(self.codec, rate=facts.rate, options=options)
        # Chroma is stored at half the size: sides must be even.
        self.stream.width, self.stream.height = (side + side % 2 for side in facts.size)
        self.stream.pix_fmt = "yuv420p"
        context = self.stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = 1, 1, 1
        context.color_range = 1
        self.sound = self.output.add_stream(self.audio, rate=SOUND_RATE) if facts.sound else None

    def _add(self, frame: Image.Image) -> None:
        pixels = np.asarray(on_black(frame))
        height, width = self.stream.height, self.stream.width
        edges = ((0, height - pixels.shape[0]), (0, width - pixels.shape[1]), (0, 0))
        picture = self.av.VideoFrame.from_ndarray(np.pad(pixels, edges, "edge"), format="rgb24")
        converted = picture.reformat(
            format="yuv420p", src_colorspace="ITU709", dst_colorspace="ITU709"
        )
        converted.pts = self.index
        converted.time_base = 1 / self.facts.rate
        self._write(self.stream, converted)

    def _write(self, stream: Any, frame: Any) -> None:
        """Encode a frame of a stream and write it; None writes frames held back so far."""
        for packet in stream.encode(frame):
            self.output.mux(packet)

    def close(self) -> None:
        """Write frames held back so far, and the sound."""
        self._write(self.stream, None)
        if self.facts.sound is not None:
            self._write_sound(self.facts.sound)
        self.output.close()
        if self.facts.mark is not None and self.container == "mp4":
            self._append_box(self.facts.mark)

    def _append_box(self, packet: bytes) -> None:
        """Write an XMP packet behind all other boxes of an MP4, whose places it so leaves alone."""
        self.file.seek(0, 2)
        self.file.write(struct.pack(">I4s", 24 + len(packet), b"uuid") + XMP_BOX + packet)

    def _write_sound(self, path: Path) -> None:
        sound = read_sound(path)
        wanted = np.ascontiguousarray(sound.channels[: self._sound_length(sound.rate)].T)
        for frame in _stereo_frames(self.av, wanted, sound.rate):
            self._write(self.sound, frame)
        self._write(self.sound, None)

    def _sound_length(self, rate: int) -> int:
        """Return how many samples at so many a second play as long as the frames."""
        return math.ceil(self.facts.count / self.facts.fps * rate)


def _stereo_frames(av: Any, channels: NDArray[np.float32], rate: int) -> Iterator[Any]:
    """Mix channels (C, N) down to stereo at 48 kHz; if that leaves [-1, 1], all of it gets softer.

    Each channel goes where FLAC's order of channels has it (RFC 9639, section 9.1.3).
    """
    layout = LAYOUTS.get(len(channels))
    if layout is None:
        channels, layout = channels.mean(0, keepdims=True), "mono"
    resampler = av.AudioResampler("fltp", "stereo", SOUND_RATE)
    mixed = []
    for first in range(0, channels.shape[1], SOUND_BLOCK):
        block = np.ascontiguousarray(channels[:, first : first + SOUND_BLOCK])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
        mixed += [(one.pts, one.to_ndarray()) for one in resampler.resample(frame)]
    mixed += [(one.pts, one.to_ndarray()) for one in resampler.resample(None)]
    peak = max((float(np.abs(values).max()) for _, values in mixed if values.size), default=1.0)
    for pts, values in mixed:
        frame = av.AudioFrame.from_ndarray(values / max(peak, 1), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, pts, Fraction(1, SOUND_RATE)
        yield frame


class WebmWriter(VideoWriter):
    """Writes VP9 in WebM."""

    codec, container, quality = "libvpx-vp9", "webm", "24"
    audio = "libopus"
