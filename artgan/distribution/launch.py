"""Reads from the environment which of several processes this one is: torchrun's or srun's."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from artgan.errors import OptionError

FIRST_PORT, PORTS = 20_000, 20_000
"""Ports that jobs of a cluster meet at: by the number of the job, so that two do not collide."""


@dataclass(frozen=True)
class Launch:
    """One of several processes that were started together.

    Attributes:
        rank: Its number, from 0.
        size: How many there are.
        local_rank: Its number on its machine.
        address: Host at which they meet.
        port: Port there.
        by_srun: Whether srun started it, which may show each process a device of its own.
    """

    rank: int
    size: int
    local_rank: int
    address: str
    port: int
    by_srun: bool = False


def read_launch(environment: Mapping[str, str] = os.environ) -> Launch | None:
    """Read which process this is; None for one that is alone.

    Raises:
        OptionError: The variables contradict each other.
    """
    if "RANK" in environment and "WORLD_SIZE" in environment:
        launch = _by_torchrun(environment)
    elif "SLURM_PROCID" in environment and _srun_size(environment) > 1:
        launch = _by_srun(environment)
    else:
        return None
    if not 0 <= launch.rank < launch.size:
        raise OptionError(
            f"this process is number {launch.rank} of {launch.size}; expected numbers from 0 to "
            f"{launch.size - 1}. Start artgan by torchrun or srun, which set them"
        )
    return launch if launch.size > 1 else None


def several_processes() -> bool:
    """Tell whether this process is one of several."""
    return read_launch() is not None


def is_follower() -> bool:
    """Tell whether this process is one of several, but not the first, which writes and speaks."""
    launch = read_launch()
    return launch is not None and launch.rank > 0


def _by_torchrun(environment: Mapping[str, str]) -> Launch:
    rank = _number(environment, "RANK")
    return Launch(
        rank,
        _number(environment, "WORLD_SIZE"),
        _number(environment, "LOCAL_RANK", rank),
        environment.get("MASTER_ADDR", "127.0.0.1"),
        _number(environment, "MASTER_PORT", FIRST_PORT),
    )


def _by_srun(environment: Mapping[str, str]) -> Launch:
    job = _number(environment, "SLURM_JOB_ID", 0)
    # Nodes of the step, which may be some of the job's.
    names = ("SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST", "SLURM_NODELIST")
    nodes = next((environment[name] for name in names if environment.get(name)), "127.0.0.1")
    return Launch(
        _number(environment, "SLURM_PROCID"),
        _srun_size(environment),
        _number(environment, "SLURM_LOCALID", 0),
        environment.get("MASTER_ADDR") or first_node(nodes),
        _number(environment, "MASTER_PORT", FIRST_PORT + job % PORTS),
        by_srun=True,
    )


def _srun_size(environment: Mapping[str, str]) -> int:
    """Read how many processes srun started.

    A batch script has the variables of its job as well, but is one process: only srun sets those
    of a step.
    """
    if "SLURM_STEP_NUM_TASKS" in environment:
        return _number(environment, "SLURM_STEP_NUM_TASKS")
    if "SLURM_STEP_ID" in environment:
        return _number(environment, "SLURM_NTASKS", 1)
    return 1


def first_node(nodes: str) -> str:
    """Return the first host of a list as SLURM writes it: ``gpu[003-006,9],login`` has gpu003."""
    found = re.match(r"([^,\[]+)(?:\[(\d+)[^\]]*\]([^,\[]*))?", nodes.strip())
    if found is None:
        raise OptionError(f"SLURM's list of nodes '{nodes}' names no host; set MASTER_ADDR")
    return "".join(part or "" for part in found.groups())


def _number(environment: Mapping[str, str], name: str, default: int | None = None) -> int:
    text = environment.get(name, "" if default is None else str(default))
    if not text.isdecimal():
        raise OptionError(
            f"the variable {name} is '{text}'; expected a number. Start artgan by torchrun or "
            "srun, which set it"
        )
    return int(text)


def own_device(wanted: str, launch: Launch, devices: int) -> int | None:
    """Return the number of the GPU that a process takes; None where it computes on processors.

    Args:
        wanted: "cuda", "cpu" ...
        launch: Which process it is.
        devices: How many GPUs it sees.

    Raises:
        OptionError: There are more processes on the machine than GPUs, or one was named.
    """
    kind, _, number = wanted.partition(":")
    if kind != "cuda":
        return None
    if number:
        raise OptionError(
            f"--device {wanted} is one device for {launch.size} processes; use --device cuda: "
            "each takes that of its LOCAL_RANK"
        )
    if launch.local_rank < devices:
        return launch.local_rank
    if launch.by_srun and devices == 1:
        # srun --gpus-per-task shows each process its own GPU alone.
        return 0
    raise OptionError(
        f"process {launch.rank} is number {launch.local_rank} on its machine (LOCAL_RANK), which "
        f"has {devices} {'GPU' if devices == 1 else 'GPUs'}; start at most {devices} there"
    )
