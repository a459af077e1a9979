"""``artgan layers``: pictures, samples and styles over each other."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.output import Output, waiting


@click.command("layers")
@click.argument("layers", nargs=-1, required=True)
@click.option("--size", help="Of the stack, as in 512 or 96x64 (wide x high).  [default: lowest's]")
@flags.out(
    "An .ora or .psd file, or a picture of all.", default=Path("layers.ora"), show_default=True
)
@flags.no_record
@flags.no_mark
@flags.overwrite
@flags.plugin
@flags.filter_threads
@flags.output
def layers_command(layers: tuple[str, ...], output: Output, **given: Any) -> None:
    """Lay LAYERS over each other, the first one lowest; Krita, GIMP and MyPaint open the .ora.

    Photoshop opens the .psd, which needs the extra artgan[psd].

    Each is a picture or a run with key=value after it: style, blend (normal, multiply, screen, add,
    lighten, darken, overlay, soft-light), opacity, mask, seed, name. Or a .toml file with tables
    [[layers]] of the same keys, and picture.

    \b
    Examples:
      artgan layers paper.jpg "photo.jpg style=pen blend=multiply" --out drawing.ora
      artgan layers "runs/sea seed=3" "runs/sea seed=4 mask=top opacity=0.7" --out two.ora
      artgan layers photo.jpg "photo.jpg style='neon glow=2' blend=screen mask=edges" --out glow.png
      artgan layers poster.toml --out poster.ora
    """
    from artgan.base.marks import join_marks
    from artgan.core.config import parse_size
    from artgan.layering.compose import compose
    from artgan.layering.openraster import as_image, write_openraster
    from artgan.layering.photoshop import write_photoshop
    from artgan.layering.stack import make_layers, read_layers
    from artgan.pictures.files import save_picture
    from artgan.pictures.marks import Metadata
    from artgan.plugin_manager.load import default_registry
    from artgan.version import versions

    asked, out = read_layers(layers), given["out"]
    size = parse_size(given["size"])[::-1] if given["size"] else None
    with waiting("laying layers", hidden=output.hidden):
        made = make_layers(asked, default_registry(), (size[0], size[1]) if size else None)
        record = {"format": 1, **versions(), "layers": [asdict(layer) for layer in asked]}
        mark = None if given["no_mark"] else join_marks([_mark(each.picture) for each in asked])
        kept = None if given["no_record"] else record
        about = Metadata(kept, mark)
        if out.suffix.lower() == ".ora":
            write_openraster(made, out, kept, mark=mark, overwrite=given["overwrite"])
        elif out.suffix.lower() == ".psd":
            write_photoshop(made, out, about, overwrite=given["overwrite"])
        else:
            save_picture(as_image(compose(made)), out, about, overwrite=given["overwrite"])
    output.result(
        {"file": str(out), "layers": [layer.title for layer in asked]},
        f"{count_of(len(asked), 'layer')} in {out}: {', '.join(layer.title for layer in asked)}",
    )


def _mark(picture: str) -> Any:
    """Return how a layer came about, for machines."""
    from artgan.base.marks import OF_A_MODEL
    from artgan.pictures.told import styled_mark

    path = Path(picture)
    return OF_A_MODEL if path.is_dir() else styled_mark(path)
