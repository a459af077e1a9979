from typing import Annotated

from artgan.plugin import Dataset, Meta, Options, hookimpl


class RingsOptions(Options, frozen=True, kw_only=True):
    count: Annotated[int, Meta(ge=4, le=100000, description="Number of pictures")] = 600


class Rings:
    """Grey rings around a random centre; the label says how many."""

    class_names = ("few", "some", "many")

    def __init__(self, options, context):
        import numpy as np

        height, width = context.size or (32, 32)
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        self.labels = np.arange(options.count) % 3
        middles = np.random.default_rng(0).uniform(-0.3, 0.3, (options.count, 2))
        waves = [
            np.cos(6 * (label + 1) * np.hypot(y - dy, x - dx))
            for label, (dy, dx) in zip(self.labels, middles, strict=True)
        ]
        self.images = (np.stack(waves)[..., None] * 127 + 128).astype(np.uint8)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        return self.images[index], int(self.labels[index])


@hookimpl
def artgan_datasets():
    yield Dataset(
        name="rings",
        summary="Drawn rings, grey, with labels.",
        open=Rings,
        options=RingsOptions,
        licence="CC0-1.0",
    )
