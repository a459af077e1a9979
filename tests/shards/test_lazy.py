"""Large sets of plugins and folders: read when needed, streamed, or packed first."""

import json
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import Result

import artgan
from artgan.core.data import Batches, ImageTable
from artgan.datasets import read, stream
from artgan.datasets.find import choose_dataset, open_dataset
from artgan.datasets.read import read_table
from artgan.errors import OptionError, PictureError, PluginError
from artgan.planning import in_time, inspect
from artgan.plugin_manager.load import load_registry
from artgan.plugins.datasets import _pictures
from tests.conftest import TOY
from tests.shards.sets import Numbered, draw_folder, number_picture, numbers_of, opened


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MOST_GATHERED", 50)
    monkeypatch.setattr(stream, "WINDOW", 40)


def drawn(table: ImageTable, steps: int, first: int = 0) -> list[list[int]]:
    batches = Batches(table, 10, 3, torch.device("cpu"))
    images = [batches.get(step)[0] for step in range(first, first + steps)]
    return [
        numbers_of(((one + 1) * 127.5).round().permute(0, 2, 3, 1).numpy().astype(np.uint8))
        for one in images
    ]


class Counted(Numbered):
    """Counts how many pictures were read."""

    reads = 0

    def __getitem__(self, index: int) -> Any:
        self.reads += 1
        return super().__getitem__(index)


def test_a_large_set_of_a_plugin_is_never_read_whole() -> None:
    told: list[str] = []
    source = Counted(10_000_000)
    table = read_table(source, "dataset 'many'", told.append)
    assert table.count == 10_000_000
    assert len(table.images) == 4096
    assert "are read when they are needed" in told[0]
    drawn(table, steps=5)
    assert source.reads < 5000


def test_a_small_set_of_a_plugin_is_read_whole_as_before() -> None:
    source = Counted(50)
    table = read_table(source, "dataset 'few'")
    assert (table.supply, source.reads) == (None, 51)
    assert numbers_of(table.images) == list(range(50))


def test_lazy_pictures_are_drawn_once_an_epoch_with_their_labels() -> None:
    table = read_table(Numbered(60), "here")
    assert sorted(chain(*drawn(table, steps=6))) == list(range(60))
    labels = Batches(table, 10, 3, torch.device("cpu")).get(0)[1]
    assert labels is not None
    assert labels.tolist() == [number % 2 for number in drawn(table, 1)[0]]


class Damaged(Numbered):
    def __getitem__(self, index: int) -> Any:
        if index % 7 == 3:
            raise PictureError(f"picture {index} is torn")
        return super().__getitem__(index)


@pytest.mark.parametrize("count", [40, 60])
def test_damaged_items_are_named_and_left_out(count: int) -> None:
    told: list[str] = []
    table = read_table(Damaged(count), "here", told.append)
    seen = set(chain(*drawn(table, steps=12)))
    assert seen == {n for n in range(count) if n % 7 != 3}
    assert sum("picture 10 is torn" in one for one in told) == 1


def test_lazy_labels_need_names() -> None:
    source = Numbered(60)
    source.class_names = ()  # type: ignore[assignment]
    with pytest.raises(PluginError, match="class_names"):
        read_table(source, "here")


class Streamed:
    """Pictures that can only be read one after the other."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[np.ndarray]:
        yield from map(number_picture, range(self.count))


def test_a_short_stream_is_read_whole() -> None:
    table = read_table(Streamed(40), "here")
    assert table.supply is None
    assert numbers_of(table.images) == list(range(40))


def test_a_long_stream_goes_through_a_window() -> None:
    told: list[str] = []
    table = read_table(Streamed(400), "here", told.append)
    assert len(table.images) == 40
    assert "will not equal an unbroken one" in told[0]
    seen = list(chain(*drawn(table, steps=30)))
    assert len(set(seen)) == 300
    # A picture waits at random, so neighbours come apart, but within some windows.
    assert seen != sorted(seen)
    assert max(seen[:10]) < 60
    assert drawn(table, steps=30) == [seen[n : n + 10] for n in range(0, 300, 10)]
    assert len(set(chain(*drawn(table, steps=80)))) == 400


def test_clusters_need_a_set_in_memory() -> None:
    Path("many.py").write_text(PLUGIN)
    registry = load_registry(packages=False)
    registry.add_file(Path("many.py"))
    toy = {name: value for name, value in TOY.items() if name != "count"}
    with pytest.raises(OptionError, match="read here when they are needed"):
        artgan.plan(dataset="many", registry=registry, training_options={"clusters": 4}, **toy)


PLUGIN = """
import numpy as np
from artgan.plugin import Dataset, hookimpl

class Many:
    def __init__(self, options, context):
        self.size = context.size or (16, 16)
    def __len__(self):
        return 100
    def __getitem__(self, index):
        rng = np.random.default_rng(index)
        return rng.integers(0, 256, (*self.size, 3), dtype=np.uint8)

@hookimpl
def artgan_datasets():
    yield Dataset(name="many", summary="Noise.", open=Many, licence="CC0-1.0")
"""


def test_a_run_on_a_large_set_repeats_and_resumes(artgan_cli: Callable[..., Result]) -> None:
    Path("many.py").write_text(PLUGIN)
    call = ["train", "--plugin", "many.py", "--dataset", "many", "--arch", "dcgan", "--size", "16"]
    call += ["--arch.base-channels", "4", "--batch", "4", "--threads", "1", "--device", "cpu"]
    artgan_cli(*call, "--steps", "6", "--out", "whole")
    said = artgan_cli(*call, "--steps", "3", "--out", "first")
    assert "are read when they are needed" in said.output
    artgan_cli("resume", "first", "--plugin", "many.py", "--steps", "6", "--threads", "1")
    lines = [Path(run, "metrics.jsonl").read_text().splitlines()[2] for run in ("whole", "first")]
    assert json.loads(lines[0])["discriminator_loss"] == json.loads(lines[1])["discriminator_loss"]
    assert len(Path("first/metrics.jsonl").read_text().splitlines()) == 6


def test_a_folder_too_large_to_be_kept_decoded_is_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = draw_folder(tmp_path / "pictures")
    (folder / "b" / "torn.png").write_bytes((folder / "b" / "0001.png").read_bytes()[:90])
    straight = opened(folder, labels="folders")
    monkeypatch.setattr(_pictures, "LARGEST_DECODED", 1000)
    told: list[str] = []
    # What is cached already is used.
    assert opened(folder, told.append, labels="folders").supply is None
    (folder / "c.png").write_bytes((folder / "a" / "0000.png").read_bytes())
    told.clear()
    table = opened(folder, told.append, labels="folders")
    assert any("packed once, into" in one for one in told)
    assert any("Left out: 1 damaged picture, copies of others: 1" in one for one in told)
    assert table.supply is not None
    assert table.count == straight.count
    assert np.array_equal(table.images, straight.images)
    assert table.class_names[1:] == straight.class_names
    told.clear()
    assert opened(folder, told.append, labels="folders").count == table.count
    chosen = choose_dataset(
        load_registry(packages=False), str(folder), options={"labels": "folders"}
    )
    assert open_dataset(*chosen, (20, 20), told.append).count == table.count
    assert not any("packed" in one for one in told)


def test_smaller_sizes_are_paced_by_some_pictures_of_a_large_set() -> None:
    table = in_time._resized(read_table(Numbered(60, side=8), "here"), (4, 4))
    assert table.supply is None
    assert Batches(table, 4, 0, torch.device("cpu")).get(0)[0].shape == (4, 3, 4, 4)


def test_inspect_looks_at_some_of_a_large_set() -> None:
    source = inspect.look_at(Numbered(60), "here")
    assert inspect.inspect_source(source).usable == 60
