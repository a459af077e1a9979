"""``artgan pack``: pictures as tar shards, for sets that do not fit into memory."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from artgan.base.suggest import count_of
from artgan.cli import flags
from artgan.cli.dynamic import DatasetCommand, read_tables
from artgan.cli.output import Output, bar

if TYPE_CHECKING:
    from artgan.shards.set_file import ShardSet

NAMED = 10
"""Pictures that are left out and named."""


@click.command("pack", cls=DatasetCommand)
@click.argument("source", metavar="SOURCE")
@click.option("--size", help="Side in pixels, or 96x64 (wide x high).")
@flags.out("Folder of the shards.", required=True)
@flags.choice("--format", ("png", "webp", "jpg"), "All but jpg are lossless.")
@click.option(
    "--per-shard",
    type=click.IntRange(1, 1_000_000),
    default=4096,
    show_default=True,
    help="Pictures in each shard.",
)
@click.option("--jobs", type=click.IntRange(1, 256), help="Threads.  [default: processors]")
@flags.plugin
@flags.output
def pack_command(source: str, out: Path, output: Output, **given: Any) -> None:
    """Pack the pictures of SOURCE, a folder, a .zip or a dataset, into tar shards.

    They are cropped and resized as for training; copies and damaged files are left out. The same
    command goes on where it was interrupted. Train with --dataset and the folder.

    \b
    Examples:
      artgan pack ./my-pictures --size 256 --out shards
      artgan pack ./my-pictures --size 64 --dataset.labels folders --out shards
      artgan run --dataset ./shards
    """
    from artgan.core.config import parse_size
    from artgan.datasets.find import choose_dataset, context_for
    from artgan.datasets.packed import about_source
    from artgan.plugin.memory import check_size
    from artgan.plugin_manager.load import default_registry
    from artgan.shards.pack import Packing, pack

    asked = read_tables(given).get("dataset", {})
    entry, path, options = choose_dataset(default_registry(), source, options=asked)
    size = parse_size(given["size"]) if given["size"] else None
    if size:
        check_size(size[1], size[0], 4)
    context = context_for(path, size=size, report=output.say, lazy=True)
    opened = entry.call("open", options, context)
    about = about_source(opened, (entry.full_name, path, options))
    packing = Packing(given["format"], given["per_shard"], given["jobs"] or 0, about)
    with bar(len(opened), "picture", hidden=output.hidden) as reach:
        made = pack(opened, out, packing, reach)
    output.result(_facts(made, out), *_lines(made, out))


def _facts(made: "ShardSet", out: Path) -> dict[str, Any]:
    return {
        "out": str(out),
        "pictures": made.count,
        "shards": len(made.shards),
        "bytes": sum(shard.bytes for shard in made.shards),
        "height": made.height,
        "width": made.width,
        "channels": made.channels,
        "class_names": made.class_names,
        "skipped": made.skipped,
        "copies": made.copies,
    }


def _lines(made: "ShardSet", out: Path) -> list[str]:
    size = sum(shard.bytes for shard in made.shards) / 1e6
    lines = [
        f"{count_of(made.count, 'picture')} of {made.width}x{made.height} in "
        f"{count_of(len(made.shards), 'shard')}, {size:.1f} MB: {out}"
    ]
    if made.copies:
        lines.append(f"Copies of others, left out: {made.copies}")
    if made.skipped:
        lines.append(f"Left out, since they cannot be read: {made.skipped}")
        lines += [f"  {reason}" for reason in made.left_out[:NAMED]]
    if made.class_names:
        lines.append(f"Labels: {', '.join(made.class_names[:NAMED])}")
    return [*lines, f"Train on them: artgan run --dataset {out}"]
