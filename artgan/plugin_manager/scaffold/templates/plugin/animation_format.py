"""The animation format: a comic book archive, which is a ZIP with a page for each frame."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from PIL import Image

from artgan.plugin.animations import AnimationFacts, MovingPicture


class Book:
    """Writes frames as pages."""

    def __init__(self, facts: AnimationFacts, file: IO[bytes]) -> None:
        self.facts, self.pages, self.count = facts, zipfile.ZipFile(file, "w"), 0
        if facts.xmp:
            self._write("about.xmp", facts.xmp)

    def add(self, frame: Image.Image) -> None:
        """Write the next frame."""
        data = io.BytesIO()
        frame.save(data, "PNG")
        self._write(f"{self.count:05d}.png", data.getvalue())
        self.count += 1

    def close(self) -> None:
        """Write how long the frames are shown."""
        times = [float(self.facts.delay(number) * 1000) for number in range(self.count)]
        told = {"times": times, "record": self.facts.record}
        self._write("film.json", json.dumps(told).encode())
        self.pages.close()

    def _write(self, name: str, data: bytes) -> None:
        # Uncompressed, and always of the same date.
        self.pages.writestr(zipfile.ZipInfo(name), data)


def read_book(path: Path) -> MovingPicture:
    """Look at a book; its pages are read when frames are wanted."""
    with zipfile.ZipFile(path) as pages:
        told = json.loads(pages.read("film.json"))
    times: list[float] = told["times"]
    return MovingPicture(
        times=lambda: times, frames=lambda: read_pages(path, len(times)), record=told["record"]
    )


def read_pages(path: Path, count: int) -> Iterator[Image.Image]:
    """Read the pages one by one."""
    with zipfile.ZipFile(path) as pages:
        for number in range(count):
            yield Image.open(io.BytesIO(pages.read(f"{number:05d}.png")))
