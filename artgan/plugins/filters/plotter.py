"""Pen plotting: strokes of one width, a pen for each ink."""

import numpy as np

from artgan.plugin import FilterContext
from artgan.plugin.picture import Picture
from artgan.plugins.filters import HalftoneOptions
from artgan.plugins.filters._declared_drawn import PlotterOptions
from artgan.plugins.filters._draw import draw_strokes
from artgan.plugins.filters._ink import ink_covers, lay_inks
from artgan.plugins.filters._strokes import Hand, Stroke, hatch, spiral, waves


def apply(picture: Picture, options: PlotterOptions, context: FilterContext) -> Picture:
    """Render what the pens will draw; ``picture`` is linear."""
    pen = options.pen * picture.shorter_side
    drawn = [
        draw_strokes(strokes, pen, picture.height, picture.width)
        for strokes in plot(picture, options)
    ]
    return lay_inks(picture, np.stack(drawn, axis=2), options.inks, options.paper)


def plot(picture: Picture, options: PlotterOptions) -> list[list[Stroke]]:
    """Compute the strokes of each pen for a picture (linear)."""
    # A pen cannot reach all tones; those that it has are spread evenly over lightness.
    cover = 1 - np.cbrt(1 - ink_covers(picture, options.inks))
    step = picture.shorter_side / options.lines
    hand = Hand(quicken=options.quicken, lift=options.lift)
    plates = []
    for number in range(len(options.inks)):
        plate = cover[:, :, number]
        angle = options.angle
        if len(options.inks) > 1:
            turns = HalftoneOptions().angles
            angle += turns[number % len(turns)] - 45
        if options.pattern == "hatch":
            plates.append(hatch(plate, step, angle, options.layers))
        elif options.pattern == "waves":
            plates.append(waves(plate, step, angle, hand))
        else:
            plates.append(spiral(plate, step, hand))
    return plates
