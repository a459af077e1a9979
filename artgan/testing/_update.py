"""Checks of an update: it trains small real networks for a few steps."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from artgan.core.build import build_networks, build_parts
from artgan.core.checkpoint import pack, unpack
from artgan.core.config import Part, RunConfig, TrainingOptions
from artgan.core.data import ImageTable
from artgan.core.state import StepReport, TrainingState, new_state
from artgan.core.train import train
from artgan.testing._checks import Checks, Subject, expect
from artgan.testing._torch import draw, pictures

CHECKS = Checks()
SIDE, BATCH = 16, 8


def _config(subject: Subject, classes: int = 0, **training: Any) -> RunConfig:
    options = {"base_channels": 4, "latent_size": 8, "normalization": "group"}
    chosen = TrainingOptions(
        steps=4, batch=BATCH, precision="fp32", updates=subject.contribution.full_name, **training
    )
    return RunConfig(
        architecture=Part("core/dcgan", options),
        dataset=Part("core/folder"),
        loss=Part("core/bce"),
        regularizers=(Part("core/r1"),),
        training=chosen,
        height=SIDE,
        width=SIDE,
        channels=3,
        classes=classes,
        draws=subject.declared.draws,
    )


def _table(classes: int) -> ImageTable:
    images = ((pictures(16, 3, SIDE, SIDE) + 1) * 127.5).to(torch.uint8)
    labels = np.arange(16) % classes if classes else None
    return ImageTable(images.permute(0, 2, 3, 1).numpy(), labels=labels)


def _trained(
    subject: Subject,
    steps: int,
    config: RunConfig | None = None,
    begun: Mapping[str, Tensor] | None = None,
) -> tuple[TrainingState, dict[str, Tensor], list[StepReport]]:
    """Train up to a step, from the packed state of step 2 if it is given."""
    config, registry = config or _config(subject), subject.checked.registry
    parts = build_parts(config, _table(config.classes), registry)
    state = new_state(config, registry)
    if begun is not None:
        unpack(begun, state, parts, Path("the state of step 2"))
        state.step = 2
    reports = []
    for report in train(parts, config, state):
        reports.append(report)
        if report.step == steps:
            break
    return state, pack(state, parts), reports


@CHECKS.add("builds-networks", applies=lambda s: bool(s.declared.networks))
def builds_networks(subject: Subject) -> None:
    """It builds the networks that it declares; a discriminator of its own judges images alone."""
    networks = build_networks(_config(subject), subject.checked.registry)
    if "discriminator" in subject.declared.networks:
        shape = tuple(networks["discriminator"](pictures(2, 3, SIDE, SIDE), None).shape)
        expect(
            shape == (2,), f"its discriminator gives {shape} of images and labels; expected (2,)"
        )


@CHECKS.add(
    "draws-pictures",
    after=("builds-networks",),
    applies=lambda s: s.declared.draws != "generator",
)
def draws_pictures(subject: Subject) -> None:
    """The network that it declares as drawing makes images of latents, with labels or without."""
    for classes in (0, 2):
        config = _config(subject, classes)
        network: Any = build_networks(config, subject.checked.registry)[subject.declared.draws]
        shape: Any = getattr(network, "latent_shape", None)
        expect(isinstance(shape, tuple), f"its latent_shape is {shape!r}; expected such as (64,)")
        labels = torch.arange(2) % classes if classes else None
        made = tuple(network.eval()(draw(2, *shape), labels).shape)
        wanted = (2, 3, SIDE, SIDE)
        expect(made == wanted, f"of two latents it makes images {made}; expected {wanted}")


@CHECKS.add("measures-the-step", after=("builds-networks", "draws-pictures"))
def measures_the_step(subject: Subject) -> None:
    """A step measures both losses and both mean logits, as finite numbers, with labels too."""
    for classes in (0, 2):
        _trained(subject, 1, _config(subject, classes))


@CHECKS.add("trains-every-network", after=("measures-the-step",))
def trains_every_network(subject: Subject) -> None:
    """Each network has other weights after two steps."""
    begun = new_state(_config(subject), subject.checked.registry)
    state = _trained(subject, 2)[0]
    for name, network in state.networks.items():
        pairs = zip(begun.networks[name].parameters(), network.parameters(), strict=True)
        moved = any(not torch.equal(before, after) for before, after in pairs)
        expect(moved, f"network '{name}' did not learn: call context.update('{name}', ...)")


@CHECKS.add("leaves-no-gradients", after=("measures-the-step",))
def leaves_no_gradients(subject: Subject) -> None:
    """No gradient is left after a step, and every weight that learnt before still may."""
    begun = new_state(_config(subject), subject.checked.registry)
    state = _trained(subject, 1)[0]
    for name, network in state.networks.items():
        for before, after in zip(
            begun.networks[name].parameters(), network.parameters(), strict=True
        ):
            expect(
                after.grad is None,
                f"gradients are left in '{name}' and would be added to the next step's: put what "
                "is not updated in without_gradients",
            )
            expect(
                before.requires_grad == after.requires_grad,
                f"it leaves weights of '{name}' switched off: use without_gradients",
            )


@CHECKS.add("follows-the-seed", after=("measures-the-step",))
def follows_the_seed(subject: Subject) -> None:
    """Two runs of the same seed have the same weights."""
    first, second = (_trained(subject, 2)[1] for _ in range(2))
    same = all(torch.equal(first[name], second[name]) for name in first)
    expect(same, "two runs of one seed differ: draw random numbers by torch's global generator")


@CHECKS.add("resumes-exactly", after=("follows-the-seed", "leaves-no-gradients"))
def resumes_exactly(subject: Subject) -> None:
    """A run that is stopped and resumed equals the unbroken run."""
    whole, half = _trained(subject, 4)[1], _trained(subject, 2)[1]
    resumed = _trained(subject, 4, begun=half)[1]
    differing = [name for name in whole if not torch.equal(whole[name], resumed[name])]
    expect(
        not differing,
        f"after a run is stopped and resumed it differs in {len(differing)} tensors: keep all "
        "state of the update in state_dict and load_state_dict, as tensors, or keep none",
    )


@CHECKS.add(
    "parts-add-up", after=("trains-every-network",), applies=lambda s: s.declared.accumulates
)
def parts_add_up(subject: Subject) -> None:
    """Gradients of a batch in two parts are about as large as those of the whole batch."""
    whole, parts = (_trained(subject, 1, _config(subject, accumulate=count))[1] for count in (1, 2))
    for name in new_state(_config(subject), subject.checked.registry).networks:
        of_name = [key for key in whole if key.startswith(f"{name}_optimizer.")]
        keys = [key for key in of_name if key.endswith(".exp_avg")]
        sizes = [sum(float(each[key].norm()) for key in keys) for each in (whole, parts)]
        ratio = sizes[1] / max(sizes[0], 1e-12)
        expect(
            0.6 < ratio < 1.6,
            f"with --train.accumulate 2 the gradients of '{name}' are {ratio:.2f} times as large: "
            "multiply what goes backward by the share of context.split, or declare "
            "accumulates=False",
        )
