"""Tells whether a file is whole: it opens, and holds what its ending says, to the end."""

import ast
import hashlib
import json
import tomllib
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import load_file

from artgan.palettes.read import read_palette
from artgan.pictures.moving import read_frames

GROWING = ("metrics.jsonl", "editions.jsonl")
"""Files that grow line by line: their readers leave out a last line without an end."""


def fault_of(path: Path) -> str:
    """Return why a file is not whole, or ""."""
    check = CHECKS.get(path.suffix.lower(), _check_text)
    try:
        check(path)
    # Whatever a decoder raises at half a file.
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _check_picture(path: Path) -> None:
    with Image.open(path) as picture:
        for frame in range(getattr(picture, "n_frames", 1)):
            picture.seek(frame)
            picture.load()


def _check_video(path: Path) -> None:
    if not any(True for _ in read_frames(path)):
        raise ValueError("it has no frames")


def _check_lines(path: Path) -> None:
    lines = path.read_text("utf-8").split("\n")
    if lines[-1] and path.name not in GROWING:
        raise ValueError("its last line has no end")
    for line in lines[:-1]:
        json.loads(line)


def _check_tensors(path: Path) -> None:
    load_file(path)
    side = path.with_suffix(".json")
    if side.exists():
        told = json.loads(side.read_text())["sha256"]
        if told != hashlib.sha256(path.read_bytes()).hexdigest():
            raise ValueError("its SHA-256 is not the one beside it")


def _check_page(path: Path) -> None:
    if not path.read_text("utf-8").rstrip().endswith("</html>"):
        raise ValueError("it does not end with </html>")


def _check_pdf(path: Path) -> None:
    data = path.read_bytes()
    start = int(data.rpartition(b"startxref")[2].split()[0])
    if not data.rstrip().endswith(b"%%EOF") or data[start : start + 4] != b"xref":
        raise ValueError("its table is not where it says")


def _check_onnx(path: Path) -> None:
    import onnx

    onnx.checker.check_model(onnx.load(path))


def _check_text(path: Path) -> None:
    path.read_text("utf-8")


CHECKS: dict[str, Callable[[Path], object]] = {
    **dict.fromkeys((".png", ".apng", ".gif", ".webp", ".jpg", ".tif", ".tiff"), _check_picture),
    ".mp4": _check_video,
    ".json": lambda path: json.loads(path.read_text("utf-8")),
    ".jsonl": _check_lines,
    ".toml": lambda path: tomllib.loads(path.read_text("utf-8")),
    ".safetensors": _check_tensors,
    ".npy": lambda path: np.load(path, allow_pickle=False),
    ".svg": ElementTree.parse,
    ".html": _check_page,
    ".pdf": _check_pdf,
    ".onnx": _check_onnx,
    ".py": lambda path: ast.parse(path.read_text("utf-8")),
    **dict.fromkeys((".gpl", ".hex", ".ase"), read_palette),
}
