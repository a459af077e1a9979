"""Random inputs, toy networks and expectations that checks of parts of a training step share."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from artgan.base.judgements import only
from artgan.base.seeding import keyed_generator, keyed_global_rng
from artgan.plugin.losses import Judged
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


def judged(
    declared: Any,
    side: str,
    real_logits: Tensor,
    fake_logits: Tensor,
    labels: bool = True,
    fakes: Tensor | None = None,
) -> Judged:
    """Return what a loss or regularizer of a side sees in a step, of random images or ``fakes``."""
    count = len(fake_logits)
    images = [draw(count, 3, 8, 8, seed=seed).to(fake_logits) for seed in (5, 6)]
    if fakes is not None:
        images[1] = fakes
    # Features that have a gradient towards the logits, as those of a network have.
    features = [
        image.flatten(1)[:, :7] + logits.unsqueeze(1)
        for image, logits in zip(images, (real_logits, fake_logits), strict=True)
    ]
    real = side == "discriminator" or declared.compares_pairs
    everything = Judged(
        step=2,
        real_logits=real_logits if real else None,
        fake_logits=fake_logits,
        real_images=images[0] if real else None,
        fake_images=images[1],
        real_features=features[0] if real else None,
        fake_features=features[1],
        labels=torch.arange(count) % 2 if labels else None,
    )
    return only(everything, declared.sees)


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


def expect_takes(call: Callable[..., Any], count: int, told: str) -> None:
    """Require that a method can be called with so many arguments."""
    try:
        inspect.signature(call).bind(*range(count))
    except TypeError:
        expect(False, told)


def expect_real_shown(declared: Any, error: Exception) -> None:
    """Explain an error of code that looks for real pictures where it is shown none."""
    shown = declared.compares_pairs or "NoneType" not in str(error)
    expect(
        shown,
        "what it sees of real pictures is None in the generator's step: declare "
        "compares_pairs=True, or work without",
    )


def halves(whole: Judged) -> list[Judged]:
    """Cut what is seen of a batch into both halves."""
    count = len(whole.fake_logits) // 2
    parts = []
    for place in (slice(count), slice(count, None)):
        cut: Any = {n: v[place] for n, v in vars(whole).items() if isinstance(v, Tensor)}
        parts.append(replace(whole, **cut))
    return parts


def observed(part: Any, value: Tensor) -> Tensor:
    """Show a part some logits, if it observes them; return the value."""
    if hasattr(part, "observe"):
        part.observe(draw(4, seed=7) + 1, draw(4, seed=8) - 1)
    return value


def expect_still_within_a_step(build: Callable[[], Any], use: Callable[[Any], Tensor]) -> None:
    """Require that a part computes the same twice, before and after it has observed a step."""
    part = build()
    for _ in range(2):
        first, second = use(part), use(part)
        expect(
            torch.equal(first, second),
            "it computes something else at its second call in a step: change what it remembers in "
            "observe(real_logits, fake_logits), which is called once a step",
        )
        observed(part, first)


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
