"""Reads safetensors files, whatever their names are."""

from pathlib import Path

from safetensors.torch import load, load_file, save_file
from torch import Tensor

from artgan.base.terminal import is_utf8

__all__ = ["load_tensors", "save_file"]


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Read all tensors of a safetensors file.

    Raises:
        SafetensorError: It is damaged.
        OSError: It is missing, or cannot be read.
    """
    # The library takes names in UTF-8 alone; a Latin-1 folder above is enough to be none.
    if is_utf8(str(path)):
        return load_file(path)
    return load(path.read_bytes())
