"""What docs/security.md promises has a test; what the source must not do, it does not do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import artgan

ROOT = Path(artgan.__file__).parent
PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs/security.md"

NEVER = {"pickle", "cPickle", "marshal", "shelve", "dill", "joblib", "yaml", "code", "runpy"}
NEVER_CALLED = {"eval", "exec", "execfile", "__import__"}
NEVER_USED = {"os.system", "os.popen", "pickle.load", "pickle.loads"}
PICKLES = "testing/_dataset.py"
NETWORK = {"http", "urllib", "socket", "socketserver", "ftplib", "smtplib", "requests", "httpx"}
NETWORK |= {"fsspec", "huggingface_hub", "wandb", "webbrowser"}
USE_NETWORK = {
    "base/local_server.py",
    "base/locks.py",
    "cli/curate.py",
    "curation/server.py",
    "distribution/processes.py",
    "hub/client.py",
    "plugin_manager/index.py",
    "plugins/datasets/mnist.py",
    "plugins/extractors/vision.py",
    "plugins/loggers/wandb.py",
    "shards/places.py",
}
"""The locks ask for this machine's name alone; the server of curate uses names of statuses."""

FILES = {path.relative_to(ROOT).as_posix(): path for path in ROOT.rglob("*.py")}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_every_promise_names_a_test_that_exists() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    rows = [row for row in rows if row != "| Promise | Test |"]
    assert len(rows) > 25
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row)
        assert named, f"no test stands behind: {row}"
        for file, function in named:
            tree = ast.parse((PROJECT / file).read_text())
            there = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
            assert function in there, f"there is no {file}::{function}"


@pytest.mark.parametrize("name", sorted(FILES))
def test_nothing_unpickles_evaluates_or_starts_a_shell(name: str) -> None:
    tree = ast.parse(FILES[name].read_text())
    pickles = {"pickle"} if name == PICKLES else set[str]()
    assert not {module.partition(".")[0] for module in imported(tree)} & NEVER - pickles
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not pickles:
            assert ast.unparse(node) not in NEVER_USED, node.lineno
        if isinstance(node, ast.Call):
            assert not (isinstance(node.func, ast.Name) and node.func.id in NEVER_CALLED)
            words = {word.arg: ast.unparse(word.value) for word in node.keywords}
            assert {words.get("shell"), words.get("allow_pickle")} <= {None, "False"}, node.lineno
            if ast.unparse(node.func) == "torch.load":
                assert words["weights_only"] == "True", node.lineno


def test_only_these_modules_use_the_network() -> None:
    using = {
        name
        for name, path in FILES.items()
        if {module.partition(".")[0] for module in imported(ast.parse(path.read_text()))} & NETWORK
    }
    assert using <= USE_NETWORK, using - USE_NETWORK
