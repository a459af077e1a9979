"""Equal cells in rows on a sheet, and pictures fitted into them."""

from dataclasses import dataclass

from PIL import Image

DARK, LIGHT = (14, 14, 18), (214, 214, 220)


@dataclass(frozen=True)
class Cells:
    """The places of equal cells on a sheet, row by row, in pixels: (width, height), (left, top)."""

    size: tuple[int, int]
    columns: int
    gap: tuple[int, int]
    start: tuple[int, int]

    def corner(self, index: int) -> tuple[int, int]:
        """Return left and top of a cell."""
        row, column = divmod(index, self.columns)
        (left, top), (wide, high), (across, down) = self.start, self.size, self.gap
        return left + column * (wide + across), top + row * (high + down)

    def centered(self, index: int, picture: Image.Image) -> tuple[int, int]:
        """Return left and top of a picture in the middle of a cell."""
        left, top = self.corner(index)
        wide, high = self.size
        return left + (wide - picture.width) // 2, top + (high - picture.height) // 2

    def sheet_size(self, count: int, edge: tuple[int, int]) -> tuple[int, int]:
        """Return width and height of a sheet of ``count`` cells and an edge right and below."""
        rows = -(-count // self.columns)
        left, top = self.corner(rows * self.columns - 1)
        return left + self.size[0] + edge[0], top + self.size[1] + edge[1]


def fitted(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return a picture as RGB or RGBA, as large as fits into a cell of this width and height.

    A small one grows by the largest whole factor that fits, and keeps its pixels square; a large
    one shrinks.
    """
    picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    factor = min(size[0] // picture.width, size[1] // picture.height)
    if factor >= 1:
        grown = picture.width * factor, picture.height * factor
        return picture if factor == 1 else picture.resize(grown, Image.Resampling.NEAREST)
    scale = min(size[0] / picture.width, size[1] / picture.height)
    small = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(small, Image.Resampling.LANCZOS)
