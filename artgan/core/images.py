"""Converts image tensors to 8-bit pixels, and lays pixels out in grids."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from artgan.base.premultiply import straighten

Pixels = NDArray[np.uint8]


def to_pixels(images: torch.Tensor, premultiplied: bool = False) -> Pixels:
    """Turn images (N, C, H, W) in [-1, 1] into uint8 pixels (N, H, W, C), rounded.

    Alpha of pixels is straight; what is clear after rounding has no colour then.
    """
    images = images.detach().float()
    images = straighten(images) if premultiplied else images
    scaled = images.clamp(-1, 1).add(1).mul(127.5).round()
    pixels = scaled.to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return np.where(pixels[..., 3:] > 0, pixels, np.uint8(0)) if premultiplied else pixels


def pixels_by(generator: torch.nn.Module, images: torch.Tensor) -> Pixels:
    """Turn images (N, C, H, W) that a generator made into pixels, as ``to_pixels`` does."""
    return to_pixels(images, bool(getattr(generator, "premultiplied", False)))


def to_pil(pixels: Pixels) -> Image.Image:
    """Turn pixels (H, W, C) into a PIL picture: L, RGB or RGBA."""
    return Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)


def grid(pixels: Sequence[Pixels] | Pixels, columns: int = 0, gap: int = 0) -> Pixels:
    """Lay pictures (H, W, C) out in rows, ``gap`` black pixels apart; 0 columns choose a square."""
    count = len(pixels)
    columns = columns or int(np.ceil(np.sqrt(count)))
    height, width, channels = pixels[0].shape
    rows = -(-count // columns)
    sheet = np.zeros(
        (rows * (height + gap) - gap, columns * (width + gap) - gap, channels), np.uint8
    )
    for index, picture in enumerate(pixels):
        row, column = divmod(index, columns)
        top, left = row * (height + gap), column * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def enlarge(pixels: Pixels, shorter_side: int) -> Pixels:
    """Repeat pixels by a whole factor until the shorter side is about ``shorter_side``."""
    factor = max(1, round(shorter_side / min(pixels.shape[:2])))
    return pixels.repeat(factor, axis=0).repeat(factor, axis=1)
