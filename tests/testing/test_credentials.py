"""The example that signs pictures, and what artgan tells of signed ones."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from artgan.pictures.told import has_credentials, told_by
from tests.platform.conftest import ROOT

EXAMPLE = ROOT / "examples/artgan-credentials"


def test_signed_pictures_are_told_from_others(tmp_path: Path) -> None:
    pytest.importorskip("c2pa", reason="c2pa-python is not installed, so nothing was signed")
    pytest.importorskip("cryptography", reason="cryptography is not installed: nothing was signed")
    paths = os.pathsep.join([str(EXAMPLE / "src"), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_signing.py",
         "--basetemp", str(tmp_path / "made")],
        cwd=EXAMPLE, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    signed = sorted((tmp_path / "made").glob("test_a_picture_is_signed*/a.*"))
    assert {path.suffix for path in signed} == {".png", ".jpg", ".webp", ".tiff"}
    for path in signed:
        assert has_credentials(path)
        assert told_by(path) == {
            "source_mark": {"term": "trainedAlgorithmicMedia"},
            "source_credentials": True,
        }
