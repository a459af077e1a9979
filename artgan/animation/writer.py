"""What artgan's own animation writers share."""

from abc import ABC, abstractmethod
from typing import IO

from PIL import Image, ImageChops

from artgan.plugin.animations import AnimationFacts


class FrameWriter(ABC):
    """Writes the frames of an animation, one after the other."""

    def __init__(self, facts: AnimationFacts, file: IO[bytes]) -> None:
        self.facts = facts
        self.file = file
        self.index = 0
        self.before: Image.Image | None = None

    def add(self, frame: Image.Image) -> None:
        """Write the next frame."""
        self._add(frame)
        self.index += 1

    @abstractmethod
    def _add(self, frame: Image.Image) -> None: ...

    def _changed_box(self, frame: Image.Image) -> tuple[int, int, int, int]:
        """Return the box of what differs from the frame of the last call, at least one pixel large.

        The box of the first frame is the whole frame.
        """
        before, self.before = self.before, frame
        if before is None:
            return (0, 0, *frame.size)
        difference = ImageChops.difference(before, frame)
        return difference.getbbox(alpha_only=False) or (0, 0, 1, 1)

    @abstractmethod
    def close(self) -> None:
        """Write what comes after the last frame."""
