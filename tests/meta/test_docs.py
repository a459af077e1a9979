"""The docs: examples run, tables are fresh, links lead somewhere, the version is one."""

import importlib.util
import re
import shlex
import shutil
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image

import artgan
from artgan import ArtganError
from tests.core.cmyk_profile import write_cmyk_profile

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TOY = "--steps 2 --batch 4 --device cpu --quiet"


def commands(path: Path) -> list[str]:
    """List the artgan commands of a page, in order."""
    lines = re.findall(r"^    (artgan .*)$", path.read_text(), flags=re.MULTILINE)
    return [line.strip() for line in lines]


def as_toy(line: str) -> list[str]:
    """Make a command quick: small networks, few steps."""
    # How many steps a resumed run would take in some time depends on the machine.
    toy = "--steps 4" if line.startswith("artgan resume") else "--minutes 0.05"
    args = shlex.split(re.sub(r"--minutes \d+", toy, line))[1:]
    if args[0] in ("run", "train"):
        args += shlex.split(TOY)
        args += ["--count", "2"] if args[0] == "run" else []
        # The lesson's layers are as wide as they are.
        args += [] if "classic" in args else ["--arch.base-channels", "4"]
        args += ["--dataset.count", "16"] if "textures" in args else []
    if args[0] == "evaluate":
        args += ["--count", "16", "--extractor", "random"]
    if args[:2] == ["series", "make"]:
        args += ["--count", "3"]
    if args[0] == "curate" and "--pick" not in args:
        args += ["--pick", "1"]
    if args[0] == "animate":
        args += ["--seconds", "0.3"]
    if args[0] == "inspect":
        args += ["--minutes", "none"]
    if args[0] == "project":
        args += ["--steps", "2"]
    return args


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], Path]:
    """Runs that pages have trained, by what was asked for; "folder" is where they lie."""
    return {("folder",): tmp_path_factory.mktemp("kept")}


def follow(line: str, kept: dict[tuple[str, ...], Path], artgan_cli: Callable[..., Result]) -> None:
    """Run a command of a page; what a page before it has trained alike is copied."""
    args = as_toy(line)
    parts = sorted(shlex.join(args).split(" --"))
    outs = [part.removeprefix("out ") for part in parts if part.startswith("out ")]
    trains = args[0] in ("run", "train") and outs and "./my-pictures" not in args
    asked = tuple(part for part in parts if not part.startswith("out "))
    if trains and asked in kept:
        shutil.copytree(kept[asked], outs[0])
        return
    result = artgan_cli(*args)
    assert result.exit_code == 0, f"{line}: {result.output}"
    if trains:
        kept[asked] = shutil.copytree(outs[0], kept["folder",] / str(len(kept)))


def write_song(path: Path) -> None:
    """Write two seconds of sound in which something begins."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes((b"\xff\x00" * 200 + b"\x80" * 3600) * 4)


def python_blocks(path: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", path.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "docs/tutorial.md",
        "docs/export.md",
        "docs/sharing.md",
        "docs/moves.md",
        "docs/print.md",
        "docs/series.md",
        "docs/styles.md",
        "docs/evaluate.md",
        "docs/why.md",
        "docs/architectures.md",
        "docs/transparency.md",
    ],
)
def test_commands_of_a_page_work_in_order(
    page: str,
    artgan_cli: Callable[..., Result],
    pictures: Path,
    tmp_path: Path,
    kept: dict[tuple[str, ...], Path],
) -> None:
    text = (ROOT / page).read_text()
    for name, content in re.findall(r"`([\w-]+\.toml)`:\n\n```toml\n(.*?)```", text, re.DOTALL):
        # What a toy run draws can hardly be seen.
        Path(name).write_text(content.replace('"blank", ', ""))
    pictures.rename(tmp_path / "my-pictures")
    write_song(tmp_path / "song.wav")
    (tmp_path / "photo.jpg").write_bytes((tmp_path / "my-pictures" / "0.png").read_bytes())
    assert commands(ROOT / page)
    for line in commands(ROOT / page):
        if line.endswith("RUN"):
            continue
        if line == "artgan sample runs/dcgan-001 --seeds 0-15,40 --style gameboy --out cards":
            artgan_cli(*as_toy("artgan run --arch dcgan"))
        if line == "artgan resume runs/mine":
            (tmp_path / "runs/mine/index.html").unlink()
        follow(line, kept, artgan_cli)


def test_python_of_the_series_page_makes_a_series(trained: Path) -> None:
    (block,) = python_blocks(ROOT / "docs/series.md")
    shutil.copytree(trained, "runs/sea")
    exec(block.replace("count=64", "count=2"), {})
    assert len(list(Path("editions/tides").glob("tides-000?-s*.png"))) == 2


def test_python_of_print_and_export_works(trained: Path) -> None:
    shutil.copytree(trained, "runs/digits")
    run = artgan.load_run("runs/digits")
    artgan.sample_to(run, [1, 2, 3], "cards", "invert", pattern="s{seed:05d}-neon")
    write_cmyk_profile(Path("shop.icc"))
    for page in ("print", "export", "sharing"):
        (block,) = python_blocks(ROOT / f"docs/{page}.md")
        exec(block, {})
    assert Path("digits.html").is_file()
    assert [path.name for path in sorted(Path("riso").iterdir())] == [
        "1-federal-blue.tif",
        "2-fluorescent-pink.tif",
        "overprint.png",
    ]
    with Image.open("shop.tif") as cmyk:
        assert cmyk.mode == "CMYK"
    assert Path("shop.png").is_file()
    assert artgan.remake("again.png", run="runs/digits").identical
    assert artgan.pick("cards", 2)[0].parent == Path("cards")
    record = artgan.read_record("again.png")
    assert record is not None
    assert record["print"]["bleed"] == 3
    with pytest.raises(ArtganError, match="several make a"):
        artgan.print_picture(sorted(Path("cards").iterdir()), "two.png")
    with pytest.raises(ArtganError, match=r"expected \.html or \.onnx"):
        artgan.export("runs/digits", "digits.gif")


def test_python_of_the_architectures_works() -> None:
    for block in python_blocks(ROOT / "docs" / "architectures.md"):
        exec(block, {})
    assert Path("styles").is_dir()


def test_python_of_the_readme_works() -> None:
    first, second = python_blocks(ROOT / "README.md")
    toy = 'steps=4, batch=4, arch_options={"base_channels": 4}'
    scope: dict[str, object] = {}
    exec(first.replace("steps=1000", toy), scope)
    assert Path("three.png").exists()
    Path("negative.py").write_text(second)
    from artgan.plugin_manager.load import load_registry

    registry = load_registry(packages=False)
    registry.add_file(Path("negative.py"))
    assert registry.find("filter", "negative").plugin.id == "negative"
    assert len(second.strip().splitlines()) <= 10


def test_python_of_moves_works(trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained, tmp_path / "runs/digits")
    (block,) = python_blocks(ROOT / "docs/moves.md")
    exec(block, {})
    assert Path("back.gif").exists()


@pytest.mark.parametrize("name", ["options", "gallery"])
def test_a_made_page_is_fresh(name: str) -> None:
    spec = importlib.util.spec_from_file_location(f"make_{name}", ROOT / f"docs/make_{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / f"docs/{name}.md").read_text() == module.page(), f"run docs/make_{name}.py"


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_version_is_that_of_the_changelog() -> None:
    newest = re.search(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest.group(1) == artgan.__version__
