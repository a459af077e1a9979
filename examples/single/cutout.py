from typing import Annotated

from artgan.plugin import Augmentation, Meta, Options, hookimpl


class CutoutOptions(Options, frozen=True, kw_only=True):
    size: Annotated[float, Meta(ge=0, le=1, description="Side of the hole as a share")] = 0.4


class Cutout:
    """Greys out a square of each picture, so that no place alone gives a fake away."""

    def __init__(self, options):
        self.size = options.size

    def __call__(self, images):
        import torch

        count, _, height, width = images.shape
        y, x = (torch.rand(count, 1, 1, 1).to(images) for _ in "yx")
        rows = torch.linspace(0, 1, height).to(images)[None, None, :, None]
        columns = torch.linspace(0, 1, width).to(images)[None, None, None, :]
        hole = ((rows - y).abs() < self.size / 2) & ((columns - x).abs() < self.size / 2)
        return images * ~hole


@hookimpl
def artgan_augmentations():
    yield Augmentation(
        name="cutout",
        summary="Grey out a square of each picture.",
        build=Cutout,
        options=CutoutOptions,
    )
