"""Make the pictures of the README: ``python docs/make_images.py runs/dcgan-001 [runs/dcgan-002]``.

The first run is that of the README's command, the second one that of
``artgan run --dataset gervais``, without which the sheet of creatures stays as it is.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import artgan
from artgan.core.images import enlarge, grid, to_pil

IMAGES = Path(__file__).parent / "images"
STYLES = (
    "neon",
    "ember",
    "stained-glass",
    "gameboy",
    "topographic",
    "woodcut",
    "poster",
    "blueprint",
)
SEEDS = (8, 11, 6, 2)
CELL, GAP, LABEL = 220, 6, 26
CREATURES, COLUMNS = 60, 12


def neon_sheet(run: Path) -> None:
    """Copy the sheet that the README's command made."""
    with Image.open(run / "contact-sheet.png") as sheet:
        sheet.resize((800, 800), Image.Resampling.LANCZOS).save(IMAGES / "neon.png")


def style_sheet(run: Path) -> None:
    """Lay out some styles on the same samples, a row each."""
    trained = artgan.load_run(run)
    columns, rows = 2 * len(SEEDS), len(STYLES) // 2
    size = (columns * (CELL + GAP) + GAP, rows * (CELL + GAP + LABEL) + GAP)
    sheet = Image.new("RGB", size, (16, 16, 20))
    draw = ImageDraw.Draw(sheet)
    for index, style in enumerate(STYLES):
        left = GAP + (index % 2) * len(SEEDS) * (CELL + GAP)
        top = GAP + (index // 2) * (CELL + GAP + LABEL)
        draw.text((left, top + CELL + 4), style, fill=(220, 218, 210), font_size=18)
        for place, picture in enumerate(trained.sample(SEEDS, style=style)):
            small = picture.convert("RGB").resize((CELL, CELL), Image.Resampling.LANCZOS)
            sheet.paste(small, (left + place * (CELL + GAP), top))
    sheet.save(IMAGES / "styles.png")


def creature_sheet(run: Path) -> None:
    """Lay out the first samples of a run, none left out, three times as large."""
    made = artgan.load_run(run).sample(range(CREATURES))
    large = [enlarge(np.asarray(picture.convert("RGB")), 3 * picture.width) for picture in made]
    to_pil(grid(large, columns=COLUMNS)).save(IMAGES / "creatures.png", optimize=True)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    neon_sheet(Path(sys.argv[1]))
    style_sheet(Path(sys.argv[1]))
    for run in sys.argv[2:]:
        creature_sheet(Path(run))
