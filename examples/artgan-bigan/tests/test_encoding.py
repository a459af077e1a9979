"""What the contract kit cannot know: that the encoder finds a picture's latents."""

from pathlib import Path
from typing import Any

import artgan
import torch

SETTINGS: dict[str, Any] = {
    "arch": "dcgan",
    "arch_options": {"base_channels": 8, "latent_size": 16},
    "training_options": {"updates": "artgan-bigan/bigan"},
    "method_options": {"update": {"channels": 8}},
    "dataset": "mnist",
    "size": 16,
    "batch": 32,
    "steps": 300,
    "device": "cpu",
}


def test_encoder_and_generator_become_inverse(tmp_path: Path) -> None:
    """Train on digits; a picture comes back more like itself than like another one."""
    run = artgan.train(out=tmp_path / "run", **SETTINGS)
    table = artgan.plan(**SETTINGS).table
    images = torch.from_numpy(table.images[:256].copy()).permute(0, 3, 1, 2) / 127.5 - 1
    assert table.labels is not None
    labels = torch.from_numpy(table.labels[:256].copy())
    with torch.no_grad():
        again = run.network("generator")(run.network("encoder")(images), labels)
    own = (images - again).square().mean()
    others = (images - again.roll(1, 0)).square().mean()
    assert own < 0.75 * others
