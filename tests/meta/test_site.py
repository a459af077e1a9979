"""The docs site: its menu is complete, its examples run, and it builds from local files only."""

import importlib
import importlib.util
import pkgutil
import re
import shlex
import shutil
import tomllib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import Result

import artgan.plugin
from tests.browser import find_browser, open_browser

ROOT = Path(__file__).parents[2]
API = ROOT / "docs" / "api"
TOOLS = ("zensical", "mkdocstrings", "mkdocstrings_handlers.python")
TOY = 'steps=4, batch=4, size=16, device="cpu", arch_options={"base_channels": 4}'
STEP = re.compile(
    r"^`(?P<name>[\w.]+)`:\n\n```python\n(?P<file>.*?)```"
    r"|^```python\n(?P<python>.*?)```"
    r"|^    artgan (?P<command>[^\n]+)$",
    re.MULTILINE | re.DOTALL,
)
# What the theme's own scripts fetch from another host, if a page holds one of these.
FETCHING = ("mermaid", "glightbox", "pyodide", "md-source")


def as_toy(line: str) -> list[str]:
    """Make a command quick: small networks, few steps."""
    args = shlex.split(line)
    if args[0] == "resume":
        args[args.index("--steps") + 1] = "4"
    if args[0] == "train":
        args += shlex.split("--steps 2 --batch 4 --device cpu --quiet --arch dcgan")
        args += ["--arch.base-channels", "4"]
    return args


@pytest.mark.parametrize("page", sorted(API.glob("*.md")), ids=lambda path: path.stem)
def test_examples_of_a_page_work_in_order(
    page: Path, artgan_cli: Callable[..., Result], pictures: Path
) -> None:
    shutil.copyfile(pictures / "0.png", "photo.jpg")
    scope: dict[str, object] = {}
    for step in STEP.finditer(page.read_text()):
        if step["file"]:
            Path(step["name"]).write_text(step["file"])
        elif step["python"]:
            exec(step["python"].replace("steps=1000", TOY), scope)
        else:
            result = artgan_cli(*as_toy(step["command"]))
            assert result.exit_code == 0, f"{step['command']}: {result.output}"


def test_every_module_beside_the_plugin_interface_has_a_reference() -> None:
    told = "".join(path.read_text() for path in API.glob("*.md"))
    for module in pkgutil.iter_modules(artgan.plugin.__path__, "artgan.plugin."):
        assert re.search(rf"^::: {re.escape(module.name)}$", told, re.MULTILINE), module.name


def places(menu: list[Any]) -> Iterator[str]:
    """List the pages of a menu."""
    for entry in menu:
        for value in entry.values():
            yield from [value] if isinstance(value, str) else places(value)


def test_every_page_is_in_the_menu_once() -> None:
    settings = tomllib.loads((ROOT / "zensical.toml").read_text())
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert sorted(places(settings["project"]["nav"])) == sorted({"index.md", *pages})


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """The script that builds the site."""
    spec = importlib.util.spec_from_file_location("make_site", ROOT / "docs/make_site.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_links_lead_somewhere_in_what_is_built(maker: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    maker.stage(folder)
    links = 0
    for page in folder.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
            if "://" not in target and page.suffixes[:1] != [".py"]:
                assert (page.parent / target).is_file(), f"{page}: {target}"
                links += 1
    assert links > 100
    assert (folder / "files/examples/artgan-nocturne/index.md").is_file()
    assert "def negative" in (folder / "files/examples/single/negative.py.md").read_text()


class Read(HTMLParser):
    """Ids, links and loaded files of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.classes: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        self.ids.add(facts.get("id", ""))
        self.classes.update(facts.get("class", "").split())
        named = [facts[name] for name in ("href", "src", "data", "poster") if name in facts]
        (self.links if tag == "a" else self.loaded).extend(named)


@pytest.fixture(scope="module")
def site(maker: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    for tool in TOOLS:
        try:
            importlib.import_module(tool)
        except ImportError:
            pytest.skip(f"{tool} is not installed: pip install --group docs")
    folder = tmp_path_factory.mktemp("site")
    maker.build(folder)
    return folder / "site"


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 40
    for path in pages:
        read = Read(path)
        for name in read.loaded:
            assert not re.match(r"(https?:)?//", name), f"{path}: {name}"
        assert not read.classes.intersection(FETCHING), path
    for path in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()[\s'\"]*(https?:)?//", path.read_text()), path


def test_links_of_the_site_lead_somewhere(site: Path) -> None:
    pages = {path: Read(path) for path in site.rglob("*.html") if path.name != "404.html"}
    for path, read in pages.items():
        for link in read.links:
            name, _, anchor = unquote(link).partition("#")
            if re.match(r"[a-z]+:", name):
                continue
            target = (path.parent / name).resolve() if name else path
            assert target.is_file(), f"{path}: {link}"
            if anchor and target in pages:
                assert anchor in pages[target].ids, f"{path}: {link}"


@pytest.mark.parametrize("module", ["artgan", "artgan.plugin", "artgan.testing"])
def test_every_public_name_is_in_the_reference(site: Path, module: str) -> None:
    ids = {name for path in (site / "api").glob("*.html") for name in Read(path).ids}
    # The version is told by `artgan --version`; Meta is msgspec's.
    names = {*importlib.import_module(module).__all__} - {"__version__", "Meta"}
    assert names
    assert not [name for name in sorted(names) if f"{module}.{name}" not in ids]
    assert "msgspec.Meta" in ids


@pytest.mark.skipif(find_browser() is None, reason="no Chromium to open the site with")
@pytest.mark.parametrize("page", ["index.html", "gallery.html", "api/picture.html"])
def test_a_browser_asks_no_other_host(site: Path, page: str, tmp_path: Path) -> None:
    program = find_browser()
    assert program is not None
    with open_browser(program, tmp_path) as browser:
        browser.open((site / page).as_uri())
        browser.wait("document.querySelector('h1') !== null")
        assert len(browser.requests) > 2
        assert not [url for url in browser.requests if not url.startswith(("file:", "data:"))]
