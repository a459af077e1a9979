"""Lets an exporter write the generator of a run, built in or of a plugin."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch

from artgan.base.contributions import Entry
from artgan.base.marks import OF_A_MODEL, mark_packet
from artgan.base.options import build_options
from artgan.base.paths import replacing
from artgan.base.suggest import join_names
from artgan.core.registry import Registry
from artgan.core.run import TrainedRun
from artgan.errors import OptionError, PluginError
from artgan.exporting.straight import with_straight_alpha
from artgan.latents.steering import draw_latent
from artgan.plugin.exports import TrainedGenerator


def trained_generator(run: TrainedRun, *, keep_mark: bool = True) -> TrainedGenerator:
    """Return what an exporter gets of a run."""
    config = run.config
    generator: torch.nn.Module = run.generator.to(  # type: ignore[call-overload]
        "cpu", memory_format=torch.contiguous_format
    )
    shape = tuple(generator.latent_shape)  # type: ignore[arg-type]
    return TrainedGenerator(
        name=run.path.resolve().name,
        network=with_straight_alpha(generator).eval(),
        latent_shape=shape,
        latents=partial(draw_latent, shape),
        height=config.height,
        width=config.width,
        channels=config.channels,
        wraps=run.wraps,
        label_weights=tuple(config.label_weights),
        class_names=tuple(config.class_names),
        record=run.record(0) | {"seed": None},
        mark=mark_packet(OF_A_MODEL) if keep_mark else b"",
    )


def find_exporter(registry: Registry, path: Path, name: str = "") -> Entry:
    """Find an exporter by name, or else by the ending of the file to write.

    Raises:
        OptionError: The ending is not that of the exporter, or of none.
        UnknownNameError: There is no exporter of that name.
    """
    entries = [registry.find("exporter", name)] if name else registry.entries("exporter")
    fitting = [one for one in entries if one.declaration.ending == path.suffix.lower()]
    if not fitting:
        known = join_names(dict.fromkeys(one.declaration.ending for one in entries))
        raise OptionError(f"'{path}' has the wrong ending; expected {known}")
    # artgan's own come first: a plugin adds an ending, it does not take one over.
    return fitting[0]


def export_run(
    run: TrainedRun,
    path: Path,
    name: str = "",
    options: Mapping[str, Any] | None = None,
    *,
    keep_mark: bool = True,
) -> Path:
    """Write a run's generator by an exporter, chosen by name or by the ending of the file.

    Raises:
        OptionError: The ending or an option does not fit.
        ArtganError: The exporter cannot write this generator.
        PluginError: It failed, or wrote no file.
    """
    entry = find_exporter(run.registry, path, name)
    chosen = build_options(entry.declaration.options, options, entry.where)
    generator = trained_generator(run, keep_mark=keep_mark)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        entry.call("export", generator, chosen, Path(temporary))
        if not Path(temporary).is_file():
            raise PluginError(f"{entry.where} wrote no file to the path that it was given")
    return path


def exporter_names(registry: Registry) -> Sequence[str]:
    """List the names of all exporters, as users write them."""
    return [entry.usual_name for entry in registry.entries("exporter")]
