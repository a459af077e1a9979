"""The number of threads: found by the pace of steps, recorded, and followed to the bit."""

import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from click.testing import Result

import artgan
from artgan.base.threads import (
    AUTO,
    Load,
    ProcessorTimes,
    free_processors,
    read_threads,
    read_times,
    using_threads,
)
from artgan.core import runner
from artgan.core.registry import Registry
from artgan.core.run_folder import RunFolder
from artgan.core.runner import Attached
from artgan.errors import OptionError, RunError
from artgan.monitoring.thread_policy import ThreadPolicy
from artgan.monitoring.thread_record import ThreadRecord, parse_record
from artgan.monitoring.threads import TrainingThreads
from artgan.plugin.strips import STRIP_VALUES, cores, in_strips
from tests.conftest import TOY

# Milliseconds of a step by number of threads, as measured on two processors.
REST, BESIDE_ONE, BESIDE_FIVE = {1: 16, 2: 11}, {1: 20, 2: 60}, {1: 20, 2: 936}
TINY = {1: 4, 2: 5}

two_processors = pytest.mark.skipif(cores() < 2, reason="there is one processor")


@dataclass
class Machine:
    """Steps that take as long as a table says; every fourth has a penalty and takes longer."""

    policy: ThreadPolicy
    seconds: float = 0.0
    steps: int = 0

    def train(self, seconds: float, table: dict[int, int], others: float | None) -> float:
        """Train for some seconds; return the milliseconds a step."""
        begun, first = self.seconds, self.steps
        while self.seconds - begun < seconds:
            self.policy.suit(others)
            due = self.steps % 4 == 0
            took = table[self.policy.count] / 1000 * (2.5 if due else 1)
            self.seconds, self.steps = self.seconds + took, self.steps + 1
            self.policy.took(took, ["r1"] if due else [])
        return 1000 * (self.seconds - begun) / (self.steps - first)


def cost(table: dict[int, int]) -> float:
    """Return the mean milliseconds of a step by the best fixed number."""
    return min(table.values()) * (3 + 2.5) / 4


@pytest.mark.parametrize("load_known", [True, False])
@pytest.mark.parametrize(
    ("table", "others", "times"),
    [(REST, 0.1, 1.03), (TINY, 0.1, 1.03), (BESIDE_ONE, 1.0, 1.1), (BESIDE_FIVE, 1.7, 1.2)],
)
def test_nearly_as_fast_as_the_best_fixed_number(
    table: dict[int, int], others: float, times: float, load_known: bool
) -> None:
    machine = Machine(ThreadPolicy(2, 2))
    pace = machine.train(60, table, others if load_known else None)
    assert pace < times * cost(table)


@pytest.mark.parametrize("load_known", [True, False])
def test_fewer_threads_while_another_program_runs_and_then_all_again(load_known: bool) -> None:
    machine = Machine(ThreadPolicy(2, 2))

    def train(seconds: float, table: dict[int, int], others: float) -> int:
        machine.train(seconds, table, others if load_known else None)
        return machine.policy.settled

    assert train(10, REST, 0.1) == 2
    assert train(10, BESIDE_FIVE, 1.0) == 1
    # Without the load only trials tell, which must not cost much.
    assert train(10 if load_known else 200, REST, 0.1) == 2


def test_a_hiccup_is_no_reason_to_change() -> None:
    machine = Machine(ThreadPolicy(2, 2))
    machine.train(10, REST, 0.1)
    machine.train(0.05, {2: 200}, 0.1)
    machine.train(1, REST, 0.1)
    assert machine.policy.settled == 2


def test_a_larger_machine_leaves_a_processor_to_each_other_program() -> None:
    # Beyond the processors that are free, the threads wait for each other.
    table = {n: 160 // n if n <= 11 else 900 for n in range(1, 17)}
    machine = Machine(ThreadPolicy(16, 16))
    machine.train(20, table, 5.0)
    assert machine.policy.settled == 11


def test_trials_become_rare() -> None:
    policy, changes, before = ThreadPolicy(2, 2), 0, 2
    for _ in range(100_000):
        policy.suit(0.1)
        policy.took(REST[policy.count] / 1000)
        changes += policy.count != before
        before = policy.count
    assert changes < 30


def test_load_counts_what_others_use() -> None:
    times = iter([ProcessorTimes(0, 100, 10), ProcessorTimes(2, 103.5, 11.5)])
    load = Load(lambda: next(times))
    assert load.others() == pytest.approx(1.0)
    assert Load(lambda: None).others() is None
    assert [free_processors(2, used) for used in (0.1, 1.0, 1.9, 5.0)] == [2, 1, 1, 1]


def test_processor_times_count_this_process() -> None:
    before = read_times()
    if before is None:
        pytest.skip("this system does not tell")
    while (after := read_times()) and after.own < before.own + 0.05:
        pass
    assert after
    assert after.busy >= before.busy


def test_a_record_is_written_cut_and_read_back() -> None:
    record = ThreadRecord().then(3, 2).then(1, 1).then(2, 1).then(0, 4).then(4, 2)
    assert str(record) == "1-3: 2, 4-6: 1, 7-10: 2"
    assert parse_record(str(record), "here") == record
    assert [record.at(step) for step in (0, 2, 3, 9, 10)] == [2, 2, 1, 2, None]
    assert str(record.cut(5)) == "1-3: 2, 4-5: 1"
    assert not record.cut(0)


@pytest.mark.parametrize("text", ["1-3: 2, 5-6: 1", "1-3", "1-3: 0", "3-1: 2", "nonsense"])
def test_a_damaged_record_is_refused(text: str) -> None:
    with pytest.raises(RunError, match=r"expected steps and their number of threads, as in \d"):
        parse_record(text, "run.toml")


def test_choices_of_threads() -> None:
    assert read_threads("auto") == AUTO
    assert read_threads("1") == read_threads(1) == 1
    for wrong in ("0", "many", "-3", 0, 1.5, True, None):
        with pytest.raises(OptionError, match="expected auto, or a number from 1"):
            read_threads(wrong)
    with pytest.raises(OptionError, match=f"expected at most {cores()}: there"):
        read_threads(cores() + 1)


@pytest.mark.parametrize("command", [["run"], ["train"], ["sample", "r"], ["apply", "a.png"]])
def test_commands_refuse_threads_in_a_sentence(
    command: list[str], trained: Path, artgan_cli: Callable[..., Result]
) -> None:
    names = [str(trained) if word == "r" else word for word in command]
    for wrong in ("0", "many", str(cores() + 1)):
        result = artgan_cli(*names, "--threads", wrong)
        assert result.exit_code == 2
        assert f"Error: --threads {wrong} does not fit; expected" in result.output


def test_one_thread_works_on_strips_alone() -> None:
    seen = set()

    def work(start: int, stop: int) -> None:
        seen.add(threading.get_ident())

    with using_threads(1):
        assert torch.get_num_threads() == 1
        in_strips(work, 100, STRIP_VALUES)
    assert seen == {threading.get_ident()}


@pytest.fixture
def two_threads() -> Iterator[None]:
    with using_threads(2):
        yield


def slow_with_two() -> Callable[[], float]:
    """Make a clock on which steps of two threads take a second, others a tenth."""
    now = [0.0]

    def clock() -> float:
        now[0] += 1.0 if torch.get_num_threads() == 2 else 0.1
        return now[0]

    return clock


LONGER = {**TOY, "steps": 24, "training_options": {"checkpoint_every": 6, "preview_every": 6}}


@pytest.fixture
def adapted(tmp_path: Path, registry: Registry, two_threads: None) -> Path:
    """A toy run of 24 steps, by two threads at first, then mostly by one."""
    planned = artgan.plan(dataset="mnist", registry=registry, **LONGER)
    threads = TrainingThreads(load=Load(lambda: None), clock=slow_with_two())
    folder = RunFolder(tmp_path / "adapted")
    runner.run(
        runner.start(planned.config, planned.table, folder, registry, Attached(threads=threads))
    )
    assert threads.notice.startswith("With one thread steps are faster than with 2: one thread")
    return folder.path


def threads_of(run: Path) -> list[int]:
    lines = (run / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line)["threads"] for line in lines]


def digests(run: Path) -> list[str]:
    files = [*sorted(run.glob("previews/*.png")), *sorted(run.glob("checkpoints/*.safetensors"))]
    assert len(files) > 4
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]


@two_processors
def test_a_run_that_is_repeated_follows_the_threads_of_each_step(
    adapted: Path, tmp_path: Path
) -> None:
    assert set(threads_of(adapted)) == {1, 2}
    artgan.train(config=adapted / "run.toml", out=tmp_path / "again")
    assert threads_of(tmp_path / "again") == threads_of(adapted)
    assert digests(tmp_path / "again") == digests(adapted)
    kept = [(run / "run.toml").read_text() for run in (adapted, tmp_path / "again")]
    assert kept[0] == kept[1]
    assert 'threads = "auto"' in kept[0]


@two_processors
def test_a_repeated_run_that_is_stopped_and_resumed_follows_them_too(
    adapted: Path, tmp_path: Path
) -> None:
    out = tmp_path / "parts"
    for report in artgan.training(config=adapted / "run.toml", out=out):
        if report.step == 8:
            break
    artgan.resume(out)
    assert threads_of(out) == threads_of(adapted)
    assert digests(out)[-1] == digests(adapted)[-1]
    artgan.resume(out, steps=26, threads=1)
    assert threads_of(out) == [*threads_of(adapted), 1, 1]
    assert "threads = 1\n" in (out / "run.toml").read_text()


def test_another_run_chooses_anew(adapted: Path) -> None:
    file = adapted / "run.toml"
    assert artgan.plan(config=file, count=5).record.steps == 24 or cores() < 2
    assert not artgan.plan(config=file, seed=5).record
    assert not artgan.plan(config=file, threads="auto").record


def test_a_run_of_a_larger_machine_chooses_anew_and_says_so(adapted: Path) -> None:
    file = adapted / "run.toml"
    text = re.sub('threads = "1-.*"', 'threads = "1-24: 4096"', file.read_text())
    file.write_text(text)
    planned = artgan.plan(config=file)
    assert not planned.record
    assert "as the run was made with 4096 and this machine has" in planned.reasons[-1]
    assert artgan.resume(adapted).config.threads == AUTO


def test_a_fixed_number_is_kept(tmp_path: Path) -> None:
    artgan.train(dataset="mnist", out=tmp_path / "one", threads=1, **TOY)
    assert threads_of(tmp_path / "one") == [1] * TOY["steps"]
    text = (tmp_path / "one" / "run.toml").read_text()
    assert text.count("\nthreads = 1\n") == 2
    planned = artgan.plan(config=tmp_path / "one" / "run.toml")
    assert planned.config.threads == 1
