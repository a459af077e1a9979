"""HTML pages show names as text, whatever stands in them, and load nothing from elsewhere."""

import dataclasses
import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from shutil import copytree

import pytest
from jinja2 import UndefinedError
from msgspec.structs import replace
from PIL import Image

import artgan
from artgan.base.templates import render
from artgan.core.registry import Registry
from artgan.core.run_folder import RunFolder
from artgan.curation.server import curation_page
from artgan.exporting.export import export_run
from artgan.pictures.files import given_picture
from artgan.series.manifest import render_page
from artgan.sheets.look_book import StoredPictures, style_page
from artgan.sheets.run_page import write_page

ODD = "</script><script>alert(1)</script><b x='1' y=\"2\">&amp;__MODEL__{{ 7*7 }}{% raw %}\u2028"


Maker = Callable[[Path, str, Registry, Path], str]


class Parsed(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [value or "" for _, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["script"]:
            self.scripts.append(data)
        self.text += data


def run_page(run: Path, name: str, registry: Registry, tmp_path: Path) -> str:
    folder = RunFolder(tmp_path / name.replace("/", ""))
    folder.path.mkdir()
    config = artgan.load_run(run).config
    config = replace(config, path=name, style=name, class_names=(name,))
    write_page(folder, config, [], 3)
    return (folder.path / "index.html").read_text()


def look_book(run: Path, name: str, registry: Registry, tmp_path: Path) -> str:
    picture, _, _ = given_picture(Image.new("RGB", (16, 16)))
    return style_page(picture, name, registry, stored=StoredPictures(16))


def series_page(run: Path, name: str, registry: Registry, tmp_path: Path) -> str:
    traits = {name: name}
    edition = {"number": 1, "file": f"{name}.png", "rarity": {"rank": 1}}
    rarity = {name: {name: {"count": 1, "share": 1.0}}}
    return render_page(name, [{**edition, "traits": traits, "counted_as": traits}], rarity)


def curate(run: Path, name: str, registry: Registry, tmp_path: Path) -> str:
    return curation_page(Path(name.replace("/", "")), [name], name)


def web_export(run: Path, name: str, registry: Registry, tmp_path: Path) -> str:
    copied = copytree(run, tmp_path / f"run-{name}".replace("/", ""))
    opened = artgan.load_run(copied)
    config = replace(opened.config, class_names=(name, *opened.config.class_names[1:]))
    page = export_run(dataclasses.replace(opened, config=config), tmp_path / "export.html")
    return page.read_text()


@pytest.mark.parametrize("make", [run_page, look_book, series_page, curate, web_export])
def test_names_are_text_and_nothing_else(
    make: Maker,
    trained: Path,
    tmp_path: Path,
    registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entries = registry.entries
    two = [registry.find("style", name) for name in ("plain", "neon")]
    monkeypatch.setattr(registry, "entries", lambda k: two if k == "style" else entries(k))
    usual = Parsed(make(trained, "usual", registry, tmp_path))
    odd = Parsed(make(trained, ODD, registry, tmp_path))
    assert odd.tags == usual.tags
    shown = [odd.text, *odd.attributes]
    assert any(ODD.replace("/", "") in text.replace("/", "") for text in shown)
    assert len(odd.scripts) == len(usual.scripts)


def test_json_in_a_script_is_safe_and_keeps_its_order(tmp_path: Path) -> None:
    page = curation_page(tmp_path, ["z", ODD, "a"], "t")
    text = page.partition('type="application/json">')[2].partition("</script>")[0]
    assert not set("<>&'\u2028") & set(text)
    assert json.loads(text)["pictures"] == ["z", ODD, "a"]


def test_a_template_without_a_value_fails() -> None:
    with pytest.raises(UndefinedError, match="title"):
        render("base/page.html")


def test_only_files_of_the_package_are_left_unescaped() -> None:
    for path in Path(artgan.__file__).parent.rglob("*.html"):
        for piece in path.read_text().split("| safe")[:-1]:
            assert piece.rpartition("{{")[2].strip().startswith('source("'), path
