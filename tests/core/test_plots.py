"""Plots of a training that blew up are drawn all the same."""

from pathlib import Path

import pytest
from PIL import Image

from artgan.sheets.plots import plot_losses


@pytest.mark.parametrize("value", [1e308, float("inf"), float("nan"), -1e308])
def test_losses_of_any_size_are_drawn(value: float) -> None:
    usual = {"discriminator_loss": 0.5, "generator_loss": -1e308}
    lines = [{"step": 1, **usual}, {"step": 2, **usual, "generator_loss": value}]
    plot_losses(lines, Path("losses.png"))
    with Image.open("losses.png") as drawn:
        assert len(drawn.convert("RGB").getcolors(10**6) or ()) > 3
