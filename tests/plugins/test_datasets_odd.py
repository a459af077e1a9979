"""Folders and archives as they come, and as somebody hostile would make them."""

import gzip
import hashlib
import http.client
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageCms

from artgan.base.options import build_options
from artgan.core.registry import Registry
from artgan.errors import DataError
from artgan.plugin import DataContext
from artgan.plugin.vary import Vary
from artgan.plugins.datasets import PicturesOptions, mnist


def opened(registry: Registry, path: Path, name: str = "folder", **options: Any) -> Any:
    entry = registry.find("dataset", name)
    size = options.pop("size", (16, 16))
    built = build_options(entry.declaration.options, options, entry.where)
    return entry.load("open")(built, DataContext(size=size, cache=path.parent / "c", path=path))


def skipped(source: Any) -> dict[str, str]:
    findings = source.facts["report"]["findings"]
    return {f["name"]: f["skipped"] for f in findings if f["skipped"]}


def test_what_is_no_file_is_named_and_never_opened(registry: Registry, pictures: Path) -> None:
    os.mkfifo(pictures / "pipe.png")
    (pictures / "gone.png").symlink_to("/nowhere/at/all")
    (pictures / "loop").symlink_to(pictures)
    (pictures / "c\x1b[31m.png").write_bytes(b"")
    reasons = skipped(opened(registry, pictures))
    assert reasons["pipe.png"] == "not a regular file"
    assert "No such file" in reasons["gone.png"]
    assert "not followed" in reasons["loop/"]
    assert reasons["c?[31m.png"] == "empty file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_closed_files_and_folders_are_named(registry: Registry, pictures: Path) -> None:
    (pictures / "0.png").chmod(0)
    (pictures / "sub").mkdir(mode=0)
    reasons = skipped(opened(registry, pictures))
    assert "Permission denied" in reasons["0.png"]
    assert "Permission denied" in reasons["sub/"]


def _four(folder: Path, image: Image.Image, name: str = "{}.png", **more: Any) -> Path:
    folder.mkdir()
    for index in range(4):
        image.save(folder / name.format(index), **more)
    return folder


def test_a_clear_colour_counts_as_alpha(registry: Registry, tmp_path: Path) -> None:
    folder = _four(tmp_path / "x", Image.new("RGB", (8, 8), (9, 8, 7)), transparency=(9, 8, 7))
    assert (opened(registry, folder, background="ff0000").images[0, 0, 0] == [255, 0, 0]).all()


def test_grey_cut_outs_on_a_colour_are_colour(registry: Registry, tmp_path: Path) -> None:
    folder = _four(tmp_path / "x", Image.new("LA", (8, 8), (200, 0)))
    assert opened(registry, folder).images.shape[3] == 4
    assert opened(registry, folder, alpha="fill").images.shape[3] == 1
    assert opened(registry, folder, background="0000ff").images.shape[3] == 3


def test_profiles_are_converted_and_alpha_stays(registry: Registry, tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    image = Image.new("RGBA", (8, 8), (200, 100, 50, 77))
    found = opened(registry, _four(tmp_path / "x", image, icc_profile=profile), channels="rgba")
    assert "profile" in " ".join(found.facts["report"]["findings"][0]["notes"])
    assert found.images[0, 0, 0, 3] == 77


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_grey_keeps_its_range(registry: Registry, tmp_path: Path, mode: str) -> None:
    ramp = np.linspace(0, 1, 256).reshape(16, 16)
    kind = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
    low, high = {"I;16": (0, 2**16 - 1), "I": (-(2**31), 2**31 - 1), "F": (0, 1)}[mode]
    deep = (low + ramp * (high - low)).astype(kind)
    images = opened(registry, _four(tmp_path / "x", Image.fromarray(deep), "{}.tif")).images
    assert np.abs(images[0, :, :, 0].ravel().astype(int) - np.arange(256)).max() <= 1


@pytest.mark.parametrize("fit", ["cover", "contain", "stretch"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 2)])
def test_thin_pictures_fit(
    registry: Registry, tmp_path: Path, fit: str, shape: tuple[int, int]
) -> None:
    folder = _four(tmp_path / "x", Image.new("RGB", shape, (255, 0, 0)))
    images = opened(registry, folder, fit=fit, size=(16, 24)).images
    assert images.shape == (4, 16, 24, 3)
    assert images.max() == 255


@pytest.mark.parametrize(("side", "picked"), [(20, (20, 20)), (100, (64, 64)), (700, (64, 64))])
def test_size_follows_the_pictures(
    registry: Registry, tmp_path: Path, side: int, picked: tuple[int, int]
) -> None:
    folder = _four(tmp_path / "x", Image.new("RGB", (side, side)))
    assert opened(registry, folder, size=None).images.shape[1:3] == picked


def test_hostile_archives_keep_their_good_pictures(registry: Registry, pictures: Path) -> None:
    data, archive = (pictures / "0.png").read_bytes(), pictures.parent / "x.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name in ("a.png", "b.png", "c.png", "d.png", "/etc/e.png", "..\\f.png", "C:/g.png"):
            packed.writestr(name, data)
        packed.writestr("secret.png", data)
        packed.writestr("huge.png", b"x" * 100)
    raw = bytearray(archive.read_bytes())
    entry = raw.rindex(b"secret.png") - 46
    raw[entry + 8] |= 1
    entry = raw.rindex(b"huge.png") - 46
    raw[entry + 24 : entry + 28] = (2**30).to_bytes(4, "little")
    archive.write_bytes(raw)
    source = opened(registry, archive, "zip")
    reasons = skipped(source)
    assert len(source) == 4
    assert sorted(reasons) == ["../f.png", "/etc/e.png", "C:/g.png", "huge.png", "secret.png"]
    assert (reasons["secret.png"], reasons["huge.png"][:7]) == ("encrypted", "unpacks")
    assert not (pictures.parent.parent / "f.png").exists()


def test_vary_can_be_sent_to_workers_and_repeats_by_seed() -> None:
    vary = pickle.loads(pickle.dumps(Vary(PicturesOptions(flip="x", rotate=9))))
    images, made = torch.rand(4, 3, 8, 8), []
    for _ in range(2):
        torch.manual_seed(3)
        made.append(vary(images))
    assert torch.equal(*made)


def test_hostile_header_and_broken_answers_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_bytes(bytes([0, 0, 8, 3]) + b"\xff" * 12)
    with pytest.raises(DataError, match="its header asks for"):
        mnist.read_idx(tmp_path / "x", 3)

    def broken(address: str) -> bytes:
        raise http.client.IncompleteRead(b"")

    monkeypatch.setattr(mnist, "_download", broken)
    with pytest.raises(DataError, match="by hand"):
        mnist.fetch(tmp_path / "out", ["http://localhost"], lambda _: None)


def test_full_and_a_path_exclude_each_other(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="give only one"):
        opened(registry, tmp_path, "mnist", full=True)


def test_a_file_placed_by_hand_is_not_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mnist, "SHA256", {"x": hashlib.sha256(b"digits").hexdigest()})
    (tmp_path / "x.gz").write_bytes(gzip.compress(b"digits"))
    mnist.fetch(tmp_path, [], lambda _: None)
    (tmp_path / "x.gz").write_bytes(gzip.compress(b"other"))
    with pytest.raises(DataError, match="by hand"):
        mnist.fetch(tmp_path, [], lambda _: None)


def _animation(path: Path, count: int = 5) -> None:
    frames = [Image.new("RGB", (8, 8), (50 * number, 0, 90)) for number in range(count)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=80)


@pytest.mark.parametrize("name", ["a.gif", "a.tif", "a.webp", "a.png"])
def test_frames_and_pages_are_pictures_when_asked(
    registry: Registry, tmp_path: Path, name: str
) -> None:
    folder = _four(tmp_path / "x", Image.new("RGB", (8, 8), (0, 200, 0)))
    _animation(folder / name)
    every = opened(registry, folder, frames="all", size=(8, 8))
    assert len(every) == 9
    moving = every.images[[image[0, 0, 2] > 50 for image in every.images]]
    assert np.abs(moving[:, 0, 0, 0].astype(int) - 50 * np.arange(5)).max() <= 6
    first = opened(registry, folder, size=(8, 8))
    assert len(first) == 5
    notes = {f["name"]: f["notes"] for f in first.facts["report"]["findings"]}
    assert notes[name][-1] == "first of 5 frames used; all with --dataset.frames all"


def _zip_of(path: Path, names: list[bytes], data: bytes, method: int = zipfile.ZIP_STORED) -> Path:
    """Write an archive whose names are these bytes, in no stated encoding."""
    with zipfile.ZipFile(path, "w", method) as packed:
        for number, name in enumerate(names):
            packed.writestr(f"{number}".rjust(len(name), "x"), data)
    raw = path.read_bytes()
    for number, name in enumerate(names):
        raw = raw.replace(f"{number}".rjust(len(name), "x").encode(), name)
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    ("encoding", "folders"),
    [
        ("cp932", ("写真/猫", "写真/ソファー表")),
        ("cp866", ("Кошки и котята", "собаки")),
        ("cp437", ("Äpfel süß", "Bäume")),
        ("utf-8", ("写真", "Äpfel")),
        ("cp866", ("кот", "кит-2")),
        ("cp437", ("./cats", ".\\dogs")),
        ("cp437", ("set\\train\\cat", "set\\test\\dog")),
    ],
)
def test_names_in_archives_are_read_as_meant(
    registry: Registry, pictures: Path, tmp_path: Path, encoding: str, folders: tuple[str, ...]
) -> None:
    names = [f"{folder}/{number}.png" for folder in folders for number in range(4)]
    data = (pictures / "0.png").read_bytes()
    archive = _zip_of(tmp_path / "x.zip", [name.encode(encoding) for name in names], data)
    source = opened(registry, archive, "zip", labels="folders")
    clean = [name.replace("\\", "/").removeprefix("./") for name in names]
    assert sorted(f["name"] for f in source.facts["report"]["findings"]) == sorted(clean)
    assert set(source.class_names) == {name.split("/")[-2] for name in clean}


def test_links_and_ways_of_packing_that_are_not_read_are_named(
    registry: Registry, pictures: Path, tmp_path: Path
) -> None:
    archive, data = tmp_path / "x.zip", (pictures / "0.png").read_bytes()
    with zipfile.ZipFile(archive, "w") as packed:
        for number in range(5):
            packed.writestr(f"{number}.png", data)
        link = zipfile.ZipInfo("link.png")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    raw = bytearray(archive.read_bytes())
    raw[raw.rindex(b"4.png") - 46 + 10] = 9
    archive.write_bytes(raw)
    reasons = skipped(opened(registry, archive, "zip"))
    assert reasons["link.png"] == "symbolic link: not followed"
    assert "Deflate64" in reasons["4.png"]


def test_splits_alone_are_no_labels(registry: Registry, pictures: Path) -> None:
    for split in ("train", "Test"):
        (pictures / split).mkdir()
    for number, path in enumerate(sorted(pictures.glob("*.png"))):
        path.rename(pictures / ("train", "Test")[number % 2] / path.name)
    with pytest.raises(DataError, match="splits and no labels"):
        opened(registry, pictures, labels="folders")


def test_a_byte_that_changes_inside_an_archive_is_seen(registry: Registry, pictures: Path) -> None:
    path = pictures / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(8):
            archive.write(pictures / f"{number}.png", f"{number}.png")
    assert len(opened(registry, path, "zip").images) == 8
    data = bytearray(path.read_bytes())
    data[data.index(b"IDAT") + 40] ^= 255
    path.write_bytes(data)
    os.utime(path, (1, 1))
    source = opened(registry, path, "zip")
    assert len(source.images) == 7
    assert "damaged in the archive" in skipped(source)["0.png"]
