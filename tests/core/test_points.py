"""Steering: truncation, directions, mixing, and what records keep of them."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import artgan
from artgan.animation.animate import plan_animation
from artgan.animation.motion import Motion
from artgan.errors import OptionError, RunError
from artgan.latents.directions import Directions, find_directions, read_directions, write_directions
from artgan.latents.points import save_points, seed_points, to_styles
from artgan.latents.rendering import Renderer, check_steering
from artgan.latents.steering import Mix, Shift, Steering, read_steering
from artgan.sampling.samples import SampleRequest
from tests.core.styled import StyledGenerator, run_of

LATENTS = torch.randn(3, 8, generator=torch.Generator().manual_seed(1))


class Plain(nn.Module):
    """A generator whose first layer answers far most to the third and the first latent value."""

    latent_shape = (8,)

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(8, 32), nn.Linear(32, 64)
        key = torch.Generator().manual_seed(0)
        scales = torch.tensor([4.0, 1, 9, 1, 1, 1, 1, 1]) / 9
        self.first.weight.data = torch.linalg.qr(torch.randn(32, 8, generator=key))[0] * scales
        self.eval().requires_grad_(False)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        features = torch.nn.functional.leaky_relu(self.first(latents), 0.3)
        return torch.tanh(self.last(features)).view(-1, 1, 8, 8)


class Cells(nn.Module):
    """A generator of spatial latents."""

    latent_shape = (5, 2, 3)

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.ConvTranspose2d(5, 8, 4, 2, 1), nn.Conv2d(8, 1, 3, padding=1)
        self.eval().requires_grad_(False)

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        return torch.tanh(self.last(torch.relu(self.first(latents))))


def steered(
    generator: nn.Module, folder: Path, steering: Steering, latents: Tensor = LATENTS
) -> Tensor:
    renderer = Renderer(run_of(generator, folder), steering)
    return renderer.images(latents, None, False, range(len(latents)))


def test_truncation_goes_to_the_mean_picture(trained: Path) -> None:
    generator = StyledGenerator()
    flat = steered(generator, trained, Steering(truncation=0))
    mean = generator.synthesis(generator.style_mean.expand(3, 2, 6))
    assert torch.allclose(flat, mean)
    half = steered(generator, trained, Steering(truncation=0.5))
    styles = (generator.mapping(LATENTS, None) + generator.style_mean) / 2
    assert torch.allclose(half, generator.synthesis(styles), atol=1e-6)
    plain = Plain()
    shrunk = steered(plain, trained, Steering(truncation=0.5))
    assert torch.allclose(shrunk, plain(LATENTS * 0.5))


def test_no_steering_is_the_generator_itself(trained: Path) -> None:
    for generator in (StyledGenerator(), Plain()):
        # As many as are made at once: kernels differ between batch sizes in the last bit.
        latents = torch.randn(32, 8)
        assert torch.equal(
            steered(generator, trained, Steering(), latents), generator(latents, None)
        )


def test_mixing_takes_the_finer_layers_of_another_seed(trained: Path) -> None:
    generator = StyledGenerator()
    run = run_of(generator, trained)
    steering = Steering(mix=Mix(9, 1))
    points = list(seed_points(run, [4, 9]))
    (own, other) = (point.values for point in to_styles(generator, points))
    mixed = steered(generator, trained, steering, points[0].values[None])
    assert torch.allclose(mixed, generator.synthesis(torch.stack([own[0], other[1]])[None]))
    check_steering(run, steering)
    with pytest.raises(OptionError, match="1 to 1"):
        check_steering(run, Steering(mix=Mix(9, 2)))
    with pytest.raises(OptionError, match="no styles"):
        check_steering(run_of(Plain(), trained), steering)


@pytest.mark.parametrize("method", ["components", "sefa"])
def test_directions_find_what_the_first_layer_answers_to(method: str) -> None:
    vectors, in_styles = find_directions(Plain(), count=3, method=method)
    assert not in_styles
    assert vectors.shape == (3, 8)
    assert torch.allclose(vectors.norm(dim=1), torch.ones(3), atol=1e-5)
    assert abs(float(vectors[0, 2])) > 0.95
    assert abs(float(vectors[1, 0])) > 0.9


@pytest.mark.parametrize("method", ["components", "sefa"])
def test_directions_of_styles_and_cells(method: str) -> None:
    vectors, in_styles = find_directions(StyledGenerator(), count=4, method=method)
    assert in_styles
    assert vectors.shape == (4, 6)
    drawn = torch.randn(4000, 8, generator=torch.Generator().manual_seed(3))
    unit = vectors[0] / vectors[0].norm()
    spread = (StyledGenerator().mapping(drawn, None)[:, 0] @ unit).std()
    assert float(vectors[0].norm()) == pytest.approx(float(spread), rel=0.1)
    vectors, in_styles = find_directions(Cells(), count=2, method=method)
    assert not in_styles
    assert vectors.shape == (2, 5, 2, 3)
    assert torch.equal(vectors[:, :, 0, 0], vectors[:, :, 1, 2])


def test_components_of_styles_are_those_of_their_covariance() -> None:
    generator = StyledGenerator()
    vectors, _ = find_directions(generator, count=1)
    weight = generator.map.weight.double()
    strongest = torch.linalg.eigh(weight @ weight.T)[1][:, -1]
    cosine = (vectors[0].double() @ strongest) / vectors[0].double().norm()
    assert abs(float(cosine)) > 0.99


def test_moves_change_pictures_and_records_tell_them(trained: Path) -> None:
    shift = Shift("tilt", torch.eye(8)[2], False, 2.0)
    steering = Steering(0.7, (shift,), None)
    plain = Plain()
    moved = steered(plain, trained, steering)
    assert torch.allclose(moved, plain(LATENTS * 0.7 + 2 * torch.eye(8)[2]), atol=1e-6)
    again = read_steering(json.loads(json.dumps(steering.about)))
    assert again.truncation == 0.7
    assert torch.equal(again.shifts[0].vector, shift.vector)
    assert steering.suffix == "-t0.7-tilt2"


@pytest.mark.parametrize("way", ["seed", "sum", "file", "frame"])
def test_a_record_gives_its_picture_again(trained: Path, tmp_path: Path, way: str) -> None:
    run = artgan.load_run(shutil.copytree(trained, tmp_path / "run"))
    save_points(tmp_path / "p.safetensors", run.points([8]))
    run.find_directions(2)
    point = {
        "seed": lambda: run.points([3])[0],
        "sum": lambda: run.points(blend="3 - 0.5*5 + 9")[0],
        "file": lambda: run.points(file=tmp_path / "p.safetensors")[0],
        "frame": lambda: plan_animation(run, SampleRequest([1, 5]), Motion(1)).point(9),
    }[way]()
    (sample,) = run.samples([point], truncation=0.8, moves={"1": -2})
    record = json.loads(json.dumps(sample.record))
    run.find_directions(1, method="sefa")
    point, steering = run.recorded(record)
    (again,) = run.samples([point], steering=steering)
    assert np.array_equal(again.raw, sample.raw)
    assert json.loads(json.dumps(again.record)) == record


def test_a_record_of_a_label_gives_its_picture_again(trained: Path) -> None:
    run = artgan.load_run(trained)
    (sample,) = run.samples([3], label=4)
    point, steering = run.recorded(sample.record)
    (again,) = run.samples([point], label=4, steering=steering)
    assert np.array_equal(again.raw, sample.raw)
    assert again.record == sample.record


def test_directions_are_kept_renamed_and_refused_for_other_weights(tmp_path: Path) -> None:
    found = Directions(torch.eye(3), ("0", "1", "2"), False, "sefa", "abc")
    write_directions(tmp_path, found.renamed("1", "tilt"))
    again = read_directions(tmp_path, "abc")
    assert again.names == ("0", "tilt", "2")
    assert (again.find("tilt"), again.find("1")) == (1, 1)
    with pytest.raises(RunError, match="other weights"):
        read_directions(tmp_path, "def")
    with pytest.raises(OptionError, match="Did you mean 'tilt'"):
        again.find("tlt")
    for name in ("0", "two words", "tilt"):
        with pytest.raises(OptionError, match="cannot be called"):
            again.renamed("2", name)
    (tmp_path / "directions.safetensors").write_bytes(b"nothing")
    with pytest.raises(RunError, match="cannot be read"):
        read_directions(tmp_path, "abc")
