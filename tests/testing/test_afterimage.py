"""The example for films: its contract, and through the command line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from artgan.testing import check_plugin
from tests.platform.conftest import ROOT
from tests.testing.conftest import installed

EXAMPLE = ROOT / "examples/artgan-afterimage"


@pytest.fixture
def _installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with installed("artgan-afterimage", monkeypatch):
        yield


def test_it_keeps_its_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLE / "src")
    report = check_plugin(EXAMPLE / "src/artgan_afterimage/__init__.py", kinds=["filter", "style"])
    assert report.passed, report.failed
    assert {"depends-on-frames-alone", "keeps-frames"} <= {r.check for r in report.results}


@pytest.mark.usefixtures("_installed")
def test_slit_scan_bends_a_gif(artgan_cli: Callable[..., Result]) -> None:
    frames = []
    for number in range(6):
        pixels = np.zeros((12, 24, 3), np.uint8)
        pixels[:, 4 * number : 4 * number + 4] = 255
        frames.append(Image.fromarray(pixels))
    frames[0].save("clip.gif", save_all=True, append_images=frames[1:], duration=100, loop=0)
    style = "artgan-afterimage/slit-scan:3"
    done = artgan_cli("apply", "clip.gif", "--style", style, "--format", "gif", "--out", "o")
    assert done.exit_code == 0, done.output
    (made,) = Path("o").iterdir()
    with Image.open(made) as image:
        image.seek(4)
        lines = np.asarray(image.convert("L"))
    assert [int(np.argmax(line)) // 4 for line in lines[1::3]] == [4, 3, 2, 1]
