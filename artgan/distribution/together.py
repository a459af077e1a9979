"""Plans a training once for all processes, and lets each open the pictures in its turn.

The first process decodes and fills the cache; then one on each other machine, in case the cache is
not shared; then all others, which map what is there.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import msgspec
import numpy as np

from artgan.base.schedule import Schedule
from artgan.core.config import RunConfig
from artgan.core.data import ImageTable
from artgan.core.distributed import World
from artgan.core.registry import Registry
from artgan.datasets.find import choose_dataset, open_dataset, usual_side
from artgan.distribution.group import join_group, joined_group
from artgan.errors import OptionError
from artgan.planning.plan import Plan
from artgan.planning.settings import Settings

LOOKED_AT = 64
"""Pictures of a set by which processes make sure that they have the same."""


def plan_together(make: Callable[[], Plan], settings: Settings, registry: Registry) -> Plan:
    """Plan in the first process; give the others its config, and the same pictures.

    Args:
        make: Plans; called in the first process alone.
        settings: What the user asked for.
        registry: Where the dataset is looked up.

    Raises:
        ArtganError: The plan cannot be made, or a process cannot take part.
    """
    processes = join_group(settings.device, settings)
    with processes.together():
        planned = make() if processes.leads else None
        if planned is not None:
            refuse_config(planned.config, processes.launch.size)
    text = msgspec.json.encode(planned.config, enc_hook=str) if planned else None
    config = msgspec.json.decode(processes.send(text), type=RunConfig)
    knots = processes.send_json(planned.schedule.knots if planned and planned.schedule else None)
    opened = planned.table if planned else None
    table = open_in_turns(config, lambda: _open_alike(config, settings.size, registry), opened)
    if config.training.clusters:
        labels = processes.send_array(table.labels if processes.leads else None)
        table = replace(table, labels=labels, class_names=())
    schedule = Schedule(tuple(map(tuple, knots))) if knots else None
    return planned or Plan(config, table, schedule=schedule)


def _open_alike(config: RunConfig, size: tuple[int, int] | None, registry: Registry) -> ImageTable:
    """Open the pictures as a plan does that was asked for a size, so that its cache is found."""
    chosen = choose_dataset(registry, config.dataset.name, config.path, config.dataset.options)
    side = usual_side(config.device)
    table = open_dataset(*chosen, size, side=side)
    if table.images.shape[1:3] != (config.height, config.width):
        table = open_dataset(*chosen, (config.height, config.width), side=side)
    return table


def open_in_turns(
    config: RunConfig, open_own: Callable[[], ImageTable], opened: ImageTable | None = None
) -> ImageTable:
    """Open the pictures in this process when it is its turn, unless they are ``opened``.

    A process that is alone opens them at once.

    Raises:
        ArtganError: A process cannot open them, or has others.
    """
    processes = joined_group()
    if processes is None:
        return open_own()
    turn = 0 if processes.leads else 1 if processes.launch.local_rank == 0 else 2
    for now in range(3):
        with processes.together():
            if opened is None and turn == now:
                refuse_config(config, processes.launch.size)
                opened = open_own()
    assert opened is not None
    # Clusters are found by the first process, and sent to the others.
    processes.same("the pictures", _digest(opened, labels=not config.training.clusters))
    return opened


def refuse_config(config: RunConfig, size: int) -> None:
    """Raise an ``OptionError`` if a run cannot be shared among ``size`` processes."""
    training = config.training
    parts = World().split(training.batch, training.accumulate)
    if min(place.stop - place.start for _, place in parts) < size:
        computed = f", computed in {training.accumulate} parts," if training.accumulate > 1 else ""
        raise OptionError(
            f"a batch of {training.batch} pictures{computed} leaves {size} processes less than one "
            "picture each; use fewer processes, a larger --batch, or fewer parts "
            "(--train.accumulate)"
        )
    if training.compile != "none":
        raise OptionError(
            f"--train.compile {training.compile} works in one process; {size} processes draw their "
            "random numbers together, which a compiled network cannot; use --train.compile none"
        )


def _digest(table: ImageTable, labels: bool) -> str:
    """Hash the size of a set, its labels, and some of its pictures."""
    found = hashlib.sha256(f"{table.count} {table.images.shape}".encode())
    for index in np.linspace(0, len(table.images) - 1, LOOKED_AT).astype(int):
        found.update(np.ascontiguousarray(table.images[index]).tobytes())
    if labels and table.labels is not None:
        found.update(np.ascontiguousarray(table.labels).tobytes())
    return found.hexdigest()
