"""``artgan plugins new``: write the start of a plugin."""

from pathlib import Path

import click

from artgan.cli.output import say


@click.command("new")
@click.argument("name")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    default=("filter",),
    show_default="filter",
    help="What it contains; may be repeated: architecture, loss, regularizer, augmentation, "
    "dataset, filter, style, palette, observer, command.",
)
@click.option("--file", "one_file", is_flag=True, help="Write one file instead of a package.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    show_default="here",
    help="Folder that it goes into.",
)
def new(name: str, kinds: tuple[str, ...], one_file: bool, out: Path) -> None:
    """Write a plugin called NAME that works and keeps its contract, to be changed.

    \b
    Examples:
      artgan plugins new mine --file
      artgan plugins new artgan-neon --kind filter --kind style
    """
    from artgan.plugin_manager.scaffold import short_name, write_file, write_package

    if not one_file:
        made = write_package(name, kinds, out)
        say(f"Wrote the package {made}. It works as it is; now change it:")
        # A bare name would mean a package of some index.
        folder = made if made.is_absolute() else f"./{made}"
        say(f"  python -m pip install -e '{folder}[dev]'")
        say(f"  artgan plugins check {name}")
        return
    made = write_file(name, kinds, out)
    say(f"Wrote {made}. It works as it is; now change it:")
    if made.suffix == ".toml":
        palette = "palette" in kinds
        style = f"palette:{made}" if palette else str(made)
        say(f"  artgan apply --style {style} photo.jpg --out styled")
        return
    say(f"  artgan plugins check {made}")
    if "filter" in kinds or "style" in kinds:
        say(f"  artgan apply --plugin {made} --style {short_name(name)} photo.jpg --out styled")
