"""A page with every style on the same pictures."""

import base64
import html
import io
from collections.abc import Callable

from PIL import Image

from artgan.core.registry import Registry
from artgan.errors import ArtganError
from artgan.pictures.files import to_pil
from artgan.plugin.picture import Picture
from artgan.sheets.cells import CELL, fitted
from artgan.styling.apply import apply_style
from artgan.styling.parse import parse_style

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Look book: {title}</title>
<style>
body {{ margin: 0 auto; max-width: 1200px; padding: 2rem; background: #0e0e12; color: #d6d6dc;
  font: 16px/1.5 system-ui, sans-serif }}
main {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr)); gap: 1.5rem }}
figure {{ margin: 0 }}
img {{ width: 100%; display: block; border-radius: 4px }}
figcaption b {{ color: #fff }}
code {{ font-size: 13px; color: #9c9ca6; word-break: break-all }}
</style>
<h1>Every style on {title}</h1>
<main>
{figures}
</main>
</html>
"""


def style_page(
    picture: Picture,
    name: str,
    registry: Registry,
    *,
    seed: int = 0,
    side: int = 2 * CELL,
    show: Callable[[str], None] = lambda _: None,
) -> str:
    """Give one self-contained HTML page with a picture in every style.

    Args:
        picture: What to style.
        name: File name of the picture, for the headings and commands.
        registry: Where the styles are.
        seed: Key of what is random in them.
        side: Longer side of each picture in pixels.
        show: Called with each style's name before it is applied.
    """
    figures = []
    for entry in registry.entries("style"):
        declared = entry.declaration
        show(declared.name)
        command = f"artgan apply --style {declared.name} {name} --out styled"
        try:
            chain = parse_style(declared.name, registry)
            styled = apply_style(chain, picture, registry=registry, seed=seed)
            shown = _data(fitted(to_pil(styled.picture), side))
            body = f'<img src="{shown}" alt="{html.escape(declared.name)}">'
        except ArtganError as error:
            body = f"<p>{html.escape(str(error))}</p>"
        caption = f"<b>{html.escape(declared.name)}</b> {html.escape(declared.summary)}"
        figures.append(
            f"<figure>{body}<figcaption>{caption}<br><code>{html.escape(command)}</code>"
            "</figcaption></figure>"
        )
    return PAGE.format(title=html.escape(name), figures="\n".join(figures))


def _data(image: Image.Image) -> str:
    # JPEG keeps a page of thirty grainy pictures at a few megabytes.
    held = io.BytesIO()
    image.save(held, format="JPEG", quality=88)
    return f"data:image/jpeg;base64,{base64.b64encode(held.getvalue()).decode()}"
