"""Pages are tried, not judged: their runs are measured by a handful of samples."""

import pytest

from artgan.monitoring import diagnostics


@pytest.fixture(autouse=True)
def _measured_by_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnostics, "MEASURED", 16)
