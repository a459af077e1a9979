"""Make the gallery of styles from a run on digits: ``python docs/make_gallery.py runs/dcgan-001``.

Names of styles behind it make the pictures of those alone.

Each style is shown on a sample of the run, on a creature of the dataset ``gervais`` and on a
photograph, ``docs/images/photo.jpg``.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

import artgan
from artgan.plugin_manager.load import load_registry

DOCS = Path(__file__).parent
CELL, GAP = 264, 6
SEED, CREATURE = 8, 1220
COLUMNS = 2
INTRODUCTION = """# The styles that ship

Made by `artgan run` and `python docs/make_gallery.py runs/dcgan-001`; not edited by hand. Each
style on a sample of a GAN that learnt digits, on a creature by David E. Gervais (CC BY 3.0), and on
a photograph: Chelsea, by Stéfan van der Walt (CC0). Try all of them on a picture of your own:

    artgan style preview photo.jpg

and make [one that is yours](styles.md).
"""


def names() -> list[tuple[str, str]]:
    """List the built-in styles with their summaries."""
    entries = load_registry(packages=False).entries("style")
    return [(e.declaration.name, e.declaration.summary) for e in entries]


def row(pictures: list[Image.Image], style: str) -> Image.Image:
    """Lay out the same style on several pictures."""
    width = len(pictures) * (CELL + GAP) - GAP
    sheet = Image.new("RGB", (width, CELL), (16, 16, 20))
    for place, picture in enumerate(pictures):
        styled = artgan.apply(picture, style).convert("RGB")
        styled.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
        if max(styled.size) < CELL:
            factor = CELL // max(styled.size)
            styled = styled.resize((styled.width * factor, styled.height * factor), 0)
        left = place * (CELL + GAP) + (CELL - styled.width) // 2
        sheet.paste(styled, (left, (CELL - styled.height) // 2))
    return sheet


def page() -> str:
    """Give the page."""
    cells = [f"![{n}](images/gallery/{n}.webp)<br>**{n}**: {summary}" for n, summary in names()]
    cells += [""] * (-len(cells) % COLUMNS)
    rows = ["| " + " | ".join(cells[i : i + COLUMNS]) + " |" for i in range(0, len(cells), COLUMNS)]
    return "\n".join([INTRODUCTION, "| " * COLUMNS + "|", "|---" * COLUMNS + "|", *rows]) + "\n"


def main() -> None:
    """Write the pictures and the page."""
    folder = DOCS / "images" / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    (digit,) = artgan.load_run(sys.argv[1]).sample([SEED])
    tiles = artgan.plan(dataset="gervais", device="cpu").table.images
    creature = Image.fromarray(np.array(tiles[CREATURE]))
    with Image.open(DOCS / "images" / "photo.jpg") as opened:
        photo = opened.convert("RGB")
    wanted = sys.argv[2:] or [name for name, _ in names()]
    for name in wanted:
        sheet = row([digit, creature, photo], name)
        sheet.save(folder / f"{name}.webp", quality=82, method=6)
    (DOCS / "gallery.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
