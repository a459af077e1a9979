"""What a step computes stays on its device.

Tensors of the device "meta" have shapes and no values: whatever would mix them with others, or
would have to look at a value and so wait for a GPU, raises an error.
"""

import numpy as np
import pytest
import torch

from artgan.base.options import build_options
from artgan.core.data import Batches, ImageTable
from artgan.core.registry import Registry
from artgan.datasets.read import read_table
from artgan.plugin.vary import Vary
from artgan.plugin_manager.load import load_registry
from artgan.plugins.datasets import PicturesOptions
from benchmarks.floor import Operations, memory_speed, multiplications
from tests.shards.sets import Numbered

META = torch.device("meta")
AUGMENTATIONS = [
    entry.declaration.name
    for entry in load_registry(packages=False).entries("augmentation")
    if entry.plugin.id == "core"
]


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_augmentations_stay_on_the_device(registry: Registry, name: str) -> None:
    entry = registry.find("augmentation", name)
    augment = entry.call("build", build_options(entry.declaration.options, {}, entry.where))
    images = torch.empty(4, 3, 32, 32, device=META, requires_grad=True)
    changed = augment(images)
    changed.sum().backward()
    assert changed.device == images.device
    assert images.grad is not None


def test_a_dataset_varies_on_the_device() -> None:
    vary = Vary(PicturesOptions(flip="both", rotate=10.0, crop=0.1))
    assert vary(torch.empty(4, 3, 32, 32, device=META)).device == META


def test_batches_lie_on_the_device_and_large_sets_are_not_resident(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("artgan.datasets.read.MOST_GATHERED", 20)
    here = ImageTable(np.zeros((30, 8, 8, 3), np.uint8), np.arange(30))
    for table in (here, read_table(Numbered(30, side=8), "here")):
        batches = Batches(table, 4, 0, META)
        images, labels = batches.get(0)
        assert images.device == META
        assert images.is_contiguous(memory_format=torch.channels_last)
        assert labels is not None
        assert labels.device == META
        assert (vars(batches)["_resident"] is None) == (table.supply is not None)


def test_the_next_batches_are_read_while_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("artgan.datasets.read.MOST_GATHERED", 20)
    table = read_table(Numbered(1000, side=8), "here")
    batches = Batches(table, 4, 0, torch.device("cpu"))
    batches.get(0)
    begun = vars(table.supply)["_waiting"]
    assert list(begun) == [batches.indices(step).tobytes() for step in (1, 2, 3, 4)]


def test_the_floor_counts_operations_and_bytes_of_products_forward_and_backward() -> None:
    left = torch.rand(4, 8, requires_grad=True)
    right = torch.rand(8, 16, requires_grad=True)
    with Operations() as counted:  # type: ignore[no-untyped-call]
        (left @ right).relu().sum().backward()
    # The product, and the gradients of both factors.
    assert counted.total == 3 * 2 * 4 * 8 * 16
    assert counted.moved == 3 * 4 * (4 * 8 + 8 * 16 + 4 * 16)


def test_the_rates_of_this_device_are_measured() -> None:
    device = torch.device("cpu")
    assert multiplications(device) > 1e6
    assert memory_speed(device) > 1e6
