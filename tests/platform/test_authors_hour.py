"""What was in the way of a plugin author in the first hour, each thing with its kind."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from artgan.core.registry import Registry
from artgan.datasets.find import choose_dataset
from artgan.datasets.read import read_table
from artgan.errors import DataError, OptionError, PluginError, UsageError
from artgan.plugin.picture import Picture
from artgan.plugin_manager.scaffold import write_file, write_package
from artgan.testing import check_plugin
from tests.conftest import TOY
from tests.platform.conftest import Site, filter_code

NOISY = """
import os, sys
from artgan.plugin import Filter, hookimpl

def loud(picture, options, context):
    print("from Python")
    sys.stdout.flush()
    os.write(1, b"from C")
    return picture

@hookimpl
def artgan_filters():
    yield Filter(name="loud", summary="S.", apply=loud)
"""

DATASET = """
import numpy as np
from artgan.plugin import Dataset, hookimpl

class Own:
    def __init__(self, options, context):
        self.path = context.path
    def __len__(self):
        return 5
    def __getitem__(self, index):
        {item}

@hookimpl
def artgan_datasets():
    yield Dataset(name="own", summary="S.", open=Own, licence="CC0-1.0"{facts})
"""


@pytest.mark.parametrize(
    ("wraps", "true"), [((False, False), False), ((True, False), True), ((False, True), True)]
)
def test_wraps_reads_as_it_works(wraps: tuple[bool, bool], true: bool) -> None:
    picture = Picture(np.zeros((2, 2, 3), np.float32), wraps=wraps)
    assert bool(picture.wraps) is true
    assert picture.wraps == wraps
    across, down = picture.replace(wraps=(True, True)).wraps
    assert across
    assert down


def dataset(registry: Registry, item: str, facts: str = "") -> Registry:
    Path("own.py").write_text(DATASET.format(item=item, facts=facts))
    registry.add_file(Path("own.py"))
    return registry


@pytest.mark.parametrize("name", ["own", "own/own"])
def test_dataset_takes_its_path_behind_its_name(registry: Registry, name: str) -> None:
    dataset(registry, "return 0", ", takes_path=True")
    Path("fonts").mkdir()
    entry, path, _ = choose_dataset(registry, f"{name}:./fonts")
    assert (entry.full_name, path) == ("own/own", Path("fonts"))
    with pytest.raises(DataError, match=r"as in --dataset own:\./my-pictures"):
        choose_dataset(registry, name)
    with pytest.raises(DataError, match="there is no file or folder 'none'"):
        choose_dataset(registry, f"{name}:none")


def test_dataset_without_a_path_takes_none_behind_its_name(registry: Registry) -> None:
    with pytest.raises(DataError, match=r"'mnist' takes no path; leave out ':\./fonts'"):
        choose_dataset(registry, "mnist:./fonts")


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ("return np.zeros((8, 8 + index % 2, 3), np.uint8)", r"picture 1 has shape \(8, 9, 3\)"),
        ("return (np.zeros((8, 8, 3), np.uint8), 1) if index else np.zeros((8, 8, 3), np.uint8)",
         "picture 1 has .* and label 1"),
        ("raise OSError(5, 'Input/output error')", "cannot be read: OSError: .* Input/output"),
        ("return 1 / 0", "cannot be read: ZeroDivisionError"),
        ("return np.zeros((8, 8, 3), np.float32)", "expected uint8"),
    ],
)  # fmt: skip
def test_dataset_that_fails_is_named(registry: Registry, item: str, says: str) -> None:
    entry = dataset(registry, item).find("dataset", "own")
    source = entry.load("open")(None, type("Context", (), {"path": None}))
    with pytest.raises(PluginError, match=f"dataset 'own' of own .*{says}"):
        read_table(source, entry.where)


def test_generator_of_the_wrong_size_is_refused_at_the_first_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import artgan
    from artgan.plugins.architectures import dcgan

    forward = dcgan.DcganGenerator.forward

    def taller(self: Any, *given: Any) -> Any:
        made = forward(self, *given)
        return made[:, :, [*range(made.shape[2]), -1]]

    monkeypatch.setattr(dcgan.DcganGenerator, "forward", taller)
    with pytest.raises(PluginError, match=r"images of shape \(4, 1, 17, 16\); expected \(4, 1, 16"):
        artgan.train(dataset="mnist", out="r", **TOY)


@pytest.mark.parametrize("write", [write_package, write_file])
def test_filter_and_style_of_a_new_plugin_have_two_names(write: Any) -> None:
    made = write("artgan-evening", ("filter", "style"), Path())
    text = "".join(path.read_text() for path in made.rglob("*.*") if path.is_file())
    text = text or made.read_text()
    assert 'name="evening"' in text
    assert "evening-style" in text


@pytest.mark.parametrize(
    ("name", "says"),
    [("class", "a word of Python"), ("json", "part of Python"), ("torch", "package torch")],
)
def test_new_plugin_hides_no_module(name: str, says: str) -> None:
    for write in (write_package, write_file):
        with pytest.raises(UsageError, match=f"{says}.*as in 'artgan-{name}'"):
            write(name, ("filter",), Path())
    assert not list(Path().iterdir())


@pytest.mark.parametrize(
    ("requires", "says"),
    [
        ("artgan>=9", "requires artgan>=9, and "),
        ("no-such-thing>1", "no-such-thing>1, which is not installed"),
        ("torch; python_version < '3'", ""),
        ("numpy>=1", ""),
    ],
)
def test_doctor_tells_requirements_that_are_not_met(site: Site, requires: str, says: str) -> None:
    site.plant("artgan-hungry", filter_code("eat"))
    (record,) = site.packages.glob("artgan_hungry*/METADATA")
    record.write_text(f"{record.read_text()}Requires-Dist: {requires}\n")
    done = site.artgan("plugins", "doctor", "artgan-hungry")
    assert (done.returncode, says in done.stdout) == (int(bool(says)), True), done.stdout


def test_doctor_tells_a_name_that_hides_a_module(site: Site) -> None:
    site.plant("class", filter_code("eat"))
    done = site.artgan("plugins", "doctor", "class")
    assert done.returncode == 1
    assert "a word of Python's own" in done.stdout


BATCHWISE = """
import torch
from artgan.plugin import Loss, hookimpl

class Mean:
    def __init__(self, options): pass
    def discriminator(self, real, fake): return (fake.mean() - real.mean()).exp()
    def generator(self, real, fake): return (-fake.mean()).exp()

@hookimpl
def artgan_losses():
    yield Loss(name="mean", summary="S.", build=Mean, per_picture=False)
"""


def test_loss_of_whole_batches_is_not_computed_in_parts(registry: Registry) -> None:
    import artgan

    Path("mean.py").write_text(BATCHWISE)
    registry.add_file(Path("mean.py"))
    settings = {**TOY, "dataset": "mnist", "loss": "mean", "registry": registry}
    with pytest.raises(OptionError, match="looks at the whole batch, which"):
        artgan.train(out="r", training_options={"accumulate": 2}, **settings)
    artgan.train(out="r", **settings)
    with pytest.raises(OptionError, match="whole batch"):
        artgan.resume("r", steps=6, accumulate=2, registry=registry)
    assert artgan.load_run("r", registry).checkpoint.step == 4


def test_public_names_are_listed() -> None:
    import artgan

    assert {"train", "resume", "Series", "load_run"} <= set(dir(artgan))


def test_disabled_plugin_is_told_for_a_short_name(site: Site) -> None:
    site.artgan("plugins", "disable", "artgan-good")
    done = site.artgan("show", "filter", "flip")
    assert "artgan plugins enable artgan-good" in done.stderr


def test_what_a_plugin_prints_stays_out_of_json(site: Site, tmp_path: Path) -> None:
    (tmp_path / "loud.py").write_text(NOISY)
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    flags = ["--plugin", "loud.py", "--style", "loud", "--out", "out", "--json"]
    done = site.artgan("apply", "a.png", *flags)
    assert json.loads(done.stdout)
    assert "from Python" in done.stderr
    assert "from C" in done.stderr


def test_json_is_alone_in_one_process_too(artgan_cli: Any, tmp_path: Path) -> None:
    (tmp_path / "loudly.py").write_text(NOISY.replace('os.write(1, b"from C")', "pass"))
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    flags = ["--plugin", "loudly.py", "--style", "loudly/loud", "--out", "out", "--json"]
    done: Result = artgan_cli("apply", "a.png", *flags)
    assert json.loads(done.stdout)
    assert "from Python" in done.stderr


def test_kit_runs_on_a_file_called_like_a_part_of_artgan() -> None:
    Path("core.py").write_text(filter_code("flip"))
    with pytest.raises(PluginError, match="'core' is artgan's own; rename it"):
        check_plugin("core.py")


@pytest.mark.parametrize(
    ("given", "tileable"),
    [
        (["--arch.tileable"], True),
        (["--arch.tileable", "true"], True),
        (["--arch.tileable=no"], False),
        (["--arch.no-tileable"], False),
        (["--arch.tileable", "false"], False),
    ],
)
def test_switch_takes_the_words_of_run_toml(given: list[str], tileable: bool) -> None:
    import click

    from artgan.cli.dynamic import TrainingCommand

    seen: dict[str, Any] = {}
    command = TrainingCommand("try", callback=lambda **flags: seen.update(flags))
    command.main(given, standalone_mode=False)
    assert seen["arch__tileable"] is tileable
    with pytest.raises(click.UsageError):
        command.main(["--arch.tileable", "perhaps"], standalone_mode=False)
