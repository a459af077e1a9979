"""The commands of the page on large sets work as they stand there."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from tests.meta.test_docs import ROOT, as_toy, commands


def test_the_page_s_commands_work_in_order(
    pictures: Path, tmp_path: Path, artgan_cli: Callable[..., Result]
) -> None:
    pictures.rename(tmp_path / "my-pictures")
    lines = [line for line in commands(ROOT / "docs/cluster.md") if "://" not in line]
    assert [line.split()[1] for line in lines] == ["pack", "run"]
    for line in (line.replace("--size 256", "--size 16") for line in lines):
        said = artgan_cli(*as_toy(line))
        assert said.exit_code == 0, said.output
    assert [*Path("runs").glob("*/samples/*.png")]
