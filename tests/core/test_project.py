"""Pictures are found again in latent space."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import artgan
from artgan.errors import ArtganError, DataError, OptionError, RunError
from artgan.latents.points import read_points, save_points
from artgan.latents.project import fit_picture, project
from artgan.plugin.picture import Picture
from tests.core.styled import StyledGenerator


def test_a_sample_is_found_again(trained: Path) -> None:
    run = artgan.load_run(trained)
    (picture,) = run.sample([3], label=4)
    found = run.project(picture, steps=80, label=4)
    far = run.project(picture, steps=1, label=4)
    assert found.error < 3
    assert found.error < 0.5 * far.error
    (again,) = run.sample([found.point])
    difference = np.asarray(again).astype(float) - np.asarray(picture)
    assert np.sqrt((difference**2).mean()) == pytest.approx(found.error, abs=0.5)


def test_the_label_is_found_too(trained: Path) -> None:
    run = artgan.load_run(trained)
    (picture,) = run.sample([3], label=4)
    assert run.project(picture, steps=40).error < 12


def test_styles_are_found_where_there_are_some() -> None:
    generator = StyledGenerator()
    judge = torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3), torch.nn.Flatten(), torch.nn.Linear(144, 1)
    )

    class Judge(torch.nn.Module):
        def forward(self, images: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
            logits: torch.Tensor = judge(images)
            return logits.squeeze(1)

    with torch.no_grad():
        target = generator(torch.randn(1, 8, generator=torch.Generator().manual_seed(5)), None)
    found = project(generator, Judge(), target, steps=150)
    assert found.point.in_styles
    assert found.point.values.shape == (2, 6)
    assert found.error < 4


def test_points_survive_their_file(trained: Path, tmp_path: Path) -> None:
    run = artgan.load_run(trained)
    points = run.points([1, 2])
    save_points(tmp_path / "p.safetensors", points)
    again = run.points(file=tmp_path / "p.safetensors")
    assert [point.label for point in again] == [point.label for point in points]
    assert all(torch.equal(a.values, b.values) for a, b in zip(points, again, strict=True))
    pictures = [np.asarray(picture) for picture in run.sample([1, 2])]
    same = [np.asarray(picture) for picture in run.sample(again)]
    assert all(np.array_equal(a, b) for a, b in zip(pictures, same, strict=True))


def test_files_of_others_are_told(trained: Path, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    run = artgan.load_run(trained)
    path = tmp_path / "p.safetensors"
    for tensors, error in (
        ({"latents": torch.zeros(2, 5)}, RunError),
        ({"styles": torch.zeros(2, 5, 6)}, RunError),
        ({"latents": torch.zeros(1, 8), "labels": torch.tensor([11])}, RunError),
        ({"other": torch.zeros(2)}, DataError),
        ({"latents": torch.full((1, 8), float("nan"))}, DataError),
    ):
        save_file(tensors, path)
        with pytest.raises(error, match="holds"):
            run.points(file=path)
    path.write_bytes(b"no tensors")
    with pytest.raises(DataError, match="safetensors"):
        read_points(run, path)


def test_pictures_of_another_size_are_fitted_and_it_is_said() -> None:
    wide = Picture(np.full((20, 60, 4), 0.5, np.float32))
    image, notes = fit_picture(wide, 16, 16, 1, "ffffff")
    assert image.shape == (1, 1, 16, 16)
    assert float(image.mean()) == pytest.approx(0.5, abs=0.01)
    assert notes == [
        "cut from 60x20 to 20x20 in the middle",
        "resized from 20x20 to 16x16",
        "transparent parts filled with the colour ffffff",
    ]
    assert fit_picture(Picture(np.zeros((16, 16, 3), np.float32)), 16, 16, 3)[1] == []
    assert fit_picture(Picture(np.zeros((16, 16, 1), np.float32)), 16, 16, 4)[0].shape[1] == 4


def test_bad_pictures_steps_and_labels_are_told(trained: Path) -> None:
    run = artgan.load_run(trained)
    with pytest.raises(DataError, match="no file"):
        run.project("nothing.png")
    picture = Image.new("L", (16, 16))
    with pytest.raises(OptionError, match="1 to 100000"):
        run.project(picture, steps=0)
    with pytest.raises(ArtganError, match="0 to 9"):
        run.project(picture, label=12)
