"""What is told of a training: words, a sparkline, a page that loads itself again."""

import io
import math
from pathlib import Path

import pytest

import artgan
from artgan.api import start
from artgan.cli.output import training_bar
from artgan.core import runner
from artgan.core.registry import Registry
from artgan.core.state import StepReport
from artgan.monitoring.telling import telling_of
from artgan.monitoring.words import Sight, guessing_loss, sparkline
from tests.conftest import TOY


def seen(*losses: float, guess: float = math.log(2)) -> str:
    sight = Sight(guess)
    for step, loss in enumerate(losses):
        sight.see(StepReport(step + 1, 4, loss, 1.0, 0.0, 0.0))
    return sight.words


@pytest.mark.parametrize(
    ("loss", "guess"),
    [("bce", 2 * math.log(2)), ("rpgan", math.log(2)), ("hinge", 2.0), ("wasserstein", 0.0)],
)
def test_the_loss_of_a_guesser_is_known_for_each_loss(
    loss: str, guess: float, registry: Registry
) -> None:
    part = registry.find("loss", loss)
    built = part.call("build", part.declaration.options())
    assert guessing_loss(built) == pytest.approx(guess, abs=1e-3)


def test_words_say_how_well_fakes_are_told() -> None:
    assert seen() == ""
    assert seen(0.69) == "D cannot tell fakes"
    assert seen(0.6) == "D suspects fakes"
    assert seen(0.4) == "D tells most fakes"
    assert seen(0.1) == "D tells nearly all fakes"
    assert seen(0.001) == "D tells every fake"
    assert seen(math.nan) == ""


def test_words_say_who_gets_ahead_once_that_is_clear() -> None:
    assert seen(*[0.4] * 300) == "D tells most fakes"
    assert seen(*[0.6] * 200, *[0.1] * 60).endswith(", G falls behind")
    assert seen(*[0.1] * 200, *[0.6] * 60).endswith(", G catches up")
    assert seen(*[-1.0] * 200, *[-9.0] * 60, guess=0) == "G falls behind"
    assert seen(*[0.6] * 30, *[0.1] * 30) == "D tells most fakes"


def test_a_sparkline_draws_the_last_values_from_zero_on() -> None:
    assert sparkline([0.7, 0.0, 0.3, 0.1]) == "█▁▄▂"
    assert sparkline([2.0, 2.0]) == "██"
    assert sparkline([0.0, math.inf, 2.0]) == "▁?█"
    assert sparkline([]) == ""
    assert len(sparkline(range(50))) == 12


def test_the_page_loads_itself_again_until_training_ends(
    tmp_path: Path, registry: Registry
) -> None:
    session = start(
        artgan.plan(dataset="mnist", registry=registry, **TOY), tmp_path / "run", registry=registry
    )
    page, reports = tmp_path / "run" / "index.html", runner.steps(session)
    next(reports)
    assert "step 1 of about 4" in page.read_text()
    assert "location.reload()" in page.read_text()
    next(reports)
    assert "what they mean" in page.read_text()
    reports.close()  # type: ignore[attr-defined]
    assert "Stopped after step" in page.read_text()
    assert "location.reload()" not in page.read_text()
    artgan.resume(tmp_path / "run")
    assert "Trained to step 4" in page.read_text()
    assert "location.reload()" not in page.read_text()


def test_the_bar_shows_words_and_the_distance(
    tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = artgan.plan(dataset="mnist", registry=registry, **TOY)
    session = start(plan, tmp_path / "run", registry=registry)
    shown = io.StringIO()
    monkeypatch.setattr("sys.stderr", shown)
    with training_bar(session, hidden=False) as show:
        runner.run(session, show)
    assert "  D " in shown.getvalue()
    telling = telling_of(plan.config, registry)
    telling.begin(tmp_path / "run")
    assert telling.distance.startswith("distance ")
    assert len(telling.quality) == 4
