"""Which checkpoint is best can be somebody's own measure."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import artgan
from artgan.core.registry import Registry
from artgan.errors import OptionError, UnknownNameError
from artgan.monitoring.judge import find_judge
from tests.conftest import TOY
from tests.platform.conftest import ROOT

(CODE,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/plugins/metric.md").read_text(), re.S)
TOLD = """
from typing import Annotated
from artgan.plugin import Meta, Metric, Options, hookimpl

class Told(Options, frozen=True, kw_only=True):
    best: Annotated[int, Meta(description="Call that is best")] = 2

def build(options):
    calls = []
    def measure(real, fake):
        calls.append(1)
        return 1.0 if len(calls) == options.best else 0.0
    return measure

@hookimpl
def artgan_metrics():
    yield Metric(name="told", summary="S.", build=build, options=Told, perfect=1.0)
    yield Metric(name="slow", summary="S.", build=build, options=Told, cheap=False)
"""
OFTEN = {**TOY, "training_options": {"checkpoint_every": 1, "keep_checkpoints": 9}}


def plugin(registry: Registry, code: str) -> Registry:
    Path("mine.py").write_text(code)
    registry.add_file(Path("mine.py"))
    return registry


@pytest.mark.parametrize("best", [1, 2, 3])
def test_best_is_what_a_metric_of_ones_own_says(registry: Registry, best: int) -> None:
    plugin(registry, TOLD)
    options = {**OFTEN["training_options"], "best_by": f"told:best={best}"}
    settings = {**OFTEN, "training_options": options, "registry": registry}
    run = artgan.train(dataset="mnist", out="run", **settings)
    assert run.checkpoint.step == best
    kept = "mine/told" if best == 2 else f"mine/told:best={best}"
    assert run.config.training.best_by == kept


def test_the_example_of_the_page_works(registry: Registry) -> None:
    plugin(registry, CODE)
    options = {"best_by": "mean-tone"}
    run = artgan.train(
        dataset="mnist", out="run", **TOY, training_options=options, registry=registry
    )
    assert run.checkpoint.quality is not None
    assert find_judge("mean-tone", registry).name == "mine/mean-tone"


def test_metrics_that_do_not_fit_are_refused(registry: Registry) -> None:
    plugin(registry, TOLD)
    for text, error, says in (
        ("slow", OptionError, "takes too long"),
        ("nothing", UnknownNameError, "nothing"),
        ("told:worst=1", OptionError, "no option 'worst'"),
        ("told:best", OptionError, "expected NAME"),
    ):
        with pytest.raises(error, match=says):
            artgan.plan(
                dataset="mnist", **TOY, training_options={"best_by": text}, registry=registry
            )


def test_a_metric_that_fails_names_its_plugin(registry: Registry) -> None:
    plugin(registry, TOLD.replace("return measure", "return lambda real, fake: 1 / 0"))
    options = {**OFTEN["training_options"], "best_by": "told"}
    with pytest.raises(artgan.ArtganError, match=r"metric 'told' of mine .* failed: ZeroDivision"):
        artgan.train(
            dataset="mnist",
            out="run",
            **{**TOY, "training_options": options, "registry": registry},
        )


def test_evaluate_prints_and_keeps_further_metrics(
    trained: Path, artgan_cli: Callable[..., Result], tmp_path: Path
) -> None:
    import shutil

    shutil.copytree(trained, "run")
    args = ["evaluate", "run", "--count", "8", "--extractor", "random"]
    shown = artgan_cli(*args, "--metric", "sliced-distance")
    assert re.search(r"^sliced-distance +\d", shown.output, re.MULTILINE), shown.output
    (kept,) = json.loads(Path("run/evaluation.json").read_text())
    assert kept["more"]["sliced-distance"] > 0
    assert artgan_cli(*args, "--metric", "nothing").exit_code == 2


def test_the_usual_metric_is_the_same_as_ever(trained: Path) -> None:
    assert artgan.load_run(trained).config.training.best_by == "sliced-distance"
