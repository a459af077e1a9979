"""Seam scores tell repeating pictures from steps, fades and creases."""

import numpy as np
import numpy.typing as npt
import pytest

from artgan.errors import DataError
from artgan.evaluation.seams import seam_scores
from artgan.plugin.picture import Picture
from artgan.plugin.raster import gaussian_blur


def _texture(side: int = 64) -> npt.NDArray[np.float32]:
    noise = np.random.default_rng(3).random((side, side, 3), dtype=np.float32)
    soft = gaussian_blur(noise, 1.5, (True, True))
    texture: npt.NDArray[np.float32] = np.clip((soft - 0.5) * 4 + 0.5, 0, 1)
    return texture


def test_a_repeating_texture_scores_near_one_wherever_it_is_rolled() -> None:
    for shift in (0, 17, 40):
        scores = seam_scores(Picture(np.roll(_texture(), (shift, 2 * shift), (0, 1))))
        assert scores.seamless_x
        assert scores.seamless_y


def test_a_crop_has_a_step_on_the_cropped_axis_only() -> None:
    scores = seam_scores(Picture(_texture()[:, :45]))
    assert scores.step_x > 1.5
    assert not scores.seamless_x
    assert scores.seamless_y


def test_faded_edges_score_too_low() -> None:
    ramp = np.minimum(1, np.minimum(np.arange(64), 63 - np.arange(64)) / 12).astype(np.float32)
    faded = _texture() * ramp[:, None, None] * ramp[None, :, None]
    scores = seam_scores(Picture(faded))
    assert scores.step_x < 0.1
    assert scores.step_y < 0.1
    assert not scores.seamless_x
    assert not scores.seamless_y


def test_a_mirrored_picture_has_no_step() -> None:
    half = _texture()[:, :30]
    scores = seam_scores(Picture(np.concatenate([half, half[:, ::-1]], axis=1)))
    assert scores.step_x == 0
    assert scores.bend_x > 0
    assert not scores.seamless_x


def test_flat_axes_and_lone_seams() -> None:
    flat = np.full((8, 8, 1), 0.5, np.float32)
    assert seam_scores(Picture(flat)).seamless_x
    scores = seam_scores(
        Picture(np.tile(np.linspace(0, 1, 8, dtype=np.float32), (8, 1))[..., None])
    )
    assert scores.step_x == pytest.approx(7, rel=1e-4)
    assert scores.step_y == 1.0


def test_axes_are_not_swapped() -> None:
    one, other = Picture(_texture()[:, :45]), Picture(_texture()[:, :45].transpose(1, 0, 2))
    assert seam_scores(one).step_x == seam_scores(other).step_y


def test_clear_pixels_do_not_count() -> None:
    rgba = np.concatenate([_texture(), np.zeros((64, 64, 1), np.float32)], axis=2)[:, :45]
    assert seam_scores(Picture(rgba)).step_x == 1.0


def test_a_tiny_picture_is_refused() -> None:
    with pytest.raises(DataError, match="4 x 4"):
        seam_scores(Picture(np.zeros((3, 9, 1), np.float32)))
