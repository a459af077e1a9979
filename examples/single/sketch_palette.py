"""Palettes of the program Sketch: JSON with colours from 0 to 1."""

import json

from artgan.plugin import PaletteFormat, hookimpl

NAMES = ("red", "green", "blue")


def read(data, path, note):
    colors = json.loads(data)["colors"]
    return ["".join(f"{round(255 * color[name]):02x}" for name in NAMES) for color in colors]


def write(content):
    parts = [[int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)] for color in content.colors]
    colors = [dict(zip(NAMES, part, strict=True), alpha=1) for part in parts]
    return json.dumps({"compatibleVersion": "1.4", "colors": colors}).encode()


@hookimpl
def artgan_palette_formats():
    yield PaletteFormat(
        name="sketch", summary="Sketch.", endings=(".sketchpalette",), read=read, write=write
    )
