"""Toy sets of pictures for the tests of shards."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artgan.core.data import ImageTable
from artgan.datasets.find import choose_dataset, open_dataset
from artgan.plugin_manager.load import default_registry
from artgan.shards.pack import Packing, pack


def draw_folder(folder: Path, count: int = 24, side: int = 20) -> Path:
    """Write pictures into two subfolders; the middle pixel of each tells its number."""
    rng = np.random.default_rng(0)
    for number in range(count):
        pixels = rng.integers(0, 256, (side, side, 3), dtype=np.uint8)
        path = folder / ("a", "b")[number % 2] / f"{number:04}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    return folder


class Numbered:
    """Pictures of 4 x 4 pixels that tell their number, made when asked for."""

    class_names = ("even", "odd")

    def __init__(self, count: int, side: int = 4) -> None:
        self.count, self.side = count, side

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Any:
        if not 0 <= index < self.count:
            raise IndexError(index)
        return number_picture(index, self.side), index % 2


def number_picture(number: int, side: int = 4) -> np.ndarray:
    pixels = np.zeros((side, side, 3), np.uint8)
    pixels[:] = number // 65536 % 256, number // 256 % 256, number % 256
    pixels[0, 0] = 255 - pixels[0, 0]
    return pixels


def numbers_of(images: np.ndarray) -> list[int]:
    """Read the numbers that pictures (N, H, W, 3) tell."""
    return [int(p[0]) * 65536 + int(p[1]) * 256 + int(p[2]) for p in images[:, -1, -1]]


def packed(folder: Path, count: int = 60, per_shard: int = 8, **more: Any) -> Path:
    """Pack numbered pictures, and return the folder."""
    pack(Numbered(count), folder, Packing(per_shard=per_shard, **more))
    return folder


def opened(where: Path | str, report: Any = lambda _: None, **options: Any) -> ImageTable:
    """Open shards as a run does."""
    chosen = choose_dataset(default_registry(), str(where), options=options)
    return open_dataset(*chosen, None, report)
