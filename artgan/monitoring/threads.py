"""Sets how many threads compute each step of a training, and records it.

Steps that a record covers are computed as it says; those after it with the wanted number, or with
the one that is fastest beside what else the machine does.
"""

import time
from collections.abc import Callable, Iterator

import msgspec
import torch

from artgan.base.threads import AUTO, Load, read_threads
from artgan.core.config import RunConfig
from artgan.core.run_folder import RunFolder
from artgan.core.state import StepReport
from artgan.monitoring.thread_policy import ThreadPolicy
from artgan.monitoring.thread_record import ThreadRecord, read_record
from artgan.plugin.strips import cores


class TrainingThreads:
    """The threads of a training: as many as ``wanted``, or as adapt to the load.

    The record says what computes the first steps. Without a load the number does not change. What
    changed stands in ``notice``, in plain words, or "".
    """

    def __init__(
        self,
        wanted: int = AUTO,
        record: ThreadRecord = ThreadRecord(),
        load: Load | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.notice = ""
        self._wanted, self._record, self._load, self._clock = wanted, record, load, clock
        last = record.stretches[-1][1] if record.stretches else torch.get_num_threads()
        self.count = wanted or last
        self._policy = ThreadPolicy(torch.get_num_threads(), self.count)
        # Steps after the record that the current number computed.
        self._steps = 0
        self._settled = self._policy.settled
        self._said: set[str] = set()

    @property
    def made_with(self) -> int | str:
        """What run.toml keeps: one number where it was wanted, else the record."""
        record = self.record
        alone = all(threads == self._wanted for _, threads in record.stretches)
        return self._wanted if self._wanted and alone else str(record)

    @property
    def record(self) -> ThreadRecord:
        """How many threads computed, or will compute, each step of the run."""
        return self._record.then(self._steps, self.count)

    def watch(self, steps: Iterator[StepReport], done: int) -> Iterator[StepReport]:
        """Yield the reports of ``steps``; ``done`` steps of the run were taken before."""
        before = torch.get_num_threads()
        self._record = self._record.then(done - self._record.steps, self.count)
        try:
            while True:
                recorded = self._record.at(done)
                self._change(recorded or self._wanted or self._chosen(done))
                begun = self._clock()
                report = next(steps, None)
                if report is None:
                    return
                seconds = self._clock() - begun
                done = report.step
                if recorded is None:
                    self._steps += 1
                    if self._load is not None:
                        self._policy.took(seconds, report.penalties)
                yield report
        finally:
            torch.set_num_threads(before)

    def _change(self, count: int) -> None:
        if count != self.count:
            self._record, self._steps = self.record, 0
            self.count = count
        torch.set_num_threads(count)

    def _chosen(self, done: int) -> int:
        """Choose the number for the next step, and say why if it is another."""
        policy = self._policy
        if self._load is not None:
            policy.suit(self._load.others())
            if policy.settled != self._settled:
                self._say(policy.settled, done + 1)
                self._settled = policy.settled
        return policy.count

    def _say(self, count: int, step: int) -> None:
        """Say once for each reason that the number changes."""
        policy = self._policy
        reason = f"With {_threads(count)} steps are faster than with {self._settled}"
        if policy.suited < policy.most:
            reason = "Other programs use this machine"
        elif count > self._settled:
            reason = "The machine is free again"
        if reason not in self._said:
            self._said.add(reason)
            self.notice = f"{reason}: {_threads(count)} from step {step} on."


def _threads(count: int) -> str:
    return "one thread" if count == 1 else f"{count} threads"


def training_threads(config: RunConfig, record: ThreadRecord) -> TrainingThreads:
    """Prepare the threads of a run.

    Their number changes on processors alone, and only for networks that are not compiled: those
    are compiled anew for each number.
    """
    adapts = config.threads == AUTO and config.device == "cpu" and config.training.compile == "none"
    return TrainingThreads(config.threads, record, Load() if adapts else None)


def go_on_with_threads(
    config: RunConfig, folder: RunFolder, wanted: int | str | None
) -> tuple[RunConfig, ThreadRecord]:
    """Choose the threads for the rest of a run, as wanted; None goes on as before.

    Returns the config with the wish, and what computes the steps up to there, or beyond.
    """
    record, before = read_record(folder.config_file), config.threads
    threads = before if wanted is None else read_threads(wanted, "threads")
    larger = max(threads, record.most) > cores()
    if wanted is not None or larger:
        # Nothing is followed beyond the last checkpoint: not what was recorded for another number
        # of threads, nor on a larger machine.
        checkpoint = folder.last_checkpoint()
        done = checkpoint.step if checkpoint else 0
        record = record.cut(done) or ThreadRecord().then(done if before else 0, before)
    return msgspec.structs.replace(config, threads=AUTO if larger else threads), record
