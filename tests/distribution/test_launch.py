"""Which process this is, where they meet, and what device each takes."""

from typing import Any

import pytest

from artgan.distribution.launch import Launch, first_node, own_device, read_launch
from artgan.distribution.processes import refuse_differences
from artgan.errors import OptionError, ProcessError

TORCHRUN = {
    "RANK": "5", "WORLD_SIZE": "8", "LOCAL_RANK": "1",
    "MASTER_ADDR": "first", "MASTER_PORT": "29500",
}  # fmt: skip
BATCH = {
    "SLURM_JOB_ID": "1200034", "SLURM_PROCID": "0", "SLURM_LOCALID": "0", "SLURM_NTASKS": "8",
    "SLURM_JOB_NODELIST": "gpu[003-004]",
}  # fmt: skip
SRUN = {**BATCH, "SLURM_PROCID": "5", "SLURM_LOCALID": "1", "SLURM_STEP_NUM_TASKS": "8"}


def test_torchrun_and_srun_say_which_process_this_is() -> None:
    assert read_launch(TORCHRUN) == Launch(5, 8, 1, "first", 29500)
    assert read_launch(SRUN) == Launch(5, 8, 1, "gpu003", 20034, by_srun=True)
    assert read_launch(SRUN | {"MASTER_ADDR": "ib0", "MASTER_PORT": "7"}) == Launch(
        5, 8, 1, "ib0", 7, by_srun=True
    )


@pytest.mark.parametrize(
    "environment", [{}, BATCH, TORCHRUN | {"RANK": "0", "WORLD_SIZE": "1"}], ids=str
)
def test_a_process_alone_is_no_launch(environment: dict[str, str]) -> None:
    assert read_launch(environment) is None


@pytest.mark.parametrize(
    ("nodes", "first"),
    [
        ("gpu[003-006,9],login", "gpu003"),
        ("gpu[3,5]-ib", "gpu3-ib"),
        ("a,b", "a"),
        ("n17.cluster", "n17.cluster"),
        ("10.0.0.7", "10.0.0.7"),
    ],
)
def test_the_first_node_of_a_list(nodes: str, first: str) -> None:
    assert first_node(nodes) == first


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"RANK": "8"}, "numbers from 0 to 7"), ({"WORLD_SIZE": "many"}, "WORLD_SIZE is 'many'")],
)
def test_variables_that_make_no_sense_are_refused(changes: dict[str, str], why: str) -> None:
    with pytest.raises(OptionError, match=why):
        read_launch(TORCHRUN | changes)


def test_each_process_takes_the_gpu_of_its_local_rank() -> None:
    launch = Launch(5, 8, 1, "first", 29500)
    assert own_device("cuda", launch, 4) == 1
    assert own_device("cpu", launch, 0) is None
    assert own_device("cuda", Launch(5, 8, 1, "first", 1, by_srun=True), 1) == 0


@pytest.mark.parametrize(
    ("wanted", "devices", "why"),
    [("cuda", 1, "has 1 GPU; start at most 1"), ("cuda:0", 4, "one device for 8 processes")],
)
def test_devices_that_cannot_be_had_are_refused(wanted: str, devices: int, why: str) -> None:
    with pytest.raises(OptionError, match=why):
        own_device(wanted, Launch(5, 8, 1, "first", 29500), devices)


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"artgan": "9"}, "process 1 on b has artgan 9, process 0 on a has 1"),
        ({"problem": "no GPU"}, "process 1 on b: no GPU"),
    ],
)
def test_other_versions_and_problems_are_told_with_their_host(facts: Any, why: str) -> None:
    first = {"host": "a", "artgan": "1", "problem": ""}
    with pytest.raises(ProcessError, match=why):
        refuse_differences([first, {**first, "host": "b", **facts}])
