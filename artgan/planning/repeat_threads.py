"""Lets a run that repeats another follow the number of threads of each of its steps."""

from dataclasses import replace
from pathlib import Path

import msgspec

from artgan.base.threads import AUTO
from artgan.core.config import RunConfig
from artgan.core.run_toml import read_config, to_toml
from artgan.monitoring.thread_record import read_record
from artgan.planning.plan import Plan
from artgan.plugin.strips import cores


def repeat_threads(planned: Plan, file: Path) -> Plan:
    """Return a plan made from a run.toml with the threads that made that run.

    They are chosen anew for a run that differs in anything but its samples, and where this machine
    has fewer processors.
    """
    record = read_record(file)
    most = max(record.most, planned.config.threads)
    if most > cores():
        reason = (
            f"Threads: chosen anew, as the run was made with {most} and this machine has {cores()} "
            "processors; the last bits may differ."
        )
        config = msgspec.structs.replace(planned.config, threads=AUTO)
        return replace(planned, config=config, reasons=(*planned.reasons, reason))
    if record and _trains_alike(planned.config, read_config(file)):
        return replace(planned, record=record)
    return planned


def _trains_alike(first: RunConfig, second: RunConfig) -> bool:
    """Tell whether two runs differ in their samples at most."""
    trainings = (
        msgspec.structs.replace(config, style="none", knobs={}, count=0)
        for config in (first, second)
    )
    return len({to_toml(training, {}) for training in trainings}) == 1
