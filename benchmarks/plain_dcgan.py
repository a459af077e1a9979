"""A DCGAN in plain PyTorch, as tutorials teach it: the baseline for comparison with our recipes.

Radford et al. 2015 as commonly taught: weights from N(0, 0.02), batch norm in both networks, Adam
2e-4 with beta1 0.5, batch 64, binary cross-entropy on logits, two passes of the discriminator.
"""

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

LATENT = 100
WIDTH = 64
BATCH = 64


def stages(side: int) -> int:
    """Count how often a square picture is halved until its side is 4 to 7."""
    return max(1, (side // 4).bit_length() - 1)


def generator(side: int, channels: int) -> nn.Sequential:
    """Build the network from latents (N, 100, 1, 1) to images (N, C, side, side)."""
    count = stages(side)
    width = WIDTH * 2 ** (count - 1)
    coarse = side >> count
    layers: list[nn.Module] = [nn.ConvTranspose2d(LATENT, width, coarse, 1, 0, bias=False)]
    for _ in range(count - 1):
        layers += [nn.BatchNorm2d(width), nn.ReLU(True)]
        layers.append(nn.ConvTranspose2d(width, width // 2, 4, 2, 1, bias=False))
        width //= 2
    layers += [nn.BatchNorm2d(width), nn.ReLU(True)]
    layers += [nn.ConvTranspose2d(width, channels, 4, 2, 1, bias=False), nn.Tanh()]
    return nn.Sequential(*layers).apply(start)


def discriminator(side: int, channels: int) -> nn.Sequential:
    """Build the network from images (N, C, side, side) to logits (N,)."""
    count, width = stages(side), WIDTH
    layers: list[nn.Module] = [nn.Conv2d(channels, width, 4, 2, 1, bias=False)]
    layers.append(nn.LeakyReLU(0.2, True))
    for _ in range(count - 1):
        layers += [nn.Conv2d(width, width * 2, 4, 2, 1, bias=False)]
        layers += [nn.BatchNorm2d(width * 2), nn.LeakyReLU(0.2, True)]
        width *= 2
    layers += [nn.Conv2d(width, 1, side >> count, 1, 0, bias=False), nn.Flatten(0)]
    return nn.Sequential(*layers).apply(start)


def start(module: nn.Module) -> None:
    """Draw weights as Radford et al. 2015, section 4."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


def training(
    images: NDArray[np.uint8], seed: int, device: str = "cpu"
) -> tuple[nn.Sequential, Iterator[int]]:
    """Build the generator, and an endless loop that trains it a step at a time.

    Args:
        images: Real pictures (N, H, W, C), square.
        seed: Seed of weights, batches and latents.
        device: Where it trains.
    """
    torch.manual_seed(seed)
    side, channels = images.shape[1], images.shape[3]
    made, judged = (make(side, channels).to(device) for make in (generator, discriminator))
    return made, _steps(images, made, judged)


def _steps(images: NDArray[np.uint8], made: nn.Module, judged: nn.Module) -> Iterator[int]:
    optimizers = [torch.optim.Adam(n.parameters(), 2e-4, (0.5, 0.999)) for n in (made, judged)]
    device = next(made.parameters()).device
    ones, zeros = torch.ones(BATCH, device=device), torch.zeros(BATCH, device=device)
    real = torch.from_numpy(np.array(images)).to(device).permute(0, 3, 1, 2)
    step = 0
    while True:
        for chosen in torch.randperm(len(real)).split(BATCH):
            if len(chosen) < BATCH:
                continue
            shown = real[chosen].float() / 127.5 - 1
            fake: Tensor = made(torch.randn(BATCH, LATENT, 1, 1).to(device))
            optimizers[1].zero_grad()
            loss = F.binary_cross_entropy_with_logits(judged(shown), ones)
            loss = loss + F.binary_cross_entropy_with_logits(judged(fake.detach()), zeros)
            loss.backward()
            optimizers[1].step()
            optimizers[0].zero_grad()
            F.binary_cross_entropy_with_logits(judged(fake), ones).backward()
            optimizers[0].step()
            step += 1
            yield step


@torch.no_grad()
def samples(made: nn.Module, count: int) -> list[NDArray[np.uint8]]:
    """Make pictures (H, W, C), with batch norm in evaluation mode."""
    made.eval()
    key = torch.Generator().manual_seed(0)
    device = next(made.parameters()).device
    parts = [made(torch.randn(n, LATENT, 1, 1, generator=key).to(device)) for n in _chunks(count)]
    made.train()
    pixels = ((torch.cat(parts).cpu() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
    return list(pixels.permute(0, 2, 3, 1).numpy())


def _chunks(count: int) -> list[int]:
    return [min(100, count - start) for start in range(0, count, 100)]
