"""Damaged files of every kind end in a sentence. Longer: ``python -m tests.fuzz --seconds 600``."""

from pathlib import Path

import pytest

from tests.fuzz.fuzz import fuzz


@pytest.mark.slow
def test_damaged_files_end_in_a_sentence(tmp_path: Path) -> None:
    # As many files on every machine but a very slow one, so that it fails for a change and not for
    # speed.
    findings = fuzz(tmp_path / "fuzz", seconds=120, seed=0, most_cases=200)
    assert not findings.faults, "\n\n".join(findings.faults)
    assert findings.tries > 100
