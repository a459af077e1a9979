"""Reads the TIFF files that Pillow does not: half and double floats, wide colour, signed colour.

They need the package tifffile, the extra ``artgan[tiff]``.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, UnidentifiedImageError

from artgan.errors import DataError, MissingExtraError

BEGINS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""First bytes of TIFF and BigTIFF in both byte orders."""

WHITE_IS_0, BLACK_IS_0, RGB = 0, 1, 2
"""TIFF 6.0, tag 262, PhotometricInterpretation."""

UNSIGNED, SIGNED, FLOAT = 1, 2, 3
"""TIFF 6.0, tag 339, SampleFormat."""

CLEAR_KINDS = (1, 2)
"""TIFF 6.0, tag 338, ExtraSamples: alpha multiplied in, and straight alpha."""

FLOATS_ASSUMED = "floats are taken as 0 for black to 1 for white, which the file does not say"


def level_of(values: NDArray[Any], kind: int, bits: int) -> NDArray[np.float32]:
    """Bring samples to [0, 1] by the range that their type can hold.

    Args:
        values: Samples as stored.
        kind: ``UNSIGNED``, ``SIGNED`` (the lowest is black) or ``FLOAT`` (0 to 1).
        bits: Bits of a sample.
    """
    if kind == FLOAT:
        return np.clip(np.nan_to_num(values.astype(np.float32)), 0, 1)
    low = -(2.0 ** (bits - 1)) if kind == SIGNED else 0.0
    levels = (values.astype(np.float64) - low) / (2.0**bits - 1)
    return np.clip(levels, 0, 1).astype(np.float32)


class DeepTiff(ImageFile.ImageFile):
    """A TIFF file read by tifffile: grey as mode F from 0 to 1, colour as RGB or RGBA."""

    format = "TIFF"
    format_description = "TIFF read by tifffile"

    def _open(self) -> None:
        try:
            from tifffile import TiffFile, TiffFileError
        except ImportError as error:
            raise MissingExtraError(
                "it is a TIFF of a kind that needs tifffile: pip install 'artgan[tiff]'"
            ) from error
        try:
            self._pages: Any = list(TiffFile(self.fp).pages)
            self.n_frames = len(self._pages)
            self.seek(0)
        except (TiffFileError, IndexError, ValueError) as error:
            raise UnidentifiedImageError(str(error)) from error

    def seek(self, frame: int) -> None:
        """Turn to a page; its pixels are decoded when they are asked for."""
        if not 0 <= frame < self.n_frames:
            raise EOFError(f"there is no page {frame + 1}")
        page = self._page = self._pages[frame]
        if page.photometric not in (WHITE_IS_0, BLACK_IS_0, RGB):
            raise DataError(f"it is a TIFF in {page.photometric.name}; save it as RGB")
        self._size = page.imagewidth, page.imagelength
        alpha = page.photometric == RGB and page.extrasamples[:1] in [(k,) for k in CLEAR_KINDS]
        self._mode = "RGBA" if alpha else "RGB" if page.photometric == RGB else "F"
        self._im = None
        if profile := page.tags.get(34675):
            self.info["icc_profile"] = profile.value
        if turned := page.tags.get(274):
            self.getexif()[274] = int(turned.value)
        # Pillow's own loader shall not read anything.
        self.tile = []

    def load(self) -> Any:
        """Decode the pixels, once."""
        if self._im is None:
            levels = self.levels()
            pixels = levels[:, :, 0] if self.mode == "F" else (levels * 255 + 0.5).astype(np.uint8)
            self.im = Image.fromarray(pixels).im
        return Image.Image.load(self)

    def levels(self) -> NDArray[np.float32]:
        """Decode the pixels as stored: levels (H, W, C) in [0, 1], with straight alpha."""
        page, channels = self._page, len(self.getbands())
        try:
            samples = page.asarray()
        # Whatever a codec raises on damaged bytes, or one that is not installed.
        except Exception as error:
            raise OSError(f"its TIFF form is not read: {error}") from error
        if page.axes.startswith("S"):
            samples = np.moveaxis(samples, 0, -1)
        samples = samples.reshape(self.height, self.width, -1)[:, :, :channels]
        levels = level_of(samples, int(page.sampleformat), int(page.bitspersample))
        if page.photometric == WHITE_IS_0:
            levels = 1 - levels
        if channels == 4 and page.extrasamples[0] == CLEAR_KINDS[0]:
            levels[:, :, :3] /= np.maximum(levels[:, :, 3:], 1e-6)
        return np.clip(levels, 0, 1)

    @property
    def assumed(self) -> str:
        """What had to be assumed about the range of the samples, or ""."""
        return FLOATS_ASSUMED if self._page.sampleformat == FLOAT else ""
