"""The pages that artgan writes, in a real browser; without one these tests say that they skip."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import artgan
from artgan.base.local_server import Answer, Request
from artgan.base.marks import OF_A_MODEL
from artgan.core.registry import Registry
from artgan.curation.choices import read_choices
from artgan.curation.server import Curation, open_curation, open_server
from artgan.exporting.export import export_run
from artgan.pictures.files import any_clear
from artgan.pictures.told import read_mark
from artgan.series.manifest import render_page
from tests.browser import NAMES, Page, find_browser, open_browser
from tests.core.test_marks import mark_by_the_format
from tests.core.test_pages import Maker, look_book, run_page, series_page, web_export

PROGRAM = find_browser()
pytestmark = pytest.mark.skipif(
    PROGRAM is None,
    reason=f"no browser is installed ({', '.join(NAMES)}, or ARTGAN_TEST_BROWSER): the pages were "
    "not tried in one",
)
PIXELS = "[...brush.getImageData(0, 0, view.width, view.height).data].filter((_, i) => i % 4 === 0)"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    assert PROGRAM is not None
    with open_browser(PROGRAM, tmp_path_factory.mktemp("browser")) as page:
        yield page


@pytest.fixture
def downloads(browser: Page, tmp_path: Path) -> Path:
    folder = tmp_path / "downloads"
    folder.mkdir()
    browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
    return folder


def turn(browser: Page, name: str, value: object) -> Any:
    """Set a control as a hand would, and give the pixels that are shown then."""
    browser.run(
        f"at('{name}').value = {json.dumps(value)}; at('state').textContent = '';"
        f"at('{name}').dispatchEvent(new Event('input', {{bubbles: true}}))"
    )
    browser.wait("at('state').textContent")
    return np.reshape(browser.run(PIXELS), (16, 16))


def test_the_exported_page_makes_pictures_and_saves_them(
    browser: Page, downloads: Path, trained: Path, tmp_path: Path
) -> None:
    run = artgan.load_run(trained)
    page = export_run(run, tmp_path / "digits.html")
    browser.open(page.as_uri())
    browser.wait("at('state').textContent")
    seven = turn(browser, "from", 7)
    assert np.abs(seven - np.asarray(run.sample([7])[0], int)).max() <= 2
    between = turn(browser, "between", 0.5)
    assert (between != seven).any()
    turn(browser, "between", 0)
    assert (turn(browser, "truncation", 0.3) != seven).any()
    turn(browser, "truncation", 1)
    labelled = turn(browser, "label", "3")
    assert np.abs(labelled - np.asarray(run.sample([7], label=3)[0], int)).max() <= 2
    browser.run("turns[0].value = 2; at('form').dispatchEvent(new Event('input'))")
    browser.wait("turns[0].parentElement.querySelector('output').textContent === '2.00'")
    browser.run("at('reset').click(); at('play').click()")
    browser.wait("Number(at('between').value) > 0.02")
    browser.run("at('play').click(); at('reset').click()")
    turn(browser, "between", 0)
    browser.run("at('save').click()")
    browser.wait("true")
    saved = downloads / f"{trained.name}-s00007.png"
    for _ in range(500):
        if saved.is_file():
            break
        browser.run("new Promise((done) => setTimeout(done, 20))")
    with Image.open(saved) as image:
        assert np.array_equal(np.asarray(image)[:, :, 0], seven)
    assert read_mark(saved) == mark_by_the_format(saved) == OF_A_MODEL
    assert browser.failures == []
    assert all(url.startswith(("file:", "blob:", "data:")) for url in browser.requests)


def test_the_page_of_a_series_filters_and_sorts(
    browser: Page, trained: Path, tmp_path: Path
) -> None:
    series = artgan.Series("tides", trained, count=6, seed=3, style="gradient-map:ember")
    series.vary("palette", ["ember", "lagoon"]).vary("truncation", low=0.5, high=1)
    series.write(tmp_path / "t")
    editions = json.loads((tmp_path / "t/series.json").read_text())["editions"]
    browser.open((tmp_path / "t/index.html").as_uri())
    shown = "[...document.querySelectorAll('figure:not([hidden])')].map((f) => +f.dataset.number)"
    assert browser.run(shown) == [1, 2, 3, 4, 5, 6]
    browser.run("document.querySelector('input[name=palette][value=ember]').click()")
    ember = [one["number"] for one in editions if one["traits"]["palette"] == "ember"]
    assert 0 < len(ember) < 6
    assert browser.run(shown) == ember
    assert browser.run("document.getElementById('shown').textContent") == str(len(ember))
    browser.run(
        "document.querySelector('input[name=palette][value=ember]').click();"
        "const order = document.getElementById('order'); order.value = 'rank';"
        "order.dispatchEvent(new Event('change'))"
    )
    ranked = sorted(editions, key=lambda one: one["rarity"]["rank"])
    assert browser.run(shown) == [one["number"] for one in ranked]
    loaded = "[...document.images].every((image) => image.complete && image.naturalWidth > 0)"
    assert browser.wait(loaded)
    assert browser.failures == []


GROUND = "getComputedStyle(document.images[0]).backgroundImage"


def test_clear_pictures_lie_on_chequers(browser: Page, tmp_path: Path) -> None:
    """On the pages of a series and of curate; opaque pictures lie on the page's own ground."""
    cut = Image.new("RGBA", (24, 24), (200, 60, 60, 255))
    cut.paste((0, 0, 0, 0), (0, 0, 12, 24))
    for folder, picture in (("clear", cut), ("full", cut.convert("RGB"))):
        (tmp_path / folder).mkdir()
        picture.save(tmp_path / folder / "a.png")
        (tmp_path / folder / "b.png").write_bytes(b"no picture")
        series = {"number": 1, "file": "a.png", "rarity": {"rank": 1}, "traits": {}}
        page = render_page(
            folder, [{**series, "counted_as": {}}], {}, any_clear([tmp_path / folder / "a.png"])
        )
        (tmp_path / folder / "index.html").write_text(page)
        browser.open((tmp_path / folder / "index.html").as_uri())
        chequered = folder == "clear"
        assert ("conic-gradient" in browser.run(GROUND)) == chequered
        with open_server(open_curation(tmp_path / folder)) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            browser.open(server.address)
            browser.wait("document.images.length === 2")
            assert ("conic-gradient" in browser.run(GROUND)) == chequered
            server.shutdown()


def test_panels_of_curate_are_told_what_they_ask_for(
    browser: Page, trained: Path, tmp_path: Path, registry: Registry
) -> None:
    Path("watching.py").write_text(WATCHING)
    registry.add_file(Path("watching.py"))
    artgan.sample_to(trained, [7, 8], tmp_path / "s", "invert", keep_raw=False)
    curation = open_curation(tmp_path / "s", registry.entries("panel"))
    with open_server(curation) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        # What a frame says can be heard, though nothing on the page listens.
        browser.open(server.address)
        browser.run("said = []; addEventListener('message', ({ data }) => said.push(data)); 0")
        browser.run("go(1)")
        told = browser.wait("said.find(({ told }) => told.picture.number === 1)")
        assert [*told["told"]] == ["picture"]
        looked = told["told"]["picture"]
        assert (looked["record"]["seed"], looked["choice"]) == (8, "")
        assert told["reached"] == "nothing"
        browser.run("choose('star')")
        star = "said.find(({ told }) => told.picture.choice === 'star')"
        assert browser.wait(star)["told"]["picture"]["name"] == "s00008-invert.png"
        server.shutdown()


WATCHING = """
from artgan.plugin import Panel, hookimpl

HTML = '''<script>
async function reach() {
  const ways = [
    () => parent.document.title,
    () => document.cookie,
    () => localStorage.length,
    () => fetch("/facts/0").then(() => "facts"),
    () => fetch("http://127.0.0.1:9/").then(() => "network"),
  ];
  for (const way of ways) {
    try { await way(); return String(way); } catch { continue; }
  }
  return "nothing";
}
addEventListener("message", async ({ data }) =>
  parent.postMessage({ told: data, reached: await reach() }, "*"));
</script>'''

@hookimpl
def artgan_panels():
    yield Panel(name="watching", summary="S.", html=HTML, sees=("picture",), page="curate")
"""


def test_keys_choose_on_the_page_of_curate(browser: Page, tmp_path: Path) -> None:
    for name in "abc":
        Image.new("RGB", (24, 24), (ord(name), 0, 0)).save(tmp_path / f"{name}.png")
    curation = open_curation(tmp_path)
    with open_server(curation) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser.open(server.address)
        for key in ("s", "x", "k"):
            browser.press(key)
        counts = "document.getElementById('counts').textContent"
        browser.wait(f"{counts} === '1 starred, 1 kept, 1 rejected of 3'")
        browser.press("u")
        browser.wait(f"{counts} === '1 starred, 0 kept, 1 rejected of 3'")
        browser.wait("document.getElementById('saving').textContent === ''")
        assert browser.run("document.getElementById('trouble').textContent") == ""
        server.shutdown()
    assert read_choices(tmp_path) == {"a.png": "star", "b.png": "reject"}
    assert browser.failures == []


def test_choices_reach_the_folder_in_the_order_of_the_keys(
    browser: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (24, 24)).save(tmp_path / "a.png")
    curation, written = open_curation(tmp_path), list[str]()
    choose = Curation.choose

    def slow_at_first(self: Curation, request: Request) -> Answer:
        time.sleep(0 if written else 0.3)
        written.append(json.loads(request.body)["choice"])
        return choose(self, request)

    monkeypatch.setattr(Curation, "choose", slow_at_first)
    with open_server(curation) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser.open(server.address)
        for key in ("s", "u", "k", "x"):
            browser.press(key)
        browser.wait("document.getElementById('saving').textContent === ''")
        server.shutdown()
    assert written == ["star", "", "keep", "reject"]
    assert read_choices(tmp_path) == {"a.png": "reject"}


def test_a_choice_that_cannot_be_saved_is_taken_back(browser: Page, tmp_path: Path) -> None:
    for name in "ab":
        Image.new("RGB", (24, 24)).save(tmp_path / f"{name}.png")
    curation = open_curation(tmp_path)
    with open_server(curation) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser.open(server.address)
        browser.press("s")
        browser.wait("document.getElementById('saving').textContent === ''")
        server.shutdown()
    browser.press("k")
    browser.wait("document.getElementById('trouble').textContent")
    counts = "document.getElementById('counts').textContent"
    assert browser.run(counts) == "1 starred, 0 kept, 0 rejected of 2"
    assert read_choices(tmp_path) == {"a.png": "star"}


MARKUP = (
    "</script><script>ran=1</script><img src=x onerror=ran=1><svg onload=ran=1>"
    "' onfocus=ran=1 autofocus x='\" onerror=ran=1 y=\"`${ran=1}{{7*7}}&lt;__MODEL__<!--<script>"
)
PLANTED = "document.querySelectorAll('[onerror], [onload], [onfocus], svg').length"


def look_at(browser: Page, address: str) -> dict[str, int]:
    """Open a page, and count its elements by their kind, once it had time to run scripts."""
    browser.open(address)
    browser.run("new Promise((done) => setTimeout(done, 100))")
    assert browser.run("typeof ran") == "undefined"
    assert browser.run(PLANTED) == 0
    assert browser.failures == []
    tags: list[str] = browser.run("[...document.querySelectorAll('*')].map((e) => e.localName)")
    return dict(sorted(Counter(tags).items()))


@pytest.mark.parametrize("make", [run_page, look_book, series_page, web_export])
def test_markup_in_names_runs_nothing_in_a_browser(
    browser: Page,
    make: Maker,
    trained: Path,
    tmp_path: Path,
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain, looks = registry.find("style", "plain"), registry.entries
    monkeypatch.setattr(registry, "entries", lambda k: [plain] if k == "style" else looks(k))
    found = []
    for number, name in enumerate(("usual", MARKUP)):
        page = tmp_path / f"{number}.html"
        page.write_text(make(trained, name, registry, tmp_path), encoding="utf-8")
        found.append(look_at(browser, page.as_uri()))
    assert found[0] == found[1]


def test_markup_in_the_names_of_files_runs_nothing_in_curate(browser: Page, tmp_path: Path) -> None:
    found = []
    for name in ("usual", MARKUP.replace("/", "")):
        folder = tmp_path / name
        folder.mkdir()
        Image.new("RGB", (24, 24)).save(folder / f"{name}.png")
        with open_server(open_curation(folder)) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            found.append(look_at(browser, server.address))
            assert browser.run("document.querySelector('figcaption').textContent") == f"{name}.png"
            browser.press("s")
            browser.wait("document.getElementById('saving').textContent === ''")
            server.shutdown()
        assert read_choices(folder) == {f"{name}.png": "star"}
    assert found[0] == found[1]


def test_another_site_can_neither_read_nor_choose(browser: Page, tmp_path: Path) -> None:
    Image.new("RGB", (24, 24)).save(tmp_path / "a.png")
    page = tmp_path / "other.html"
    page.write_text("<title>Another site</title>")
    with open_server(open_curation(tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser.open(server.address)
        home = server.address.partition("?")[0]
        assert browser.run("location.href") == home
        assert browser.run("document.cookie") == ""
        shows = (
            "new Promise((done) => { const image = new Image(); image.onload = () => done(true); "
            f"image.onerror = () => done(false); image.src = '{home}0'; }})"
        )
        assert browser.run(shows) is True
        browser.open(page.as_uri())
        assert browser.run(shows) is False
        body = json.dumps(json.dumps({"picture": 0, "choice": "star"}))
        sent = f"{{method: 'POST', mode: 'no-cors', credentials: 'include', body: {body}}}"
        browser.run(f"fetch('{home}', {sent}).catch(() => 0).then(() => 1)")
        server.shutdown()
    assert read_choices(tmp_path) == {}
