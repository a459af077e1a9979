"""Sharing over the hub, against a stand-in of its API on this machine."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import artgan
from artgan.errors import MissingExtraError, OptionError, RunError
from artgan.hub import fetch
from artgan.hub.names import HubName
from artgan.hub.upload import upload
from artgan.sharing.share import ShareFacts, share_run
from tests.hub.stand_in import TOKEN, HubStandIn, Repository

hub_library = pytest.importorskip("huggingface_hub")

# Of the hub's own library and its HTTP client.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content")

SHORT: dict[str, Any] = {"steps": 1, "batch": 4, "device": "cpu"}
NAME = "ada/digits"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubStandIn]:
    from huggingface_hub import constants

    with HubStandIn().serving() as stand_in:
        monkeypatch.setenv("HF_ENDPOINT", stand_in.address)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        # The library reads the address of its hub once, when it is imported.
        monkeypatch.setattr(constants, "HF_URL_HOSTS", frozenset({"127.0.0.1"}), raising=False)
        fetch._fetched.cache_clear()
        yield stand_in


@pytest.fixture(scope="module")
def folder(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that is shared, in a folder."""
    facts = ShareFacts(licence="cc-by-4.0", author="Ada L.")
    place = tmp_path_factory.mktemp("shared") / "digits"
    return share_run(artgan.load_run(trained), place, facts).folder


@pytest.fixture
def shared(folder: Path, hub: HubStandIn) -> str:
    """The name of that run in the repository that holds it."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    hub.repositories[NAME] = Repository()
    return f"hf:{NAME}@{hub.repositories[NAME].commit(files)}"


def change(hub: HubStandIn, **files: bytes) -> str:
    """Commit other files to the repository, as somebody else might; return the name."""
    repository = hub.repositories[NAME]
    before = repository.commits[repository.names["main"]]
    after = {**before, **{name.replace("_", "."): data for name, data in files.items()}}
    return f"hf:{NAME}@{repository.commit(after)}"


def test_a_run_begins_with_what_another_shared(
    shared: str, folder: Path, trained: Path, hub: HubStandIn, artgan_cli: Callable[..., Result]
) -> None:
    tagged = hub.repositories[NAME]
    tagged.names["v1"] = tagged.names["main"]
    args = ["--steps", "1", "--batch", "4", "--device", "cpu", "--out", "next"]
    result = artgan_cli("train", "--from", f"hf:{NAME}@v1", *args)
    assert result.exit_code == 0, result.output
    weights = json.loads((folder / "artgan.json").read_text())["weights"]
    assert "by Ada L. (repository of ada), licence CC-BY-4.0" in result.output
    assert weights in result.output
    config = artgan.load_run("next").config
    assert (config.base, config.base_weights) == (shared, weights)
    assert config.architecture == artgan.load_run(trained).config.architecture


def test_a_commit_that_was_fetched_needs_no_network_again(
    shared: str, hub: HubStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    artgan.plan(base=shared, **SHORT)
    fetch._fetched.cache_clear()
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    hub.asked.clear()
    assert artgan.plan(base=shared, **SHORT).config.base == shared
    assert not hub.asked


def test_what_is_uploaded_can_be_begun_with(
    trained: Path, hub: HubStandIn, artgan_cli: Callable[..., Result]
) -> None:
    args = ["--license", "mit", "--to", f"hf:{NAME}", "--out", "out", "--json"]
    result = artgan_cli("share", str(trained), *args)
    told = json.loads(result.stdout)
    assert told["repository"] == NAME
    assert artgan.plan(base=f"hf:{NAME}@{told['commit']}", **SHORT).config.base_weights
    assert "--from hf:ada/digits@COMMIT" in Path("out/README.md").read_text()


def test_what_is_shared_again_leaves_no_old_weights(
    shared: str, folder: Path, hub: HubStandIn
) -> None:
    change(hub, **{"checkpoints/000001_json": b"{}"})
    names = ("checkpoints/000004.safetensors", "checkpoints/000004.json")
    upload(folder, names, HubName(NAME))
    repository = hub.repositories[NAME]
    files = repository.commits[repository.names["main"]]
    kept = {name for name in files if name.startswith("checkpoints/")}
    assert kept == {"checkpoints/000004.safetensors", "checkpoints/000004.json"}


def test_a_revision_must_be_named(artgan_cli: Callable[..., Result]) -> None:
    result = artgan_cli("train", "--from", f"hf:{NAME}", "--steps", "1")
    assert result.exit_code == 2
    assert "names no revision" in result.output
    assert f"hf:{NAME}@v1" in result.output


@pytest.mark.parametrize(
    "text", ["hf:ada", "hf:ada/digits/more@v1", "hf:../x@v1", "hf:a/b@", "hf:"]
)
def test_names_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(OptionError, match="expected hf:owner/name@revision"):
        artgan.plan(base=text, **SHORT)


def test_what_is_not_there_is_named(shared: str, hub: HubStandIn) -> None:
    with pytest.raises(RunError, match="no such repository, or it is private"):
        artgan.plan(base="hf:ada/none@v1", **SHORT)
    with pytest.raises(RunError, match="it has no revision 'v7'"):
        artgan.plan(base=f"hf:{NAME}@v7", **SHORT)
    hub.repositories["ada/other"] = Repository()
    commit = hub.repositories["ada/other"].commit({"model.bin": b"x"})
    with pytest.raises(RunError, match=r"holds no run of artgan: there is no artgan\.json"):
        artgan.plan(base=f"hf:ada/other@{commit}", **SHORT)


def test_rights_that_are_missing_are_named(
    shared: str, folder: Path, hub: HubStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RunError, match=r"refuses it \(403\); log in .* write to 'bob'"):
        upload(folder, ["run.toml"], HubName("bob/digits"))
    monkeypatch.setenv("HF_TOKEN", "wrong")
    with pytest.raises(RunError, match=r"refuses it \(401\)"):
        upload(folder, ["run.toml"], HubName(NAME))
    hub.repositories[NAME].gated = True
    with pytest.raises(RunError, match="lets in only whom they know"):
        artgan.plan(base=f"hf:{NAME}@main", **SHORT)


def test_no_network_is_told(
    trained: Path, hub: HubStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(RunError, match="the hub does not answer"):
        artgan.plan(base=f"hf:{NAME}@v1", **SHORT)


def test_other_bytes_than_were_shared_are_refused(shared: str, hub: HubStandIn) -> None:
    name = change(hub, **{"checkpoints/000004_safetensors": b"other"})
    with pytest.raises(RunError, match="the SHA-256 differs, also after it was fetched again"):
        artgan.plan(base=name, **SHORT)


def test_weights_that_changed_since_are_refused(
    shared: str, trained: Path, hub: HubStandIn, artgan_cli: Callable[..., Result]
) -> None:
    artgan.train(base=shared, out="first", **SHORT)
    text = Path("first/run.toml").read_text()
    weights = artgan.load_run("first").config.base_weights
    Path("other.toml").write_text(text.replace(weights, "0" * 64))
    result = artgan_cli("train", "--config", "other.toml", "--out", "second")
    assert result.exit_code == 1
    assert "has changed since" in result.output


def test_a_download_that_broke_off_goes_on(shared: str, hub: HubStandIn) -> None:
    hub.cut_short = 1
    assert artgan.plan(base=shared, **SHORT).config.base == shared


def test_a_file_that_is_damaged_here_is_fetched_again(shared: str, hub: HubStandIn) -> None:
    found = fetch.fetch_from_hub(shared.removeprefix("hf:"), Path("unused"))
    kept = found.folder / "checkpoints" / "000004.safetensors"
    kept.resolve().write_bytes(kept.read_bytes()[:100])
    fetch._fetched.cache_clear()
    assert artgan.plan(base=shared, **SHORT).config.base == shared


@pytest.mark.parametrize(
    "manifest",
    [b"[]", b"{", b'{"format": 99}', b'{"format": 1, "files": {"../../x.py": "00"}}'],
)
def test_a_manifest_that_is_none_is_refused(manifest: bytes, shared: str, hub: HubStandIn) -> None:
    with pytest.raises(RunError, match=r"artgan\.json"):
        artgan.plan(base=change(hub, artgan_json=manifest), **SHORT)


def test_files_that_no_run_has_are_not_fetched(shared: str, folder: Path, hub: HubStandIn) -> None:
    said = json.loads((folder / "artgan.json").read_text())
    said["files"]["../plugin.py"] = "0" * 64
    name = change(hub, artgan_json=json.dumps(said).encode())
    with pytest.raises(RunError, match=r"holds no run that artgan has shared: it names"):
        artgan.plan(base=name, **SHORT)
    assert not any("plugin.py" in path for path in hub.asked)


def test_without_the_extra_it_is_named(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtraError, match=r"artgan\[hub\]"):
        artgan.share(trained, licence="MIT", to=f"hf:{NAME}")
    assert not (trained / "shared").exists()
