"""Short commands stay light with plugins installed."""

from pathlib import Path

import pytest
from PIL import Image

from tests.platform.conftest import Site, filter_code


def loaded(told: str) -> set[str]:
    """Read the names of imported modules from what PYTHONPROFILEIMPORTTIME prints."""
    return {line.rpartition("|")[2].strip() for line in told.splitlines()}


@pytest.mark.parametrize(
    "args", [["--help"], ["plugins", "list"], ["list", "filter"], ["plugins", "--help"]]
)
def test_short_command_leaves_torch_unloaded(site: Site, args: list[str]) -> None:
    code = filter_code().replace("apply=negative", "apply='artgan_late.heavy:apply'")
    site.plant("artgan-late", code)
    done = site.artgan(*args, PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0
    modules = loaded(done.stderr)
    assert "artgan.cli.main" in modules
    assert not modules & {"torch", "numpy", "PIL"}


def test_styling_a_picture_and_reading_its_record_need_no_torch(site: Site, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    Image.new("RGB", (8, 8), "teal").save(photo)
    styled = tmp_path / "styled"
    for args in (
        ["apply", str(photo), "--style", "invert", "--out", str(styled)],
        ["info", str(styled / "photo-invert.png")],
    ):
        done = site.artgan(*args, PYTHONPROFILEIMPORTTIME="1")
        assert done.returncode == 0, done.stderr
        assert "artgan.cli.main" in loaded(done.stderr)
        assert "torch" not in loaded(done.stderr)
