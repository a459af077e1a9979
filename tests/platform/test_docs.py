"""The pages on managing and trusting plugins: what they say works."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from artgan.plugin_manager.discovery import discover
from artgan.plugin_manager.trust import trust
from tests.platform.conftest import ROOT, Site, filter_code
from tests.platform.test_install import build_wheel, fresh, needs_posix

__all__ = ["fresh"]
PAGES = [ROOT / "docs/plugins/managing.md", ROOT / "docs/plugins/trust.md"]


@needs_posix
def test_commands_of_the_managing_page_work_in_order(fresh: Site, tmp_path: Path) -> None:
    build_wheel(tmp_path, "artgan-tubes", filter_code("tubes"))
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    lines = re.findall(r"^    artgan (.*)$", PAGES[0].read_text(), flags=re.MULTILINE)
    assert len(lines) > 8
    for line in lines:
        done = fresh.artgan(*shlex.split(line), **offline)
        assert done.returncode == 0, f"{line}: {done.stderr}"


def test_project_file_of_the_page_is_understood(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", PAGES[0].read_text(), flags=re.DOTALL)
    assert len(blocks) == 2
    (tmp_path / "filters").mkdir()
    (tmp_path / "filters/mine.py").write_text(filter_code())
    for block in blocks:
        (tmp_path / "artgan.toml").write_text(block)
        trust(tmp_path)
        discovery = discover()
        assert not [found for found in discovery.found if found.problem or found.untrusted]
        assert discovery.selection.pins == {
            "filter/glow": tomllib.loads(block)["pin"]["filter"]["glow"]
        }


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target
