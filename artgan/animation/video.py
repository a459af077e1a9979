"""MP4 and WebM, by the extra ``artgan[video]``."""

import struct
from typing import IO, Any

import numpy as np
from PIL import Image

from artgan.animation.writer import AnimationFacts, AnimationWriter, on_black
from artgan.pictures.video import import_av

XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""Type of a box that holds XMP (XMP Specification Part 3, 1.2.6)."""


class VideoWriter(AnimationWriter):
    """Writes H.264 in MP4, BT.709, with the sound if there is one."""

    codec, container, quality = "libx264", "mp4", "16"
    audio = "aac"

    def __init__(self, facts: AnimationFacts, file: IO[bytes]) -> None:
        super().__init__(facts, file)
        self.av = import_av()
        settings = {"movflags": "faststart"} if self.container == "mp4" else {}
        self.output = self.av.open(file, "w", format=self.container, options=settings)
        if facts.record is not None:
            self.output.metadata["comment"] = facts.record_text()
        if facts.packet is not None and self.container == "webm":
            # Matroska has no place of its own for XMP; tags may have any name.
            self.output.metadata["XMP"] = facts.packet.decode()
        options = {"crf": self.quality, "threads": "1"}
        options |= {"b": "0", "row-mt": "0"} if self.container == "webm" else {"preset": "medium"}
        self.stream = self.output.add_stream(self.codec, rate=facts.rate, options=options)
        # Chroma is stored at half the size: sides must be even.
        self.stream.width, self.stream.height = (side + side % 2 for side in facts.size)
        self.stream.pix_fmt = "yuv420p"
        context = self.stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = 1, 1, 1
        context.color_range = 1
        self.sound = self.output.add_stream(self.audio, rate=48000) if facts.sound else None

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
        if self.sound is not None:
            self._write_sound()
        self.output.close()
        if self.facts.packet is not None and self.container == "mp4":
            self._append_box(self.facts.packet)

    def _append_box(self, packet: bytes) -> None:
        """Write an XMP packet behind all other boxes of an MP4, whose places it so leaves alone."""
        self.file.seek(0, 2)
        self.file.write(struct.pack(">I4s", 24 + len(packet), b"uuid") + XMP_BOX + packet)

    def _write_sound(self) -> None:
        end = self.facts.count / self.facts.fps
        with self.av.open(str(self.facts.sound)) as source:
            for frame in source.decode(audio=0):
                if frame.time is not None and frame.time >= end:
                    break
                self._write(self.sound, frame)
        self._write(self.sound, None)


class WebmWriter(VideoWriter):
    """Writes VP9 in WebM."""

    codec, container, quality = "libvpx-vp9", "webm", "24"
    audio = "libopus"
