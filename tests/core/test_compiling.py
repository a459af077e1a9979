"""Compiled networks train as plain ones do."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

import artgan
from artgan.base.compile_call import compiler_failed
from artgan.core.build import build_parts
from artgan.core.checkpoint import pack
from artgan.core.compiling import forward_passes
from artgan.core.failures import explain_failures
from artgan.core.registry import Registry
from artgan.core.state import new_state
from artgan.core.train import train
from artgan.errors import OptionError, TrainingError
from artgan.planning import plan as planning
from tests.conftest import TOY

SMALL = """
import torch
from artgan.plugin import Architecture, Sizes, hookimpl

class Generator(torch.nn.Module):
    latent_shape = (4,)
    def __init__(self, context, options):
        super().__init__()
        self.dense = torch.nn.Linear(4, 256)
    def forward(self, latents, labels=None):
        x = self.dense(latents)
        if self.training:
            x = x + torch.randn(x.shape, device=x.device)
        return torch.tanh(x).view(-1, 1, 16, 16)

class Discriminator(torch.nn.Module):
    def __init__(self, context, options):
        super().__init__()
        self.score = torch.nn.Linear(256, 1)
    def forward(self, images, labels=None):
        return self.score(images.flatten(1)).squeeze(1)

@hookimpl
def artgan_architectures():
    yield Architecture(
        name="small", summary="A dense layer each.", generator=Generator,
        discriminator=Discriminator, sizes=Sizes(smallest=16, largest=16),
    )
"""
needs_compiler = pytest.mark.skipif(
    shutil.which("g++") is None, reason="needs g++, which torch compiles with"
)


def trained(registry: Registry, compile: str, updates: str) -> tuple[list[float], Any]:
    settings = {**TOY, "arch": "small/small", "arch_options": {}, "steps": 2}
    more = {"compile": compile, "updates": updates, "precision": "fp32"}
    plan = artgan.plan(
        **settings, loss="hinge", regularizers={"r1": {}}, training_options=more, registry=registry
    )
    state = new_state(plan.config, registry)
    reports = train(build_parts(plan.config, plan.table, registry), plan.config, state)
    return [report.generator_loss for report in reports], pack(state)


@needs_compiler
@pytest.mark.slow
# The compiler's own parts warn of each other.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("updates", ["alternating", "simultaneous"])
def test_compiled_networks_give_the_same_updates(registry: Registry, updates: str) -> None:
    from torch._inductor.config import patch

    Path("small.py").write_text(SMALL)
    registry.add_file(Path("small.py"))
    plain, weights = trained(registry, "none", updates)
    # A pool of compilers would take longer to start than to use.
    with patch(compile_threads=1):
        compiled, others = trained(registry, "default", updates)
    assert compiled == pytest.approx(plain, rel=1e-4)
    assert others.keys() == weights.keys()
    for name, value in weights.items():
        torch.testing.assert_close(others[name], value, rtol=1e-3, atol=1e-4)


def test_what_is_not_asked_for_is_not_compiled() -> None:
    networks = {side: torch.nn.Linear(1, 1) for side in ("generator", "discriminator")}
    passes = forward_passes(networks, "none")
    assert (passes.calls, passes.own_loss) == (networks, None)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")
def test_what_cannot_be_compiled_here_is_refused() -> None:
    with pytest.raises(OptionError, match="records kernels of an NVIDIA GPU"):
        artgan.plan(**TOY, training_options={"compile": "cuda-graphs"})
    from torch._inductor.config import patch

    none = patch({"cpp.cxx": ("no-such-compiler",)})
    with none, pytest.raises(OptionError, match=r"needs a C\+\+ compiler, and finds none"):
        artgan.plan(**TOY, training_options={"compile": "default"})


@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")
def test_a_compiler_that_fails_is_told() -> None:
    from torch._inductor.exc import CppCompileError

    error = CppCompileError(["g++"], "no Python.h")
    assert compiler_failed(error)
    assert not compiler_failed(ValueError())
    with (
        pytest.raises(TrainingError, match=r"cannot be compiled here .*--train\.compile none"),
        explain_failures(Path("runs/x")),
    ):
        raise error


def test_what_stays_uncompiled_is_told(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "refuse_compiling", lambda mode, device: None)

    def reasons(compile: str, *regularizers: str) -> str:
        return "\n".join(
            artgan.plan(
                **TOY, dataset="textures", dataset_options={"count": 8}, registry=registry,
                regularizers={name: {} for name in regularizers},
                training_options={"compile": compile, "updates": "alternating"},
            ).reasons
        )  # fmt: skip

    told = "Only the generator is compiled: regularizer 'feature-matching' sees features of the"
    assert told in reasons("default", "r1", "feature-matching")
    assert "is compiled" not in reasons("default", "r1")
    assert "is compiled" not in reasons("none", "feature-matching")
