"""Toy runs: real objects, 16 x 16 pixels, a second or less."""

import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result
from PIL import Image

from artgan.base.contributions import gather
from artgan.core import registry as registries
from artgan.core.registry import Registry
from artgan.monitoring import diagnostics
from artgan.planning import picture_stats, plan
from artgan.plugin_manager import load
from artgan.plugin_manager.load import load_registry
from artgan.plugins.datasets import mnist

TOY: dict[str, Any] = {
    "arch": "dcgan",
    "arch_options": {"base_channels": 4, "latent_size": 8},
    "size": 16,
    "steps": 4,
    "batch": 4,
    "device": "cpu",
    "count": 2,
}

LONG = (
    "testing/test_guides.py", "testing/test_examples.py", "testing/test_contract_kit.py",
    "distribution/test_started_by.py", "fuzz/test_damaged_files.py", "testing/test_scaffold.py",
    "meta/test_docs.py", "platform/test_isolation.py", "plugins/test_gans.py",
    "core/test_marks.py", "core/test_resume.py", "core/test_soak.py",
    "distribution/test_same_as_one.py", "core/test_every_pair.py", "core/test_compiling.py",
    "distribution/test_runs.py", "meta/test_site.py", "meta/test_cookbook.py",
    "platform/test_trust.py", "platform/test_docs.py", "platform/test_missing.py",
    "platform/test_install.py", "core/test_interruptions.py", "shards/test_training.py",
    "core/test_export.py", "core/test_evaluate.py", "core/test_provoked.py",
    "core/test_memory.py", "cli/test_surroundings.py", "meta/test_security.py",
)  # fmt: skip
"""Test files with the longest tests, the longest first."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with files that take long: one that begins last runs on while other workers are done.

    Other files come in the order of how many tests they have, as pytest-xdist would sort them.
    """
    tests = Path(__file__).parent
    places = {tests / name: place for place, name in enumerate(LONG)}
    counts = Counter(item.path for item in items)
    items.sort(key=lambda item: (places.get(item.path, len(LONG)), -counts[item.path]))


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ARTGAN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True, scope="session")
def _toy_work() -> Iterator[None]:
    with light_work():
        yield


@contextmanager
def light_work() -> Iterator[None]:
    """Leave out what takes longer than a toy run itself.

    The ten thousand digits are resized, looked at and sorted once, and what artgan itself
    contributes is gathered once; how good a run is, is measured by a handful of samples; no test
    cuts the power, so nothing waits for the disk.
    """
    fakes, reals = diagnostics._fakes, diagnostics._reals
    once = cache(gather)
    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (mnist, "fit"), (picture_stats, "measure_pictures"), (plan, "find_clusters"),
        ):  # fmt: skip
            patch.setattr(module, name, once_for_each(getattr(module, name)))
        for name, value in (
            ("_fakes", lambda made, config, count: fakes(made, config, few(count))),
            ("_reals", lambda parts, count: reals(parts, few(count))),
        ):
            patch.setattr(diagnostics, name, value)
        patch.setattr(
            registries, "gather", lambda *of: (once if of[1].id == "core" else gather)(*of)
        )
        patch.setattr(os, "fsync", lambda _: None)
        yield


def few(count: int) -> int:
    """Return 16 for the pictures that the metric of a run sees, and other numbers as they are."""
    return 16 if count == diagnostics.MEASURED else count


def once_for_each(function: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the results of a function of pictures, by their bytes and its other values."""
    kept: dict[Any, Any] = {}

    def call(images: np.ndarray, *more: Any) -> Any:
        key = (
            zlib.crc32(np.ascontiguousarray(images).data),
            images.shape,
            *(one for one in more if not callable(one)),
        )
        if key not in kept:
            kept[key] = function(images, *more)
        return copy(kept[key])

    return call


@pytest.fixture(autouse=True)
def _same_random_numbers() -> None:
    """Whatever a test draws from torch's own generator, it draws the same each time."""
    torch.manual_seed(0)


@pytest.fixture
def fresh_plugins() -> Iterator[None]:
    """Load plugins anew, and leave nothing to the next test."""
    load._load_and_log.cache_clear()
    yield
    load._load_and_log.cache_clear()


@pytest.fixture
def registry() -> Registry:
    return load_registry(packages=False)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of eight small colour pictures."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for index in range(8):
        pixels = rng.integers(0, 255, (20 + index, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{index}.png")
    return folder


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished toy run on digits."""
    import artgan

    out = tmp_path_factory.mktemp("trained") / "run"
    # Steps so long that four of them give pictures with something to see.
    artgan.train(dataset="mnist", out=out, training_options={"generator_lr": 0.05}, **TOY)
    return out


@pytest.fixture
def artgan_cli(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call the command line in this process, through its error edge."""
    from artgan.cli.main import main

    class Edge:
        def main(self, args: list[str], **_: Any) -> None:
            main(args)

        name = "artgan"

    def call(*args: str | Path) -> Result:
        with monkeypatch.context() as patch:
            if args[:1] == ("styles",) or args[:2] == ("style", "preview"):
                show_few_styles(patch)
            return CliRunner().invoke(Edge(), [str(arg) for arg in args])  # type: ignore[arg-type]

    return call


def show_few_styles(patch: pytest.MonkeyPatch) -> None:
    """Leave most styles out of a page of all of them: each is tried by tests of its own."""
    every = Registry.entries
    patch.setattr(
        Registry, "entries", lambda self, kind: every(self, kind)[: 3 if kind == "style" else None]
    )
