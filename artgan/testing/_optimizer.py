"""Checks of an optimizer: it trains one small layer."""

from typing import Any

import torch
from torch import Tensor, nn

from artgan.plugin import OptimizerContext
from artgan.testing._checks import Checks, Subject, expect, expect_type
from artgan.testing._torch import draw, keyed

CHECKS = Checks()
RATE = 0.01


def _optimizer(subject: Subject, layer: nn.Module, rate: float = RATE) -> torch.optim.Optimizer:
    context = OptimizerContext(
        network="generator",
        side="generator",
        learning_rate=rate,
        beta1=0.5,
        beta2=0.99,
        device="cpu",
    )
    built = subject.contribution.call("build", list(layer.parameters()), context, subject.options())
    return expect_type(built, torch.optim.Optimizer, "build", "a torch.optim.Optimizer")


def _layer() -> nn.Module:
    with keyed(3):
        return nn.Linear(8, 4)


def _distance(layer: nn.Module) -> Tensor:
    distance: Tensor = (layer(draw(16, 8)) - draw(16, 4, seed=1)).square().mean()
    return distance


def _step(optimizer: torch.optim.Optimizer, layer: nn.Module) -> float:
    """Take one step as a training does; return the distance before it."""
    value = _distance(layer)
    value.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(value.detach())


def _weights(layer: nn.Module) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in layer.parameters()])


@CHECKS.add("goes-down")
def goes_down(subject: Subject) -> None:
    """It lowers a mean square within 50 steps, and all weights stay finite."""
    layer = _layer()
    optimizer = _optimizer(subject, layer)
    values = [_step(optimizer, layer) for _ in range(50)]
    expect(_weights(layer).isfinite().all(), "after 50 steps a weight is not finite")
    expect(
        values[-1] < values[0],
        f"the mean square goes from {values[0]:.3g} to {values[-1]:.3g} in 50 steps; expected less",
    )


@CHECKS.add("heeds-the-rate", after=("goes-down",))
def heeds_the_rate(subject: Subject) -> None:
    """A learning rate of 0 in its groups moves no weight: rates follow a schedule there."""
    layer = _layer()
    optimizer, before = _optimizer(subject, layer), _weights(layer).clone()
    for group in optimizer.param_groups:
        expect("lr" in group, "its groups have no 'lr', which artgan sets before each step")
        group["lr"] = 0.0
    _step(optimizer, layer)
    expect(
        torch.equal(before, _weights(layer)),
        "weights move at a learning rate of 0: multiply every change by group['lr']",
    )


@CHECKS.add("resumes-exactly", after=("goes-down",))
def resumes_exactly(subject: Subject) -> None:
    """What it remembers lies in its state as tensors, so that a resumed run goes on exactly."""
    layer, resumed = _layer(), _layer()
    optimizer = _optimizer(subject, layer)
    for _ in range(3):
        _step(optimizer, layer)
    entries: dict[int, dict[str, Any]] = {
        index: {name: torch.as_tensor(value).clone() for name, value in entry.items()}
        for index, entry in optimizer.state_dict()["state"].items()
    }
    resumed.load_state_dict(layer.state_dict())
    other = _optimizer(subject, resumed)
    other.load_state_dict({**other.state_dict(), "state": entries})
    for one, of in ((optimizer, layer), (other, resumed)):
        _step(one, of)
    expect(
        torch.equal(_weights(layer), _weights(resumed)),
        "after a run is stopped and resumed it gives other weights: keep all of its memory in "
        "state[parameter], as tensors",
    )
