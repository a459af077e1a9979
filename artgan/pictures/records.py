"""What made a picture, inside its file: PNG text, XMP and EXIF, written and read back.

XMP: ISO 16684-1. A PNG carries its packet as iTXt ``XML:com.adobe.xmp``, a JPEG in APP1, a WebP in
the chunk "XMP ", a TIFF in tag 700. The packet is read without an XML parser: it may come from
anyone, and one property is all that is looked for, so that no entity is ever expanded.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan.base.versions import versions
from artgan.version import __version__


def record_hash(record: Mapping[str, Any]) -> str:
    """Give the SHA-256 of a record in hexadecimal."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


KEYWORD = "artgan"

XMP_KEYWORD = "XML:com.adobe.xmp"

Record = Mapping[str, Any]


def pixel_hash(pixels: NDArray[np.uint8] | NDArray[np.float32]) -> str:
    """Give the SHA-256 of pixels (H, W, C), shape included, in hexadecimal."""
    shape = "x".join(str(side) for side in pixels.shape)
    return hashlib.sha256(shape.encode() + b"\n" + np.ascontiguousarray(pixels).data).hexdigest()


def wraps_of(record: Record | None) -> tuple[bool, bool]:
    """Tell whether a recorded picture repeats without a seam: across, down."""
    style = record.get("style") if record else None
    told = style if isinstance(style, Mapping) and style.get("steps") else record or {}
    wraps = told.get("wraps")
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
) -> dict[str, Any]:
    """Give the record of a style that was applied to a picture.

    Args:
        style: What ``apply_style`` recorded.
        seed: Key of what was random.
        pixels: The picture as the style saw it, (H, W, C).
        source: Name of its file.
        made_by: The record that the picture itself carries.
    """
    about = source_record(pixels, source=source, made_by=made_by)
    return {**about, "seed": seed, "style": dict(style)}


def source_record(
    pixels: NDArray[np.float32], *, source: str | None = None, made_by: Record | None = None
) -> dict[str, Any]:
    """Give what a record tells of the picture that something was made from.

    Args:
        pixels: The picture, (H, W, C).
        source: Name of its file.
        made_by: The record that the picture itself carries.
    """
    return {
        "format": 1,
        **versions(),
        **({"source": source} if source else {}),
        "source_sha256": pixel_hash(pixels),
        **({"source_record": dict(made_by)} if made_by else {}),
        "size": [pixels.shape[1], pixels.shape[0]],
    }


def title_of(record: Record) -> str:
    """Give a short title: the run or the source, the seed, and the style."""
    style = record.get("style")
    named = style.get("name") if isinstance(style, Mapping) else style
    seed = f"seed {record['seed']}" if "seed" in record else None
    parts = (record.get("run") or record.get("source"), seed, named)
    return ", ".join(str(part) for part in parts if part) or "artgan"


def readable(record: Record, size: tuple[int, int]) -> str:
    """Give a record as the one line that picture viewers show as "parameters"."""
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
    return f"{title}\n" + ", ".join(f"{k}: {v}" for k, v in facts.items() if v is not None)


def rights_of(record: Record) -> tuple[str, str]:
    """Give who made a picture and its licence, or "" where nobody said so."""
    return str(record.get("artist", "")), str(record.get("licence", ""))
