"""The invariants of training."""

import itertools
from pathlib import Path
from typing import Any

import pytest
import torch

import artgan
from artgan.core.build import build_parts
from artgan.core.checkpoint import pack
from artgan.core.distributed import World
from artgan.core.registry import Registry
from artgan.core.state import TrainingState, new_state
from artgan.core.step import StepContext
from artgan.core.train import train
from artgan.errors import TrainingError
from artgan.planning.plan import Plan
from artgan.plugin import NoOptions
from artgan.plugins.updates.alternating import Alternating
from artgan.plugins.updates.simultaneous import simultaneous_step
from tests.conftest import TOY


def make(registry: Registry, **settings: Any) -> tuple[Plan, TrainingState]:
    plan = artgan.plan(**{**TOY, "dataset": "mnist", **settings})
    return plan, new_state(plan.config, registry)


def weights(registry: Registry, **settings: Any) -> dict[str, torch.Tensor]:
    plan, state = make(registry, **settings)
    for _ in train(build_parts(plan.config, plan.table, registry), plan.config, state):
        pass
    return pack(state)


def same(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> bool:
    return left.keys() == right.keys() and all(torch.equal(left[k], right[k]) for k in left)


def test_same_seed_gives_same_weights(registry: Registry) -> None:
    assert same(weights(registry, seed=3), weights(registry, seed=3))
    assert not same(weights(registry, seed=3), weights(registry, seed=4))


def test_training_leaves_the_global_generator_alone(registry: Registry) -> None:
    torch.manual_seed(5)
    weights(registry, preset="classic", arch_options={"latent_size": 8})
    left = torch.rand(3)
    torch.manual_seed(5)
    assert torch.equal(left, torch.rand(3))


@pytest.mark.parametrize("loss", ["bce", "lsgan", "hinge", "rpgan"])
@pytest.mark.parametrize("updates", ["alternating", "simultaneous"])
def test_every_loss_trains_every_way(registry: Registry, loss: str, updates: str) -> None:
    trained = weights(registry, loss=loss, training_options={"updates": updates})
    assert all(bool(v.isfinite().all()) for v in trained.values() if v.is_floating_point())


@pytest.mark.parametrize(
    ("name", "options"),
    [("r1", {"every": 2}), ("r2", {"every": 1}), ("gradient-penalty", {"weight": 1.0})],
)
def test_regularizers_are_reported_when_due(
    registry: Registry, name: str, options: dict[str, Any]
) -> None:
    plan, state = make(registry, loss="wasserstein", regularizers={name: options})
    reports = list(train(build_parts(plan.config, plan.table, registry), plan.config, state))
    due = [step % options.get("every", 1) == 0 for step in range(4)]
    assert [f"core/{name}" in report.penalties for report in reports] == due


@pytest.mark.parametrize("loss", ["bce", "lsgan", "hinge", "rpgan"])
def test_simultaneous_step_gives_the_gradients_of_two_separate_passes(
    registry: Registry, loss: str
) -> None:
    settings = {"loss": loss, "regularizers": {}, "training_options": {"precision": "fp32"}}
    plan, state = make(registry, **settings)
    turn = StepContext(build_parts(plan.config, plan.table, registry), plan.config, state, World())
    found: dict[str, list[torch.Tensor]] = {}

    def keep(side: str, measured: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        network = state.networks[side]
        found[side] = [p.grad.clone() for p in network.parameters() if p.grad is not None]
        return measured

    object.__setattr__(turn, "update", keep)
    state.discriminator.eval()
    simultaneous_step(turn)
    for network in (state.generator, state.discriminator):
        network.zero_grad()

    draw = turn.draw(0)
    fake = turn.generate(draw)
    pairs = turn.judge(draw.real, draw.labels).detach() if turn.parts.compares_pairs else None
    turn.loss("generator", pairs, turn.judge(fake, draw.labels)).backward()
    plain = [p.grad.clone() for p in state.generator.parameters() if p.grad is not None]
    state.discriminator.zero_grad()
    logits = turn.judge(draw.real, draw.labels), turn.judge(fake.detach(), draw.labels)
    turn.loss("discriminator", *logits).backward()
    for ours, theirs in zip(found["generator"], plain, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-6)
    for ours, parameter in zip(
        found["discriminator"], state.discriminator.parameters(), strict=True
    ):
        torch.testing.assert_close(ours, parameter.grad, rtol=1e-3, atol=1e-6)


def test_alternating_step_measures_both_losses(registry: Registry) -> None:
    plan, state = make(registry)
    turn = StepContext(build_parts(plan.config, plan.table, registry), plan.config, state, World())
    losses = {"discriminator_loss", "generator_loss", "real_logits", "fake_logits"}
    assert losses | {"core/r1", "core/r2"} == set(Alternating(NoOptions()).step(turn))


@pytest.mark.parametrize("updates", ["alternating", "simultaneous"])
@pytest.mark.parametrize("loss", ["bce", "rpgan"])
def test_parts_of_a_batch_add_up_to_the_batch(registry: Registry, updates: str, loss: str) -> None:
    def trained(accumulate: int) -> dict[str, torch.Tensor]:
        options = {"precision": "fp32", "beta1": 0.5, "updates": updates, "accumulate": accumulate}
        networks = {**TOY["arch_options"], "normalization": "group"}
        return weights(registry, loss=loss, arch_options=networks, training_options=options)

    whole = trained(1)
    for count in (2, 3):
        for name, tensor in trained(count).items():
            if "exp_avg" in name:
                torch.testing.assert_close(tensor, whole[name], rtol=1e-2, atol=1e-5)


def test_rates_follow_their_schedule(registry: Registry) -> None:
    options = {"lr_warmup": 2, "lr_hold": 1.0, "generator_lr": 0.03}
    plan, state = make(registry, training_options=options)
    steps = train(build_parts(plan.config, plan.table, registry), plan.config, state)
    rates = [report.learning_rate for report in steps]
    assert rates == pytest.approx([0.01, 0.02, 0.03, 0.03])


@pytest.mark.parametrize("every", [1, 3])
def test_weight_of_a_penalty_falls_to_its_final_share(registry: Registry, every: int) -> None:
    settings = {
        "regularizers": {"r1": {"every": every}},
        "training_options": {"penalty_final": 0.2},
    }
    plan, state = make(registry, **settings)
    turn = StepContext(build_parts(plan.config, plan.table, registry), plan.config, state, World())
    draw, weights = turn.draw(0), []
    for state.step in range(plan.config.training.steps):
        total, each = turn.penalty("discriminator", draw.real, draw.real, draw.labels)
        weights.append(float(total.detach() / each["core/r1"]) if each else 0.0)
    assert weights == pytest.approx([1, 0.8, 0.6, 0.4] if every == 1 else [3, 0, 0, 1.2])


def test_loss_that_is_not_finite_stops_with_a_remedy(registry: Registry) -> None:
    plan, state = make(registry)
    with torch.no_grad():
        next(state.generator.parameters()).fill_(float("nan"))
    with pytest.raises(TrainingError, match=r"--train\.generator-lr"):
        list(train(build_parts(plan.config, plan.table, registry), plan.config, state))


def test_average_without_half_life_is_the_generator(registry: Registry) -> None:
    trained = weights(registry, training_options={"ema_half_life": 0})
    for name, value in trained.items():
        if name.startswith("generator_ema."):
            assert torch.equal(value, trained[name.replace("generator_ema.", "generator.")])


def test_batches_depend_on_the_step_alone_and_are_full(registry: Registry) -> None:
    plan, _ = make(registry, batch=7)
    parts = build_parts(plan.config, plan.table, registry)
    drawn = [parts.batches.indices(step) for step in range(2000)]
    again = build_parts(plan.config, plan.table, registry).batches.indices(1500)
    assert all(len(batch) == 7 for batch in drawn)
    assert (again == drawn[1500]).all()
    first_epoch = list(itertools.chain.from_iterable(drawn))[: len(parts.batches.shown)]
    assert sorted(first_epoch) == list(parts.batches.shown)


def test_program_can_own_the_loop(tmp_path: Path) -> None:
    steps = [r.step for r in artgan.training(dataset="mnist", out=tmp_path / "run", **TOY)]
    assert steps == [1, 2, 3, 4]
    assert len(artgan.load_run(tmp_path / "run").sample([0])) == 1
