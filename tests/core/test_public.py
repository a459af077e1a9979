"""What a program does to torch, or gets wrong in a call, changes no result and is told."""

import contextlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import artgan
from artgan.errors import OptionError
from artgan.run import Run
from tests.conftest import TOY


@contextlib.contextmanager
def as_float64() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


SURROUNDINGS: dict[str, Callable[[], Any]] = {
    "float64": as_float64,
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "another device": lambda: torch.device("meta"),
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
}


@pytest.fixture(params=SURROUNDINGS)
def surroundings(request: pytest.FixtureRequest) -> Callable[[], Any]:
    return SURROUNDINGS[request.param]


def state() -> tuple[Any, ...]:
    return (
        torch.get_default_dtype(), torch.is_grad_enabled(), torch.is_inference_mode_enabled(),
        torch.get_default_device(), torch.is_autocast_enabled("cpu"),
    )  # fmt: skip


def test_training_is_the_same_in_any_surroundings(
    trained: Path, surroundings: Callable[[], Any]
) -> None:
    more: dict[str, Any] = {"dataset": "mnist", "training_options": {"generator_lr": 0.05}}
    with surroundings():
        before = state()
        run = artgan.train(out="run", **more, **TOY)
        assert state() == before
    assert run.checkpoint.sha256 == artgan.load_run(trained).checkpoint.sha256


def test_pictures_are_the_same_in_any_surroundings(
    trained: Path, surroundings: Callable[[], Any]
) -> None:
    wanted = artgan.load_run(trained).sample([3, 4], "ember", truncation=0.8)
    with surroundings():
        run = artgan.load_run(trained)
        assert next(run.generator.parameters()).dtype == torch.float32
        pictures = run.sample([3, 4], "ember", truncation=0.8)
        one = artgan.apply(pictures[0], "gameboy")
    for picture, before in zip(pictures, wanted, strict=True):
        assert np.array_equal(np.asarray(picture), np.asarray(before))
        assert picture.info["artgan"] == before.info["artgan"]
    assert np.array_equal(np.asarray(one), np.asarray(artgan.apply(wanted[0], "gameboy")))


def test_between_steps_torch_is_the_callers(trained: Path) -> None:
    with as_float64(), torch.no_grad():
        before = state()
        for _ in artgan.load_run(trained).samples([1, 2]):
            assert state() == before
        for report in artgan.training(out="run", dataset="mnist", **TOY):
            assert state() == before
            if report.step == 2:
                break
    assert artgan.resume("run").checkpoint.step == 4


untyped: Any = artgan
"""The module without types, for calls that they forbid."""

WRONG: list[tuple[Callable[[Any], Any], str]] = [
    (lambda run: run.sample(seed=1), r"sample takes no 'seed' but 'seeds', as in seeds=\[7\]"),
    (lambda run: run.sample(seeds=1), r"seeds=1 does not fit; expected a list or range"),
    (lambda run: run.sample("0-3"), "seeds='0-3' does not fit"),
    (lambda run: run.sample(None), "seeds=None does not fit"),
    (lambda run: run.sample([1.5]), "seed 1.5 does not fit; expected a whole number"),
    (lambda run: run.sample(["1"]), "seed '1' does not fit"),
    (lambda run: run.sample(count=4), r"no 'count' but 'seeds', as in seeds=range\(16\)"),
    (lambda run: run.sample(), "missing a required argument: 'seeds'"),
    (lambda run: run.sample([1], label="3"), "label='3' does not fit; expected a whole number"),
    (lambda run: run.sample([1], truncation="0.5"), "truncation='0.5' does not fit"),
    (lambda run: run.sample([1], knobs=["glow"]), "knobs=.* expected a mapping"),
    (lambda run: run.sample([1], styel="neon"), "styel"),
    (lambda run: run.animate([1, 2], "a.gif", seconds="2"), "seconds='2' does not fit"),
    (lambda run: run.animate([1, 2], "a.gif", seed=1), "takes no 'seed' but 'seeds'"),
    (lambda run: untyped.animate(3, [1, 2], "a.gif"), "run=3 does not fit"),
    (lambda run: untyped.sample_to(run, range(2), 7), "folder=7 does not fit; expected a path"),
    (lambda run: untyped.plan(seeds=[1]), "plan takes no 'seeds' but 'seed', as in seed=7"),
    (lambda run: untyped.train(archh="dcgan"), "no 'archh'.*Did you mean 'arch'"),
    (lambda run: untyped.train(arch=["dcgan"]), "arch=.* expected a name"),
    (lambda run: untyped.train(size=(64, 64)), "size=.* expected a side in pixels"),
    (lambda run: untyped.train(steps="many"), "steps='many' does not fit"),
    (lambda run: untyped.train(minutes="5"), "minutes='5' does not fit; expected a number"),
    (lambda run: untyped.train(log="tensorboard"), "log='tensorboard' .* expected a list"),
    (lambda run: untyped.train(regularizers=["r1"]), "regularizers=.* expected a mapping"),
    (lambda run: untyped.resume(run.path, steps=True), "steps=True does not fit"),
]


@pytest.mark.parametrize(("call", "says"), WRONG, ids=[says for _, says in WRONG])
def test_wrong_calls_are_told(trained: Path, call: Callable[[Any], Any], says: str) -> None:
    run = artgan.load_run(trained)
    with pytest.raises(OptionError, match=says):
        call(run)
    assert not list(Path().glob("*.gif"))
    assert not Path("runs").exists()


def test_numbers_of_other_libraries_count_as_numbers(trained: Path) -> None:
    run = artgan.load_run(trained)
    wanted = [np.asarray(picture) for picture in run.sample([1, 2])]
    ways: list[Any] = [np.arange(1, 3), torch.arange(1, 3), (1, np.int64(2)), iter(range(1, 3))]
    for seeds in ways:
        made = [np.asarray(picture) for picture in run.sample(seeds)]
        assert all(map(np.array_equal, made, wanted))
    assert artgan.plan(dataset="mnist", **{**TOY, "size": 16, "steps": np.int64(4)})
    assert artgan.plan(dataset="mnist", **{**TOY, "device": torch.device("cpu"), "size": "16"})


def test_a_style_may_be_a_list(trained: Path) -> None:
    run = artgan.load_run(trained)
    (listed,) = run.sample([1], style=["upscale:size=64", "gradient-map:ember"])
    (written,) = run.sample([1], style="upscale:size=64 | gradient-map:ember")
    assert np.array_equal(np.asarray(listed), np.asarray(written))


def test_every_public_function_is_guarded() -> None:
    functions = [getattr(artgan, name) for name in artgan.__all__ if name != "__version__"]
    functions = [one for one in functions if inspect.isfunction(one)]
    functions += [one for name, one in vars(Run).items() if inspect.isfunction(one)]
    assert [one.__name__ for one in functions if not hasattr(one, "__wrapped__")] == []
