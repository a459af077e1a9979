import gzip
import http.server
import struct
import threading
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from artgan.base.options import build_options
from artgan.core.registry import Registry
from artgan.datasets.find import open_dataset
from artgan.errors import DataError
from artgan.plugins.datasets import mnist


def opened(registry: Registry, name: str, path: Path | None = None, **options: Any) -> Any:
    entry = registry.find("dataset", name)
    size = options.pop("size", None)
    built = build_options(entry.declaration.options, options, entry.where)
    return open_dataset(entry, path, built, size)


def source(registry: Registry, path: Path, **options: Any) -> Any:
    from artgan.base.paths import cache_folder
    from artgan.plugin import DataContext

    entry = registry.find("dataset", "folder")
    built = build_options(entry.declaration.options, options, entry.where)
    return entry.load("open")(built, DataContext(size=(16, 16), cache=cache_folder(), path=path))


def test_embedded_sets_hold_what_they_say(registry: Registry) -> None:
    digits, tiles = opened(registry, "mnist"), opened(registry, "gervais")
    assert digits.images.shape == (10000, 28, 28, 1)
    assert digits.classes == 10
    assert tiles.images.shape == (2351, 32, 32, 3)


def test_digits_get_a_border_up_to_32(registry: Registry) -> None:
    digits = opened(registry, "mnist", size=(32, 32)).images
    assert (digits[:, 2:30, 2:30] == opened(registry, "mnist").images).all()


def test_tiles_may_keep_their_alpha(registry: Registry) -> None:
    tiles = opened(registry, "gervais", keep_alpha=True, size=(64, 64)).images
    assert tiles.shape == (2351, 64, 64, 4)
    assert (tiles[:, ::2, ::2] == tiles[:, 1::2, 1::2]).all()


def _idx(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_local_idx_files_are_read(registry: Registry, tmp_path: Path, pack: Any) -> None:
    ending = ".gz" if pack is gzip.compress else ""
    images, labels = np.arange(5 * 28 * 28).reshape(5, 28, 28) % 256, np.arange(5)
    (tmp_path / f"{mnist.IMAGES}{ending}").write_bytes(pack(_idx(images)))
    (tmp_path / f"{mnist.LABELS}{ending}").write_bytes(pack(_idx(labels)))
    table = opened(registry, "mnist", tmp_path)
    assert (table.images[:, :, :, 0] == images).all()
    assert list(table.labels) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b"junk" + b, lambda b: b[:6]])
def test_damaged_idx_files_are_told(tmp_path: Path, damage: Any) -> None:
    path = tmp_path / "x"
    path.write_bytes(damage(_idx(np.zeros((2, 3, 4)))))
    with pytest.raises(DataError, match="x'"):
        mnist.read_idx(path, 3)


def test_download_checks_hashes_and_tries_the_next_mirror(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hashlib

    bad, good = tmp_path / "bad", tmp_path / "good"
    digests = {}
    for name in mnist.SHA256:
        for folder, data in ((bad, b"wrong"), (good, name.encode())):
            folder.mkdir(exist_ok=True)
            (folder / f"{name}.gz").write_bytes(gzip.compress(data))
        digests[name] = hashlib.sha256(name.encode()).hexdigest()
    monkeypatch.setattr(mnist, "SHA256", digests)
    with _serve(tmp_path) as address:
        mnist.fetch(tmp_path / "out", [f"{address}/bad", f"{address}/good"], lambda _: None)
        assert (tmp_path / "out" / mnist.IMAGES).read_bytes() == mnist.IMAGES.encode()
        with pytest.raises(DataError, match="by hand"):
            mnist.fetch(tmp_path / "other", [f"{address}/bad", f"{address}/no"], lambda _: None)


class _serve:  # noqa: N801
    def __init__(self, folder: Path) -> None:
        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

        handler = partial(Quiet, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self) -> str:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def _save(image: Image.Image, path: Path, **more: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **more)


def odd_folder(folder: Path) -> Path:
    """One picture of each awkward kind, and files that are none."""
    rgb = Image.new("RGB", (40, 30), (200, 30, 30))
    exif = Image.Exif()
    exif[0x0112] = 6
    _save(rgb, folder / "plain.png")
    _save(rgb, folder / "turned.jpg", exif=exif)
    _save(rgb.convert("CMYK"), folder / "cmyk.jpg")
    _save(rgb.convert("P"), folder / "indexed.png")
    _save(Image.new("RGBA", (20, 50), (0, 255, 0, 0)), folder / "clear.png")
    _save(Image.new("LA", (20, 20), (255, 128)), folder / "grey-alpha.png")
    _save(Image.new("1", (20, 20), 1), folder / "bits.png")
    deep = np.linspace(0, 65535, 400).astype(np.uint16).reshape(20, 20)
    _save(Image.fromarray(deep), folder / "deep.png")
    _save(rgb, folder / "moving.gif", save_all=True, append_images=[rgb.rotate(90)])
    _save(rgb, folder / "sub" / "copy.png")
    (folder / "cut.png").write_bytes((folder / "plain.png").read_bytes()[:60])
    (folder / "empty.jpg").touch()
    (folder / "notes.txt").write_text("hello")
    (folder / ".hidden.png").write_bytes(b"x")
    _save(Image.new("1", (20000, 20000)), folder / "bomb.png")
    return folder


def test_pictures_of_every_kind_become_one_array(registry: Registry, tmp_path: Path) -> None:
    found = source(registry, odd_folder(tmp_path / "odd"))
    report = found.facts["report"]
    skipped = {f["name"]: f["skipped"] for f in report["findings"] if f["skipped"]}
    notes = {f["name"]: " ".join(f["notes"]) for f in report["findings"]}
    assert found.images.shape == (10, 16, 16, 3)
    assert sorted(skipped) == ["bomb.png", "cut.png", "empty.jpg", "notes.txt"]
    assert "too many" in skipped["bomb.png"]
    assert report["duplicates"] == ["sub/copy.png"]
    assert "EXIF" in notes["turned.jpg"]
    assert "first of 2 frames" in notes["moving.gif"]
    names = [f["name"] for f in report["findings"] if not f["skipped"]]
    assert found.images[names.index("clear.png")].max() == 0


def test_background_and_alpha_are_chosen(registry: Registry, tmp_path: Path) -> None:
    for index in range(4):
        _save(Image.new("RGBA", (16, 16), (0, 255, 0, 0)), tmp_path / "c" / f"{index}.png")
    assert (
        source(registry, tmp_path / "c", background="ff0000").images[0, 0, 0] == [255, 0, 0]
    ).all()
    assert source(registry, tmp_path / "c", channels="rgba").images[0, 0, 0, 3] == 0


def test_cache_is_used_and_follows_content(registry: Registry, pictures: Path) -> None:
    first = source(registry, pictures).images
    assert isinstance(first, np.memmap)
    cache = Path(str(first.filename))
    before = cache.stat().st_mtime_ns
    source(registry, pictures)
    assert cache.stat().st_mtime_ns == before
    Image.new("RGB", (20, 20), (9, 9, 9)).save(pictures / "0.png")
    assert (source(registry, pictures).images[0] == 9).all()


def test_damaged_cache_is_made_again(registry: Registry, pictures: Path) -> None:
    first = source(registry, pictures).images
    cache, good = Path(first.filename), np.array(first)
    del first
    cache.write_bytes(cache.read_bytes()[:50])
    assert (source(registry, pictures).images == good).all()


def test_subfolders_are_labels_when_asked(registry: Registry, tmp_path: Path) -> None:
    for index in range(6):
        kind = "cats" if index % 2 else "dogs"
        _save(Image.new("L", (16, 16), index * 9), tmp_path / "pets" / kind / f"{index}.png")
    found = source(registry, tmp_path / "pets", labels="folders")
    assert (list(found.class_names), list(found.labels)) == (["cats", "dogs"], [0, 0, 0, 1, 1, 1])
    assert found.images.shape[3] == 1
    assert source(registry, tmp_path / "pets").labels is None


@pytest.mark.parametrize("options", [{"flip": "both"}, {"rotate": 20}, {"crop": 0.3}])
def test_real_batches_vary_within_range(
    registry: Registry, pictures: Path, options: dict[str, Any]
) -> None:
    images = torch.rand(16, 3, 16, 24) * 2 - 1
    vary = source(registry, pictures, **options).vary
    torch.manual_seed(0)
    changed = vary(images)
    assert changed.shape == images.shape
    assert changed.abs().max() <= 1
    assert not torch.equal(changed, images)


def test_too_few_pictures_are_an_error_that_names_the_rest(
    registry: Registry, tmp_path: Path
) -> None:
    _save(Image.new("L", (16, 16)), tmp_path / "few" / "a.png")
    (tmp_path / "few" / "b.png").write_bytes(b"no")
    with pytest.raises(DataError, match=r"1 usable picture; expected at least 4.*b\.png"):
        source(registry, tmp_path / "few")


def test_zip_gives_what_the_folder_gives(registry: Registry, pictures: Path) -> None:
    archive = pictures.parent / "pictures.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(pictures.iterdir()):
            packed.write(path, path.name)
        packed.writestr("../outside.png", (pictures / "0.png").read_bytes())
        packed.writestr("__MACOSX/x.png", b"")
    packed_table = opened(registry, "zip", archive, size=(16, 16))
    assert (packed_table.images == opened(registry, "folder", pictures, size=(16, 16)).images).all()


@pytest.mark.parametrize("data", [b"", b"PK junk"])
def test_broken_archives_are_told(registry: Registry, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(DataError, match="not a zip archive"):
        opened(registry, "zip", path)
