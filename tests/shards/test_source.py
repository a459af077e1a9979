"""Shards here and far away: what is read, and what bad ones are called."""

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import Result
from PIL import Image

from artgan.base.background import for_each
from artgan.core.data import Batches, ImageTable
from artgan.errors import ArtganError, DataError
from artgan.shards import places, source
from artgan.shards.places import expand
from tests.shards.sets import number_picture, numbers_of, opened, packed
from tests.shards.stores import Told, quiet, upload


@pytest.fixture(autouse=True)
def _store(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(places, "FIRST_PAUSE", 0.001)
    quiet()
    yield
    quiet()


def drawn(table: ImageTable, steps: int = 12, batch: int = 8) -> list[list[int]]:
    """Draw batches, and return the numbers of their pictures."""
    batches = Batches(table, batch, 3, torch.device("cpu"))
    made = []
    for step in range(steps):
        images, labels = batches.get(step)
        pixels = ((images + 1) * 127.5).round().permute(0, 2, 3, 1).numpy().astype(np.uint8)
        made.append(numbers_of(pixels))
        assert labels is not None
        assert labels.tolist() == [number % 2 for number in made[-1]]
    return made


def write_tar(path: Path, members: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def png(number: int, side: int = 4) -> bytes:
    file = io.BytesIO()
    Image.fromarray(number_picture(number, side)).save(file, "PNG")
    return file.getvalue()


def test_every_picture_is_drawn_once_an_epoch_whatever_the_window(tmp_path: Path) -> None:
    packed(tmp_path / "set")
    for window in (1, 16, 1000):
        batches = drawn(opened(tmp_path / "set", window=window), steps=15)
        assert sorted(chain(*batches)) == sorted([*range(60)] * 2)


def test_the_order_is_that_of_seed_and_step(tmp_path: Path) -> None:
    table = opened(packed(tmp_path / "set"))
    whole = drawn(table)
    late = Batches(table, 8, 3, torch.device("cpu"))
    assert late.indices(7).tolist() == whole[7]
    # Three processes read what one does.
    own = [late.own(9, places)[0] for places in np.array_split(np.arange(8), 3)]
    assert torch.equal(torch.cat(own), Batches(table, 8, 3, torch.device("cpu")).get(9)[0])


@pytest.mark.parametrize("scheme", ["memory", "told"])
def test_a_store_far_away_gives_what_the_disk_does(tmp_path: Path, scheme: str) -> None:
    folder = packed(tmp_path / "set")
    address = upload(folder, "bucket").replace("memory", scheme)
    here = drawn(opened(folder, window=16))
    assert drawn(opened(address, window=16)) == here
    assert drawn(opened(f"{address}/{{000000..000007}}.tar", window=16)) == here


def test_reads_that_fail_now_and_then_are_tried_again(tmp_path: Path) -> None:
    address = upload(packed(tmp_path / "set"), "bucket").replace("memory", "told")
    Told.fails_every = 10
    assert sorted(chain(*drawn(opened(address), steps=15))) == sorted([*range(60)] * 2)
    assert Told.reads > 20


def test_whole_shards_are_kept_below_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "GIB", 1)
    folder = packed(tmp_path / "set", count=120, per_shard=8)
    size = (folder / "000000.tar").stat().st_size
    address = upload(folder, "bucket")
    table = opened(address, window=8, cache_gib=3.5 * size)
    seen = drawn(table, steps=15)
    assert sorted(chain(*seen)) == list(range(120))
    # The next shard may be on its way in the background, in a folder that comes and goes.
    kept = list((tmp_path / "cache" / "shards").glob("*/*.tar"))
    assert 1 <= len(kept) <= 3
    with pytest.raises(DataError, match=r"two windows of shards take .* --dataset.cache-gib"):
        opened(address, window=64, cache_gib=3.5 * size)


def test_sets_of_others_get_an_index_once(tmp_path: Path) -> None:
    told: list[str] = []
    members = {f"x/{n:04}.png": png(n, 20) for n in range(12)}
    members |= {f"x/{n:04}.json": b'{"label": %d}' % (n % 3) for n in range(12)}
    write_tar(tmp_path / "set" / "one.tar", dict(sorted(members.items())))
    table = opened(tmp_path / "set", told.append)
    assert numbers_of(table.images) == list(range(12))
    assert table.classes == 3
    assert "1 shard of" in told[0]
    told.clear()
    assert opened(tmp_path / "set", told.append).count == 12
    assert not any("without an index" in one for one in told)
    assert sorted(path.name for path in (tmp_path / "set").iterdir()) == ["one.tar"]


def test_pictures_of_several_sizes_are_cropped(tmp_path: Path) -> None:
    members = {f"{n}.png": png(n, 30 + n) for n in range(8)}
    write_tar(tmp_path / "set" / "one.tar", members)
    assert opened(tmp_path / "set").images.shape == (8, 32, 32, 3)


def test_a_damaged_picture_is_named_and_left_out(tmp_path: Path) -> None:
    told: list[str] = []
    members = {f"{n}.png": png(n) for n in range(8)} | {"5.png": b"no picture"}
    write_tar(tmp_path / "set" / "one.tar", members)
    table = opened(tmp_path / "set", told.append)
    assert set(numbers_of(table.images)) == {0, 1, 2, 3, 4, 6, 7}
    assert sum("5.png" in one for one in told) == 1


def cut_shard(folder: Path) -> None:
    shard = folder / "000002.tar"
    shard.write_bytes(shard.read_bytes()[:3000])


def swap_index(folder: Path) -> None:
    index = json.loads((folder / "000002.index.json").read_text())
    index["offsets"] = index["offsets"][1:] + index["offsets"][:1]
    (folder / "000002.index.json").write_text(json.dumps(index))


def lose_member(folder: Path) -> None:
    shard, index = (folder / f"000002.{end}" for end in ("tar", "index.json"))
    offset = json.loads(index.read_text())["offsets"][3]
    data = shard.read_bytes()
    shard.write_bytes(data[: offset - 512] + bytes(1024) + data[offset + 512 :])


def other_shard(folder: Path) -> None:
    (folder / "000002.tar").write_bytes((folder / "000001.tar").read_bytes() + bytes(10240))


def other_set(folder: Path) -> None:
    (folder / "shards.json").write_text('{"shards": [], "format": 1}')


def damaged_index(folder: Path) -> None:
    (folder / "000002.index.json").write_text("{")


BAD: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut": (cut_shard, r"000002.tar' is cut: it ends after 3,000"),
    "index of another": (swap_index, r"belongs to another shard"),
    "missing member": (lose_member, r"lacks the member 000000019.png"),
    "another shard": (other_shard, r"belongs to another shard"),
    "no list": (other_set, r"shards.json' is not a list"),
    "damaged index": (damaged_index, r"000002.index.json' is damaged"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_shards_end_with_a_sentence(
    tmp_path: Path, name: str, artgan_cli: Callable[..., Result]
) -> None:
    break_it, sentence = BAD[name]
    folder = packed(tmp_path / "set")
    break_it(folder)
    with pytest.raises(DataError, match=sentence):
        drawn(opened(folder))
    said = artgan_cli("train", "--dataset", folder, "--out", "run")
    assert said.exit_code == 1
    assert said.output.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in said.output
    assert not Path("run").exists()


def test_members_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    write_tar(tmp_path / "a" / "0.tar", {"0.png": png(0), "0.cls": b"1", "1.png": png(1)})
    with pytest.raises(DataError, match=r"lacks a member: 1 has a picture and no label"):
        opened(tmp_path / "a")
    whole = write_tar(tmp_path / "b" / "0.tar", {f"{n}.png": png(n) for n in range(4)})
    whole.write_bytes(whole.read_bytes()[:3000])
    with pytest.raises(DataError, match="is cut"):
        opened(tmp_path / "b")
    write_tar(tmp_path / "c" / "0.tar", {"0.txt": b"words"})
    with pytest.raises(DataError, match="holds no pictures"):
        opened(tmp_path / "c")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError("no route to host"), "cannot be read after 5 tries .*check the network"),
        (PermissionError("403"), "may not be read .*right to read it"),
    ],
)
def test_a_store_that_gives_nothing_is_told(
    tmp_path: Path, error: Exception, sentence: str
) -> None:
    address = upload(packed(tmp_path / "set"), "bucket").replace("memory", "told")
    Told.fails_every, Told.error = 1, error
    with pytest.raises(DataError, match=sentence):
        opened(address)
    with pytest.raises(DataError, match=r"there are no shards at 'told://nowhere'"):
        opened("told://nowhere")
    quiet()
    with pytest.raises(DataError, match=r"there is no 'told://bucket/9.tar'"):
        opened("told://bucket/9.tar")


def test_an_address_needs_its_package(tmp_path: Path) -> None:
    with pytest.raises(ArtganError, match=r"ftpx://'|needs a package"):
        opened("ftpx://bucket/0.tar")


def test_a_full_cache_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = upload(packed(tmp_path / "set"), "bucket")
    shards = vars(opened(address).supply)["source"]

    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("artgan.shards.cache.Place.pieces", full)
    with pytest.raises(DataError, match=r"the cache folder .* is full, .*ARTGAN_CACHE"):
        shards.fetch([0, 1])


def test_a_program_ends_while_a_shard_is_fetched(tmp_path: Path) -> None:
    code = (
        "import time\nfrom artgan.base.background import for_each, in_background\n"
        "in_background(for_each, time.sleep, [60, 60], 2)\n"
    )
    subprocess.run([sys.executable, "-c", code], timeout=50, check=True)


def test_what_fails_in_the_background_is_told() -> None:
    with pytest.raises(ZeroDivisionError):
        for_each(lambda n: 1 / n, [1, 2, 0, 3], 2)


def test_names_in_braces_are_written_out() -> None:
    assert expand("a/{08..11}.tar") == [f"a/{n}.tar" for n in ("08", "09", "10", "11")]
    assert expand("{a,b}-{1..2}.tar") == ["a-1.tar", "a-2.tar", "b-1.tar", "b-2.tar"]
    with pytest.raises(DataError, match="at most 1,000,000"):
        expand("{0..99999999}.tar")
