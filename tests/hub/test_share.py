"""The folder of a shared run."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result
from msgspec import structs

import artgan
from artgan.core.checkpoint import read_tensors
from artgan.core.config import RunConfig
from artgan.core.run import TrainedRun
from artgan.errors import OptionError, RunError
from artgan.sharing import share
from artgan.sharing.card import CardFacts, write_card
from artgan.sharing.share import ShareFacts, share_run


@pytest.fixture(autouse=True)
def _no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page takes seconds; tests of commands write it."""

    def write(run: TrainedRun, path: Path, name: str, *, keep_mark: bool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("<html></html>")

    monkeypatch.setattr(share, "export_run", write)


def test_a_shared_run_is_a_run_without_its_training(trained: Path) -> None:
    run = artgan.load_run(trained)
    shared = share_run(run, Path("out"), ShareFacts(licence="mit", author="Ada"))
    again = artgan.load_run("out")
    assert again.sample([3])[0].tobytes() == run.sample([3])[0].tobytes()
    kept = {name.partition(".")[0] for name in read_tensors(again.checkpoint)}
    assert kept == {"generator", "discriminator", "generator_ema"}
    assert all((Path("out") / name).is_file() for name in shared.files)
    with pytest.raises(RunError, match="--from out begins a new run"):
        artgan.resume("out", steps=9)


def test_no_place_of_ones_own_is_named(trained: Path) -> None:
    run = artgan.load_run(trained)
    config: RunConfig = structs.replace(
        run.config, path="/home/ada/flags", base="/home/ada/runs/old", style="mine.toml"
    )
    object.__setattr__(run, "config", config)
    share_run(run, Path("out"), ShareFacts(licence="MIT"))
    said = "".join(p.read_text() for p in Path("out").rglob("*.*") if p.suffix in (".toml", ".md"))
    assert "/home/ada" not in said
    assert "flags" in said
    assert "mine.toml" not in said


def test_pictures_that_were_not_shared_must_be_named(trained: Path, pictures: Path) -> None:
    run = artgan.load_run(trained)
    dataset = structs.replace(run.config.dataset, name="core/folder", options={})
    object.__setattr__(
        run, "config", structs.replace(run.config, dataset=dataset, path="/home/ada/flags")
    )
    share_run(run, Path("out"), ShareFacts(licence="MIT"))
    with pytest.raises(OptionError, match=r"\(flags\) do not come with it; --dataset names yours"):
        artgan.plan(base="out", steps=1, device="cpu")
    planned = artgan.plan(base="out", dataset=pictures, steps=1, batch=4, device="cpu")
    assert planned.reasons[0].startswith("Shared run 'out', licence MIT, trained on flags")


@pytest.mark.parametrize("licence", ["free", "", "MIT and more", "CC-BY"])
def test_a_licence_that_is_none_is_refused(licence: str) -> None:
    with pytest.raises(OptionError, match=r"spdx\.org/licenses"):
        ShareFacts(licence=licence)


def test_a_licence_of_ones_own_is_other_to_the_hub(trained: Path) -> None:
    run = artgan.load_run(trained)
    card = write_card(run, run.config, CardFacts("a", "LicenseRef-Mine", "<b>|Ada"))
    assert card.startswith('---\nlicense: "other"\nlicense_name: "LicenseRef-Mine"\n')
    assert "&lt;b&gt;\\|Ada" in card


def test_the_card_has_the_measures_of_this_checkpoint(
    trained: Path, artgan_cli: Callable[..., Result]
) -> None:
    shutil.copytree(trained, "run")
    artgan_cli("evaluate", "run", "--count", "8", "--extractor", "random")
    run = artgan.load_run("run")
    card = write_card(run, run.config, CardFacts("a", "MIT"))
    assert "8 samples against 8 real pictures, features of `core/random`" in card
    assert "| KID, 0 is best |" in card
    assert "4 of batch 4: 16 pictures shown" in card


def test_nothing_else_is_written_over(trained: Path) -> None:
    run, facts = artgan.load_run(trained), ShareFacts(licence="MIT")
    Path("mine").mkdir()
    Path("mine/diary.txt").write_text("dear")
    with pytest.raises(RunError, match="holds something else than a shared run"):
        share_run(run, Path("mine"), facts, overwrite=True)
    with pytest.raises(RunError, match="is the run itself"):
        share_run(run, trained, facts, overwrite=True)
    share_run(run, Path("out"), facts)
    with pytest.raises(RunError, match="use --overwrite"):
        share_run(run, Path("out"), facts)
    share_run(run, Path("out"), ShareFacts(licence="CC0-1.0"), overwrite=True)
    assert json.loads(Path("out/artgan.json").read_text())["licence"] == "CC0-1.0"


def test_a_share_that_is_cut_off_leaves_what_was_there(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, facts = artgan.load_run(trained), ShareFacts(licence="MIT")
    Path("empty").mkdir()
    for folder in ("out", "empty"):
        share_run(run, Path(folder), facts)
    whole = {path: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
    assert {path.relative_to("out") for path in whole} == {
        path.relative_to("empty") for path in Path("empty").rglob("*") if path.is_file()
    }
    Path("out/notes.txt").write_text("of my own")

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(share, "write_card", fail)
        for folder in ("out", "new"):
            with pytest.raises(KeyboardInterrupt):
                share_run(run, Path(folder), ShareFacts(licence="CC0-1.0"), overwrite=True)
    assert {path: path.read_bytes() for path in whole} == whole
    assert not Path("new").exists()
    share_run(run, Path("out"), ShareFacts(licence="CC0-1.0"), overwrite=True)
    assert Path("out/notes.txt").exists()
    assert not [path for path in Path().iterdir() if path.name.startswith(".")]


def test_a_generator_that_no_page_knows_is_shared_without(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(run: TrainedRun, path: Path, name: str, *, keep_mark: bool) -> None:
        raise RunError("the page knows no aten.fft")

    monkeypatch.setattr(share, "export_run", fail)
    shared = share_run(artgan.load_run(trained), Path("out"), ShareFacts(licence="MIT"))
    assert shared.notes == ("there is no page for browsers: the page knows no aten.fft",)
    assert "site/index.html" not in Path("out/README.md").read_text()


def test_a_licence_is_asked_for_on_a_terminal_alone(
    trained: Path, artgan_cli: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = artgan_cli("share", str(trained), "--out", "out")
    assert refused.exit_code == 2
    assert "Expected --license" in refused.output
    assert not Path("out").exists()
    from artgan.cli import share as command

    monkeypatch.setattr(command, "sys", SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True)))
    monkeypatch.setattr("click.prompt", lambda *args, **more: "cc0-1.0")
    assert artgan_cli("share", str(trained), "--out", "out").exit_code == 0
    assert json.loads(Path("out/artgan.json").read_text())["licence"] == "CC0-1.0"
