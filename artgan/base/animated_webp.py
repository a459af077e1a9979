"""Writes the previews of a training as one animated picture."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from artgan.base.marks import OF_A_MODEL, mark_packet
from artgan.base.paths import replacing


def save_animation(frames: Sequence[Image.Image], path: Path, milliseconds: int = 160) -> None:
    """Write an animated WebP that plays for ever and rests on its last frame."""
    durations = [milliseconds] * (len(frames) - 1) + [1500]
    with replacing(path) as temporary:
        frames[0].save(
            temporary,
            format="WEBP",
            save_all=True,
            append_images=frames[1:],
            duration=durations,
            loop=0,
            quality=85,
            xmp=mark_packet(OF_A_MODEL),
        )
