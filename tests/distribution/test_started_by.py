"""What the page on clusters shows, started as it says: torchrun, and srun by a stand-in."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "cluster.md"
TOY = (
    "--arch dcgan --arch.base-channels 4 --arch.latent-size 8 --size 16 --device cpu --count 2 "
    "--batch 4"
)

SRUN = f"""#!{sys.executable}
# Starts two tasks as srun does; in the job's first try they get USR1 when training goes on.
import os, signal, subprocess, sys, time
from pathlib import Path

command = sys.argv[sys.argv.index("artgan") + 1 :] + os.environ["TOY"].split()
shared = {{"SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2", "SLURM_STEP_NODELIST": "localhost"}}
tasks = []
for rank in map(str, range(2)):
    own = {{"SLURM_PROCID": rank, "SLURM_LOCALID": rank}}
    program = [sys.executable, "-m", "artgan", *command]
    tasks.append(subprocess.Popen(program, env={{**os.environ, **shared, **own}}))
metrics = Path("runs/big/metrics.jsonl")
while not Path("requeued").exists() and not (metrics.exists() and metrics.stat().st_size):
    time.sleep(0.05)
    assert all(task.poll() is None for task in tasks)
if not Path("requeued").exists():
    for task in tasks:
        task.send_signal(signal.SIGUSR1)
sys.exit(max(task.wait() for task in tasks))
"""
SCONTROL = '#!/bin/sh\necho "$@" > requeued\n'


def write_program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.slow
def test_the_sbatch_file_goes_on_when_it_is_queued_again(pictures: Path, tmp_path: Path) -> None:
    pictures.rename(tmp_path / "my-pictures")
    (script,) = re.findall(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL)
    Path("train.sbatch").write_text(script)
    write_program(tmp_path / "bin", "srun", SRUN)
    write_program(tmp_path / "bin", "scontrol", SCONTROL)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "SLURM_JOB_ID": str(os.getpid()),
        "SLURM_NTASKS": "2",
        "TOY": f"{TOY} --steps 300",
    }

    def run_job() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "train.sbatch"], env=environment, capture_output=True, text=True, timeout=600
        )

    first = run_job()
    assert first.returncode == 138, first.stderr
    assert "Stopped and saved at step" in first.stdout
    assert Path("requeued").read_text().split() == ["requeue", environment["SLURM_JOB_ID"]]
    second = run_job()
    assert second.returncode == 0, second.stderr
    assert "Going on with runs/big at step" in second.stdout
    lines = Path("runs/big/metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == list(range(1, 301))


@pytest.mark.slow
def test_torchrun_starts_what_the_page_shows(pictures: Path, tmp_path: Path) -> None:
    pictures.rename(tmp_path / "my-pictures")
    line = re.findall(r"^    torchrun (.*)$", PAGE.read_text(), re.MULTILINE)[0]
    args = line.replace("--nproc-per-node 4", "--nproc-per-node 2").split()
    command = [sys.executable, "-m", "torch.distributed.run", *args, *TOY.split(), "--steps", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Done: 2 pictures in runs/big/samples") == 1
