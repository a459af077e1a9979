"""Keeping memory for the next tensors, where the C library can be told to."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from artgan.base.memory import reusing_memory

FLOATS = 16 << 20
"""64 MiB, which glibc maps by itself whatever was freed before."""


def _faults_of_tensors() -> list[int]:
    """Count the pages that the system had to clear for a tensor after others of its size, often.

    The counts differ: a free place has to be larger than a tensor, which is aligned in it, and what
    falls due elsewhere may lie in the way.
    """
    resource = pytest.importorskip("resource")
    found = []
    for _ in range(5):
        several = [torch.ones(FLOATS) for _ in range(3)]
        del several
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        torch.ones(FLOATS)
        found.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    return found


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_a_tensor_takes_the_memory_of_those_before() -> None:
    # In processes of their own: what lies on the heap by chance may keep it from being given back.
    code = "from tests.core.test_memory import compare_faults; compare_faults()"
    for _ in range(8):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            break
    assert done.returncode == 0, done.stderr


def compare_faults() -> None:
    """Hold a tensor in kept memory against one in memory that is given back."""
    with reusing_memory("cpu") as changed:
        assert changed
        kept = min(_faults_of_tensors())
    given_back = max(_faults_of_tensors())
    assert kept < given_back / 10, (kept, given_back)


def test_a_gpu_leaves_the_heap_alone() -> None:
    with reusing_memory("cuda") as changed:
        assert not changed
