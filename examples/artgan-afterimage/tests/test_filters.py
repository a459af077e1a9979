"""What the filters do in a film of a light that moves to the right."""

import numpy as np
import pytest
from artgan.plugin import FilmFrame, FilterContext
from artgan.plugin.picture import Picture

from artgan_afterimage import ExposureOptions, SlitScanOptions, TrailsOptions, filters


def frame(place: int, channels: int = 3) -> Picture:
    """Draw a white pixel at a place of a line of six, four lines high; around it all is clear."""
    pixels = np.zeros((4, 6, channels), np.float32)
    pixels[:, place] = 1
    return Picture(pixels, space="linear")


def after(*places: int, channels: int = 3) -> FilterContext:
    """Return the context of a frame after those with the light at these places."""
    before = tuple(frame(place, channels) for place in places)
    return FilterContext(
        rng=np.random.default_rng(0), frame=FilmFrame(number=len(places), count=6, before=before)
    )


def line(picture: Picture, row: int = 0) -> list[float]:
    """Return the strongest channel along a row, rounded."""
    return [round(float(value), 2) for value in picture.pixels[row].max(axis=1)]


def test_trails_fade_towards_the_past() -> None:
    """Trails are the dimmer, and the more of their colour, the older they are."""
    options = TrailsOptions(frames=3, color="0000ff", strength=0.8)
    made = filters.trails(frame(3), options, after(2, 1, 0))
    assert line(made) == [0.2, 0.4, 0.6, 1.0, 0.0, 0.0]
    # The oldest is nearly of the trails' colour.
    assert made.pixels[0, 0, 2] > 3 * made.pixels[0, 0, 0] > 0


def test_trails_of_cut_outs_cover_what_they_light() -> None:
    """What is clear is covered where a trail lights it."""
    made = filters.trails(frame(1, 4), TrailsOptions(frames=1, strength=0.5), after(0, channels=4))
    assert made.pixels[0, 0, 3] == pytest.approx(0.25)
    assert made.pixels[0, 0, :3].max() == pytest.approx(1)


def test_a_long_exposure_is_the_mean() -> None:
    """Each place has the mean of what was there."""
    made = filters.long_exposure(frame(3), ExposureOptions(frames=3), after(2, 1, 0))
    assert line(made) == [0.25, 0.25, 0.25, 0.25, 0, 0]


def test_a_slit_scan_shows_the_past_at_the_far_edge() -> None:
    """One edge shows now, the other the oldest frame."""
    made = filters.slit_scan(frame(3), SlitScanOptions(frames=3), after(2, 1, 0))
    assert [int(np.argmax(line(made, row))) for row in range(4)] == [3, 2, 1, 0]
    turned = filters.slit_scan(frame(3), SlitScanOptions(frames=3, later="bottom"), after(2, 1, 0))
    assert [int(np.argmax(line(turned, row))) for row in range(4)] == [0, 1, 2, 3]


def test_a_slit_scan_begins_with_what_there_is() -> None:
    """Where a film begins, the oldest frame there is stands for older ones."""
    made = filters.slit_scan(frame(1), SlitScanOptions(frames=3), after(0))
    assert [int(np.argmax(line(made, row))) for row in range(4)] == [1, 0, 0, 0]


def test_still_pictures_stay() -> None:
    """Without frames before nothing changes."""
    made = (
        filters.trails(frame(2), TrailsOptions(), after()),
        filters.long_exposure(frame(2), ExposureOptions(), after()),
        filters.slit_scan(frame(2), SlitScanOptions(), after()),
    )
    for still in made:
        np.testing.assert_array_equal(still.pixels, frame(2).pixels)
