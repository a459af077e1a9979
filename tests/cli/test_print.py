"""``artgan print`` from the shell."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image


def test_a_poster_from_a_picture(artgan_cli: Callable[..., Result], pictures: Path) -> None:
    first = str(pictures / "0.png")
    result = artgan_cli("print", first, "--print", "A6", "--dpi", "60", "--out", "p.png", "--json")
    assert json.loads(result.output) == {"file": "p.png", "width": 248, "height": 350}
    with Image.open("p.png") as image:
        assert image.size == (248, 350)


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["--paper", "A44"], 2, "Did you mean"),
        (["--out", "a.gif"], 2, "expected .png"),
        (["--caption", "hello"], 2, ".pdf"),
        (["--background", "blue-ish"], 2, "blue-ish"),
    ],
)
def test_wrong_wishes_are_refused(
    artgan_cli: Callable[..., Result], pictures: Path, args: list[str], code: int, says: str
) -> None:
    result = artgan_cli("print", str(pictures / "0.png"), "--dpi", "30", *args)
    assert (result.exit_code, says in result.output) == (code, True), result.output


def test_a_deck_as_pdf(artgan_cli: Callable[..., Result], pictures: Path) -> None:
    files = [str(p) for p in sorted(pictures.iterdir())[:3]]
    result = artgan_cli("print", *files, "--paper", "card", "--dpi", "40", "--quiet")
    assert result.exit_code == 0
    assert Path("0-print.pdf").read_bytes().startswith(b"%PDF")
