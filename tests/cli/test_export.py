"""``artgan export`` from the shell."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result


def test_page_is_named_after_the_run(
    artgan_cli: Callable[..., Result], trained: Path, tmp_path: Path
) -> None:
    result = artgan_cli("export", str(trained), "--web", "--out", "site", "--json")
    assert json.loads(result.output) == {"files": [str(Path("site") / f"{trained.name}.html")]}
    assert (tmp_path / "site" / f"{trained.name}.html").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        ([], 2, "Expected --web, --onnx or --to NAME"),
        (["--web", "--out", "page.onnx"], 2, "expected .html"),
    ],
)
def test_wrong_wishes_are_refused(
    artgan_cli: Callable[..., Result], trained: Path, args: list[str], code: int, says: str
) -> None:
    result = artgan_cli("export", str(trained), *args)
    assert result.exit_code == code
    assert says in result.output


def test_a_run_that_is_not_there_is_named(artgan_cli: Callable[..., Result]) -> None:
    result = artgan_cli("export", "runs/none", "--web")
    assert (result.exit_code, "no run folder" in result.output) == (1, True)
