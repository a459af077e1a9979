"""The guides to writing plugins: followed step by step in a fresh environment."""

import importlib.util
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.platform.conftest import ROOT
from tests.testing.conftest import Environment, needs_posix

GUIDES = ROOT / "docs/plugins"
PAGES = (
    "loss", "dataset", "architecture", "update", "optimizer", "schedule", "latents", "sampler",
    "observer", "film", "set", "exporter", "host",
)  # fmt: skip
TOY = "--steps 2 --batch 4 --device cpu --quiet"
DCGAN = "--arch.base-channels 4 --arch.latent-size 8"

FOLLOW = """
import json, sys
from artgan.cli.main import main
for args in json.loads(sys.argv[1]):
    try:
        main(args)
    except SystemExit as end:
        assert not end.code, args
"""


def as_toy(line: str) -> list[str]:
    """Make a command quick: small pictures, few steps."""
    args = shlex.split(line)
    if args[0] in ("run", "train"):
        args += shlex.split(TOY if {"--arch", "--from"} & {*args} else f"{TOY} {DCGAN}")
        args += ["--count", "1"] if args[0] == "run" else []
    return args


def steps(page: str) -> Iterator[tuple[str, str]]:
    """Yield what a reader does, in order: ("run", command), ("diff", lines), ("at", heading)."""
    text = (GUIDES / f"{page}.md").read_text()
    pattern = r"^    artgan (?P<run>[^\n]+)$|^```diff\n(?P<diff>.*?)^```|^## (?P<at>[^\n]+)$"
    for found in re.finditer(pattern, text, re.MULTILINE | re.DOTALL):
        kind = str(found.lastgroup)
        yield kind, found[kind]


def edit(path: Path, diff: str) -> None:
    """Change a file as a diff of one place says."""
    lines = diff.splitlines()
    before = "\n".join(line[1:] for line in lines if line[0] in "- ")
    after = "\n".join(line[1:] for line in lines if line[0] in "+ ")
    text = path.read_text()
    assert text.count(before) == 1
    path.write_text(text.replace(before, after))


@pytest.mark.slow
@needs_posix
def test_first_filter_can_be_written_from_the_page(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    pixels = np.linspace(0, 255, 24 * 24 * 3).reshape(24, 24, 3).astype(np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photo.jpg")
    file, edits, checks = tmp_path / "dusk.py", 0, 0
    text = (GUIDES / "first-filter.md").read_text()
    for kind, told in steps("first-filter"):
        if kind == "diff":
            edit(file, told)
            edits += 1
        elif told == "5. Keep it":
            (tmp_path / "home/plugins").mkdir(parents=True)
            file.rename(tmp_path / "home/plugins/dusk.py")
        elif kind == "run" and told.startswith("plugins install ./"):
            environment.install(tmp_path / shlex.split(told)[2])
        elif kind == "run" and (edits, told) == (1, "plugins check dusk.py"):
            said = environment.run("-m", "artgan", *shlex.split(told), fails=True)
            (line,) = [line.strip() for line in said.splitlines() if "failed  " in line]
            assert f"\n{line}\n" in text
            checks += 1
        elif kind == "run":
            environment.run("-m", "artgan", *as_toy(told))
    assert (edits, checks) == (2, 1)
    assert len(list(tmp_path.glob("*/*dusk*.png"))) >= 3


@pytest.mark.slow
@needs_posix
def test_guides_work_as_written(tmp_path: Path) -> None:
    environment, lines = Environment(tmp_path), []
    frames = [Image.new("RGB", (24, 16), (40 * number, 0, 90)) for number in range(4)]
    frames[0].save(tmp_path / "clip.gif", save_all=True, append_images=frames[1:])
    (tmp_path / "photos").mkdir()
    for number, frame in enumerate(frames):
        frame.save(tmp_path / f"photos/{number}.png")
    for page in PAGES:
        text = (GUIDES / f"{page}.md").read_text()
        files = re.findall(r"^`([\w.]+)`:\n\n```python\n(.*?)```", text, re.M | re.S)
        for name, code in files:
            assert code == (ROOT / "examples/single" / name).read_text()
            (tmp_path / name).write_text(code)
        commands = [as_toy(told) for kind, told in steps(page) if kind == "run"]
        assert len(commands) >= 2 * len(files) > 0
        lines += commands
    # One process for all of them: loading torch takes longer than they do.
    environment.run("-c", FOLLOW, json.dumps(lines))
    assert len((tmp_path / "runs/logged/losses.csv").read_text().splitlines()) == 2


def test_code_of_the_first_filter_is_what_is_written(tmp_path: Path) -> None:
    from artgan.plugin_manager.scaffold import write_file

    text = (GUIDES / "first-filter.md").read_text()
    (shown,) = re.findall(r"```text\n(def apply.*?)```", text, re.DOTALL)
    assert shown in write_file("dusk", ["filter"], tmp_path).read_text()


@pytest.mark.parametrize("path", sorted(GUIDES.glob("*.md")), ids=lambda p: p.stem)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", path.read_text()):
        assert "://" in target or (path.parent / target).exists(), target


def test_hooks_page_is_fresh() -> None:
    spec = importlib.util.spec_from_file_location("make_hooks", ROOT / "docs/make_hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (GUIDES / "hooks.md").read_text() == module.page(), "run docs/make_hooks.py"
