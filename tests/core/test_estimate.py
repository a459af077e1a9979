"""How long a run takes is measured; what does not fit into memory is told with what does."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import Result

import artgan
from artgan.base.memory import explain_memory, out_of_memory
from artgan.core.registry import Registry
from artgan.core.run_folder import RunFolder
from artgan.core.train import train
from artgan.errors import ArtganError, TrainingError
from artgan.monitoring.costs import Costs, TimeLimit
from artgan.planning import estimate
from artgan.planning.estimate import fit_to_time, kinds_of_steps, measure_costs
from tests.conftest import TOY

CPU_SAYS = (
    "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"
)


def test_penalties_that_come_now_and_then_are_counted() -> None:
    assert kinds_of_steps([], 9) == {0: 1.0}
    assert kinds_of_steps([1, 1], 9) == {0: 1.0}
    assert kinds_of_steps([4, 4], 900) == {0: 0.25, 1: 0.75}
    assert kinds_of_steps([4, 8], 900) == {0: 1 / 8, 4: 1 / 8, 1: 6 / 8}
    assert set(kinds_of_steps([997, 991], 10**6)) == {0, 1, 991, 997}


def test_a_time_is_filled_and_not_passed() -> None:
    plan = artgan.plan(**TOY)
    costs = Costs(step=0.02, look=0.5, save=2.0, end=3.0)
    for seconds in (40.0, 600.0):
        fitted = fit_to_time(plan, TimeLimit(seconds, seconds, costs))
        assert 0.95 * seconds < costs.total(fitted.config) <= seconds
        assert f"about {fitted.config.training.steps} fit" in fitted.reasons[-1]
    short = fit_to_time(plan, TimeLimit(1.0, 1.0, costs))
    assert short.config.training.steps == 1
    assert "takes longer" in short.reasons[-1]


def test_a_run_is_measured_without_a_trace(registry: Registry) -> None:
    plan = artgan.plan(**TOY, registry=registry)
    torch.manual_seed(5)
    costs = measure_costs(plan, registry, 0.1)
    left = torch.rand(3)
    torch.manual_seed(5)
    assert torch.equal(left, torch.rand(3))
    assert min(costs.step, costs.look, costs.save, costs.end) > 0


def test_minutes_give_steps(artgan_cli: Callable[..., Result]) -> None:
    toy = ["--size", 16, "--batch", 4, "--arch.base-channels", 4, "--count", 1, "--device", "cpu"]
    result = artgan_cli("run", "--minutes", "0.05", *toy, "--out", "timed")
    assert result.exit_code == 0, result.output
    (line,) = (line for line in result.output.splitlines() if line.startswith("  - Steps"))
    assert "fit into the time" in line or "takes longer" in line
    folder = RunFolder(Path("timed"))
    last = folder.last_checkpoint()
    assert last
    assert folder.read_config().training.steps == last.step


def test_minutes_give_steps_in_python_too(registry: Registry) -> None:
    toy = {name: value for name, value in TOY.items() if name != "steps"}
    plan = artgan.plan(**toy, minutes=0.05, registry=registry)
    assert str(plan.config.training.steps) in plan.reasons[-1] or "longer" in plan.reasons[-1]
    for minutes in (0, -1, float("inf"), float("nan")):
        with pytest.raises(ArtganError, match="more than 0"):
            artgan.plan(**toy, minutes=minutes, registry=registry)


def test_minutes_and_steps_are_one_too_many(
    registry: Registry, artgan_cli: Callable[..., Result]
) -> None:
    with pytest.raises(ArtganError, match="not both"):
        artgan.plan(minutes=1, steps=5, registry=registry)
    result = artgan_cli("run", "--minutes", "1", "--steps", "5", "--out", "timed")
    assert result.exit_code == 2
    assert "not both" in result.output
    assert not Path("timed").exists()


def test_running_out_is_told_whoever_says_it() -> None:
    library = RuntimeError("could not create a primitive")
    for error in (MemoryError(), torch.OutOfMemoryError("x"), RuntimeError(CPU_SAYS), library):
        assert out_of_memory(error)
    assert not any(map(out_of_memory, (None, RuntimeError("shapes"), ValueError("out of memory"))))
    with pytest.raises(ArtganError, match="out of memory while thinking: rest"):  # noqa: SIM117
        with explain_memory("thinking", "rest"):
            raise RuntimeError(CPU_SAYS)


@pytest.mark.parametrize(
    ("fits", "says"), [(2, "Parts of 2 fit.*--train.accumulate 2"), (0, "not even parts of one")]
)
def test_what_would_fit_is_tried_before_the_first_step(
    fits: int, says: str, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory of the test is not filled up; the parts of a batch are what is too large."""
    plan = artgan.plan(**TOY, registry=registry)

    def tried(parts: Any, config: Any, state: Any) -> Any:
        if config.training.batch / config.training.accumulate > fits:
            raise RuntimeError(CPU_SAYS)
        return train(parts, config, state)

    monkeypatch.setattr(estimate, "train", tried)
    with pytest.raises(TrainingError, match=says):
        measure_costs(plan, registry)
