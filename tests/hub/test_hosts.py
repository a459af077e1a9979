"""Hosts of runs that plugins bring."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import artgan
from artgan.core.registry import Registry
from artgan.errors import OptionError, PluginError, RunError, UnknownNameError
from artgan.plugin.hosts import SharedFolder
from artgan.sharing.share import ShareFacts, share_run
from artgan.starts.hosts import HostedRun, ask_host, find_hosted

ROOT = Path(__file__).parents[2]
SHELF = ROOT / "examples/single/shelf.py"
SHORT: dict[str, Any] = {"steps": 1, "batch": 4, "device": "cpu"}

ODD = """
from artgan.plugin import RunHost, hookimpl
from artgan.plugin.hosts import FetchedRun, HowToUse

ANSWERS = {
    "none": None, "empty": "", "path": __import__("pathlib").Path("a"), "two": "a\\nb",
    "text": "a", "begin": HowToUse(begin=""), "note": HowToUse(begin="a", note=None),
    "folder": FetchedRun(address="a", folder=3),
    "owner": FetchedRun(address="a", folder="", owner=None),
    "address": FetchedRun(address=None, folder=""), "good": FetchedRun(address="a", folder="."),
}

def answer(address, *rest): return ANSWERS[address]

@hookimpl
def artgan_run_hosts():
    yield RunHost(name="odd", summary="S.", example="a", fetch=lambda address, folder: folder)
    yield RunHost(name="mute", summary="S.", example="a", publish=lambda address, shared: address)
    yield RunHost(
        name="free", summary="S.", example="a", fetch=answer, publish=answer, how_to_use=answer
    )
"""

VAIN = """
from artgan.plugin import RunHost, hookimpl

@hookimpl
def artgan_run_hosts():
    yield RunHost(name="vain", summary="S.", example="a", publish=lambda address, shared: None)
"""


@pytest.fixture(scope="module")
def book(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A shared run as a ZIP file."""
    place = tmp_path_factory.mktemp("shelf")
    made = share_run(artgan.load_run(trained), place / "digits", ShareFacts(licence="MIT"))
    with zipfile.ZipFile(place / "digits.zip", "w") as pages:
        for name in made.files:
            pages.write(made.folder / name, name)
    return (place / "digits.zip").read_bytes()


@pytest.fixture
def shelf(book: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "digits.zip").write_bytes(book)
    monkeypatch.setenv("ARTGAN_SHELF", str(folder))
    monkeypatch.setenv("ARTGAN_CACHE", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def hosts(registry: Registry) -> Registry:
    Path("odd_hosts.py").write_text(ODD)
    registry.add_file(Path("odd_hosts.py"))
    registry.add_file(SHELF)
    return registry


def test_the_page_shows_the_example() -> None:
    page = (ROOT / "docs/plugins/host.md").read_text()
    assert re.findall(r"```python\n(.*?)```", page, re.DOTALL) == [SHELF.read_text()]


def test_a_run_is_shared_and_begun_with(
    trained: Path, shelf: Path, artgan_cli: Callable[..., Result]
) -> None:
    args = ("--license", "mit", "--plugin", SHELF, "--to", "shelf:again", "--out", "s", "--json")
    shared = artgan_cli("share", trained, *args)
    assert shared.exit_code == 0, shared.output
    told = json.loads(shared.stdout)
    assert (told["name"], told["repository"], told["commit"]) == ("shelf/shelf:again", "again", "")
    assert "--from shelf/shelf:again" in Path("s/README.md").read_text()
    with zipfile.ZipFile(shelf / "again.zip") as pages:
        assert {"artgan.json", "run.toml", "README.md"} <= {*pages.namelist()}
    begun = artgan_cli(
        *("train", "--plugin", SHELF, "--from", "shelf:again", "--out", "next"),
        *("--steps", "1", "--batch", "4", "--device", "cpu"),
    )
    assert begun.exit_code == 0, begun.output
    assert "Shared run again, licence MIT" in begun.output
    config = artgan.load_run("next").config
    assert config.base == "shelf/shelf:again"
    assert config.base_weights == json.loads(Path("s/artgan.json").read_text())["weights"]


def test_every_byte_is_checked(shelf: Path, hosts: Registry) -> None:
    hosted = find_hosted("shelf:digits", hosts)
    assert hosted is not None
    assert str(hosted) == hosted.fetch().name == "shelf/shelf:digits"
    with zipfile.ZipFile(shelf / "digits.zip", "a") as pages:
        pages.writestr("../outside.txt", "x")
        with pytest.warns(UserWarning, match="Duplicate name"):
            pages.writestr("checkpoints/000004.json", "{}")
    with pytest.raises(RunError, match=r"'checkpoints/000004\.json' is not the one that its"):
        hosted.fetch()
    with zipfile.ZipFile(shelf / "empty.zip", "w") as pages:
        pages.writestr("readme.txt", "x")
    empty = find_hosted("shelf:empty", hosts)
    assert empty is not None
    with pytest.raises(RunError, match=r"shelf:empty holds no run of artgan: there is no artgan"):
        empty.fetch()


def test_what_fails_names_the_host(shelf: Path, hosts: Registry) -> None:
    for name, error, says in (
        ("shelf:not there", PluginError, "run-host 'shelf' of shelf .* is no name for a book"),
        ("shelf:none", PluginError, "FileNotFoundError"),
        ("odd:a", PluginError, "its fetch gave .*Path; expected a FetchedRun"),
        ("mute:a", OptionError, "runs can only be published there"),
    ):
        hosted = find_hosted(name, hosts)
        assert hosted is not None
        with pytest.raises(error, match=says):
            hosted.fetch()
    odd = find_hosted("odd:a", hosts)
    assert odd is not None
    with pytest.raises(OptionError, match="nothing is published"):
        odd.how_to_use()
    with pytest.raises(UnknownNameError, match=r"there is no run-host 'shlef'\. .*shelf"):
        find_hosted("shlef:digits", hosts)
    Path("own:run").mkdir()
    assert find_hosted("own:run", hosts) is None
    assert find_hosted("C:\\runs\\a", hosts) is None


def test_answers_of_a_host_are_checked(hosts: Registry) -> None:
    free = hosts.find("run-host", "free")
    shared = SharedFolder(folder=Path(), files=())
    for does, address, says in (
        ("publish", "none", "its publish gave NoneType; expected the address to begin with"),
        ("publish", "empty", "its publish gave ''; expected an address in one line"),
        ("publish", "two", r"its publish gave 'a\\nb'; expected an address in one line"),
        ("publish", "path", "its publish gave .*Path; expected the address"),
        ("how_to_use", "text", "its how_to_use gave str; expected a HowToUse"),
        ("how_to_use", "begin", "its how_to_use gave '' as begin; expected an address"),
        ("how_to_use", "note", "its how_to_use gave NoneType as note; expected text"),
        ("fetch", "none", "its fetch gave NoneType; expected a FetchedRun"),
        ("fetch", "folder", "its fetch gave int as folder; expected a path"),
        ("fetch", "owner", "its fetch gave NoneType as owner; expected text"),
        ("fetch", "address", "its fetch gave NoneType as address; expected text"),
    ):
        hosted = HostedRun(free, address)
        with pytest.raises(PluginError, match=f"run-host 'free' of odd-hosts .*: {says}"):
            hosted.publish(shared) if does == "publish" else getattr(hosted, does)()
    assert ask_host(free, "fetch", "good", Path("unused")).folder == Path()


def test_publishing_without_an_address_fails(
    trained: Path, artgan_cli: Callable[..., Result], hosts: Registry
) -> None:
    Path("vain.py").write_text(VAIN)
    done = artgan_cli(
        *("share", trained, "--license", "mit", "--plugin", "vain.py", "--to", "vain:x"),
        *("--out", "s"),
    )
    assert done.exit_code == 1
    assert "run-host 'vain' of vain" in done.output
    assert "its publish gave NoneType; expected the address" in " ".join(done.output.split())


def test_to_must_name_a_host(trained: Path) -> None:
    with pytest.raises(OptionError, match="names no host; expected such as hf:owner/name"):
        artgan.share(trained, "s", licence="MIT", to="digits")
    assert not Path("s").exists()
