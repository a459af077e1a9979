"""Tests of what the contract kit cannot know: how pictures look, what is written."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from click.testing import CliRunner

from artgan_nocturne import (
    RipplesOptions,
    StarsOptions,
    artgan_run_finished,
    artgan_step_finished,
)
from artgan_nocturne.chart import draw_chart, star_chart
from artgan_nocturne.filters import ripples, stars


def context(seed: int) -> FilterContext:
    """Build the context of a filter."""
    return FilterContext(rng=np.random.default_rng(seed), seed=seed)


def black(side: int) -> Picture:
    """Build a black picture."""
    return Picture(np.zeros((side, side, 3), np.float32))


@pytest.mark.parametrize("side", [32, 200])
def test_stars_only_add_light_and_differ_by_seed(side: int) -> None:
    """Draw two skies of one size."""
    first, second = (stars(black(side), StarsOptions(), context(seed)) for seed in (1, 2))
    assert first.pixels.max() > 0.3
    assert np.median(first.pixels) < 0.05
    assert not np.array_equal(first.pixels, second.pixels)


def test_no_stars_is_the_picture_itself() -> None:
    """Draw no stars."""
    assert stars(black(8), StarsOptions(count=0), context(0)).pixels.max() == 0


def test_ripples_move_pixels_and_keep_each_row_s_colours() -> None:
    """Sort the rows before and after: they hold the same pixels."""
    pixels = np.random.default_rng(0).random((24, 24, 1), np.float32)
    moved = ripples(Picture(pixels), RipplesOptions(amount=0.3), context(0)).pixels
    assert not np.array_equal(moved, pixels)
    assert np.array_equal(np.sort(moved, axis=1), np.sort(pixels, axis=1))


def test_diary_notes_every_hundredth_step(tmp_path: Path) -> None:
    """Call the observers as a run does."""
    for step in (99, 100, 101):
        report = SimpleNamespace(step=step, real_logits=1.5, fake_logits=0.25)
        artgan_step_finished(report, tmp_path)
    artgan_run_finished(tmp_path, "finished")
    lines = (tmp_path / "diary.txt").read_text().splitlines()
    assert lines == ["Step 100: real pictures lead by 1.25.", "Morning: finished."]


def test_chart_is_a_sky_for_each_seed() -> None:
    """Run the command, and draw another seed."""
    shown = CliRunner().invoke(star_chart, ["--seed", "3"])
    assert shown.exit_code == 0
    assert shown.output.count("\n") == 16
    assert "*" in shown.output
    assert draw_chart(4, 60, 16) != shown.output.rstrip("\n")
