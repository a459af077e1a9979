import random

import click

from artgan.plugin import Command, hookimpl


@click.command()
@click.option("--count", default=3, show_default=True, help="How many seeds.")
def lottery(count):
    """Print random seeds to sample."""
    click.echo(",".join(str(random.randrange(100000)) for _ in range(count)))


@hookimpl
def artgan_commands():
    yield Command(name="lottery", summary="Print random seeds.", command=lottery)
