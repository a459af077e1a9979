import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from artgan.errors import DataError, OptionError, RunError
from artgan.shards.pack import Packing, pack
from artgan.shards.prints import Prints
from tests.shards.sets import Numbered, draw_folder, number_picture, numbers_of, opened, packed


def members(shard: Path) -> dict[str, bytes]:
    with tarfile.open(shard) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]


def test_any_tool_reads_the_shards(tmp_path: Path) -> None:
    found = members(packed(tmp_path) / "000001.tar")
    assert [*found][:4] == ["000000008.png", "000000008.cls", "000000009.png", "000000009.cls"]
    with Image.open(io.BytesIO(found["000000009.png"])) as image:
        assert np.array_equal(np.asarray(image), number_picture(9))
    assert found["000000009.cls"] == b"1"


def test_the_index_says_where_each_picture_lies(tmp_path: Path) -> None:
    shard = packed(tmp_path) / "000000.tar"
    index = json.loads(shard.with_name("000000.index.json").read_text())
    offset, length = index["offsets"][3], index["lengths"][3]
    data = shard.read_bytes()
    assert data[offset : offset + length] == members(shard)["000000003.png"]
    assert index["bytes"] == len(data)


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_pixels_come_back_as_they_were(tmp_path: Path, kind: Any) -> None:
    table = opened(packed(tmp_path, kind=kind))
    assert table.count == 60
    assert numbers_of(table.images) == list(range(60))
    assert table.labels is not None
    assert table.labels.tolist() == [n % 2 for n in range(60)]
    assert table.class_names == ("even", "odd")


def test_alpha_is_kept(tmp_path: Path) -> None:
    rgba = np.random.default_rng(0).integers(0, 256, (9, 4, 4, 4), dtype=np.uint8)
    pack(rgba, tmp_path, Packing(kind="webp"))
    assert np.array_equal(opened(tmp_path).images, rgba)
    with pytest.raises(OptionError, match="jpg cannot hold alpha"):
        pack(rgba, tmp_path / "jpg", Packing(kind="jpg"))


def test_a_folder_is_packed_without_copies_and_damaged_files(
    tmp_path: Path, artgan_cli: Callable[..., Result]
) -> None:
    folder = draw_folder(tmp_path / "pictures")
    first = folder / "a" / "0000.png"
    (folder / "a" / "copy.png").write_bytes(first.read_bytes())
    (folder / "b" / "cut.png").write_bytes(first.read_bytes()[:90])
    out = tmp_path / "shards"
    call = ["pack", folder, "--size", "16", "--per-shard", "10", "--out", out, "--json"]
    facts = json.loads(artgan_cli(*call, "--dataset.labels", "folders").stdout)
    assert facts["pictures"] == 24
    assert (facts["copies"], facts["skipped"], facts["shards"]) == (1, 1, 3)
    assert facts["class_names"] == ["a", "b"]
    assert "b/cut.png" in (out / "shards.json").read_text()


def test_packed_pictures_are_those_that_the_folder_is_trained_on(
    tmp_path: Path, artgan_cli: Callable[..., Result]
) -> None:
    folder = draw_folder(tmp_path / "pictures")
    artgan_cli("pack", folder, "--jobs", "1", "--out", tmp_path / "shards")
    assert np.array_equal(opened(tmp_path / "shards").images, opened(folder).images)


def test_pictures_too_large_for_the_memory_are_refused(
    tmp_path: Path, artgan_cli: Callable[..., Result]
) -> None:
    folder = draw_folder(tmp_path / "pictures")
    refused = artgan_cli("pack", folder, "--size", "33000", "--out", tmp_path / "shards")
    assert refused.exit_code == 1
    assert "33000x33000 pixels needs about" in refused.output
    assert not (tmp_path / "shards").exists()


class Breaking(Numbered):
    """Breaks at a picture, as a power cut does."""

    at = 30

    def __getitem__(self, index: int) -> Any:
        if index == self.at:
            raise KeyboardInterrupt
        return super().__getitem__(index)


def test_packing_goes_on_with_the_shards_that_are_finished(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        pack(Breaking(60), tmp_path / "broken", Packing(per_shard=8))
    kept = sorted((tmp_path / "broken").glob("*.tar"))
    assert [path.name for path in kept] == ["000000.tar", "000001.tar", "000002.tar"]
    before = [path.stat().st_mtime_ns for path in kept]
    with pytest.raises(DataError, match="not all packed yet"):
        opened(tmp_path / "broken")
    packed(tmp_path / "broken")
    packed(tmp_path / "whole")
    assert [path.stat().st_mtime_ns for path in kept] == before
    for path in sorted((tmp_path / "whole").glob("*.tar")):
        assert (tmp_path / "broken" / path.name).read_bytes() == path.read_bytes()


def test_other_shards_are_not_overwritten(tmp_path: Path) -> None:
    packed(tmp_path / "ours")
    with pytest.raises(DataError, match="shards of other pictures"):
        packed(tmp_path / "ours", count=61)
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "000000.tar").write_bytes(b"theirs")
    with pytest.raises(DataError, match="shards of other pictures"):
        packed(tmp_path / "theirs")
    assert (tmp_path / "theirs" / "000000.tar").read_bytes() == b"theirs"


def test_hashes_are_new_once() -> None:
    prints = Prints(size=4)
    given = [f"{number * 7919 % 2**64:016x}" for number in range(500)]
    assert all(prints.add(one) for one in given)
    assert not any(prints.add(one) for one in given)
    assert len(prints) == 500


def test_two_do_not_pack_into_one_folder(tmp_path: Path) -> None:
    class Nested(Numbered):
        def __getitem__(self, index: int) -> Any:
            packed(tmp_path)
            return super().__getitem__(index)

    with pytest.raises(RunError, match="is being written by"):
        pack(Nested(10), tmp_path, Packing())
