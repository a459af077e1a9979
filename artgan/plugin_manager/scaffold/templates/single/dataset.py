"""template-name: a plugin for artgan in one file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from artgan.plugin import DataContext, Dataset, Meta, Options, hookimpl

if TYPE_CHECKING:
    import numpy as np


class DatasetOptions(Options, frozen=True, kw_only=True):
    """Options of the dataset ``template-name``."""

    count: Annotated[int, Meta(ge=4, le=100000, description="Number of pictures")] = 600


class Rings:
    """Grey rings; the label is their number."""

    def __init__(self, options: DatasetOptions, context: DataContext) -> None:
        import numpy as np

        height, width = context.size or (32, 32)
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        self.class_names = ("one", "two", "three")
        self.labels = np.arange(options.count) % 3
        rng = np.random.default_rng(0)
        middles = rng.uniform(-0.3, 0.3, (options.count, 2))
        waves = [
            np.cos(6 * (label + 1) * np.hypot(y - dy, x - dx))
            for label, (dy, dx) in zip(self.labels, middles, strict=True)
        ]
        self.images = (np.stack(waves)[..., None] * 127 + 128).astype(np.uint8)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple["np.ndarray", int]:
        """Return an image (H, W, 1) and its label."""
        return self.images[index], int(self.labels[index])


@hookimpl
def artgan_datasets() -> Iterator[Dataset]:
    """Yield the datasets."""
    yield Dataset(
        name="template-name",
        summary="Drawn rings, one to three, grey, with labels.",
        open=Rings,
        options=DatasetOptions,
        licence="CC0-1.0",
    )
