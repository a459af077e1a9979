"""Writes PSD: layers that Photoshop, Affinity, Photopea, Krita and GIMP open; by psd-tools."""

import io
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from artgan.base.paths import replacing
from artgan.errors import MissingExtraError, RunError
from artgan.layering.compose import compose
from artgan.layering.openraster import as_image
from artgan.layering.stack import MadeLayer
from artgan.pictures.marks import Metadata
from artgan.pictures.xmp import xmp_packet

MODES: Mapping[str, str] = {
    "normal": "NORMAL",
    "multiply": "MULTIPLY",
    "screen": "SCREEN",
    "add": "LINEAR_DODGE",
    "lighten": "LIGHTEN",
    "darken": "DARKEN",
    "overlay": "OVERLAY",
    "soft-light": "SOFT_LIGHT",
}
"""Blend mode -> its name in psd-tools; Photoshop calls "add" linear dodge."""

MOST = 30_000
"""Pixels along the longer side that the format holds."""


def write_photoshop(
    layers: Sequence[MadeLayer], path: Path, about: Metadata, *, overwrite: bool = False
) -> None:
    """Write layers, the lowest first, whole or not at all, with record and mark as XMP.

    Raises:
        MissingExtraError: psd-tools is not installed.
        RunError: A side has more than 30,000 pixels, or a different file is there and
            ``overwrite`` is off.
    """
    try:
        from psd_tools import PSDImage
        from psd_tools.constants import BlendMode, Resource
        from psd_tools.psd.image_resources import ImageResource
    except ImportError as error:
        raise MissingExtraError(
            f"'{path}' needs the package psd-tools: pip install 'artgan[psd]'; an .ora file needs "
            "nothing more"
        ) from error
    height, width = layers[0].pixels.shape[:2]
    if max(height, width) > MOST:
        raise RunError(
            f"'{path}' would have {width}x{height} pixels; PSD holds at most {MOST} a side; choose "
            "a smaller --size, or .ora"
        )
    file = PSDImage.frompil(as_image(compose(layers)))
    for made in layers:
        layer = file.create_pixel_layer(
            as_image(made.pixels),
            opacity=round(255 * made.layer.opacity),
            blend_mode=BlendMode[MODES[made.layer.blend]],
        )
        # The old field for names holds Roman letters alone; this sets the new one, too.
        layer.name = made.layer.title
    packet = xmp_packet(about)
    if packet is not None:
        key = Resource.XMP_METADATA
        file.image_resources[key] = ImageResource(key=key.value, data=packet)
    written = io.BytesIO()
    # It says that it leaves the merged picture as it is, unless it can compute it anew.
    logging.getLogger("psd_tools").setLevel(logging.ERROR)
    file.save(written)
    with replacing(path, keep=not overwrite) as temporary:
        temporary.write_bytes(written.getvalue())
