"""Features of a vision network of the Hugging Face hub, or of a folder: DINOv2, CLIP, ConvNeXt ...

Stein et al. 2023, "Exposing flaws of generative model evaluation metrics and their unfair treatment
of diffusion models", section 4: distances of DINOv2 features agree best with what people say.
Oquab et al. 2023, "DINOv2: Learning Robust Visual Features without Supervision".

Networks are built by ``transformers`` from their config.json; weights are read only from
safetensors, and code that comes with them is never run. Pictures are scaled here, so that neither
an image processor nor torchvision is needed: the whole picture to the side that the network was
trained at, then by the network's mean and standard deviation.
"""

import json
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from artgan.plugin import DataError, MissingExtraError
from artgan.plugins.extractors import VisionOptions

SIDE = 224
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Those of ImageNet, for pixels in [0, 1]; used if a network's files name no others."""
FILES = ("config.json", "preprocessor_config.json", "model*.safetensors*")
"""Files of a network that are downloaded from the hub."""


class Vision:
    """Computes the network's own summary of each picture, one row of features."""

    def __init__(self, options: VisionOptions, device: str) -> None:
        try:
            import huggingface_hub  # noqa: F401
            import transformers  # noqa: F401
        except ImportError as error:
            raise MissingExtraError(
                f"extractor 'vision' needs the package '{error.name}': "
                "pip install 'artgan[features]', or use --extractor random"
            ) from error
        folder = find_folder(options.model)
        self._network, self._summed = read_network(folder, options.model)
        self._network.eval().requires_grad_(False).to(device)
        about = _read_json(folder / "preprocessor_config.json")
        self.side = options.side or trained_side(about, self._network.config)
        self._mean, self._deviation = (
            torch.tensor(about.get(key) or usual, device=device).view(3, 1, 1)
            for key, usual in (("image_mean", MEAN), ("image_std", DEVIATION))
        )

    @torch.no_grad()
    def __call__(self, images: Tensor) -> Tensor:
        """Compute features (N, D) of images (N, 3, H, W) in [-1, 1] of any size."""
        smaller = min(images.shape[2:]) > self.side
        size = (self.side, self.side)
        scaled = F.interpolate(images, size, mode="bicubic", antialias=smaller).clamp(-1, 1)
        pixels = ((scaled + 1) / 2 - self._mean) / self._deviation
        return summary(self._network(pixel_values=pixels), self._summed)


def find_folder(model: str) -> Path:
    """Find the folder of a network; one on the hub is downloaded at its first use.

    Raises:
        DataError: There is no such folder, or the download failed.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    if model.startswith((".", "~", "/")) or model.count("/") > 1:
        raise DataError(
            f"there is no folder '{model}'; expected one with config.json and model.safetensors, "
            "or a name on the Hugging Face hub such as facebook/dinov2-small"
        )
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, allow_patterns=list(FILES)))
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0].rstrip(".")
        raise DataError(
            f"the weights of '{model}' cannot be downloaded ({type(error).__name__}: {reason}). "
            f"With internet access: hf download {model} --local-dir vision-model; then name that "
            "folder: --extractor vision:model=./vision-model; or use --extractor random"
        ) from error


def read_network(folder: Path, name: str) -> tuple[Any, bool]:
    """Build a network and read its weights.

    Returns:
        The network, and whether the weights of its summary (pooler) are there.

    Raises:
        DataError: It is not a vision network, has no safetensors, or lacks weights.
    """
    from safetensors import SafetensorError
    from transformers import AutoModel

    try:
        network, found = AutoModel.from_pretrained(
            folder,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
            dtype=torch.float32,
        )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(
            f"'{name}' cannot be read as a network ({reason}); expected a folder with a "
            "config.json that transformers knows, and model.safetensors"
        ) from error
    # Of a network for text and pictures, only the part for pictures is used.
    network = getattr(network, "vision_model", network)
    if getattr(network, "main_input_name", "") != "pixel_values":
        raise DataError(f"'{name}' takes no pictures; expected a vision network such as DINOv2")
    missing = sorted(map(str, found["missing_keys"]))
    lost = [key for key in missing if "pooler" not in key]
    if lost:
        raise DataError(
            f"'{name}' lacks {len(lost)} of its network's weights, '{lost[0]}' among them; "
            "expected all of them in model.safetensors"
        )
    return network, not missing


def trained_side(about: dict[str, Any], config: Any) -> int:
    """Read the side in pixels that pictures had in training; ``SIDE`` if no file names it."""
    for given in (about.get("crop_size"), about.get("size"), getattr(config, "image_size", None)):
        sides = given.values() if isinstance(given, dict) else (given,)
        whole = [side for side in sides if isinstance(side, int) and side > 0]
        if whole:
            return min(whole)
    return SIDE


def summary(output: Any, summed: bool) -> Tensor:
    """Select one row (N, D) for each picture: the pooler's, else the first token or the mean."""
    pooled: Tensor | None = getattr(output, "pooler_output", None) if summed else None
    if pooled is not None:
        return pooled.flatten(1)
    last: Tensor = output.last_hidden_state
    return last[:, 0] if last.ndim == 3 else last.mean((2, 3))


def _read_json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise DataError(f"'{path}' is damaged: {error}") from error
    return read if isinstance(read, dict) else {}
