"""Guards: who may import whom, what help costs, what the docs show."""

import ast
import inspect
import pkgutil
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import artgan

ROOT = Path(artgan.__file__).parent
HEAVY = {"torch", "numpy", "PIL"}

# Below all wings: everything may import these.
GROUND = {"errors", "version", "plugin", "base"}
# What sampling builds on, and so what everything that samples may import.
SAMPLING = {"core", "latents", "palettes", "pictures", "styling"}
# Wing -> the other wings it may import. No wing is imported from below, so there is no circle.
WINGS: dict[str, set[str]] = {
    "base": set(),
    "core": set(),
    # Fetches runs that others share, which a run may begin with.
    "hub": set(),
    "pictures": set(),
    "monitoring": {"core"},
    "palettes": {"core", "pictures"},
    "latents": {"core"},
    "styling": {"core", "palettes", "pictures"},
    # Below datasets: a set that is too large is packed when it is opened.
    "shards": set(),
    "datasets": {"core", "shards"},
    "starts": {"core", "datasets", "hub"},
    "planning": {"core", "datasets", "hub", "monitoring", "starts"},
    # Above planning: one process plans for all.
    "distribution": {"core", "datasets", "planning"},
    "plugin_manager": {"core", "palettes"},
    "exporting": {"core", "latents"},
    "sampling": SAMPLING,
    "printing": {"core", "pictures", "styling"},
    "animation": SAMPLING | {"sampling"},
    "sheets": SAMPLING | {"monitoring", "sampling"},
    "layering": SAMPLING | {"sampling"},
    "series": SAMPLING | {"plugin_manager", "sampling", "sheets"},
    "evaluation": {"core", "datasets", "latents", "monitoring", "sheets"},
    "curation": {"core", "evaluation", "pictures", "sampling"},
    # Gathers what others need of a run: weights, card, sheet, page.
    "sharing": {"core", "evaluation", "exporting", "hub", "sampling", "sheets", "starts"},
}
# Above the wings.
TOP = {
    "run": {*WINGS},
    "remaking": {*WINGS},
    "api": {*WINGS, "run", "remaking"},
    "__init__": {"api", "remaking", "run", "series"},
    "testing": {*WINGS},
    "cli": {*WINGS, "run", "remaking", "api", "testing"},
    "__main__": {"cli"},
    "plugins": set[str](),
}
FILES = sorted(ROOT.rglob("*.py"))
# What plugins see rests on errors alone.
GROUND_IMPORTS = {"errors": set[str](), "version": set[str](), "plugin": {"errors"}}


@cache
def syntax(path: Path) -> ast.Module:
    """Parse a file, once."""
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> list[tuple[str, bool]]:
    """List (module, at module level) of a file's imports."""
    tree = syntax(path)
    top = set(map(id, tree.body))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module
            found.append((node.module, id(node) in top))
            # A module may be imported by name from its wing.
            folder = ROOT.parent.joinpath(*node.module.split("."))
            if node.module.startswith("artgan") and folder.is_dir():
                named = [f"{node.module}.{alias.name}" for alias in node.names]
                found += [(name, id(node) in top) for name in named if is_module(name)]
    return found


def is_module(name: str) -> bool:
    path = ROOT.parent.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def wing_of(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[0]


def allowed(wing: str) -> set[str]:
    """List the parts of artgan that a part may import."""
    if wing in GROUND_IMPORTS:
        return GROUND_IMPORTS[wing] | {wing}
    if wing == "plugins":
        return {"plugin", "plugins"}
    return {**WINGS, **TOP}[wing] | GROUND | {wing}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_downwards(path: Path) -> None:
    wing = wing_of(path)
    for module, _ in imports(path):
        pieces = module.split(".")
        if pieces[0] == "artgan" and len(pieces) > 1:
            assert pieces[1] in allowed(wing), f"{path} imports {module}"
            if wing == "plugins" and pieces[1] == "plugins":
                assert pieces[2] == path.relative_to(ROOT).parts[1], f"{path} imports {module}"


def test_every_folder_is_a_wing_or_listed() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert folders == {*WINGS, "plugin", "plugins", "testing", "cli"}


def test_the_readme_maps_every_wing_from_the_ground_up() -> None:
    if not (ROOT.parent / "README.md").exists():
        pytest.skip("there is no README beside an installed artgan")
    text = (ROOT.parent / "README.md").read_text()
    mapped = re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE)
    assert set(mapped) == set(WINGS)
    for place, wing in enumerate(mapped):
        assert WINGS[wing] <= set(mapped[:place]), f"{wing} stands above what it imports"


# fmt: off
HEAVY_LIBRARIES = {
    "PIL", "av", "cmap", "jinja2", "msgspec", "numpy", "onnx", "onnxscript", "safetensors",
    "tifffile", "tomli_w", "torch", "tqdm",
}
# fmt: on


def heavy_imports() -> dict[str, set[str]]:
    """List for each module the heavy libraries that importing it loads."""
    direct = {module_name(path): imports(path) for path in FILES}
    loads: dict[str, set[str]] = {}

    def walk(module: str) -> set[str]:
        if module not in loads:
            loads[module] = set()
            for other, top in direct.get(module, ()):
                head = other.split(".")[0]
                if top and head in HEAVY_LIBRARIES:
                    loads[module].add(head)
                elif top and head == "artgan":
                    loads[module] |= walk(other)
        return loads[module]

    for module in direct:
        walk(module)
    return loads


def test_imports_hide_in_functions_only_to_keep_start_up_light() -> None:
    loads = heavy_imports()
    hidden = [
        f"{module_name(path)} hides {module}"
        for path in FILES
        if wing_of(path) in WINGS
        for module, top in imports(path)
        if not top
        and module.startswith("artgan.")
        # Types are imported for the type checker alone.
        and module not in typing_imports(path)
        and not loads.get(module, set()) - loads[module_name(path)]
    ]
    assert not hidden, hidden


@cache
def typing_imports(path: Path) -> set[str]:
    return {
        node.module or ""
        for block in ast.walk(syntax(path))
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
        if isinstance(node, ast.ImportFrom)
    }


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(["artgan", *(part for part in parts if part != "__init__")])


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {
        module_name(path): {
            module
            for module, _ in imports(path)
            if module.startswith("artgan.")
            and module not in typing_imports(path)
            # A module's own package is there before it.
            and not f"{module_name(path)}.".startswith(f"{module}.")
        }
        for path in FILES
    }
    done: set[str] = set()

    def walk(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " imports ".join((*way, module))
        if module not in done:
            for other in graph.get(module, ()):
                walk(other, (*way, module))
            done.add(module)

    for module in graph:
        walk(module, ())


def test_no_module_is_called_like_a_public_name() -> None:
    # Importing artgan.remake as a module would replace the function artgan.remake.
    modules = {module.name for module in pkgutil.iter_modules(artgan.__path__)}
    assert not modules & set(artgan.__all__)


def test_no_two_classes_share_a_name() -> None:
    classes = Counter(
        node.name
        for path in FILES
        # Each built-in plugin file stands alone.
        if not {"templates", "plugins"} & set(path.relative_to(ROOT).parts)
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    twice = sorted(name for name, count in classes.items() if count > 1)
    assert not twice, twice


def test_core_is_small_enough_to_read() -> None:
    lines = sum(len(path.read_text().splitlines()) for path in ROOT.glob("core/**/*.py"))
    assert lines <= 3500


@pytest.mark.parametrize(
    "path",
    [
        *ROOT.glob("cli/*.py"),
        *ROOT.glob("plugins/*/__init__.py"),
        ROOT / "plugin/__init__.py",
        ROOT / "base/contributions.py",
        ROOT / "core/registry.py",
        ROOT / "base/options.py",
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


def docstrings(path: Path) -> list[str]:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
    tree = syntax(path)
    return [ast.get_docstring(n) or "" for n in ast.walk(tree) if isinstance(n, owners)]


def test_docstrings_say_what_is_done() -> None:
    # "Give" says nothing: return, list, read, compute, draw ...?
    vague = [text for path in FILES for text in docstrings(path) if text.startswith("Give ")]
    assert not vague, vague


def test_public_functions_take_at_most_eight_arguments_and_keywords() -> None:
    public = [getattr(artgan, name) for name in artgan.__all__ if name != "__version__"]
    functions = [one for one in public if inspect.isfunction(one)]
    for one in (artgan.Run, artgan.Series):
        functions += [method for _, method in inspect.getmembers(one, inspect.isfunction)]
    for function in functions:
        parameters = inspect.signature(function).parameters.values()
        by_place = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        assert len(by_place) <= 8, function
        # What a run may be asked for is declared once, in plan.
        if function is not artgan.plan:
            assert len(parameters) <= 12, function
