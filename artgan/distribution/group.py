"""The processes of this training, joined once."""

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import torch

from artgan.base.device import pick_device
from artgan.core.distributed import World
from artgan.distribution.heartbeat import Heartbeat
from artgan.distribution.launch import Launch, own_device, read_launch
from artgan.distribution.processes import Processes, join, leave_word
from artgan.distribution.ranks import Ranks
from artgan.errors import ArtganError, OptionError
from artgan.version import versions


class _Group:
    """What this process joined, until it leaves."""

    joined: Processes | None = None
    times = 0


def joined_group() -> Processes | None:
    """Return the processes that this one joined; None if it is alone."""
    return _Group.joined


def join_group(device: str | None, asked: Any) -> Processes:
    """Join the processes that torchrun or srun started.

    Args:
        device: Wanted device, or None for the best.
        asked: What the user asked for, which must be the same in all processes: a dataclass or a
            mapping.

    Raises:
        ProcessError: A process does not come, has a problem, or was asked for something else.
    """
    launch = read_launch()
    assert launch is not None
    if _Group.joined is None:
        kind, problem = "cpu", ""
        try:
            kind = _take_device(device, launch)
        except ArtganError as error:
            problem = str(error)
        facts = {**_told(asked), "device": kind, **map_to_text(versions()), "problem": problem}
        place = torch.device("cuda" if kind.startswith("cuda") else "cpu")
        facts = {"torch": str(torch.__version__), **facts}
        _Group.joined = join(launch, place, facts, _Group.times)
        _Group.times += 1
        _Group.joined.heartbeat = Heartbeat(_Group.joined)
        _Group.joined.heartbeat.start()
    return _Group.joined


def decline(problem: str) -> bool:
    """Tell the other processes why this one does not join; False if they cannot be told.

    Processes that have joined before say no more.
    """
    launch = read_launch()
    if launch is None or _Group.times:
        return False
    try:
        leave_word(launch, problem)
    except ArtganError:
        return False
    return True


def shared_world() -> World | None:
    """Return this process among those of the training that was planned; None if it is alone."""
    if _Group.joined is None:
        return None
    processes, _Group.joined = _Group.joined, None
    return Ranks(processes)


def _take_device(wanted: str | None, launch: Launch) -> str:
    device = pick_device(wanted)
    if device.startswith("mps"):
        raise OptionError(f"{launch.size} processes cannot share the device mps; use --device cpu")
    number = own_device(device, launch, torch.cuda.device_count())
    if number is not None:
        torch.cuda.set_device(number)
    return device


def _told(asked: Any) -> dict[str, str]:
    return map_to_text(asdict(asked) if is_dataclass(asked) else asked)  # type: ignore[arg-type]


def map_to_text(values: Mapping[str, Any]) -> dict[str, str]:
    """Write each value as text."""
    return {name: str(value) for name, value in values.items()}
