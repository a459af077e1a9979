"""What ``artgan plugins new`` writes works as written."""

from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import Result

from artgan.core.registry import Registry
from artgan.errors import PluginError, UsageError
from artgan.plugin_manager.scaffold import FILE_KINDS, KIND_NAMES, write_file, write_package
from artgan.styling.parse import parse_style
from artgan.testing import check_plugin
from tests.testing.conftest import Environment, check_types, lint, needs_posix, needs_tool

CODE = [kind for kind in FILE_KINDS if kind not in ("style", "palette")]


PACKAGES = cache(metadata.packages_distributions)


@pytest.fixture(autouse=True)
def _packages_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look once through what is installed: it takes a second, and stays the same."""
    monkeypatch.setattr(metadata, "packages_distributions", PACKAGES)


@pytest.mark.parametrize("kind", CODE)
def test_one_file_of_a_kind_keeps_its_contract(kind: str) -> None:
    path = write_file("mine", [kind], Path())
    report = check_plugin(path, kinds=[kind])
    assert report.passed, report.failed


def test_variables_and_folders_are_of_one_plugin(tmp_path: Path) -> None:
    kinds = ["run-host", "settings"]
    file = write_file("attic", kinds, tmp_path).read_text()
    package = write_package("artgan-cellar", kinds, tmp_path) / "src/artgan_cellar"
    for text, name in (
        (file, "ATTIC"),
        ("".join(path.read_text() for path in package.glob("*.py")), "ARTGAN_CELLAR"),
    ):
        assert f'get("{name}_SHELF", "{name.lower().rpartition("_")[2]}-shelf")' in text
        assert f'"secret": "{name}_TOKEN"' in text
        assert "template" not in text.lower()


def test_style_and_palette_alone_are_toml(registry: Registry) -> None:
    style = write_file("mine", ["style"], Path())
    palette = write_file("ours", ["palette"], Path())
    chain = parse_style([str(style), f"palette:{palette}"], registry)
    assert [step.entry.declaration.name for step in chain.steps] == [
        "upscale",
        "halftone",
        "palette",
    ]


def test_one_file_of_every_kind_keeps_every_promise() -> None:
    report = check_plugin(write_file("artgan-mine", FILE_KINDS, Path()))
    assert report.passed, report.failed
    assert set(report.counts()) == {"plugin", *FILE_KINDS}


@pytest.mark.slow
@needs_posix
def test_package_passes_its_own_tests_when_installed(tmp_path: Path) -> None:
    made = write_package("artgan-mine", FILE_KINDS, tmp_path)
    environment = Environment(tmp_path)
    environment.install(made)
    assert " passed" in environment.run("-m", "pytest", "-q", "-p", "no:cacheprovider", where=made)
    assert "1 filter" in environment.run("-m", "artgan", "plugins", "show", "artgan-mine")
    shown = environment.run("-m", "artgan", "artgan-mine/mine", "--count", "2")
    assert len(shown.split(",")) == 2


@needs_tool("ruff")
def test_all_that_is_written_is_clean(tmp_path: Path) -> None:
    every = write_package("artgan-mine", FILE_KINDS, tmp_path / "packages")
    for kind in KIND_NAMES:
        files = {"own-start.toml": b""} if kind == "start" else {}
        write_package(f"artgan-own-{kind}", [kind], tmp_path / "packages", files)
        if kind in FILE_KINDS:
            write_file(f"own-{kind}", [kind], tmp_path / "files")
    write_file("mine", FILE_KINDS, tmp_path / "files")
    # Each package is held to the rules in its own pyproject.toml.
    lint(tmp_path / "packages")
    lint(tmp_path / "files", every / "pyproject.toml")


@pytest.mark.slow
@needs_tool("mypy")
def test_all_that_is_written_is_typed(tmp_path: Path) -> None:
    every = write_package("artgan-mine", FILE_KINDS, tmp_path)
    check_types(every, "src", "tests")
    check_types(tmp_path, str(write_file("mine", FILE_KINDS, tmp_path)))


@pytest.mark.parametrize(
    ("name", "kinds", "says"),
    [
        ("My Plugin", ["filter"], "as in 'my-plugin'"),
        ("core", ["filter"], "artgan's own; choose another, as in 'artgan-core'"),
        ("mine", ["filtre"], "Did you mean 'filter'?"),
    ],
)
def test_wrong_names_are_told(name: str, kinds: list[str], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        write_package(name, kinds, Path())
    assert says in str(caught.value)


def test_nothing_is_overwritten(artgan_cli: Callable[..., Result]) -> None:
    assert artgan_cli("plugins", "new", "mine", "--file").exit_code == 0
    Path("mine.py").write_text("kept")
    again = artgan_cli("plugins", "new", "mine", "--file")
    assert (again.exit_code, "already there" in again.output) == (1, True)
    assert Path("mine.py").read_text() == "kept"
    write_package("mine", ["filter"], Path("a"))
    with pytest.raises(PluginError, match="already there"):
        write_package("mine", ["filter"], Path("a"))
    assert [path.name for path in Path("a").iterdir()] == ["mine"]


def test_new_filter_is_checked_and_used(artgan_cli: Callable[..., Result], pictures: Path) -> None:
    told = artgan_cli("plugins", "new", "glint", "--file").output
    assert "artgan plugins check glint.py" in told
    checked = artgan_cli("plugins", "check", "glint.py")
    assert checked.exit_code == 0, checked.output
    photo = pictures / "0.png"
    done = artgan_cli("apply", "--plugin", "glint.py", "--style", "glint", photo, "--out", "styled")
    assert done.exit_code == 0, done.output
