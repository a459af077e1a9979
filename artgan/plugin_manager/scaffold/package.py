"""The files of a new package that are no code: metadata, README, tests, CI."""

from collections.abc import Sequence

from artgan.plugin_manager.scaffold.kinds import Kind
from artgan.version import __version__

PYPROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "{plugin}"
version = "0.1.0"
description = "{summary}"
readme = "README.md"
license = "MIT"
requires-python = ">=3.11"
keywords = ["artgan", "generative-art", "gan"]
dependencies = ["artgan>={artgan}"]

[project.optional-dependencies]
dev = ["pytest>=8.3", "ruff", "mypy"]

[project.entry-points.artgan]
plugin = "{module}"

[tool.setuptools.packages.find]
where = ["src"]

[tool.setuptools.package-data]
{module} = ["py.typed", "**/*.toml"]

[tool.pytest.ini_options]
testpaths = ["tests"]
filterwarnings = ["error"]

[tool.ruff]
line-length = 100

[tool.ruff.lint]
select = ["E", "F", "W", "I", "N", "UP", "B", "SIM", "PTH", "RET", "RUF", "D", "ANN"]
ignore = ["D105", "D107"]

[tool.ruff.lint.pydocstyle]
convention = "google"

[tool.mypy]
strict = true
files = ["src", "tests"]
untyped_calls_exclude = ["torch"]
"""

TESTS = '''\
"""The contract that artgan asks of every plugin."""

from artgan.testing import Case, parametrize_with_plugin_checks


@parametrize_with_plugin_checks("{plugin}")
def test_contract(case: Case) -> None:
    """Hold each contribution to each promise that it makes."""
    case.run()
'''

README = """\
# {plugin}

{summary} A plugin for artgan.

    artgan plugins install {plugin}

{uses}

## Working on it

    python -m pip install -e '.[dev]'
    artgan plugins check {plugin}
    python -m pytest && ruff check . && ruff format --check . && mypy
"""

WORKFLOW = """\
name: test
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        python: ["3.11", "3.13"]
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: ${{{{ matrix.python }}}}
      - run: python -m pip install torch --index-url https://download.pytorch.org/whl/cpu
      - run: python -m pip install -e '.[dev]'
      - run: python -m pytest
      - run: artgan plugins check {plugin}
      - run: ruff check . && ruff format --check . && mypy
"""

LICENCE = """\
MIT License

Copyright (c) the authors of {plugin}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

IGNORED = "__pycache__/\n.*_cache/\n*.egg-info/\n.venv/\n/build/\n/dist/\n"


def files_of_package(plugin: str, name: str, kinds: Sequence[Kind]) -> dict[str, str]:
    """Give path -> text of all files that are no code.

    Args:
        plugin: Name of the distribution.
        name: Name of its contributions.
        kinds: What it contributes.
    """
    nouns = [kind.noun for kind in kinds]
    listed = " and ".join(filter(None, [", ".join(nouns[:-1]), nouns[-1]]))
    uses = "\n".join(f"    {kind.use.format(plugin=plugin, name=name)}" for kind in kinds)
    facts = {
        "plugin": plugin,
        "module": plugin.replace("-", "_"),
        "summary": f"{listed[0].upper()}{listed[1:]}.",
        "artgan": ".".join(__version__.split(".")[:2]),
        "uses": uses,
    }
    texts = {
        "pyproject.toml": PYPROJECT,
        "README.md": README,
        "LICENSE": LICENCE,
        "tests/test_contract.py": TESTS,
        ".github/workflows/test.yml": WORKFLOW,
    }
    return {**{path: text.format(**facts) for path, text in texts.items()}, ".gitignore": IGNORED}
