"""Flip books: films as comic book archives (.cbz), a page for each frame."""

import io
import json
import zipfile

from artgan.plugin import AnimationFormat, hookimpl
from artgan.plugin.animations import MovingPicture


class Writer:
    def __init__(self, facts, file):
        self.facts, self.book, self.count = facts, zipfile.ZipFile(file, "w"), 0
        if facts.xmp:
            self.page("about.xmp", facts.xmp)

    def add(self, frame):
        data = io.BytesIO()
        frame.save(data, "PNG")
        self.page(f"{self.count:05d}.png", data.getvalue())
        self.count += 1

    def close(self):
        times = [float(self.facts.delay(number) * 1000) for number in range(self.count)]
        told = {"times": times, "record": self.facts.record}
        self.page("film.json", json.dumps(told).encode())
        self.book.close()

    def page(self, name, data):
        # Uncompressed, and always of the same date.
        self.book.writestr(zipfile.ZipInfo(name), data)


def read(path):
    with zipfile.ZipFile(path) as book:
        told = json.loads(book.read("film.json"))
    times = told["times"]

    def frames():
        from PIL import Image

        with zipfile.ZipFile(path) as book:
            for number in range(len(times)):
                yield Image.open(io.BytesIO(book.read(f"{number:05d}.png")))

    return MovingPicture(times=lambda: times, frames=frames, record=told["record"])


@hookimpl
def artgan_animation_formats():
    yield AnimationFormat(
        name="flip-book",
        summary="A comic book archive, a page for each frame.",
        endings=(".cbz",),
        write=Writer,
        read=read,
    )
