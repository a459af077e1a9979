"""Pictures in equal cells on one sheet: for looking at, and for games that cut it up again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from artgan.base.paths import replacing
from artgan.errors import OptionError
from artgan.pictures.files import open_image, save_picture
from artgan.plugin.color import parse_hex
from artgan.plugin.memory import check_size
from artgan.version import __version__

CELL = 256

DARK = "0c0c10"


def contact_sheet(files: Sequence[Path], path: Path, columns: int = 0, gap: int = 8) -> None:
    """Lay pictures out on one dark sheet, each scaled into a cell of 256 pixels.

    Args:
        files: PNG files.
        path: Where to.
        columns: How many side by side; 0 takes about as many as rows.
        gap: Pixels between cells.
    """
    if not files:
        return
    grid = Grid(cell=(CELL, CELL), columns=columns, gap=gap, background=DARK)
    sheet, _ = lay_out(files, grid)
    with replacing(path) as temporary:
        sheet.save(temporary, format="PNG")


Enlarge = Literal["auto", "nearest", "smooth"]

CLEAR = "clear"


@dataclass(frozen=True, kw_only=True)
class Grid:
    """How a sheet is laid out.

    Attributes:
        cell: Width and height of a cell in pixels; None takes those of the largest picture.
        columns: Cells side by side; 0 takes about as many as rows.
        gap: Pixels between cells.
        edge: Pixels around all of them; None takes as many as between them.
        background: Colour behind the pictures as hex, or "clear".
    """

    cell: tuple[int, int] | None = None
    columns: int = 0
    gap: int = 0
    edge: int | None = None
    background: str = CLEAR

    @property
    def ground(self) -> tuple[int, ...]:
        """The colour behind the pictures: RGBA.

        Raises:
            OptionError: It is none.
        """
        if self.background == CLEAR:
            return (0, 0, 0, 0)
        try:
            return (*(round(255 * part) for part in parse_hex(self.background)), 255)
        except ValueError as error:
            raise OptionError(f"the background {error}; or say clear") from error


@dataclass(frozen=True)
class Placed:
    """A picture on a sheet.

    Attributes:
        file: Where it came from.
        box: Left, top, width and height of its cell in pixels.
        inner: Left, top, width and height of the picture inside its cell.
    """

    file: Path
    box: tuple[int, int, int, int]
    inner: tuple[int, int, int, int]


def lay_out(files: Sequence[Path], grid: Grid) -> tuple[Image.Image, list[Placed]]:
    """Lay pictures out, each in the middle of its cell.

    A picture of the cell's size is copied pixel by pixel; a smaller one grows by the largest whole
    factor that fits, and keeps its pixels square; a larger one shrinks.

    Args:
        files: Pictures, at least one.
        grid: The layout.

    Returns:
        The sheet (RGB, or RGBA on a clear ground), and where everything is.

    Raises:
        ArtganError: A picture cannot be read, or the sheet would be too large.
    """
    ground = grid.ground
    wide, high = grid.cell or _largest(files)
    columns = grid.columns or max(1, round(len(files) ** 0.5))
    rows = -(-len(files) // columns)
    edge = grid.gap if grid.edge is None else grid.edge
    width, height = (
        count * (side + grid.gap) - grid.gap + 2 * edge
        for count, side in ((columns, wide), (rows, high))
    )
    check_size(width, height, 4, "the sheet")
    clear = ground[3] == 0
    sheet = Image.new("RGBA" if clear else "RGB", (width, height), ground if clear else ground[:3])
    placed = []
    for index, file in enumerate(files):
        row, column = divmod(index, columns)
        left, top = edge + column * (wide + grid.gap), edge + row * (high + grid.gap)
        picture = _fitted(open_image(file), wide, high)
        across, down = (wide - picture.width) // 2, (high - picture.height) // 2
        # On a clear sheet alpha is copied, not laid over.
        mask = picture if picture.mode == "RGBA" and not clear else None
        sheet.paste(picture, (left + across, top + down), mask)
        inner = (across, down, picture.width, picture.height)
        placed.append(Placed(file, (left, top, wide, high), inner))
    return sheet, placed


def _largest(files: Sequence[Path]) -> tuple[int, int]:
    sizes = [open_image(file).size for file in files]
    return max(width for width, _ in sizes), max(height for _, height in sizes)


def _fitted(picture: Image.Image, wide: int, high: int) -> Image.Image:
    """Give a picture as RGB or RGBA, no larger than a cell."""
    picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    factor = min(wide // picture.width, high // picture.height)
    if factor >= 1:
        size = picture.width * factor, picture.height * factor
        return picture if factor == 1 else picture.resize(size, Image.Resampling.NEAREST)
    scale = min(wide / picture.width, high / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS)


def write_sheet_of(
    files: Sequence[Path],
    path: Path,
    grid: Grid,
    *,
    atlas: bool = False,
    fps: float | None = None,
    overwrite: bool = False,
) -> list[Path]:
    """Write a sheet, and the list of its cells that games read.

    Args:
        files: Pictures in order.
        path: The sheet: .png, .webp, .jpg or .tiff.
        grid: The layout.
        atlas: Write ``path`` with the ending .json too: the form "JSON Hash" of TexturePacker,
            which Phaser, PixiJS and plugins of Godot and Unity read.
        fps: The cells are frames of one animation at so many a second; the list says so.
        overwrite: Replace files that differ.

    Returns:
        What was written.

    Raises:
        ArtganError: A picture cannot be read, or a file is there and differs.
    """
    sheet, placed = lay_out(files, grid)
    if path.suffix.lower() in (".jpg", ".jpeg") and sheet.mode == "RGBA":
        raise OptionError(f"'{path}' cannot be clear; give a background colour, or another ending")
    save_picture(sheet, path, overwrite=overwrite)
    if not atlas:
        return [path]
    about = path.with_suffix(".json")
    text = json.dumps(_atlas(path.name, sheet.size, placed, fps), indent=1, ensure_ascii=False)
    with replacing(about, keep=not overwrite) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
    return [path, about]


def _atlas(
    image: str, size: tuple[int, int], placed: Sequence[Placed], fps: float | None
) -> dict[str, Any]:
    """Give the list of cells; pictures of one name in several folders are told apart."""
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
