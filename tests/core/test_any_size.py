"""Runs whose generator draws at any size."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan.curation.picks import discriminator_logit
from artgan.errors import OptionError
from tests.conftest import TOY


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> artgan.Run:
    small = {"channels": 8, "layers": 2, "latent_size": 8, "base_channels": 4}
    out = tmp_path_factory.mktemp("any size") / "run"
    settings = {**TOY, "arch": "coordinates", "arch_options": small, "dataset": "mnist"}
    return artgan.train(out=out, training_options={"generator_lr": 0.02}, **settings)


def test_a_larger_picture_is_the_same_picture(run: artgan.Run) -> None:
    (small,), (large,) = run.samples([3]), run.at_size(48).samples([3])
    assert large.raw.shape == (48, 48, 1)
    away = np.abs(large.raw[1::3, 1::3].astype(int) - small.raw)
    assert away.max() <= 1
    assert np.ptp(small.raw) > 20
    (oblong,) = run.at_size("40x16").samples([3])
    assert np.abs(oblong.raw[:, 12:28].astype(int) - small.raw).max() <= 1


@pytest.mark.parametrize("more", [{}, {"sampler": "langevin:steps=1"}])
def test_size_is_recorded_and_made_again(
    run: artgan.Run, tmp_path: Path, more: dict[str, Any]
) -> None:
    (sample,) = artgan.sample_to(run.at_size("40x24"), [3], tmp_path, **more).files
    assert "-40x24" in sample.name
    with Image.open(sample) as picture:
        assert picture.size == (40, 24)
    assert (artgan.read_record(sample) or {})["size"] == [40, 24]
    assert artgan.remake(sample, run=run).identical


def test_the_command_line_takes_a_size(
    run: artgan.Run, trained: Path, tmp_path: Path, artgan_cli: Callable[..., Result]
) -> None:
    done = artgan_cli("sample", run.path, "--seeds", "1", "--size", "32", "--out", "s", "--json")
    assert done.exit_code == 0, done.output
    with Image.open(json.loads(done.stdout)["files"][0]) as picture:
        assert picture.size == (32, 32)
    refused = artgan_cli("sample", trained, "--seeds", "1", "--size", "32")
    assert refused.exit_code == 2
    assert "draws at 16x16 alone: only coordinate networks" in refused.output
    with pytest.raises(OptionError, match=r"wide.* does not fit"):
        run.at_size("wide")


def test_the_size_of_training_is_no_other_size(run: artgan.Run, trained: Path) -> None:
    assert run.at_size(16).size is None
    assert artgan.load_run(trained).at_size(16).record(0)["size"] == [16, 16]
    (sample,) = run.at_size(40).samples([2])
    assert np.isfinite(discriminator_logit(run, sample.raw, 2))
