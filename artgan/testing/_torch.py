"""Random inputs, toy networks and expectations that checks of parts of a training step share."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from artgan.base.seeding import keyed_generator, keyed_global_rng
from artgan.testing._checks import expect, expect_type

CPU = torch.device("cpu")


def draw(*shape: int, seed: int = 0) -> Tensor:
    """Draw standard normal numbers of a shape."""
    return torch.randn(*shape, generator=keyed_generator("kit", seed))


def pictures(count: int = 4, channels: int = 3, height: int = 8, width: int = 8) -> Tensor:
    """Draw random images (N, C, H, W) in [-1, 1]."""
    return draw(count, channels, height, width).clamp(-1, 1)


def keyed(seed: int = 0) -> Any:
    """Seed torch's global generators inside a ``with`` block."""
    return keyed_global_rng(CPU, "kit", seed)


def expect_scalar(value: Any, what: str) -> Tensor:
    """Require a tensor that holds one number."""
    tensor = expect_type(value, Tensor, what, "a tensor")
    shape = tuple(tensor.shape)
    expect(not shape, f"{what} has shape {shape}; expected a scalar: take the mean")
    return tensor


def expect_exact_resume(build: Callable[[], Any], use: Callable[[Any], Tensor]) -> None:
    """Require that a part that is saved, built anew and restored goes on as the one that was not.

    ``use`` calls the part once, with the same inputs each time.
    """
    part = build()
    for seed in range(3):
        with keyed(seed):
            use(part)
    resumed = build()
    if hasattr(part, "state_dict"):
        saved = {name: torch.as_tensor(value) for name, value in part.state_dict().items()}
        resumed.load_state_dict({name: value.clone() for name, value in saved.items()})
    results = []
    for each in (part, resumed):
        with keyed(3):
            results.append(use(each))
    expect(
        torch.equal(*results),
        "after a run is stopped and resumed it gives other numbers: keep all of its state in "
        "state_dict and load_state_dict, as tensors, or keep none",
    )


def expect_finite_gradients(named: Iterable[tuple[str, nn.Parameter]], what: str) -> None:
    """Require a finite gradient of every parameter."""
    for name, parameter in named:
        if not parameter.requires_grad:
            continue
        expect(
            parameter.grad is not None,
            f"{what}: parameter {name} gets no gradient: use it in forward, or leave it out",
        )
        expect(
            parameter.grad is not None and bool(parameter.grad.isfinite().all()),
            f"{what}: the gradient of {name} is not finite",
        )


class ToyDiscriminator(nn.Module):
    """A smooth discriminator of 8 x 8 images, which has all derivatives."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        with keyed(1):
            self.convolution = nn.Conv2d(channels, 4, 3, padding=1)
            self.score = nn.Linear(4 * 8 * 8, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Compute logits (N,)."""
        features = nn.functional.softplus(self.convolution(images)).flatten(1)
        logits: Tensor = self.score(features).squeeze(1)
        return logits


class ToyGenerator(nn.Module):
    """A smooth generator of 8 x 8 images from 8 latents."""

    def __init__(self) -> None:
        super().__init__()
        with keyed(2):
            self.dense = nn.Linear(8, 3 * 8 * 8)

    def forward(self, latents: Tensor) -> Tensor:
        """Compute images (N, 3, 8, 8) in [-1, 1]."""
        return torch.tanh(self.dense(latents)).view(-1, 3, 8, 8)
