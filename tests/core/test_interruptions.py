"""What a training leaves behind when it is told to stop, or its folder is taken away."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from safetensors import SafetensorError

import artgan
from artgan.api import free_folder, reopen, start
from artgan.base.locks import FolderLock
from artgan.base.paths import replacing
from artgan.cli import main as cli
from artgan.core import runner
from artgan.core.checkpoint import save_checkpoint
from artgan.errors import DiskFullError, RunError
from tests.conftest import TOY

LONG = [
    "train", "--arch", "dcgan", "--size", "16", "--batch", "4", "--device", "cpu",
    "--steps", "100000", "--arch.base-channels", "4", "--train.preview-every", "100000",
    "--train.checkpoint-every", "100000", "--out",
]  # fmt: skip


def _hear_quit() -> None:
    """Undo what a shell does to commands in its background, which do not hear this signal."""
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


@contextmanager
def training(folder: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a long training in another process, from its first steps on."""
    command = [sys.executable, "-m", "artgan", *LONG, folder]
    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=_hear_quit if os.name != "nt" else None,
    ) as p:
        try:
            metrics = Path(folder, "metrics.jsonl")
            for _ in range(1800):
                if p.poll() is not None or (metrics.exists() and metrics.stat().st_size):
                    break
                time.sleep(0.1)
            assert p.poll() is None, p.communicate()
            yield p
        finally:
            p.kill()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_signals_save_the_state_and_say_how_to_go_on() -> None:
    # In turn on one run: each goes on where the one before stopped.
    with training("run") as process:
        process.send_signal(signal.SIGTERM)
        # What follows while it saves is ignored.
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert "artgan resume run" in out
    run = artgan.load_run("run")
    lines = run.folder.read_metrics()
    assert run.checkpoint.step == lines[-1]["step"] == len(lines)
    assert not Path("run/run.lock").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_quit_ends_a_training_at_once_and_the_run_goes_on() -> None:
    with training("run") as process:
        process.send_signal(signal.SIGQUIT)
        assert process.wait(timeout=20) == -signal.SIGQUIT
    assert artgan.resume("run", steps=2).checkpoint.step == 2


@pytest.mark.parametrize("name", ["SIGHUP", "SIGUSR1", "SIGTERM", "SIGINT"])
def test_each_signal_asks_the_session_to_stop(name: str) -> None:
    number = getattr(signal, name, None)
    if number is None:
        pytest.skip(f"there is no {name} here")
    session = start(artgan.plan(**TOY), "run")
    # Whoever started the tests may have it ignored.
    before = signal.signal(number, signal.SIG_DFL)
    try:
        runner.run(session, lambda progress: signal.raise_signal(number))
    finally:
        signal.signal(number, before)
    assert (session.outcome, session.signal, session.state.step) == ("interrupted", number, 1)
    assert session.folder.last_checkpoint().step == 1  # type: ignore[union-attr]


def test_a_stop_right_after_a_checkpoint_keeps_its_quality() -> None:
    session = start(artgan.plan(training_options={"checkpoint_every": 2}, **TOY), "run")

    def stop(progress: runner.Progress) -> None:
        session.stop = progress.report.step == 2

    runner.run(session, stop)
    saved = session.folder.last_checkpoint()
    assert (session.outcome, session.state.step) == ("interrupted", 2)
    assert saved is not None
    assert saved.quality is not None


def test_in_python_a_signal_reaches_the_program_once_the_state_is_saved() -> None:
    seen: list[int] = []
    previous = signal.signal(signal.SIGTERM, lambda number, frame: seen.append(number))
    try:
        artgan.train(out="run", show=lambda _: signal.raise_signal(signal.SIGTERM), **TOY)
    finally:
        signal.signal(signal.SIGTERM, previous)
    assert seen == [signal.SIGTERM]
    assert artgan.load_run("run").checkpoint.step == 1


def test_a_run_is_written_by_one_process_at_a_time() -> None:
    artgan.train(out="run", **TOY)
    first = reopen("run", steps=6)
    with pytest.raises(RunError, match=f"being written by process {os.getpid()} on"):
        reopen("run", steps=6)
    runner.run(first)
    assert artgan.resume("run", steps=7).checkpoint.step == 7


def test_a_lock_that_a_dead_process_left_is_taken_over(tmp_path: Path) -> None:
    code = (
        "import os\nfrom pathlib import Path\nfrom artgan.base.locks import FolderLock\n"
        f"lock = FolderLock(Path({str(tmp_path)!r}))\nos._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert (tmp_path / "run.lock").exists()
    lock = FolderLock(tmp_path)
    with pytest.raises(RunError, match="being written"):
        FolderLock(tmp_path)
    lock.release()
    assert not (tmp_path / "run.lock").exists()


@pytest.mark.parametrize("gone", ["deleted", "renamed", "replaced"])
def test_a_folder_that_is_taken_away_ends_the_training_and_does_not_come_back(gone: str) -> None:
    folder = Path("run")

    def take(progress: runner.Progress) -> None:
        if progress.report.step != 1:
            return
        shutil.move(folder, "elsewhere")
        if gone == "deleted":
            shutil.rmtree("elsewhere")
        if gone == "replaced":
            folder.mkdir()

    settings = {**TOY, "training_options": {"checkpoint_every": 2, "preview_every": 2}}
    with pytest.raises(RunError, match="deleted, moved or replaced"):
        artgan.train(out=folder, show=take, **settings)
    assert not folder.exists() or not list(folder.iterdir())


def test_processes_at_once_claim_a_folder_each() -> None:
    with ThreadPoolExecutor(8) as pool:
        folders = list(pool.map(lambda _: free_folder("core/dcgan"), range(32)))
    assert len(set(folders)) == 32


def test_the_line_of_a_step_is_written_before_its_checkpoint_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []

    def save(folder: Path, state: object, *more: object) -> object:
        lines = Path("run/metrics.jsonl").read_text().splitlines()
        seen.append((state.step, len(lines)))  # type: ignore[attr-defined]
        return save_checkpoint(folder, state, *more)  # type: ignore[arg-type]

    monkeypatch.setattr("artgan.core.runner.save_checkpoint", save)
    artgan.train(out="run", training_options={"checkpoint_every": 1}, **TOY)
    assert seen == [(1, 1), (2, 2), (3, 3), (4, 4)]


def test_leftovers_of_a_killed_process_are_cleared_when_it_goes_on() -> None:
    artgan.train(out="run", **TOY)
    left = Path("run/checkpoints/.000004.safetensors.abcd1234.safetensors")
    left.write_bytes(b"half")
    artgan.resume("run", steps=5)
    assert not left.exists()


def write_and_fail(path: Path, error: Exception) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(b"half")
        raise error


def test_a_full_disk_names_file_and_remedy_whoever_reports_it(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"old")
    for error in (
        OSError(28, "No space left on device"),
        SafetensorError("I/O error: No space left on device (os error 28)"),
    ):
        says = r"disk is full: '.*a\.bin'.*MB free\. Make room"
        with pytest.raises(DiskFullError, match=says):
            write_and_fail(tmp_path / "a.bin", error)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_nothing_is_written_through_a_link_that_leaves_the_run(tmp_path: Path) -> None:
    artgan.train(out="run", **TOY)
    outside = tmp_path / "outside"
    outside.mkdir()
    Path("run/samples").symlink_to(outside)
    for work in (
        lambda: artgan.resume("run", steps=6),
        lambda: artgan.sample_to("run", [1], "run/samples"),
    ):
        with pytest.raises(RunError, match=r"run/samples' is a link to .*outside"):
            work()
    assert not list(outside.iterdir())


def test_ctrl_c_before_anything_has_begun_is_told_in_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "prepare_streams", interrupt)
    with pytest.raises(SystemExit) as ended:
        cli.main(["list", "style"])
    assert ended.value.code == 130
    assert "Interrupted." in capsys.readouterr().err
