"""Records: how a picture was made, as plain values, and the lines that viewers show of them."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.base.terminal import as_utf8
from artgan.version import __version__, versions

KEYWORD = "artgan"
"""Keyword of a record in the text of a PNG."""

Record = Mapping[str, Any]


def record_text(record: Record, indent: int | None = None) -> str:
    """Write a record as JSON in which letters beyond ASCII stay as they are.

    What stands for the odd bytes of file names that are not UTF-8 is escaped, so that the text can
    be written as UTF-8 and read back.
    """
    return as_utf8(json.dumps(record, ensure_ascii=False, sort_keys=True, indent=indent))


def record_hash(record: Record) -> str:
    """Compute the SHA-256 of a record in hexadecimal."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def pixel_hash(pixels: NDArray[np.uint8] | NDArray[np.float32]) -> str:
    """Compute the SHA-256 of pixels (H, W, C) and their shape, in hexadecimal."""
    shape = "x".join(str(side) for side in pixels.shape)
    digest = hashlib.sha256(shape.encode() + b"\n")
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def wraps_of(record: Record | None) -> tuple[bool, bool]:
    """Return whether a recorded picture tiles: across, down."""
    style = record.get("style") if record else None
    # A style may end the tiling.
    last = style if isinstance(style, Mapping) and style.get("steps") else record or {}
    wraps = last.get("wraps")
    if not isinstance(wraps, list) or len(wraps) != 2:
        return False, False
    return wraps[0] is True, wraps[1] is True


def applied_record(
    style: Record,
    seed: int,
    pixels: NDArray[np.float32],
    *,
    source: str | None = None,
    made_by: Record | None = None,
    told: Record | None = None,
) -> dict[str, Any]:
    """Build the record of a picture that a style was applied to.

    Args:
        style: Record of ``apply_style``.
        seed: Seed of everything random in the style.
        pixels: The picture before the style, (H, W, C).
        source: Name of its file.
        made_by: The record in that file.
        told: What else the file says of how it came about, from ``told_by``.
    """
    about = source_record(pixels, source=source, made_by=made_by, told=told)
    return {**about, "seed": seed, "style": dict(style)}


def source_record(
    pixels: NDArray[np.float32],
    *,
    source: str | None = None,
    made_by: Record | None = None,
    told: Record | None = None,
) -> dict[str, Any]:
    """Build the part of a record that describes the picture something was made from.

    Args:
        pixels: The picture, (H, W, C).
        source: Name of its file.
        made_by: The record in that file.
        told: What else the file says of how it came about, from ``told_by``.
    """
    return {
        "format": 1,
        **versions(),
        **({"source": source} if source else {}),
        "source_sha256": pixel_hash(pixels),
        **({"source_record": dict(made_by)} if made_by else told or {}),
        "size": [pixels.shape[1], pixels.shape[0]],
    }


def title_of(record: Record) -> str:
    """Return the title that the record has, or else the run or the source, seed and style."""
    own, series = record.get("title"), record.get("series")
    if own:
        number = series.get("number") if isinstance(series, Mapping) else None
        return f"{own} #{number}" if number else str(own)
    style = record.get("style")
    named = style.get("name") if isinstance(style, Mapping) else style
    seed = f"seed {record['seed']}" if "seed" in record else None
    parts = (record.get("run") or record.get("source"), seed, named)
    return ", ".join(str(part) for part in parts if part) or "artgan"


def parameters_line(record: Record, size: tuple[int, int]) -> str:
    """Write a record as the text that picture viewers show as "parameters".

    Args:
        record: How the picture was made.
        size: Width and height in pixels.
    """
    style = record.get("style", {})
    title = style.get("name", "artgan") if isinstance(style, Mapping) else str(style)
    wraps = record.get("wraps")
    facts = {
        "Steps": record.get("step"),
        "Seed": record.get("seed"),
        "Size": f"{size[0]}x{size[1]}",
        "Model": record.get("run"),
        "Model hash": str(record.get("weights_sha256", ""))[:10] or None,
        "Tiling": True if isinstance(wraps, list) and wraps and all(wraps) else None,
        "Version": f"artgan {record.get('artgan', __version__)}",
    }
    listed = ", ".join(f"{k}: {v}" for k, v in facts.items() if v is not None)
    return as_utf8(f"{title}\n{listed}")


def year_of(record: Record) -> str:
    """Return the year that a picture was made in, "" where the record has none."""
    return str(record.get("year", ""))


def rights_of(record: Record) -> tuple[str, str]:
    """Return the artist and the licence of a picture, "" where the record has none."""
    return str(record.get("artist", "")), str(record.get("licence", ""))
