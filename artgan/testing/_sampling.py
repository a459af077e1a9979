"""What checks of latents and samplers share: a small run with random weights, without files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from artgan.core.build import build_networks
from artgan.core.config import Part, RunConfig, TrainingOptions
from artgan.core.run import TrainedRun
from artgan.latents.context import Networks, RunSampling
from artgan.latents.steering import Shift
from artgan.testing._checks import Subject, expect, expect_type

SIDE, TOGETHER = 16, 4
SMALL: dict[str, dict[str, Any]] = {
    "core/dcgan": {"base_channels": 4, "latent_size": 8, "normalization": "group"},
    "core/stylegan2": {"base_channels": 8, "latent_size": 8},
}


def toy_networks(subject: Subject, architecture: str = "core/dcgan", classes: int = 0) -> Networks:
    """Return the networks of a run that was never trained; those of a plugin are built once."""
    notes, name = subject.checked.notes, f"networks of {architecture} {classes}"
    if name not in notes:
        config = RunConfig(
            architecture=Part(architecture, SMALL[architecture]),
            dataset=Part("core/folder"),
            loss=Part("core/bce"),
            training=TrainingOptions(steps=1, batch=8, precision="fp32"),
            height=SIDE,
            width=SIDE,
            channels=3,
            classes=classes,
        )
        run = TrainedRun(Path("run"), config, subject.checked.registry)
        for side, network in build_networks(config, subject.checked.registry).items():
            vars(run)[side] = network.requires_grad_(False).eval()
        notes[name] = Networks(run)
        # Few pictures at once suffice here.
        vars(notes[name])["together"] = TOGETHER
    return notes[name]  # type: ignore[no-any-return]


def asked(
    networks: Networks, seeds: Sequence[int], in_styles: bool = False
) -> tuple[Tensor, Tensor | None, RunSampling]:
    """Return the values of seeds, their labels, and what a part sees of the run."""
    shape: tuple[int, ...] = networks.generator.latent_shape  # type: ignore[assignment]
    context = RunSampling(networks, list(seeds), shape)
    values, labels = context.draw(list(seeds))
    if in_styles:
        values = context.styles(values, labels)
    shape = tuple(values.shape[1:])
    shift = Shift("0", torch.ones(shape[-1:] if in_styles else shape), in_styles, 1.0)
    return values, labels, RunSampling(networks, list(seeds), shape, in_styles, (shift,))


def call(
    subject: Subject, method: str, networks: Networks, seeds: Sequence[int], **more: Any
) -> Tensor:
    """Build the part and call its method for seeds, without gradients; refuse what is no tensor."""
    values, labels, context = asked(networks, seeds, **more)
    kept = values.clone()
    with torch.no_grad():
        made = getattr(subject.build(), method)(values, labels, context)
    expect(torch.equal(kept, values), "it changes the values that it gets: return new ones")
    return expect_type(made, Tensor, method, "a tensor")


def expect_own_numbers(
    subject: Subject, method: str, seeds: Sequence[int], in_styles: bool = False
) -> None:
    """Require the same result twice, without torch's global generator."""
    networks = toy_networks(subject, "core/stylegan2" if in_styles else "core/dcgan")
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first, second = (call(subject, method, networks, seeds, in_styles=in_styles) for _ in range(2))
    expect(
        torch.equal(before, torch.get_rng_state()),
        "it draws from torch's global generator: use context.noise or context.uniform",
    )
    expect(torch.equal(first, second), "the same seed gives something else each time")


def expect_alone_as_together(subject: Subject, method: str, in_styles: bool = False) -> None:
    """Require that what becomes of a seed does not depend on the seeds that are made with it."""
    networks = toy_networks(subject, "core/stylegan2" if in_styles else "core/dcgan")
    count = networks.together
    pair = ([0, *range(1, count)], [0, *range(100, 99 + count)])
    first, second = (call(subject, method, networks, each, in_styles=in_styles) for each in pair)
    expect(
        torch.equal(first[0], second[0]),
        "what becomes of a seed depends on the seeds beside it: look at each alone",
    )
