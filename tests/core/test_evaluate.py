import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
import torch
from click.testing import Result
from PIL import Image

from artgan.core.registry import Registry
from artgan.errors import DataError, PluginError, RunError
from artgan.evaluation.evaluate import evaluate, read_evaluation
from artgan.evaluation.features import choose_extractor, features_of
from artgan.run import load_run

Cli = Callable[..., Result]


@pytest.fixture
def run_folder(trained: Path, tmp_path: Path) -> Path:
    return copytree(trained, tmp_path / "judged")


def test_an_evaluation_is_written_and_repeats(run_folder: Path) -> None:
    run = load_run(run_folder)
    (first,) = evaluate(run, count=40, extractor="random")
    (again,) = evaluate(run, count=40, extractor="random")
    assert first == again
    assert read_evaluation(run_folder) == [first]
    assert first.real_count == first.fake_count == 40
    assert first.scores.fid > first.halves.fid
    for name in ("nearest.png", "evaluation.png"):
        with Image.open(run_folder / name) as picture:
            assert min(picture.size) > 100


def test_every_checkpoint_is_judged_on_its_own_weights(run_folder: Path) -> None:
    evaluate(load_run(run_folder), count=16, extractor="random")
    plotted = (run_folder / "evaluation.png").read_bytes()
    found = evaluate(load_run(run_folder), count=16, extractor="random", every=True)
    assert (run_folder / "evaluation.png").read_bytes() != plotted
    assert len({one.step for one in found}) == len(found) > 1
    assert len({one.scores.fid for one in found}) == len(found)


def test_results_of_two_extractors_stand_side_by_side(run_folder: Path) -> None:
    run = load_run(run_folder)
    evaluate(run, count=16, extractor="random")
    evaluate(run, count=16, extractor="efficientnet-lite0")
    names = [one.extractor for one in read_evaluation(run_folder)]
    assert names == ["core/efficientnet-lite0", "core/random"]


def test_the_best_extractor_that_is_installed_is_taken(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert choose_extractor(registry).declaration.name == "efficientnet-lite0"
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert choose_extractor(registry).declaration.name == "random"


def test_a_missing_package_names_the_extra(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch, artgan_cli: Cli
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "efficientnet_lite_pytorch", None)
    result = artgan_cli("evaluate", run_folder, "--extractor", "efficientnet-lite0")
    assert result.exit_code == 1
    assert "artgan[metrics]" in result.output


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("name", ["random", "efficientnet-lite0"])
def test_features_of_a_picture_do_not_depend_on_its_neighbours(
    name: str, channels: int, registry: Registry
) -> None:
    entry = registry.find("extractor", name)
    extract = entry.call("build", entry.declaration.options(), "cpu")
    pixels = np.random.default_rng(0).integers(0, 256, (5, 20, 12, channels), dtype=np.uint8)
    together = features_of(extract, list(pixels), entry, "cpu")
    alone = features_of(extract, [pixels[3]], entry, "cpu")
    assert np.allclose(together[3], alone[0], atol=1e-4)
    assert together.std(0).max() > 0


def test_an_extractor_of_the_wrong_shape_is_named(registry: Registry) -> None:
    entry = registry.find("extractor", "random")
    with pytest.raises(PluginError, match="extractor 'random' gave features of shape"):
        features_of(lambda x: torch.zeros(3), [np.zeros((8, 8, 1), np.uint8)], entry, "cpu")


def test_the_command_tells_and_gives_json(run_folder: Path, artgan_cli: Cli) -> None:
    told = artgan_cli("evaluate", run_folder, "--count", "16", "--extractor", "random")
    assert told.exit_code == 0, told.output
    assert "coverage" in told.output
    result = artgan_cli("evaluate", run_folder, "--count", 16, "--extractor", "random", "--json")
    (row,) = json.loads(result.output)
    assert set(row["scores"]) == set(row["halves"])


def test_too_few_pictures_and_damaged_results_are_told(run_folder: Path, pictures: Path) -> None:
    (run_folder / "evaluation.json").write_text("[{")
    with pytest.raises(RunError, match="delete it and evaluate again"):
        evaluate(load_run(run_folder), count=16, extractor="random")
    import artgan

    for path in sorted(pictures.glob("*.png"))[:2]:
        path.unlink()
    small = artgan.train(
        dataset=pictures, size=16, steps=1, batch=2, out="few", arch_options={"base_channels": 4}
    )
    with pytest.raises(DataError, match="6 pictures to compare with: too few"):
        evaluate(small, count=16, extractor="random")
