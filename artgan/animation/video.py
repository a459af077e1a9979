"""MP4 and WebM, by the extra ``artgan[video]``."""

import json
from fractions import Fraction
from typing import IO, Any

import numpy as np
from PIL import Image

from artgan.animation.reel import Reel, Writer, _opaque
from artgan.pictures.video import import_av


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
