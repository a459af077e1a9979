"""What the contract kit cannot know: that the encoder finds a picture's latents."""

from pathlib import Path
from typing import Any

import artgan
import torch
from artgan.plugin import TrainingError

SETTINGS: dict[str, Any] = {
    "arch": "dcgan",
    "arch_options": {"base_channels": 8, "latent_size": 8, "labels": False},
    "training_options": {"updates": "artgan-bigan/bigan", "clusters": 0},
    "method_options": {"update": {"channels": 8}},
    "loss": "bce",
    "dataset": "mnist",
    "size": 16,
    "batch": 32,
    "steps": 1200,
    "device": "cpu",
}


def test_encoder_and_generator_become_inverse(tmp_path: Path) -> None:
    """Train on digits without labels; a picture comes back more like itself than another one."""
    try:
        run = artgan.train(out=tmp_path / "run", **SETTINGS)
    except TrainingError:
        # Pictures are alike for some hundred steps, which may stop a training; they do not stay so.
        run = artgan.resume(tmp_path / "run")
    table = artgan.plan(**SETTINGS).table
    images = torch.from_numpy(table.images[:256].copy()).permute(0, 3, 1, 2) / 127.5 - 1
    with torch.no_grad():
        again = run.network("generator")(run.network("encoder")(images), None)
    own = (images - again).square().mean()
    others = (images - again.roll(1, 0)).square().mean()
    assert own < 0.75 * others
