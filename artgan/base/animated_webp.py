"""Writes the previews of a training as one animated picture."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from artgan.base.grounds import on_ground
from artgan.base.marks import Mark, mark_packet
from artgan.base.paths import replacing

MILLISECONDS, LAST_MILLISECONDS = 160, 1500
"""How long a frame is shown, and the last one."""


def save_animation(files: Sequence[Path], path: Path, mark: Mark | None) -> None:
    """Join two pictures or more into a WebP that plays for ever and rests on the last one."""
    frames = []
    for file in files:
        with Image.open(file) as picture:
            frames.append(on_ground(picture).convert("RGB"))
    if len(frames) < 2:
        return
    durations = [MILLISECONDS] * (len(frames) - 1) + [LAST_MILLISECONDS]
    with replacing(path) as temporary:
        frames[0].save(
            temporary,
            format="WEBP",
            save_all=True,
            append_images=frames[1:],
            duration=durations,
            loop=0,
            quality=85,
            **({} if mark is None else {"xmp": mark_packet(mark)}),
        )
