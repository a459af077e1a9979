"""Cells of matrices and look books: their size, their colours, and pictures fitted into them."""

from PIL import Image

CELL, GAP, LABEL = 320, 12, 26

DARK, LIGHT = (14, 14, 18), (214, 214, 220)


def fitted(image: Image.Image, side: int) -> Image.Image:
    """Fit a picture into a square; small ones are enlarged by a whole factor."""
    if "A" in image.getbands():
        flat = Image.new("RGBA", image.size, (*DARK, 255))
        flat.alpha_composite(image.convert("RGBA"))
        image = flat
    image = image.convert("RGB")
    longer = max(image.size)
    scale = side // longer if longer < side else side / longer
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = longer < side
    return image.resize(size, Image.Resampling.NEAREST if small else Image.Resampling.LANCZOS)
