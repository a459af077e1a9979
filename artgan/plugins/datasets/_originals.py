"""The pictures of a folder or archive as they are, and which part of each is used."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from artgan.plugin.decode import decode, frames, identify
from artgan.plugins.datasets import PicturesOptions
from artgan.plugins.datasets._decode import SourceFile

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Originals:
    """Opens the original of a picture.

    Attributes:
        files: All files.
        names: Name of each picture that is used, in order; "file#2" is the second frame of a file.
        size: (height, width) in training.
        options: How pictures are fitted.
    """

    files: Sequence[SourceFile]
    names: Sequence[str]
    size: tuple[int, int]
    options: PicturesOptions

    def __call__(self, index: int) -> tuple[Image.Image, Box]:
        """Return a picture, upright, and (left, top, right, bottom) in pixels of what is used."""
        by_name = {file.shown: file for file in self.files}
        name, number = self.names[index], 1
        if name not in by_name:
            name, _, frame = name.rpartition("#")
            number = int(frame)
        with identify(io.BytesIO(by_name[name].read()), name) as opened:
            for place, frame_image in enumerate(frames(opened), 1):
                if place == number:
                    picture = decode(frame_image).as_image()
                    return picture, self.used(picture.size)
        raise IndexError(index)

    def used(self, size: tuple[int, int]) -> Box:
        """Return (left, top, right, bottom) of the part of a (width, height) that is used."""
        width, height = size
        if self.options.fit != "cover":
            return 0, 0, width, height
        share = self.size[1] / self.size[0]
        wide, high = min(width, height * share), min(height, width / share)
        left, top = (width - wide) / 2, (height - high) / 2
        return left, top, left + wide, top + high
