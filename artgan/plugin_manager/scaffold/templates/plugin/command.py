"""The command."""

import random

import click


@click.command()
@click.option("--count", default=3, show_default=True, help="How many seeds.")
def command(count: int) -> None:
    """Print seeds to sample, drawn by lot."""
    click.echo(",".join(str(random.randrange(100000)) for _ in range(count)))
