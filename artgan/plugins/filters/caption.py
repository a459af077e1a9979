"""A line of words below a picture, above it, or on it."""

from artgan.plugin import FilterContext
from artgan.plugin.color import to_rgb
from artgan.plugin.picture import FloatArray, Picture
from artgan.plugins.filters._declared_page import CaptionOptions
from artgan.plugins.filters._frame import canvas, flat_color
from artgan.plugins.filters._lettering import cover_of, lay, letters

WIDEST = 0.94
"""Share of the picture's width that a line may fill; a longer line gets smaller letters."""


def apply(picture: Picture, options: CaptionOptions, context: FilterContext) -> Picture:
    """Write the caption; a strip of paper is about two and a half letters high."""
    own = {"number": str(context.index + 1), "seed": str(context.seed)}
    text = options.text
    for name, value in own.items():
        text = text.replace(f"{{{name}}}", value)
    if not text.strip():
        return picture
    cover = _line(text.strip(), options, picture)
    strip = max(len(cover), round(2.4 * options.size * picture.shorter_side))
    above, below = (strip * (options.place == side) for side in ("above", "below"))
    page = canvas(picture, (0, above, 0, below), flat_color(options.paper))
    pixels = page.replace(color=to_rgb(page.color)).pixels
    room = page.width - cover.shape[1]
    margin = min(room // 2, round((1 - WIDEST) / 2 * page.width))
    left = {"left": margin, "middle": room // 2, "right": room - margin}[options.align]
    lay(pixels, flat_color(options.color), cover, _top(page, len(cover), strip, options), left)
    return page.replace(pixels=pixels, indexed=None)


def _line(text: str, options: CaptionOptions, picture: Picture) -> FloatArray:
    """Draw the line as cover (h, w), at the wanted size or as large as it fits."""
    drawn = letters(text, options.spacing)
    height = options.size * picture.shorter_side / 0.6
    height = min(height, WIDEST * picture.width * drawn.height / drawn.width)
    return cover_of(drawn, round(height), round(height * drawn.width / drawn.height))


def _top(page: Picture, high: int, strip: int, options: CaptionOptions) -> int:
    """Compute the first row of the line."""
    gap = (strip - high) // 2
    if options.place == "middle":
        return (page.height - high) // 2
    return gap if options.place in ("above", "top") else page.height - strip + gap
