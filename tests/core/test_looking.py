from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import artgan
from artgan.errors import DataError
from artgan.planning.picture_stats import measure_pictures


def noise(count: int, side: int = 32, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, side, side, channels), np.uint8)


def test_noise_is_told_from_flat_drawings_and_pixel_art() -> None:
    assert measure_pictures(noise(8)).look == "photograph"
    blocks = noise(8, 4).repeat(8, 1).repeat(8, 2)
    assert measure_pictures(blocks).look == "pixel-art"
    shaded = noise(8, 16, 1).repeat(2, 1).repeat(2, 2)
    assert measure_pictures(shaded).look == "drawing"


def test_near_duplicates_are_counted_once_each() -> None:
    images = noise(20)
    again = np.clip(images[:5].astype(int) + 2, 0, 255).astype(np.uint8)
    assert measure_pictures(np.concatenate([images, again, again])).near_duplicates == 10
    assert measure_pictures(images).near_duplicates == 0


def test_embedded_sets_are_seen_as_what_they_are() -> None:
    looks = [
        measure_pictures(artgan.plan(dataset=name).table.images) for name in ("mnist", "gervais")
    ]
    assert [seen.look for seen in looks] == ["drawing", "pixel-art"]
    assert looks[0].near_duplicates < 50


def test_textures_are_told_from_pictures_of_things() -> None:
    ground = artgan.plan(dataset="textures", dataset_options={"count": 40}).table.images
    things = artgan.plan(dataset="gervais").table.images
    assert measure_pictures(ground).even
    assert measure_pictures(noise(8)).even
    assert not measure_pictures(things).even


def folder(path: Path, images: np.ndarray, names: str = "{}.png") -> Path:
    for index, image in enumerate(images):
        file = path / names.format(index)
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(file)
    return path


def test_plain_pictures_are_refused_in_a_sentence(tmp_path: Path) -> None:
    flat = np.full((6, 32, 32, 3), 77, np.uint8)
    with pytest.raises(DataError, match="6 pictures of one plain colour each"):
        artgan.plan(dataset=folder(tmp_path, flat))


def test_labels_of_one_picture_each_are_left_out(tmp_path: Path) -> None:
    made = folder(tmp_path, noise(12), "kind{}/a.png")
    plan = artgan.plan(dataset=made, dataset_options={"labels": "folders"})
    assert plan.config.classes == 0
    assert any("12 labels for 12 different pictures" in reason for reason in plan.reasons)
    kept = artgan.plan(
        dataset=made, dataset_options={"labels": "folders"}, arch_options={"labels": True}
    )
    assert kept.config.classes == 12


def test_large_sizes_get_narrower_networks_without_a_gpu() -> None:
    config = artgan.plan("dcgan", "textures", size=256, dataset_options={"count": 8}).config
    assert config.architecture.options["base_channels"] == 16
    assert config.training.steps >= 600
