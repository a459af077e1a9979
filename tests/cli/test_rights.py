"""Folders that may not be read or written: named, and what else there is goes on."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

import artgan
from artgan.errors import RunError
from tests.rights import rights_of_anybody

Cli = Callable[..., Result]


@pytest.fixture
def odd(pictures: Path) -> Iterator[Path]:
    """Pictures beside folders that may not be listed, or listed and not entered, and a device."""
    for name in ("unlisted", "unentered"):
        (pictures / name).mkdir()
        shutil.copy(pictures / "0.png", pictures / name / "inner.png")
    (pictures / "7.png").chmod(0)
    (pictures / "unlisted").chmod(0)
    (pictures / "unentered").chmod(0o444)
    with rights_of_anybody():
        yield pictures
    for name in ("unlisted", "unentered"):
        (pictures / name).chmod(0o755)


def test_training_names_what_may_not_be_read(artgan_cli: Cli, odd: Path) -> None:
    done = artgan_cli("inspect", odd, "--minutes", "none")
    assert done.exit_code == 0, done.output
    for name in ("7.png", "unlisted/", "unentered/inner.png"):
        assert name in done.output
    assert "Permission denied" in done.output


@pytest.mark.parametrize("command", ["apply", "sheet", "curate"])
def test_a_batch_names_what_may_not_be_read(artgan_cli: Cli, odd: Path, command: str) -> None:
    more = {
        "apply": ("--style", "invert", "--out", "o"),
        "sheet": ("--out", "s.png"),
        "curate": ("--pick", "2"),
    }[command]
    done = artgan_cli(command, odd, *more)
    assert done.exit_code in (0, 3), done.output
    assert "folders that cannot be read, left out: unentered, unlisted" in done.output
    assert "7.png" in done.output


@pytest.mark.skipif(not hasattr(os, "mknod") or os.geteuid() != 0, reason="root makes devices")
def test_devices_among_pictures_are_named_and_never_read(artgan_cli: Cli, pictures: Path) -> None:
    try:
        os.mknod(pictures / "zero.png", 0o666 | stat.S_IFCHR, os.makedev(1, 5))
    except OSError:
        pytest.skip("no devices here")
    assert "zero.png" in artgan_cli("inspect", pictures, "--minutes", "none").output
    told = artgan_cli("apply", pictures, "--style", "invert", "--out", "o").output
    assert "no files, left out: zero.png" in told


@pytest.fixture
def read_only(trained: Path, tmp_path: Path) -> Iterator[Path]:
    """A run whose files and folders may not be written."""
    run = tmp_path / "kept"
    shutil.copytree(trained, run)
    folders = [run, *(path for path in run.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    with rights_of_anybody():
        yield run
    for folder in folders:
        folder.chmod(0o755)


def test_a_run_that_may_only_be_read_is_sampled_elsewhere(
    artgan_cli: Cli, read_only: Path, tmp_path: Path
) -> None:
    assert artgan_cli("sample", read_only, "--seeds", "0", "--out", tmp_path / "o").exit_code == 0
    assert list((tmp_path / "o").glob("*.png"))
    assert artgan_cli("info", read_only).exit_code == 0
    for command in (("sample", read_only, "--seeds", "0"), ("directions", read_only)):
        done = artgan_cli(*command)
        assert done.exit_code == 1
        assert "Permission denied; allow it, or choose another place" in done.stderr


def test_a_working_folder_that_may_only_be_read(
    artgan_cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir(mode=0o555)
    monkeypatch.chdir(tmp_path / "here")
    with rights_of_anybody():
        done = artgan_cli("run", "--dataset", "gervais", "--steps", "1", "--batch", "4")
        with pytest.raises(RunError, match="'runs/dcgan-001' cannot be written: Permission denied"):
            artgan.api.free_folder("core/dcgan")
    assert done.exit_code == 1
    assert "cannot be written: Permission denied" in done.stderr
