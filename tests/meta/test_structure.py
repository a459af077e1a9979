"""Guards: who may import whom, what help costs, what the docs show."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import artgan

ROOT = Path(artgan.__file__).parent
HEAVY = {"torch", "numpy", "PIL"}
MAY = {
    "errors": (),
    "version": (),
    "plugin": ("errors", "plugin"),
    "core": ("core", "plugin", "errors", "version"),
    "plugins": ("plugin", "plugins"),
    "cli": ("cli", "core", "plugin", "testing", "errors", "version", "api"),
    "api": ("core", "plugin", "errors", "version"),
    "__init__": ("api", "core", "errors", "version"),
    "testing": ("testing", "core", "plugin", "errors", "version"),
    "__main__": ("cli",),
}
FILES = sorted(ROOT.rglob("*.py"))


def imports(path: Path) -> list[tuple[str, bool]]:
    """List (module, at module level) of a file's imports."""
    tree = ast.parse(path.read_text())
    top = set(map(id, tree.body))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.append((node.module or "", id(node) in top))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_downwards(path: Path) -> None:
    part = path.relative_to(ROOT).with_suffix("").parts[0]
    for module, _ in imports(path):
        pieces = module.split(".")
        if pieces[0] == "artgan" and len(pieces) > 1:
            assert pieces[1] in MAY[part], f"{path} imports {module}"
            if part == "plugins" and pieces[1] == "plugins":
                assert pieces[2] == path.relative_to(ROOT).parts[1], f"{path} imports {module}"


@pytest.mark.parametrize(
    "path",
    [
        *ROOT.glob("cli/*.py"),
        *ROOT.glob("plugins/*/__init__.py"),
        ROOT / "plugin/__init__.py",
        ROOT / "core/registry.py",
        ROOT / "core/options.py",
        ROOT / "core/config.py",
    ],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_light_modules_stay_light(path: Path) -> None:
    heavy = [m for m, top in imports(path) if top and m.split(".")[0] in HEAVY]
    assert not heavy


@pytest.mark.parametrize(
    "args",
    [["--help"], ["list", "filter"], ["list", "architecture"], ["run", "--help"], ["--version"]],
)
def test_listing_and_help_leave_torch_unloaded(args: list[str]) -> None:
    code = (
        "import sys\nfrom artgan.cli.main import main\n"
        f"try:\n    main({args!r})\nexcept SystemExit as e:\n    assert not e.code, e.code\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("False\n")


def test_python_m_artgan_works() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "artgan", "--version"], capture_output=True, text=True, check=True
    )
    assert artgan.__version__ in done.stdout


def test_every_public_name_is_there_and_documented() -> None:
    for name in artgan.__all__:
        assert getattr(artgan, name) is not None
        if name != "__version__":
            assert getattr(artgan, name).__doc__
