"""Seam scores tell repeating pictures from steps, fades and creases."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from artgan.core.registry import Registry
from artgan.errors import DataError
from artgan.evaluation.seams import seam_scores
from artgan.pictures.files import read_picture, save_png
from artgan.pictures.records import applied_record
from artgan.plugin.picture import Picture
from artgan.plugin.raster import gaussian_blur
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style


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


GROUPS = ("p1", "p2", "pm", "pmm", "pmg", "cmm", "p4", "p4m", "p3", "p3m1", "p31m", "p6", "p6m")


@pytest.mark.parametrize("group", GROUPS)
def test_wallpapers_repeat_by_their_record(registry: Registry, tmp_path: Path, group: str) -> None:
    chain = parse_style({"filter": "wallpaper", "group": group}, registry)
    styled = apply_style(chain, Picture(_texture(96)), registry=registry)
    save_png(styled.picture, tmp_path / "x.png", applied_record(styled.record, 0, _texture(96)))
    scores = seam_scores(read_picture(tmp_path / "x.png"))
    assert (scores.verdict("x")[:7], scores.verdict("y")[:7]) == ("repeats", "repeats")


def test_a_record_does_not_hide_a_step() -> None:
    cut = Picture(_texture()[:, :45], wraps=(True, True))
    scores = seam_scores(cut)
    assert scores.verdict("x") == "a step shows"
    assert scores.seamless_y
    mirrored = np.concatenate([_texture()[:, :30], _texture()[:, 29::-1]], axis=1)
    assert seam_scores(Picture(mirrored, wraps=(True, True))).verdict("x").endswith("record says")


def test_a_photograph_does_not_repeat() -> None:
    photo = read_picture(Path(__file__).parents[2] / "docs/images/photo.jpg")
    scores = seam_scores(photo)
    assert not scores.seamless_x
    assert not scores.seamless_y
