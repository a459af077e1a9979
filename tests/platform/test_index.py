"""The list of plugins to use."""

import importlib.util
import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from click.testing import Result

from artgan.base.contributions import KIND_OF_HOOK
from artgan.errors import PluginError
from artgan.plugin_manager.index import read_index
from tests.platform.conftest import ROOT

ENTRY = """
[[plugin]]
name = "artgan-tubes"
summary = "Glowing tubes."
kinds = ["filter"]
licence = "MIT"
source = "https://example.org/tubes"
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server of this folder, on this machine."""
    server = HTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_words_and_kinds_find_plugins(artgan_cli: Callable[..., Result]) -> None:
    found = json.loads(artgan_cli("plugins", "search", "LAYERS", "krita", "--json").stdout)
    assert [one["name"] for one in found] == ["artgan-openraster"]
    assert found[0]["command"].startswith("artgan plugins install --url 'git+https://")
    kinds = artgan_cli("plugins", "search", "--kind", "loss").output
    assert "artgan-resnet-like" in kinds
    assert "artgan-nocturne" not in kinds
    assert artgan_cli("plugins", "search", "nothing-such").output == "Nothing in the list fits.\n"


def test_the_page_and_the_list_that_ships_are_fresh() -> None:
    spec = importlib.util.spec_from_file_location("make_plugins", ROOT / "docs/make_plugins.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    told = "run docs/make_plugins.py"
    assert (ROOT / "docs/plugins/index.md").read_text() == module.page(), told
    assert module.LIST.read_bytes() == module.SHIPPED.read_bytes(), told


def test_what_is_listed_is_there() -> None:
    known = {*KIND_OF_HOOK.values(), "observer"}
    for one in read_index():
        assert {*one.kinds} <= known
        place = one.source.partition("/tree/main/")[2]
        assert (ROOT / place / "pyproject.toml").is_file()


def test_another_list_is_fetched_if_asked(address: str, artgan_cli: Callable[..., Result]) -> None:
    Path("list.toml").write_text(ENTRY)
    shown = artgan_cli("plugins", "search", "tubes", "--url", f"{address}/list.toml")
    assert "artgan plugins install artgan-tubes" in shown.output
    assert "artgan-tubes" in artgan_cli("plugins", "search", "--url", "list.toml").output
    gone = artgan_cli("plugins", "search", "--url", f"{address}/gone.toml")
    assert gone.exit_code == 1
    assert "cannot be fetched: HTTP Error 404" in gone.output


@pytest.mark.parametrize(
    "text",
    [
        "plugin = 3",
        "[[plugin]]\nname = 'a'",
        "x = [",
        ENTRY.replace("artgan-tubes", "a; rm -rf ~"),
        ENTRY.replace("https://example", "javascript:example"),
        ENTRY + 'install = "git+https://x\' ; rm"',
        ENTRY.replace("Glowing", "Glow\\ning"),
    ],
)
def test_a_list_that_is_none_is_refused(text: str) -> None:
    Path("list.toml").write_text(text)
    with pytest.raises(PluginError, match=r"list\.toml"):
        read_index("list.toml")


@pytest.mark.parametrize(
    "address", ["http://example.org/a.toml", "ftp://x/a", "file:///etc/passwd"]
)
def test_only_https_is_fetched(address: str) -> None:
    with pytest.raises(PluginError, match="expected an https address"):
        read_index(address)


def test_no_network_is_told() -> None:
    with pytest.raises(PluginError, match="cannot be fetched"):
        read_index("http://127.0.0.1:9/list.toml")
