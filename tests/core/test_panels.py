"""Parts of the page of a run that plugins bring."""

import html
import json
import re
from pathlib import Path
from shutil import copytree

import pytest

import artgan
from artgan.base.panels import panel_document
from artgan.core.registry import Registry
from artgan.errors import PluginError
from artgan.sheets.panels import show_panels
from artgan.sheets.run_page import write_page
from tests.platform.conftest import ROOT

CODE, TALLY = re.findall(r"```python\n(.*?)```", (ROOT / "docs/plugins/panel.md").read_text(), re.S)


def page_of(trained: Path, registry: Registry, code: str) -> str:
    """Write the page of a run with a plugin's panels."""
    copytree(trained, "run", dirs_exist_ok=True)
    Path("mine.py").write_text(code)
    registry.add_file(Path("mine.py"))
    run = artgan.load_run("run", registry)
    shown = show_panels(registry.entries("panel"), run.folder, run.config, 4)
    write_page(run.folder, run.config, (), 4, shown)
    return Path("run/index.html").read_text()


def frames(page: str) -> list[str]:
    return [html.unescape(text) for text in re.findall(r'srcdoc="([^"]*)"', page)]


def facts(document: str) -> dict[str, object]:
    (text,) = re.findall(r'<script id="facts" type="application/json">(.*?)</script>', document)
    found: dict[str, object] = json.loads(text)
    return found


def test_a_panel_lies_in_a_frame_that_reaches_nothing(trained: Path, registry: Registry) -> None:
    page = page_of(trained, registry, CODE)
    assert "How far it came" in page
    assert page.count("<iframe") == page.count('sandbox="allow-scripts"') == 2
    for document in frames(page):
        assert "default-src 'none'" in document
        assert "http://" not in document
        assert "https://" not in document
    assert "const facts" not in html.unescape(re.sub(r'srcdoc="[^"]*"', "", page))


def test_a_panel_sees_what_it_declares_and_no_place(trained: Path, registry: Registry) -> None:
    own, mine = frames(page_of(trained, registry, CODE))
    assert facts(own).keys() == {"metrics"}
    assert facts(mine).keys() == {"run"}
    assert facts(mine)["run"]["name"] == "run"  # type: ignore[index]
    assert str(Path.cwd()) not in mine


def test_text_of_a_run_ends_no_script() -> None:
    document = panel_document("<p>", {"run": {"name": "</script><script>alert(1)</script>"}})
    assert document.count("<script") == 1
    assert facts(document)["run"] == {"name": "</script><script>alert(1)</script>"}


@pytest.mark.parametrize(
    "odd", ["sees=('path',)", "html=' '", "height=1", "page='studio'", "page='curate'"]
)
def test_panels_that_do_not_fit_are_refused(odd: str, registry: Registry) -> None:
    given = dict(part.split("=", 1) for part in ("html='<p>'", "height=60", odd))
    told = ", ".join(f"{key}={value}" for key, value in given.items())
    Path("odd.py").write_text(
        "from artgan.plugin import Panel, hookimpl\n\n@hookimpl\ndef artgan_panels():\n"
        f"    yield Panel(name='odd', summary='S.', {told})\n"
    )
    with pytest.raises(PluginError, match="panel 'odd'"):
        registry.add_file(Path("odd.py"))
