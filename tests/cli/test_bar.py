"""Bars show on a terminal, after a while, and not where output is piped."""

import io
import time
from contextlib import redirect_stderr

import pytest

from artgan.cli import output as bars


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "DELAY", 0.02)


def work(shown: io.StringIO, hidden: bool = False, seconds: float = 0.12) -> str:
    with redirect_stderr(shown), bars.bar(10, "picture", hidden=hidden) as reach:
        for number in (2, 5, 10):
            time.sleep(seconds)
            reach(number)
    return shown.getvalue()


def test_a_bar_tells_how_far_it_is() -> None:
    shown = work(Terminal())
    assert "5/10" in shown
    assert "picture" in shown


def test_short_work_hidden_bars_and_pipes_show_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert work(io.StringIO()) == ""
    assert work(Terminal(), hidden=True) == ""
    monkeypatch.setattr(bars, "DELAY", 60)
    assert "picture" not in work(Terminal(), seconds=0)


def test_work_of_unknown_length_shows_the_time() -> None:
    shown = Terminal()
    with redirect_stderr(shown), bars.waiting("exporting"):
        time.sleep(0.1)
    assert "exporting: 00:00" in shown.getvalue()


def test_shares_are_a_bar_too() -> None:
    shown = Terminal()
    with redirect_stderr(shown), bars.share_bar("sheet") as show:
        time.sleep(0.12)
        show(0.5)
    assert "500/1000" in shown.getvalue()
