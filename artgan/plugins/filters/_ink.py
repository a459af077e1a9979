"""Ink on paper: the tone that a picture asks for, and two colours laid by cover."""

import math

import numpy as np

from artgan.plugin.color import light_lightness, lightness, to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._inks import covers, ink_light


def tone(picture: Picture) -> FloatArray:
    """Give the lightness (H, W) in [0, 1]; clear parts are as light as paper."""
    measure = lightness if picture.space == "srgb" else light_lightness
    light = measure(picture.color)
    return light if picture.alpha is None else 1 + (light - 1) * picture.alpha[:, :, 0]


def light_on_paper(picture: Picture) -> FloatArray:
    """Give linear light (H, W, 3) of a linear picture; clear parts are white."""
    light = to_rgb(picture.color)
    return light if picture.alpha is None else 1 + (light - 1) * picture.alpha


def ink_covers(picture: Picture, inks: tuple[str, ...]) -> FloatArray:
    """Give how much of each ink (H, W, K) a linear picture asks for."""
    light = light_on_paper(picture)
    found = covers(light.reshape(-1, 3), [ink_light(ink) for ink in inks])
    return found.reshape(*light.shape[:2], len(inks))


def lay_ink(picture: Picture, cover: FloatArray, ink: str, paper: str) -> Picture:
    """Give paper with ink on it, in linear light; ``cover`` (H, W) is in [0, 1]."""
    ground, color = ink_light(paper), ink_light(ink)
    light = ground + (color - ground) * cover[:, :, None]
    return picture.replace(color=light.astype(np.float32), space="linear")


def lay_inks(picture: Picture, cover: FloatArray, inks: tuple[str, ...], paper: str) -> Picture:
    """Give paper seen through several inks; ``cover`` (H, W, K) is in [0, 1]."""
    light = np.broadcast_to(ink_light(paper), (*cover.shape[:2], 3)).copy()
    for number, ink in enumerate(inks):
        light *= 1 - cover[:, :, number : number + 1] * (1 - ink_light(ink))
    return picture.replace(color=light.astype(np.float32), space="linear")


def turns(picture: Picture, lines: float, angle: float) -> FloatArray:
    """Count lines across each pixel (H, W), which run at an angle in degrees.

    On a picture that wraps, the count is moved to the nearest one that fits whole lines, so that
    the lines meet at its borders.
    """
    step = lines / picture.shorter_side
    across = -step * math.sin(math.radians(angle)) * picture.width
    down = step * math.cos(math.radians(angle)) * picture.height
    if any(picture.wraps):
        across, down = float(round(across)), float(round(down))
        down = down if across or down else 1.0
    rows = (np.arange(picture.height) + 0.5) / picture.height * down
    columns = (np.arange(picture.width) + 0.5) / picture.width * across
    return (rows[:, None] + columns[None, :]).astype(np.float32)


def ridge(turned: FloatArray) -> FloatArray:
    """Give 0 in the middle of each line and 1 halfway to the next."""
    wave: FloatArray = np.abs(2 * (turned - np.floor(turned)) - 1)
    return 1 - wave
