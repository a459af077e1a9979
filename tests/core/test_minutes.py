"""``--minutes`` is a promise: the run ends in time also when the machine changes its pace."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import Result

import artgan
from artgan.base.schedule import CHECKPOINTS, PREVIEWS, Schedule
from artgan.core import runner
from artgan.core.config import TrainingOptions
from artgan.core.registry import Registry
from artgan.core.run_folder import RunFolder
from artgan.core.runner import Attached
from artgan.core.state import StepReport, TrainingState
from artgan.errors import ArtganError, RunError
from artgan.monitoring.costs import Costs, TimeLimit
from artgan.monitoring.schedule_record import read_schedule
from artgan.monitoring.timekeeping import Timekeeper
from tests.conftest import TOY


def test_a_schedule_is_straight_until_it_turns() -> None:
    straight = Schedule.straight(7)
    # The very numbers that a run of so many steps always had.
    assert [straight.part(0.9, step) for step in range(8)] == [0.9 * n / 7 for n in range(8)]
    bent = Schedule.straight(100).turned(50, 150)
    assert [bent.part(1.0, step) for step in (0, 25, 50, 100, 150)] == [0, 0.25, 0.5, 0.75, 1]
    assert bent.end == 150
    assert bent.cut(49) == Schedule.straight(100)
    assert bent.turned(50, 80).knots == ((0, 0.0, 100), (50, 0.5, 80))
    ended = bent.turned(60, 60)
    assert ended.part(1.0, 60) == 1.0
    assert ended.due(60, 0, 1)


def test_previews_keep_their_number_wherever_the_end_goes() -> None:
    bent = Schedule.straight(1000).turned(500, 5000)
    for times in (PREVIEWS, CHECKPOINTS):
        assert sum(bent.due(step, 0, times) for step in range(1, 5001)) in (times, times + 1)
    assert sum(bent.due(step, 100, 8) for step in range(1, 5001)) == 50


@dataclass
class Machine:
    """A run on a made-up clock; ``slowness`` of the share of the time tells how slow steps are."""

    total: float
    slowness: Callable[[float], float]
    step: float = 0.1
    now: float = 2.0
    state: TrainingState = field(
        default_factory=lambda: TrainingState({}, {}, {}, {}, Schedule.straight(1))
    )

    def work(self, seconds: float) -> None:
        self.now += seconds * self.slowness(self.now / self.total)

    def loop(self) -> Iterator[StepReport]:
        while self.state.step < self.state.schedule.end:
            self.work(self.step * (2.2 if self.state.step % 4 == 0 else 0.6))
            self.state.step += 1
            yield StepReport(self.state.step, 0, 0, 0, 0, 0)

    def rehearse(self, end: float) -> float:
        before = self.now
        self.work(end / 4)
        return 4 * (self.now - before)

    def run(self) -> float:
        """Run to the end; return the time it took as a share of what it should."""
        costs = Costs(self.step, 0.2, 0.5, 1.0)
        training = TrainingOptions()
        limit = TimeLimit(self.total, self.total - self.now, costs)
        self.state.schedule = Schedule.straight(max(1, costs.steps_within(limit.left, training)))
        keeper = Timekeeper(limit, training, lambda: self.rehearse(2.0), lambda: self.now)
        for report in keeper.watch(self.loop(), self.state):
            due = self.state.schedule.due
            self.work(0.2 * due(report.step, 0, PREVIEWS) + 0.5 * due(report.step, 0, CHECKPOINTS))
        self.work(2.0)
        return self.now / self.total


@pytest.mark.parametrize("minutes", [1, 4])
@pytest.mark.parametrize(
    "slowness",
    [
        lambda share: 1.0,
        lambda share: 3.0 if share > 0.5 else 1.0,
        lambda share: 0.3 if share > 0.5 else 1.0,
        lambda share: 4.0 if 0.3 < share < 0.6 else 1.0,
        # The estimate before the first step is far off.
        lambda share: 5.0,
        lambda share: 0.1,
    ],
    ids=["steady", "slower", "faster", "slow for a while", "wrong", "very fast"],
)
def test_it_ends_in_time(minutes: int, slowness: Callable[[float], float]) -> None:
    machine = Machine(60.0 * minutes, slowness, step=0.1 * minutes)
    assert 0.95 < machine.run() < 1.05
    # All of the schedule was gone through, and its turns can be counted.
    schedule = machine.state.schedule
    assert schedule.end == machine.state.step
    assert len(schedule.knots) < 60
    shares = [schedule.part(1.0, step) for step in range(schedule.end + 1)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_steps_that_take_longer_than_the_time_end_with_one() -> None:
    machine = Machine(10.0, lambda share: 1.0, step=30.0)
    machine.run()
    assert machine.state.step == 1


def clock_that_slows(after: int) -> Callable[[], float]:
    """Return a clock that goes ten times as far at each look after so many."""
    now, looks = [0.0], [0]

    def clock() -> float:
        looks[0] += 1
        now[0] += 0.1 if looks[0] < after else 1.0
        return now[0]

    return clock


def digests(run: Path) -> dict[str, str]:
    files = [*run.glob("previews/*.png"), *run.glob("checkpoints/*.safetensors")]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.fixture
def timed(tmp_path: Path, registry: Registry) -> Path:
    """A toy run whose machine slowed down half-way: fewer steps than were planned."""
    rates = {"lr_hold": 0.0, "lr_final": 0.1, "penalty_final": 0.1, "keep_checkpoints": 9}
    toy = {**TOY, "steps": 60, "threads": 1, "training_options": rates}
    planned = artgan.plan(dataset="mnist", registry=registry, **toy)
    limit = TimeLimit(20.0, 12.0, Costs(0.1, 0.1, 0.1, 0.1))
    timing = Timekeeper(limit, planned.config.training, clock=clock_that_slows(60))
    folder = RunFolder(tmp_path / "timed")
    attached = Attached(timing=timing)
    runner.run(runner.start(planned.config, planned.table, folder, registry, attached))
    return folder.path


def test_a_timed_run_is_repeated_and_resumed_to_the_byte(timed: Path, tmp_path: Path) -> None:
    config = artgan.load_run(timed).config
    last = RunFolder(timed).last_checkpoint()
    assert last
    assert config.training.steps == last.step < 60
    assert len(read_schedule(timed / "run.toml", last.step).knots) > 1

    artgan.train(config=timed / "run.toml", out=tmp_path / "again")
    assert digests(tmp_path / "again") == digests(timed)
    assert "schedule = [" in (tmp_path / "again" / "run.toml").read_text()

    for report in artgan.training(config=timed / "run.toml", out=tmp_path / "parts"):
        if report.step == 3:
            break
    artgan.resume(tmp_path / "parts")
    assert digests(tmp_path / "parts")[last.path.name] == last.sha256
    # Another number of steps is another schedule.
    assert artgan.plan(config=timed / "run.toml", steps=9).schedule == Schedule.straight(9)


def test_a_run_goes_on_for_some_time(
    trained: Path, artgan_cli: Callable[..., Result], tmp_path: Path
) -> None:
    import shutil

    shutil.copytree(trained, tmp_path / "more")
    done = artgan_cli("resume", tmp_path / "more", "--minutes", "0.05")
    assert done.exit_code == 0, done.output
    run = artgan.load_run(tmp_path / "more")
    knots = read_schedule(run.path / "run.toml", run.config.training.steps).knots
    assert knots[0] == (0, 0.0, 4)
    assert knots[1][0] == 4
    assert run.config.training.steps > 4
    # Schedules stretch to the new end.
    assert 0 < knots[1][1] == 4 / knots[1][2]
    with pytest.raises(ArtganError, match="not both"):
        artgan.resume(run.path, steps=9, minutes=1)
    with pytest.raises(ArtganError, match="more than 0"):
        artgan.resume(run.path, minutes=0)


def test_several_processes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "0")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ArtganError, match="needs one process"):
        artgan.plan(minutes=1)


@pytest.mark.parametrize(
    "damage", ["7", "[[1, 0.0, 4]]", "[[0, 2.0, 4]]", "[[0, 0.0, 4], [0, 0.5, 6]]"]
)
def test_a_damaged_schedule_is_refused(damage: str, tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text(f"[made-with]\nschedule = {damage}\n")
    with pytest.raises(RunError, match="schedule does not fit"):
        read_schedule(file, 4)
