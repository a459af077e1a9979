"""Ink on paper: how much ink a picture needs, and how inks look on paper."""

import math

import numpy as np

from artgan.plugin.color import light_lightness, lightness, to_rgb
from artgan.plugin.inks import covers, ink_light
from artgan.plugin.picture import FloatArray, Picture


def tone(picture: Picture) -> FloatArray:
    """Compute the lightness (H, W) in [0, 1]; clear parts have 1, as paper has."""
    measure = lightness if picture.space == "srgb" else light_lightness
    light = measure(picture.color)
    return light if picture.alpha is None else 1 + (light - 1) * picture.alpha[:, :, 0]


def light_on_paper(picture: Picture) -> FloatArray:
    """Compute the light (H, W, 3) of a linear picture on white paper."""
    light = to_rgb(picture.color)
    return light if picture.alpha is None else 1 + (light - 1) * picture.alpha


def ink_covers(picture: Picture, inks: tuple[str, ...]) -> FloatArray:
    """Compute how much of each ink (H, W, K), in [0, 1], a linear picture needs."""
    light = light_on_paper(picture)
    found = covers(light.reshape(-1, 3), [ink_light(ink) for ink in inks])
    return found.reshape(*light.shape[:2], len(inks))


def lay_ink(picture: Picture, cover: FloatArray, ink: str, paper: str) -> Picture:
    """Print one ink on paper, in linear light; ``cover`` (H, W) is in [0, 1]."""
    ground, color = ink_light(paper), ink_light(ink)
    light = ground + (color - ground) * cover[:, :, None]
    return picture.replace(color=light.astype(np.float32), space="linear")


def lay_inks(picture: Picture, cover: FloatArray, inks: tuple[str, ...], paper: str) -> Picture:
    """Print several see-through inks on paper; ``cover`` (H, W, K) is in [0, 1]."""
    light = np.broadcast_to(ink_light(paper), (*cover.shape[:2], 3)).copy()
    for number, ink in enumerate(inks):
        light *= 1 - cover[:, :, number : number + 1] * (1 - ink_light(ink))
    return picture.replace(color=light.astype(np.float32), space="linear")


def turns(picture: Picture, lines: float, angle: float) -> FloatArray:
    """Number the lines (H, W) of a hatching with fractions: a line runs where the number is whole.

    There are ``lines`` across the shorter side, at an angle in degrees. On a picture that wraps,
    the number of lines is rounded, so that they meet at its borders.
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


def wave(turned: FloatArray) -> FloatArray:
    """Compute a triangle wave: 1 at whole numbers, 0 halfway between."""
    height: FloatArray = np.abs(2 * (turned - np.floor(turned)) - 1)
    return height
