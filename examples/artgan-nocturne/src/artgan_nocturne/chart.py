"""The command: the stars of a seed, as text for a terminal."""

import click
import numpy as np

from artgan_nocturne.filters import star_field

SIGNS = "·+*"


def draw_chart(seed: int, width: int, height: int) -> str:
    """Draw a chart of ``height`` lines; brighter stars have bigger signs."""
    field = star_field(np.random.default_rng(seed), max(1, width * height // 30))
    lines = [[" "] * width for _ in range(height)]
    for x, y, brightness in field.tolist():
        sign = SIGNS[min(len(SIGNS) - 1, int(brightness * len(SIGNS)))]
        lines[int(y * height)][int(x * width)] = sign
    return "\n".join("".join(line).rstrip() for line in lines)


@click.command()
@click.option("--seed", default=0, show_default=True, help="Each seed has its own sky.")
@click.option("--width", type=click.IntRange(1, 500), default=60, help="Characters in a line.")
@click.option("--height", type=click.IntRange(1, 500), default=16, help="Lines.")
def star_chart(seed: int, width: int, height: int) -> None:
    """Print the stars of a seed as text."""
    click.echo(draw_chart(seed, width, height))
