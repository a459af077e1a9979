"""Picture files in equal cells on one sheet: contact sheets, and sprite sheets for games."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PIL import Image, ImageDraw, ImageFont

from artgan.base.grounds import CHEQUERED, ground_of, on_ground
from artgan.base.marks import join_marks, write_marked_png
from artgan.base.paths import replacing
from artgan.errors import OptionError
from artgan.pictures.files import open_image, save_picture
from artgan.pictures.marks import Metadata
from artgan.pictures.told import mark_of_file
from artgan.plugin.color import parse_hex
from artgan.plugin.memory import check_size
from artgan.sheets.cells import DARK, LIGHT, Cells, fitted
from artgan.version import __version__

CELL, GAP = 256, 8
"""Pixels: side of a cell of contact sheets, and space between them."""

CAPTION = 12
"""Height of a caption's letters in pixels, at least; else a sixteenth of the cell."""

BACKGROUND = "0c0c10"


def contact_sheet(
    files: Sequence[Path],
    path: Path,
    captions: Sequence[str] = (),
    *,
    ground: str = CHEQUERED,
    keep_mark: bool = True,
) -> None:
    """Write a dark PNG with pictures in cells of 256 pixels; nothing without pictures.

    Captions are a line below each picture; ``ground`` is behind clear pixels; the mark says for
    machines how the pictures came about.
    """
    if not files:
        return
    grid = Grid(
        cell=(CELL, CELL),
        gap=GAP,
        background=BACKGROUND,
        behind=ground,
        captions=tuple(captions),
    )
    mark = join_marks(map(mark_of_file, files)) if keep_mark else None
    write_marked_png(lay_out(files, grid)[0], path, mark)


Enlarge = Literal["auto", "nearest", "smooth"]

CLEAR = "clear"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The layout of a sheet.

    Attributes:
        cell: Width and height of a cell in pixels; None takes those of the largest picture.
        columns: Cells side by side; 0 takes about as many as rows.
        gap: Pixels between cells.
        edge: Pixels around all cells; None takes the gap.
        background: Colour behind the pictures as hex, "clear", or "chequered".
        behind: Ground of clear pixels inside the pictures; "" for the background.
        keep_mark: Write into a sheet how its pictures came about, for machines.
        captions: A line below each picture; () for none.
    """

    cell: tuple[int, int] | None = None
    columns: int = 0
    gap: int = 0
    edge: int | None = None
    background: str = CLEAR
    behind: str = ""
    keep_mark: bool = True
    captions: tuple[str, ...] = ()

    def caption_height(self, cell: tuple[int, int]) -> int:
        """Return the height in pixels of the line below each picture."""
        return 2 * max(CAPTION, cell[1] // 16) if self.captions else 0

    def empty(self, width: int, height: int) -> Image.Image:
        """Return a sheet without pictures: RGBA if it is clear, else RGB."""
        if self.background == CLEAR:
            return Image.new("RGBA", (width, height))
        if self.background != CHEQUERED:
            try:
                parse_hex(self.background)
            except ValueError as error:
                raise OptionError(f"the background {error}; or say clear or chequered") from error
        return ground_of((width, height), self.background)


@dataclass(frozen=True)
class Placed:
    """A picture on a sheet: left, top, width, height of its cell, and of the picture inside."""

    file: Path
    box: tuple[int, int, int, int]
    inner: tuple[int, int, int, int]


def lay_out(files: Sequence[Path], grid: Grid) -> tuple[Image.Image, list[Placed]]:
    """Lay pictures out, each in the middle of its cell and as large as fits there.

    The sheet is RGB, or RGBA on a clear ground.
    """
    # An unknown background is refused before the pictures are read.
    grid.empty(1, 1)
    edge = grid.gap if grid.edge is None else grid.edge
    columns = grid.columns or max(1, round(len(files) ** 0.5))
    size = grid.cell or _largest_size(files)
    line = grid.caption_height(size)
    cells = Cells(size, columns, (grid.gap, grid.gap + line), (edge, edge))
    width, height = cells.sheet_size(len(files), (edge, edge + line))
    check_size(width, height, 4, "the sheet")
    sheet = grid.empty(width, height)
    placed = []
    for index, file in enumerate(files):
        picture = fitted(open_image(file), size)
        picture = on_ground(picture, grid.behind) if grid.behind else picture
        (left, top), (x, y) = cells.corner(index), cells.centered(index, picture)
        # On a clear sheet alpha is copied, not blended.
        mask = picture if picture.mode == "RGBA" and sheet.mode == "RGB" else None
        sheet.paste(picture, (x, y), mask)
        inner = (x - left, y - top, picture.width, picture.height)
        placed.append(Placed(file, (left, top, *size), inner))
    _write_captions(sheet, placed, grid.captions, line)
    return sheet, placed


def _write_captions(
    sheet: Image.Image, placed: Sequence[Placed], captions: Sequence[str], line: int
) -> None:
    """Write a line below each cell, cut to its width, in a grey that shows on the sheet."""
    if not captions:
        return
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(line / 2)
    corner = sheet.convert("RGBA").getpixel((0, 0))
    dark = isinstance(corner, tuple) and corner[3] > 0 and sum(corner[:3]) < 384
    ink = LIGHT if dark else DARK
    for one, caption in zip(placed, captions, strict=True):
        left, top, wide, high = one.box
        text, kept = caption, len(caption)
        while kept > 1 and draw.textlength(text, font) > wide:
            kept -= 1
            text = f"{caption[:kept]}..."
        draw.text((left + wide / 2, top + high + line / 2), text, ink, font, anchor="mm")


def _largest_size(files: Sequence[Path]) -> tuple[int, int]:
    sizes = [open_image(file).size for file in files]
    return max(width for width, _ in sizes), max(height for _, height in sizes)


def write_sheet_of(
    files: Sequence[Path],
    path: Path,
    grid: Grid,
    *,
    atlas: bool = False,
    fps: float | None = None,
    overwrite: bool = False,
) -> list[Path]:
    """Write a sheet and, if wanted, the list of its cells that game engines read.

    The atlas has the ending .json and the form "JSON Hash" of TexturePacker, which Phaser, PixiJS
    and plugins of Godot and Unity read; ``fps`` is for cells that are frames of one animation.
    """
    sheet, placed = lay_out(files, grid)
    if path.suffix.lower() in (".jpg", ".jpeg") and sheet.mode == "RGBA":
        raise OptionError(f"'{path}' cannot be clear; give a background colour, or another ending")
    mark = join_marks(map(mark_of_file, files)) if grid.keep_mark else None
    save_picture(sheet, path, Metadata(mark=mark), overwrite=overwrite)
    if not atlas:
        return [path]
    about = path.with_suffix(".json")
    text = json.dumps(_atlas(path.name, sheet.size, placed, fps), indent=1, ensure_ascii=False)
    with replacing(about, keep=not overwrite) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
    return [path, about]


def _atlas(
    image: str, size: tuple[int, int], placed: Sequence[Placed], fps: float | None
) -> dict[str, Any]:
    """Return the list of cells; the folder precedes the name of a picture where two share it."""
    frames: dict[str, Any] = {}
    for one in placed:
        name = one.file.stem
        if name in frames:
            name = f"{one.file.parent.name}/{name}"
        wide, high = one.box[2:]
        frames[name] = {
            "frame": dict(zip("xywh", one.box, strict=True)),
            "rotated": False,
            "trimmed": False,
            "spriteSourceSize": {"x": 0, "y": 0, "w": wide, "h": high},
            "sourceSize": {"w": wide, "h": high},
            **({} if fps is None else {"duration": round(1000 / fps)}),
        }
    meta = {
        "app": "artgan",
        "version": __version__,
        "image": image,
        "format": "RGBA8888",
        "size": dict(zip("wh", size, strict=True)),
        "scale": "1",
    }
    moving = {} if fps is None else {"animations": {Path(image).stem: list(frames)}}
    return {"frames": frames, **moving, "meta": meta}
