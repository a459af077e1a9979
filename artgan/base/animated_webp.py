"""Writes the previews of a training as one animated picture."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from artgan.base.grounds import on_ground
from artgan.base.marks import OF_A_MODEL, mark_packet
from artgan.base.paths import replacing


def save_animation(files: Sequence[Path], path: Path, milliseconds: int = 160) -> None:
    """Join two pictures or more into a WebP that plays for ever and rests on the last one."""
    frames = []
    for file in files:
        with Image.open(file) as picture:
            frames.append(on_ground(picture).convert("RGB"))
    if len(frames) < 2:
        return
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
