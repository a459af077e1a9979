"""Toy runs: real objects, 16 x 16 pixels, a second or less."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result
from PIL import Image

from artgan.core.registry import Registry
from artgan.planning import picture_stats, plan
from artgan.plugin_manager import load
from artgan.plugin_manager.load import load_registry
from artgan.plugins.datasets import mnist
from artgan.plugins.metrics import sliced

TOY: dict[str, Any] = {
    "arch": "dcgan",
    "arch_options": {"base_channels": 4, "latent_size": 8},
    "size": 16,
    "steps": 4,
    "batch": 4,
    "device": "cpu",
    "count": 2,
}


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

    The ten thousand digits are resized, looked at and sorted once; how good a run is, is measured
    by a handful of samples.
    """
    distance = sliced.sliced_distance
    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (mnist, "fit"), (picture_stats, "measure_pictures"), (plan, "find_clusters"),
        ):  # fmt: skip
            patch.setattr(module, name, once_for_each(getattr(module, name)))
        patch.setattr(sliced, "sliced_distance", lambda real, fake: distance(real[:16], fake[:16]))
        yield


def once_for_each(function: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the results of a function of pictures, by their bytes and its other arguments."""
    kept: dict[Any, Any] = {}

    def call(images: np.ndarray, *more: Any) -> Any:
        key = (zlib.crc32(np.ascontiguousarray(images).data), images.shape, *more)
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
