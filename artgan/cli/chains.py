"""Flags that name a style, and the chain of filters that they ask for."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

import artgan
from artgan.cli import flags
from artgan.cli.dynamic import read_tables

if TYPE_CHECKING:
    from artgan.styling.chain import Chain

run_style_flag = click.option(
    "--style", multiple=True, help="Style; may be repeated for a chain.  [default: the run's]"
)
chain_flags = flags.group(
    click.option("--style", multiple=True, help="Style or chain; may be repeated."),
    click.option("--filter", multiple=True, help="Filter after the styles; may be repeated."),
)


def style_of_run(run: "artgan.Run", given: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    """Return the style that --style names, with its knobs; or else the run's own."""
    knobs = read_tables(given).get("knobs", {})
    if given["style"]:
        return one_or_list(given["style"]), knobs
    return run.config.style, knobs or run.config.knobs


def read_chain(given: Mapping[str, Any], default: str = "") -> "tuple[Any, Chain]":
    """Parse and check what the flags of ``chain_flags`` ask for; ``default`` is a style, or none.

    Returns the style as it was written, and its chain.
    """
    from artgan.plugin_manager.load import default_registry
    from artgan.styling.checks import check_chain
    from artgan.styling.parse import parse_style

    names = [*given["style"], *given["filter"]] or [default]
    if names == [""]:
        raise click.UsageError("Name a style with --style or --filter; see: artgan list style.")
    style, registry = one_or_list(names), default_registry()
    chain = parse_style(style, registry, knobs=read_tables(given).get("knobs"))
    check_chain(chain, registry)
    return style, chain


def one_or_list(names: "tuple[str, ...] | list[str]") -> str | list[str]:
    """Return a name alone if it is the only one."""
    return names[0] if len(names) == 1 else list(names)
